"""Finer features: what a modal is said of, what a reporting verb takes, and how a sentence without a cue follows on.

They tell plans ("the company will close two plants") from predictions ("prices will fall"), claims from events told
with a speech verb ("described the scene"), and paraphrase that goes on from the outlet's own voice.
"""

from __future__ import annotations

from collections.abc import Sequence

from model.sources import Attribution
from model.subjects import classify_subject, phrase_left
from model.words import Sentence, Word

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
_FIRST_PERSON = {"i", "we", "my", "our", "me", "us", "i'm", "i've", "we're", "we've", "i'd", "i'll"}


def add_frames(sentences: Sequence[Sentence], features: Sequence[dict[str, float]]) -> None:
    """Add the groups `frame` (of modals), `object` (of reporting verbs) and `follow` (of sentences without a cue)."""
    article = _Article(sentences)
    for number, (sentence, found) in enumerate(zip(sentences, features, strict=True)):
        for cue in sentence.cues:
            _object(sentence, cue, found)
        _follow(article, number, found)
        _frames(article, number, found)


class _Article:
    """What the frames need to know of the sentences around one."""

    def __init__(self, sentences: Sequence[Sentence]) -> None:
        self.sentences = sentences
        count = max(1, len(sentences))
        strong = [[cue for cue in sentence.cues if cue.strong and not cue.negated] for sentence in sentences]
        self.strong = [bool(cues) for cues in strong]
        self.best = [max(s.cues, key=lambda cue: (cue.strong, cue.coverage), default=None) for s in sentences]
        self.modals = [
            [i for i, word in enumerate(s.words) if _is_modal(s, i)] if _may_predict(s) else [] for s in sentences
        ]
        documents = sum(cue.subject in ("document", "named_document", "documents") for cues in strong for cue in cues)
        self.documents = 0 if documents < 2 else 1 if documents < 5 else 2
        self.percents = [any(word.low in ("%", "percent") for word in s.words) for s in sentences]
        share = sum(self.percents) / count
        self.percent = 0 if share < 0.1 else 1 if share < 0.3 else 2


def _may_predict(sentence: Sentence) -> bool:
    return any(word.future for word in sentence.words)


def _is_modal(sentence: Sentence, at: int) -> bool:
    word = sentence.words[at]
    if not word.future:
        return False
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


def _frames(article: _Article, number: int, found: dict[str, float]) -> None:
    sentence = article.sentences[number]
    words = sentence.words
    modals = article.modals[number]
    conditional = any(word.low in ("if", "unless") for word in words)
    tenses = [word.tense for word in words]
    past = min(2, tenses.count("past"))
    if modals or conditional:
        found[f"frame:if={conditional}|{bool(modals)}|{'present' in tenses}|{past > 0}"] = 1
    dated = any(word.calendar for word in words) if modals else False
    for at in modals:
        modal = "'ll" if words[at].low.endswith("'ll") else words[at].low
        verb_at, perfect, passive = _main_verb(words, at + 2 if modal in _WITH_TO else at + 1)
        name = verb_at < len(words) and sentence.names[verb_at]
        verb = "<name>" if name else words[verb_at].verb if verb_at < len(words) else ""
        verb_class = ("passive " if passive else "") + (words[verb_at].verb_class if verb_at < len(words) else "")
        subject, head, start = _subject_of(sentence, at)
        kind = _subject_kind(subject)
        before = words[start - 1] if start > 0 else None
        opener = "" if before is None else before.low if before.low in _OPENERS else "w" if before.alnum else ","
        cue = next((cue for cue in reversed(sentence.cues) if 0 < at - cue.at < 14), None)
        inside = sentence.inside[at]
        under = f"{cue.kind}{'!' if cue.strong else ''}" if cue else "speech" if inside else "-"
        same = "-" if cue is None else f"{subject in ('he', 'she', 'they', 'it', 'we')}{cue.refers}"
        where = "in" if inside else "out"
        if perfect:
            modal += "+have"
        for feature in (
            f"{modal}|verb={verb}", f"verb={verb}", f"{modal}|class={verb_class}", f"{modal}|subject={kind}",
            f"{modal}|subject={kind}|class={verb_class}", f"subject={kind}|verb={verb}", f"{modal}|after={opener}",
            f"{modal}|under={under}|subject={kind}", f"under={under}|same={same}", f"{modal}|under={under}|same={same}",
            f"{modal}|under={under}|class={verb_class}", f"{where}|{modal}|subject={kind}",
            f"{modal}|if={conditional}", f"{modal}|past={past}", f"{modal}|dated={dated}", f"{modal}|head={head}",
        ):  # fmt: skip
            found["frame:" + feature] = 1
    if modals:
        rest = 4 * (len(words) - modals[0]) // len(words)
        found[f"frame:rest={rest}|{words[modals[0]].low}"] = 1
        found[f"frame:modals={min(3, len(modals))}"] = 1
    for way, other in (("before", number - 1), ("after", number + 1)):
        if 0 <= other < len(article.sentences) and article.sentences[other].paragraph == sentence.paragraph:
            found[f"frame:{way}={bool(article.modals[other])}|{bool(modals)}"] = 1


def _object(sentence: Sentence, cue: Attribution, found: dict[str, float]) -> None:
    taken = "according" if cue.pattern == "according" else _object_kind(sentence, cue.at + 1)
    kind = f"{cue.kind}{'!' if cue.strong else ''}"
    for feature in (
        f"{cue.lemma}|{taken}", f"{kind}|{taken}", f"{kind}|{taken}|{cue.pattern}", f"{kind}|{taken}|{cue.subject}",
        f"{cue.lemma}|{cue.auxiliary}|{taken}", f"{taken}|{int(cue.coverage * 3.99)}|{cue.strong}",
    ):  # fmt: skip
        found["object:" + feature] = 1


def _object_kind(sentence: Sentence, at: int) -> str:
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


def _follow(article: _Article, number: int, found: dict[str, float]) -> None:
    sentence = article.sentences[number]
    words = sentence.words
    strong = article.strong[number]
    speech = "Q" if sentence.quoted > 0.6 else "q" if sentence.quoted > 0.1 else "n"
    state = speech + ("!" if strong else "c" if sentence.cues else "")
    found[f"follow:documents={article.documents}|{state}"] = 1
    found[f"follow:percent={article.percent}|{state}|{article.percents[number]}"] = 1
    outside = {word.low for word, inside in zip(words, sentence.inside, strict=True) if not inside}
    if outside & _FIRST_PERSON:
        found[f"follow:first_person|{state}"] = 1
    if outside & {"you", "your"}:
        found[f"follow:second_person|{state}"] = 1
    if words:
        found[f"follow:end={words[-1].low if not words[-1].alnum else ''}|{state}"] = 1
    if len(words) > 2 and words[0].low == "it" and words[1].low in ("'s", "is", "was"):
        found["follow:it_is=" + words[2].low] = 1
    for way, other in (("before", number - 1), ("after", number + 1)):
        if 0 <= other < len(article.sentences) and article.sentences[other].length <= 4:
            near = article.sentences[other]
            found[f"follow:short_{way}={near.length}|{near.paragraph == sentence.paragraph}"] = 1
    if speech != "n" or strong:
        return
    if number == 0:
        found["follow:first"] = 1
        return
    first = next((i for i, word in enumerate(words) if word.alnum), None)
    opener = (
        "" if first is None else "NAME" if sentence.names[first] else words[first].low if words[first].function else "w"
    )
    tenses = {word.tense for word in words}
    tense = ("past" if "past" in tenses else "") + ("present" if "present" in tenses else "")
    previous = article.sentences[number - 1]
    same = previous.paragraph == sentence.paragraph
    best = article.best[number - 1]
    cue = best if best is not None and best.strong else None
    source = previous.own_source or (cue.refers if cue else "-")
    spoken = source + ("Q" if previous.quoted > 0.6 else "q" if previous.quoted > 0.1 else "n")
    subject, verb = (cue.subject, cue.lemma) if cue else ("-", "-")
    numbers = any(word.digit for word in words)
    shared = {w.low for w in words if len(w.low) > 4} & {w.low for w in previous.words if len(w.low) > 4}
    for feature in (
        f"{same}|{spoken}|{opener}", f"{same}|{spoken}|{tense}", f"{same}|{spoken}|{state}",
        f"{same}|{subject}|{opener}",
        f"{same}|{subject}|{tense}|{bool(sentence.cues)}", f"{same}|{spoken}|verb={verb}",
        f"{same}|{source}|{bool(article.modals[number])}|{numbers}", f"shared={min(3, len(shared))}|{same}|{source}",
        f"tail={previous.words[-1].low if previous.words and not previous.words[-1].alnum else ''}|{same}",
    ):  # fmt: skip
        found["follow:" + feature] = 1
    if number + 1 < len(article.sentences) and article.sentences[number + 1].paragraph == sentence.paragraph:
        following = article.sentences[number + 1]
        after = article.best[number + 1]
        source = (following.own_source or "-") + ("Q" if following.quoted > 0.6 else "n")
        found[f"follow:next={source}|{after.lemma if after and after.strong else '-'}"] = 1
        found[f"follow:next={source}|{state}"] = 1
    for distance in range(1, min(6, number + 1)):
        earlier = article.sentences[number - distance]
        speaker = earlier.own_source or earlier.speaker
        if speaker:
            apart = min(3, sentence.paragraph - earlier.paragraph)
            found[f"follow:last={distance}|{speaker}|{apart == 0}"] = 1
            found[f"follow:last_paragraph={apart}|{speaker}|{opener}"] = 1
            break
    else:
        found["follow:last=none"] = 1
