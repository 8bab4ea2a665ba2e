"""Finer features: what a modal is said of, what a reporting verb takes, and how a sentence without a cue follows on.

They tell plans ("the company will close two plants") from predictions ("prices will fall"), claims from events told
with a speech verb ("described the scene"), and paraphrase that goes on from the outlet's own voice.
"""

from __future__ import annotations

from collections.abc import Sequence

from model.sources import Attribution
from model.subjects import classify_subject, phrase_left
from model.templates import Templates, Thing, Things
from model.words import Sentence, Word, WordTable

_MODALS = {"will", "would", "could", "may", "might", "shall", "won't", "wouldn't", "couldn't"}
_WITH_TO = {"going", "expected", "likely", "unlikely", "set", "poised", "due", "scheduled", "projected", "predicted",
            "forecast", "supposed"}  # fmt: skip
_BETWEEN = set(
    "not never also likely probably almost certainly eventually soon still only just even now then once again ever "
    "always be been being have really actually surely all both most no longer either".split()
)
_PARTICIPLES = set(
    "been had made taken done gone won lost held seen sent built paid sold told put set kept led left met read "
    "cut".split()
)
_OPENERS = set(
    "that if when who which whether because as where while although though until unless so what how than and but or "
    "to".split()
)
_FUNCTIONAL_OBJECTS = set(
    "that to how why what whether when where who if of about as for on with at in by from against into up out".split()
)
_AGO = {"week", "month", "year"}
_PRONOUNS = set("i we you this there these those which that who it he she they".split())
_PEOPLE = {"name", "named_role", "named_spokesperson", "spokesperson", "roles", "roles_of_name", "the_roles", "a_role",
           "the_role", "he", "she", "who", "quantity"}  # fmt: skip


_CONTEXT = Templates("""
    frame: conditional & predicts & present & past, rest & first_modal, modals, predicts_before & predicts
    frame: predicts_after & predicts
    follow: documents & state, percents & state & percent, first_person & state, second_person & state, end & state
    follow: it_is, short_before & same_before, short_after & same_after
""")
_MODAL = Templates("""
    frame: modal & verb, verb, modal & class, modal & subject, modal & subject & class, subject & verb, modal & opener
    frame: modal & under & subject, under & same, modal & under & same, modal & under & class
    frame: inside & modal & subject, modal & conditional, modal & past, modal & dated, modal & head
""")
_CONTINUATION = Templates("""
    follow: first, same & spoken & opener, same & spoken & tense, same & spoken & state, same & subject & opener
    follow: same & subject & tense & has_cue, same & spoken & verb, same & source & predicts & digits
    follow: shared & same & source, tail & same, next_source & next_verb, next_source & state
    follow: distance & speaker & same_paragraph, apart & speaker & opener, nobody
""")


def frames(sentences: Sequence[Sentence], table: WordTable) -> list[tuple[Templates, Things]]:
    """What modals are said of, and how sentences lie among the others, in the groups `frame` and `follow`."""
    article = _Article(sentences, table)
    rows = range(len(sentences))
    return [
        (_CONTEXT, ((number, _context(article, number)) for number in rows)),
        (_MODAL, ((number, _modal(article, number, at)) for number in rows for at in article.modals[number])),
        (_CONTINUATION, ((number, _continuation(article, number)) for number in rows if article.continues[number])),
    ]


class _Article:
    """What the frames need to know of the sentences around one."""

    def __init__(self, sentences: Sequence[Sentence], table: WordTable) -> None:
        self.sentences = sentences
        strong = [[cue for cue in sentence.cues if cue.strong and not cue.negated] for sentence in sentences]
        self.best = [max(s.cues, key=_weight) if s.cues else None for s in sentences]
        self.modals: list[list[int]] = [[] for _ in sentences]
        for number, at in table.places(table["future"]):
            if _is_modal(sentences[number], at):
                self.modals[number].append(at)
        documents = sum(cue.subject in ("document", "named_document", "documents") for cues in strong for cue in cues)
        self.documents = 0 if documents < 2 else 1 if documents < 5 else 2
        self.percent = table.counts(table["percent"])
        share = sum(map(bool, self.percent)) / max(1, len(sentences))
        self.percents = 0 if share < 0.1 else 1 if share < 0.3 else 2
        self.past, self.present = table.counts(table["past"]), table.counts(table["present"])
        self.conditions, self.dates = table.counts(table["condition"]), table.counts(table["calendar"])
        self.digits = table.counts(table["digit"])
        self.first_person = table.counts(table["first_person"] & ~table.inside)
        self.second_person = table.counts(table["second_person"] & ~table.inside)
        speech = [_speech(sentence) for sentence in sentences]
        self.states = [
            how + ("!" if cues else "c" if sentence.cues else "")
            for how, cues, sentence in zip(speech, strong, sentences, strict=True)
        ]
        self.long = [{word.low for word in sentence.words if word.long} for sentence in sentences]
        # Sentences without speech or a strong cue of their own.
        self.continues = [how == "n" and not cues for how, cues in zip(speech, strong, strict=True)]


def _weight(cue: Attribution) -> tuple[bool, float]:
    return cue.strong, cue.coverage


def _speech(sentence: Sentence) -> str:
    return "Q" if sentence.quoted > 0.6 else "q" if sentence.quoted > 0.1 else "n"


def _is_modal(sentence: Sentence, at: int) -> bool:
    """Whether a sign of the future is one that a frame is built on."""
    word = sentence.words[at]
    if word.low in _MODALS or word.low.endswith("'ll"):
        return True
    return word.low in _WITH_TO and at + 1 < len(sentence.words) and sentence.words[at + 1].low == "to"


def _main_verb(words: Sequence[Word], at: int) -> tuple[int, bool, bool]:
    """(word number, perfect, passive) of the verb that stands under a modal and begins at `at` or soon after."""
    perfect = passive = False
    stop = min(len(words), at + 4)
    while at < stop and (words[at].low in _BETWEEN or words[at].low.endswith("ly")):
        low = words[at].low
        following = words[at + 1].low if at + 1 < len(words) else ""
        participle = following.endswith(("ed", "en")) or following in _PARTICIPLES
        if low == "have":
            if not participle:
                break
            perfect = True
        elif low in ("be", "been"):
            if not (participle or following.endswith("ing") or following in _BETWEEN):
                break
            passive = True
        at += 1
    return at, perfect, passive


def _subject_of(sentence: Sentence, modal: int) -> tuple[str, str, int]:
    """(class, head, first word) of the subject of a modal."""
    words = sentence.words
    low = words[modal].low
    if low.endswith("'ll"):
        return low[:-3], low[:-3], modal
    at = modal - 1
    if low in _WITH_TO:
        while at >= 0 and (words[at].finite or words[at].low in ("'s", "'re", "am", "not", "be", "been")):
            at -= 1
    while at >= 0 and (words[at].low.endswith("ly") or words[at].low in ("also", "still", "then", "now")):
        at -= 1
    phrase = phrase_left(sentence, at)[-8:]
    if not phrase:
        return ("speech" if at >= 0 and words[at].low == '"' else "none"), "", at
    if words[at].low in _PRONOUNS:
        return words[at].low, words[at].low, at
    kind, head, _ = classify_subject(sentence, phrase, right=False)
    return kind, head, phrase[0]


def _subject_kind(subject: str) -> str:
    if subject in ("i", "we"):
        return "first"
    if subject in ("he", "she"):
        return "third"
    if subject in _PEOPLE:
        return "people"
    if subject in ("institution", "it", "they", "you", "this", "there", "which", "that", "none", "speech"):
        return subject
    return "thing"


def _modal(article: _Article, number: int, at: int) -> Thing:
    """What a modal is said of, and under which reporting verb."""
    sentence = article.sentences[number]
    words = sentence.words
    modal = "'ll" if words[at].low.endswith("'ll") else words[at].low
    verb_at, perfect, passive = _main_verb(words, at + 2 if modal in _WITH_TO else at + 1)
    name = verb_at < len(words) and sentence.names[verb_at]
    subject, head, start = _subject_of(sentence, at)
    before = words[start - 1] if start > 0 else None
    cue = next((cue for cue in reversed(sentence.cues) if 0 < at - cue.at < 14), None)
    inside = sentence.inside[at]
    return {
        "modal": f"{modal}+have" if perfect else modal,
        "verb": "<name>" if name else words[verb_at].verb if verb_at < len(words) else "",
        "class": ("passive " if passive else "") + (words[verb_at].verb_class if verb_at < len(words) else ""),
        "subject": _subject_kind(subject),
        "head": head,
        "opener": "" if before is None else before.low if before.low in _OPENERS else "w" if before.alnum else ",",
        "under": cue.kind + "!" * cue.strong if cue else "speech" if inside else "-",
        "same": "-" if cue is None else f"{subject in ('he', 'she', 'they', 'it', 'we')}{cue.refers}",
        "inside": inside,
        "conditional": article.conditions[number] > 0,
        "past": min(2, article.past[number]),
        "dated": article.dates[number] > 0,
    }


def object_kind(sentence: Sentence, at: int) -> str:
    """What follows a reporting verb, adverbs and dates skipped: that, speech, a clause ("+"), a noun phrase …"""
    words = sentence.words
    count = len(words)
    while at < count and (
        words[at].low.endswith("ly")
        or words[at].calendar
        or (words[at].low in ("on", "in", "at", "last") and at + 1 < count
            and (words[at + 1].calendar or words[at + 1].low in _AGO))
    ):  # fmt: skip
        at += 1
    if at >= count:
        return "end"
    word = words[at]
    if sentence.inside[at] or word.low == '"':
        return "speech"
    if word.low in _FUNCTIONAL_OBJECTS:
        return word.low
    if not word.alnum:
        return word.low[0]
    clause = ""
    for number in range(at, min(count, at + 9)):
        low = words[number].low
        if low in (",", ".", ";", ":", '"') or (number > at and low in ("that", "who", "which")):
            break
        if words[number].finite:
            clause = "+"
            break
    if word.low in ("he", "she", "they", "it", "we", "i", "there"):
        return "pronoun" + clause
    if word.determiner:
        return "determiner" + clause
    if sentence.names[at]:
        return "name" + clause
    return ("#" if word.digit else "ing" if word.low.endswith("ing") else "w") + clause


def _context(article: _Article, number: int) -> Thing:
    """What a sentence predicts, whom it addresses, and what its neighbours are like."""
    sentence, modals = article.sentences[number], article.modals[number]
    words = sentence.words
    thing: Thing = {
        "predicts": bool(modals),
        "state": article.states[number],
        "documents": article.documents,
        "percents": article.percents,
        "percent": article.percent[number] > 0,
    }
    if modals or article.conditions[number]:
        thing["conditional"] = article.conditions[number] > 0
        thing["present"], thing["past"] = article.present[number] > 0, article.past[number] > 0
    if modals:
        thing["modals"], thing["first_modal"] = min(3, len(modals)), words[modals[0]].low
        thing["rest"] = 4 * (len(words) - modals[0]) // len(words)
    if article.first_person[number]:
        thing["first_person"] = True
    if article.second_person[number]:
        thing["second_person"] = True
    if words:
        thing["end"] = "" if words[-1].alnum else words[-1].low
    if len(words) > 2 and words[0].low == "it" and words[1].low in ("'s", "is", "was"):
        thing["it_is"] = words[2].low
    for way, other in (("before", number - 1), ("after", number + 1)):
        if 0 <= other < len(article.sentences):
            near = article.sentences[other]
            same = near.paragraph == sentence.paragraph
            if same:
                thing["predicts_" + way] = bool(article.modals[other])
            if near.length <= 4:
                thing["short_" + way], thing["same_" + way] = near.length, same
    return thing


def _continuation(article: _Article, number: int) -> Thing:
    """How a sentence without speech or a strong cue follows on those before it."""
    if number == 0:
        return {"first": True}
    sentence, previous = article.sentences[number], article.sentences[number - 1]
    words = sentence.words
    first = next((i for i, word in enumerate(words) if word.alnum), None)
    opener = (
        "" if first is None else "NAME" if sentence.names[first] else words[first].low if words[first].function else "w"
    )
    best = article.best[number - 1]
    cue = best if best is not None and best.strong else None
    source = previous.own_source or (cue.refers if cue else "-")
    thing: Thing = {
        "same": previous.paragraph == sentence.paragraph,
        "spoken": source + _speech(previous),
        "source": source,
        "opener": opener,
        "tense": ("past" if article.past[number] else "") + ("present" if article.present[number] else ""),
        "state": article.states[number],
        "subject": cue.subject if cue else "-",
        "verb": cue.lemma if cue else "-",
        "has_cue": bool(sentence.cues),
        "predicts": bool(article.modals[number]),
        "digits": article.digits[number] > 0,
        "shared": min(3, len(article.long[number] & article.long[number - 1])),
        "tail": previous.words[-1].low if previous.words and not previous.words[-1].alnum else "",
    }
    if number + 1 < len(article.sentences) and article.sentences[number + 1].paragraph == sentence.paragraph:
        following, after = article.sentences[number + 1], article.best[number + 1]
        thing["next_source"] = (following.own_source or "-") + ("Q" if following.quoted > 0.6 else "n")
        thing["next_verb"] = after.lemma if after and after.strong else "-"
    for distance in range(1, min(6, number + 1)):
        earlier = article.sentences[number - distance]
        if speaker := earlier.own_source or earlier.speaker:
            apart = min(3, sentence.paragraph - earlier.paragraph)
            thing["distance"], thing["speaker"] = distance, speaker
            thing["apart"], thing["same_paragraph"] = apart, apart == 0
            break
    else:
        thing["nobody"] = True
    return thing
