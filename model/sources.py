"""Who vouches: for each reporting verb outside speech, its subject, how it governs the sentence, whose words they are.

The analysis follows the way English news attributes: "X said that …", "…, said X", "…, X said", "according to X",
"in X's view", "is said to". A memory runs through the article, so that surnames, pronouns and "the expert" find the
mention that introduced them, and speech without a verb of its own finds its speaker.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate
from operator import attrgetter

from model.memory import Memory
from model.speakers import find_speakers
from model.subjects import (
    ENDS_PHRASE,
    NAMED,
    OPEN,
    RELATIVE,
    UNNAMED,
    Mention,
    classify_subject,
    first_phrase,
    given_name,
    name_at,
    phrase_at,
    phrase_left,
    phrase_right,
)
from model.words import Sentence

_ALNUM = attrgetter("alnum")
_RELATIVES = {"who", "whose", "whom", "which", "that", "where"}
_PARENTHESES = {")": "(", "—": "—", "–": "–", "--": "--"}
_APPOSITION_OPENERS = {"including", "such", "led", "of", "from", "who", "whose", "former", "himself", "herself", "also"}
_BE = {"is", "are", "was", "were", "be", "been", "being"}
_AUXILIARIES = (
    ("had", {"had"}), ("have", {"has", "have"}), ("be", _BE),
    ("modal", {"will", "would", "could", "may", "might", "can", "must", "should"}), ("to", {"to"}),
    ("do", {"did", "does", "do"}),
)  # fmt: skip
_OWNERS = {"his": "he", "her": "she", "their": "they", "'s": ""}
_BEFORE_NOUN = {"'s", "no", "and", "or", "new", "recent", "several", "other", "percentage", "basis"}
_BEFORE_ADJECTIVE = {"a", "an", "the", "his", "its", "their", "our", "my", "these", "those"}
_CONTENT_OPENERS = {"that", "how", "why", "a", "an", "the", "he", "she", "it", "they", "there", "as", "to", "some",
                    "more", "no"}  # fmt: skip
_MAY_BE_ANONYMOUS = {"the_role", "a_role", "roles", "the_roles", "roles_of_name", "the_thing", "a_thing", "quantity",
                     "plural", "the_plural", "other", "none", "named_spokesperson", "spokesperson"}  # fmt: skip
# "declined to be named": the first word, and how far before the second it may stand.
_REFUSING = {"not", "declined", "refused", "asked", "wished", "requested", "without", "wanted", "preferred", "withheld",
             "n't", "didn't", "wasn't", "weren't", "insisted"}  # fmt: skip
_REFUSAL_WITHIN = 8
# How far, in words, a clause is looked for behind a verb.
_CLAUSE_WITHIN = 12
# How long, in words, a parenthesis behind a subject and the appositions to it may be.
_PARENTHESIS_WITHIN = 10
_APPOSITION_WITHIN = 45
# How long, in words, a subject with what belongs to it may be.
_PHRASE_WITHIN = 12
# How far before the end of a phrase, in words, its "in" stands: "in the prime minister's view".
_OWNER_WITHIN = 8
# How many cues before it may lend a verb without a subject theirs.
_CUES_BACK = 30
# How long, in words with its marks, the title of a work may be.
_TITLE_WITHIN = 8


class Attribution:
    """A reporting verb, "according to" or "in X's view", outside speech, with its subject.

    `pattern` says how it governs the sentence: initial, final ("…, police said"), inverted ("…, said Smith"),
    according, participle, relative, subordinate, embedded, infinitive, coordinated, passive.
    """

    __slots__ = (
        "at", "auxiliary", "clause", "coverage", "first", "following", "form", "head", "kind", "last", "lemma",
        "mention", "negated", "pattern", "refers", "strong", "subject",
    )  # fmt: skip

    def __init__(self, at: int, kind: str, lemma: str, strong: bool) -> None:
        self.at, self.kind, self.lemma, self.strong = at, kind, lemma, strong
        self.form = "finite"
        self.auxiliary = self.following = self.pattern = self.head = ""
        self.negated = self.clause = False
        self.first = self.last = at
        self.subject = "none"
        self.refers = OPEN
        self.coverage = 0.0
        self.mention: Mention | None = None

    @property
    def governs(self) -> bool:
        """Whether the sentence, or the speech in it, may be its content."""
        return not self.negated and self.pattern not in ("relative", "infinitive", "subordinate")


def find_sources(sentences: Sequence[Sentence]) -> None:
    """Fill `cues` and what they cover, `memory`, `main_cue`, and the speaker of each sentence of an article."""
    memory = Memory(sentences)
    for number, sentence in enumerate(sentences):
        words, inside = sentence.words, sentence.inside
        markers = [number for number, word in enumerate(words) if word.marker]
        sentence.cues = cues = []
        sentence.anonymity = _anonymity(sentence, markers)
        memory.introduce_roles(sentence, markers)
        memory.enter(number, sentence)
        for at in markers:
            if inside[at]:
                continue
            word = words[at]
            if word.low == "according" and at + 1 < len(words) and words[at + 1].low == "to":
                cue = Attribution(at, "according", "according", True)
                cue.form, cue.pattern, cue.clause = "according", "according", True
                phrase = phrase_right(sentence, at + 2)
                cue.last = at + 1 + len(phrase)
                right = True
            elif word.account and (whose := _whose_account(sentence, at)):
                cue = Attribution(at, "according", word.low, True)
                cue.form, cue.pattern, cue.clause = "according", "according", True
                phrase, right = whose
                cue.first, cue.last = min(at, phrase[0]) - 1, max(at, phrase[-1])
            elif word.speaks_of and at + 1 < len(words) and words[at + 1].low == "of":
                cue = Attribution(at, "argue", "speak", False)
                phrase, right = _analyse_verb(sentence, cue)
            elif word.kind and not sentence.names[at]:
                if (word.noun_or_verb and _is_noun(sentence, at)) or (at and words[at - 1].low in _BEFORE_ADJECTIVE):
                    continue
                cue = Attribution(at, word.kind, word.lemma, word.strong)
                phrase, right = _analyse_verb(sentence, cue)
            else:
                continue
            _identify(sentence, cue, phrase, right, memory)
            memory.learn(cue)
            cues.append(cue)
        sentence.memory = (memory.person, memory.group)
        if cues:
            _measure_coverage(sentence)
            sentence.main_cue = max(cues, key=_prominence)
    find_speakers(sentences)


def _prominence(cue: Attribution) -> float:
    known = cue.refers != OPEN
    subdued = cue.pattern in ("relative", "infinitive") or cue.negated
    return 2 * cue.strong + cue.coverage + known - 1.5 * subdued


def _opened_by_people(sentence: Sentence, at: int) -> bool:
    """ "…, sources in its town hall report." and "Doctors in the city fear that …": else there is no verb so far."""
    words = sentence.words
    comma = next((i for i in range(at - 1, max(-1, at - _PHRASE_WITHIN), -1) if words[i].low == ","), -1)
    if at - comma > _PHRASE_WITHIN:
        return False
    clause = words[comma + 1 : at]
    return len(clause) > 1 and clause[0].roles and not any(word.kind or word.finite for word in clause[1:])


def _whose_account(sentence: Sentence, at: int) -> tuple[list[int], bool] | None:
    """ "In Weber's view", "by her own account", "in the words of the mayor": who that is, and if they come behind."""
    words = sentence.words
    after = words[at + 1] if at + 1 < len(words) else None
    owner = at - 1 - (at > 0 and words[at - 1].low == "own")
    if owner < 1:
        return None
    if words[owner].low == "the" and words[owner - 1].low == "in" and after and after.low == "of":
        phrase = phrase_right(sentence, at + 2)
        return (phrase, True) if phrase else None
    if words[owner].low not in _OWNERS or (after and after.alnum):
        return None
    named = words[owner].low == "'s"
    for opening in range(owner - 1, max(-1, owner - (_OWNER_WITHIN if named else 2)), -1):
        if words[opening].low in ("in", "by"):
            phrase = list(range(opening + 1, owner + (not named)))
            return (phrase, False) if phrase else None
        if words[opening].low in ENDS_PHRASE:
            break
    return None


def _is_noun(sentence: Sentence, at: int) -> bool:
    """Whether a form like "claims", "report", "fears" is a noun here."""
    words = sentence.words
    word = words[at]
    before = words[at - 1] if at else None
    after = words[at + 1] if at + 1 < len(words) else None
    before_low = before.low if before else ""
    if before_low in _BE and word.low == word.lemma:
        return True
    if before and before.before_verb:
        return at > 1 and words[at - 2].low == "according"
    if before and (before.determiner or before.preposition or before.digit
                   or before_low in _BEFORE_NOUN):  # fmt: skip
        return True
    if after and after.low == "of":
        return True
    if word.low == word.lemma:  # a base form wants a plural subject
        if before is None:
            return True
        if (after is None or after.low in (".", ";", "that")) and _opened_by_people(sentence, at):
            return False
        plural = before.roles or (before_low.endswith("s") and not sentence.inside[at - 1])
        adverb = before_low.endswith("ly") and at > 1
        return not (plural or (adverb and (words[at - 2].roles or words[at - 2].before_verb)))
    if before is None or before_low.endswith(("ed", "ing", "ive", "al", "ous", "ic")):
        return True
    return not (after and (after.low in _CONTENT_OPENERS or sentence.names[at + 1]))


def _analyse_verb(sentence: Sentence, cue: Attribution) -> tuple[list[int], bool]:
    """Fill in form, pattern and extent of a reporting verb. Returns its subject's words, and whether they follow it."""
    words, inside = sentence.words, sentence.inside
    at, count = cue.at, len(words)
    low = words[at].low
    cue.form = (
        "ing" if low.endswith("ing")
        else "base" if low == cue.lemma and low not in ("put", "read", "set", "forecast")
        else "finite"
    )  # fmt: skip
    before = at - 1
    auxiliaries = set()
    while before >= 0 and not inside[before] and words[before].auxiliary:
        auxiliaries.add(words[before].low)
        before -= 1
    if before >= 0 and words[before].finite and words[before].low.endswith("n't"):
        cue.negated = True
        before -= 1
    if auxiliaries:
        cue.negated |= any(low in ("not", "never") or low.endswith("n't") for low in auxiliaries)
        cue.auxiliary = next((name for name, forms in _AUXILIARIES if auxiliaries & forms), "")
    following = words[at + 1].low if at + 1 < count else "</s>"
    cue.following = following
    mark = _PARENTHESES.get(words[before].low) if before > 0 and not inside[before] else None
    if mark:  # "Senator Weber (D-Ohio) said"
        within = range(before - 1, max(0, before - _PARENTHESIS_WITHIN), -1)
        before = next((i - 1 for i in within if words[i].low == mark), before)
    previous = words[before].low if before >= 0 else "<s>"
    cue.first, cue.last = before + 1, at
    phrase: list[int] = []
    right = False
    if cue.form == "ing" and not auxiliaries & _BE:
        cue.pattern, cue.first = "participle", at
    elif previous in RELATIVE:
        cue.pattern = "relative"
        head = before - 1
        if head >= 0 and words[head].low == ",":
            head -= 1
        phrase = phrase_left(sentence, head)
    elif before < 0 or previous in ('"', ",") or inside[before]:
        if previous == "," or inside[before]:
            phrase = _subject_of_clause(sentence, cue, before)
            right = phrase != []
        if not phrase and previous == ",":
            phrase, right = _subject_before_apposition(sentence, cue, before)
        if not phrase and (previous != "," or not (cue.auxiliary or following in ("that", "it", "he", "she", "they"))):
            inverted = phrase_right(sentence, at + 1) if before >= 0 or cue.auxiliary or at == 0 else []
            if inverted and following not in ("that", "to", "in", "on", "about", "for"):
                phrase, right = inverted, True
                cue.first, cue.last, cue.pattern = at, inverted[-1], "inverted"
        if not phrase and cue.form == "ing":
            cue.pattern = "participle"
    else:
        phrase = _subject_of_relative(sentence, before) or phrase_left(sentence, before)
        if phrase:
            described = _described(sentence, phrase[0])
            if described:
                phrase, right = described, True
            cue.first = phrase[0]
        if previous in ("and", "but", "or"):
            cue.pattern, phrase = "coordinated", []
    if cue.auxiliary == "to" or previous == "to":
        cue.pattern = "infinitive"
        phrase = _subject_of_infinitive(sentence, phrase)
    if not cue.pattern:
        cue.pattern = _pattern(sentence, cue)
    cue.clause = following == "that"
    for number in range(cue.last + 1, min(count, cue.last + 1 + _CLAUSE_WITHIN)):
        if cue.clause or words[number].low in ".;":
            break
        cue.clause = words[number].finite

    passive = (cue.auxiliary == "be" or "been" in auxiliaries) and cue.form == "finite" and low != cue.lemma
    if passive and (low, following) != ("quoted", "as"):
        cue.pattern = "passive_relative" if cue.pattern == "relative" else "passive"
        phrase = []
        for number in range(at + 1, min(count, at + 9)):
            if words[number].low == "by" and not inside[number]:
                phrase, right = phrase_right(sentence, number + 1), True
                break
            if words[number].low in ",.;":
                break
    elif not phrase and cue.form == "finite" and cue.pattern == "final" and previous == "," and not inside[before]:
        phrase, right = first_phrase(sentence), True
    return phrase, right


def _pattern(sentence: Sentence, cue: Attribution) -> str:
    start = cue.first
    before = sentence.words[start - 1] if start else None
    low = before.low if before else ""
    if low in ("who", "which", "whom"):
        return "relative"
    if before and before.subordinator:
        return "subordinate"
    if low == "that":
        return "embedded"
    if low in ("and", "but", "or", "so"):
        return "coordinated_subject"
    if low in (",", '"', "—", "–", "--") and start > 1:
        return "final"
    return "initial" if start <= 1 or low in (":", ";") else "middle"


def _subject_of_clause(sentence: Sentence, cue: Attribution, comma: int) -> list[int]:
    """ "Anna Weber, 34, a nurse from Tarn, Ohio, said", "the head of the league, Anna Weber, said"."""
    words = sentence.words
    head = phrase_at(sentence, _clause_start(sentence, comma))
    if not head or head[-1] + 1 >= comma:
        return []
    start = head[-1] + 2
    given = name_at(sentence, start)
    named = given and given[1] > given[0] and words[head[0]].determiner and words[given[1] + 1].low == ","
    if not named and (not _is_apposition(sentence, start) or _holds_main_verb(sentence, start, comma)):
        return []
    cue.first = head[0]
    return list(range(given[0], given[1] + 1)) if given and named else head


def _described(sentence: Sentence, start: int) -> list[int]:
    """ "Anna Weber, a baker said", "Anna Weber, mayor of Tarn said": the name that the words from `start` describe."""
    words, names = sentence.words, sentence.names
    describes = words[start].low in ("a", "an", "the") or (words[start].role and not names[start])
    if start < 2 or words[start - 1].low != "," or not describes:
        return []
    head = phrase_left(sentence, start - 2)
    is_name = sum(names[i] for i in head) >= 2 and not any(words[i].preposition for i in head)
    return head if is_name and _opens_clause(sentence, head[0]) else []


def _clause_start(sentence: Sentence, comma: int) -> int:
    """Where the clause begins that ends at `comma`: behind speech, a stronger mark, or at the start of the sentence."""
    words, inside = sentence.words, sentence.inside
    quoted = 0
    for at in range(comma - 1, max(-1, comma - _APPOSITION_WITHIN), -1):
        quoted = quoted + 1 if inside[at] else 0
        if quoted > _TITLE_WITHIN or words[at].low in (";", ":", "—", "–", "--", "-"):
            start = at + max(quoted, 1)
            return start + (words[start].low in ("but", "and", ","))
    if quoted:
        return quoted
    return int(bool(words) and words[0].low in ("but", "and"))


def _holds_main_verb(sentence: Sentence, first: int, stop: int) -> bool:
    """Whether a finite verb stands between, outside a relative clause."""
    words = sentence.words[first:stop]
    finite = next((number for number, word in enumerate(words) if word.finite), len(words))
    return finite < len(words) and not any(word.low in _RELATIVES for word in words[:finite])


def _is_apposition(sentence: Sentence, at: int) -> bool:
    """Whether the words from `at`, behind a name and a comma, say who that is: "34, a nurse", "of Ohio", "who …"."""
    word = sentence.words[at]
    return (
        word.digit or word.determiner or word.role or word.spokesperson or word.low in _APPOSITION_OPENERS
        or (word.low.endswith("ed") and sentence.words[at + 1].preposition)
    )  # fmt: skip


def _opens_clause(sentence: Sentence, at: int) -> bool:
    return at <= 1 or sentence.words[at - 1].low in (",", '"', "and", "but", "that", "--", "–", "—")


def _subject_before_apposition(sentence: Sentence, cue: Attribution, comma: int) -> tuple[list[int], bool]:
    """ "Ivan Petrov, a baker, said", "a baker, who asked not to be named, said", "the baker, Ivan Petrov, said"."""
    words, names = sentence.words, sentence.names
    opening = comma - 1
    while opening >= 0 and words[opening].low != "," and comma - opening < 26:
        opening -= 1
    if opening <= 0 or words[opening].low != ",":
        return [], False
    head = phrase_left(sentence, opening - 1)
    inner = range(opening + 1, comma)
    if not head or not inner or words[inner[0]].finite or words[head[0]].low == "including":
        return [], False
    role_before = any(words[i].role or words[i].spokesperson for i in head)
    if any(names[i] for i in head) and _opens_clause(sentence, head[0]):
        phrase, right = head, False
    elif role_before and sum(names[i] for i in inner) >= 2 and words[inner[0]].low not in RELATIVE:
        phrase, right = list(inner), True
    elif words[inner[0]].low == "who" or (
        _is_apposition(sentence, inner[0])
        and any(words[i].role or words[i].roles or words[i].spokesperson for i in inner)
        and any(words[i].role or words[i].roles or words[i].spokesperson or words[i].quantity for i in head)
    ):
        phrase, right = head, False
    elif names[inner[-1]] and names[inner[-1] - 1]:  # "Away from politics, the group's director Anna Weber, said"
        phrase, right = list(inner), True
    else:
        return [], False
    cue.first = phrase[0]
    return phrase, right


def _subject_of_infinitive(sentence: Sentence, phrase: list[int]) -> list[int]:
    """ "The town continues to say", "she was quick to say": without the verb on which the infinitive hangs."""
    words = sentence.words
    if phrase and phrase[0] > 0 and words[phrase[0] - 1].finite:
        return phrase_left(sentence, phrase[0] - 2)
    source = any(sentence.names[i] or words[i].role or words[i].roles or words[i].institution for i in phrase)
    if phrase and not source:  # "Anna Weber went so far as to say"
        first = [i for i in first_phrase(sentence) if i < phrase[0]]
        while first and not sentence.names[first[-1]]:
            first.pop()
        phrase = first or phrase
    last = words[phrase[-1]] if phrase else None
    if last and len(phrase) > 1 and last.low.endswith(("s", "ed")) and not (last.roles or sentence.names[phrase[-1]]):
        return phrase[:-1]
    return phrase


def _subject_of_relative(sentence: Sentence, before: int) -> list[int]:
    """ "A person who asked not to be named said": the words of "A person", for a verb behind `before`."""
    words = sentence.words
    for at in range(before, max(0, before - 14), -1):
        low = words[at].low
        if low in ENDS_PHRASE or low == "." or sentence.inside[at]:
            return []
        if low == "who":
            clause = words[at + 1 : before + 1]
            held = any(word.finite or word.kind or word.low.endswith("ed") for word in clause)
            person = words[at - 1].role or words[at - 1].roles or words[at - 1].quantity
            return phrase_left(sentence, at - 1) if held and person else []
    return []


def _identify(sentence: Sentence, cue: Attribution, phrase: list[int], right: bool, memory: Memory) -> None:
    """Say what the subject is, whom it refers to, and which mention to show."""
    cue.subject, cue.head, mention = classify_subject(sentence, phrase, right)
    if len(phrase) == 1 and (owner := _OWNERS.get(sentence.words[phrase[0]].low)):
        cue.subject, cue.head, mention = owner, owner, (phrase[0], phrase[0])
    if cue.pattern.startswith("passive") and not phrase:
        cue.subject = "passive_hearsay" if sentence.words[cue.at].passive_hearsay else "passive"
    if cue.subject in ("a_role", "the_role", "a_thing", "quantity", "other"):
        given = given_name(sentence, phrase[-1])
        if given:
            cue.subject, mention = "named_role", given
    if sentence.anonymity is not None and cue.subject in _MAY_BE_ANONYMOUS:
        cue.subject = "anonymous"
        if cue.head and mention:
            memory.unnamed_roles.setdefault(cue.head, Mention(sentence, *mention, UNNAMED))
    subject = cue.subject
    if subject == "none" and cue.pattern in ("participle", "coordinated", "coordinated_subject"):
        near = sentence.cues[: -1 - _CUES_BACK : -1]  # the last first
        others = [other for other in near if other.pattern != "relative" and other.subject != "none"]
        earlier = next((other for other in others if other.refers != OPEN), others[0] if others else None)
        if earlier:
            cue.refers, cue.subject, cue.mention = earlier.refers, f"shared:{earlier.subject}", earlier.mention
            return
        subject, cue.head, mention = classify_subject(sentence, first_phrase(sentence), True)
        cue.subject = f"first:{subject}"
    if mention and cue.pattern.startswith("passive"):
        first, last = mention
        mention = first, next((i - 1 for i in range(first + 1, last + 1) if sentence.words[i].preposition), last)
    memory.identify(cue, subject, Mention(sentence, *mention, OPEN) if mention else None)


def _anonymity(sentence: Sentence, markers: Sequence[int]) -> tuple[int, int] | None:
    """First and last word of "declined to be named", "on condition of anonymity", where such words stand."""
    words, inside = sentence.words, sentence.inside
    for at in markers:
        if inside[at]:
            continue
        if words[at].anonymity:
            return next((i for i in range(max(0, at - 4), at) if words[i].low == "on"), at), at
        if words[at].refused:
            for start in range(at - 1, max(-1, at - _REFUSAL_WITHIN), -1):
                if words[start].low in _REFUSING and not inside[start]:
                    return start, at
    return None


def _measure_coverage(sentence: Sentence) -> None:
    """The share of the sentence's words that each cue's content takes, and the strong ones of each kind of source."""
    words = sentence.words
    total = max(1, sentence.length)
    count = [0, *accumulate(map(_ALNUM, words))]
    commas: list[int] | None = None
    most = dict.fromkeys((NAMED, UNNAMED, OPEN), 0.0)
    for cue in sentence.cues:
        first, last = cue.first, max(cue.last, cue.at)
        before = count[first]
        after = count[-1] - count[last + 1]
        next_low = words[last + 1].low if last + 1 < len(words) else "."
        if cue.pattern in ("final", "inverted"):
            if after <= 8 or next_low in (",", "."):
                share = 1.0
            else:
                share = (after if before <= 8 else max(before, after)) / total
        elif cue.pattern == "according":
            share = 1.0
        elif cue.pattern in ("relative", "subordinate"):
            commas = commas or [number for number, word in enumerate(words) if word.low == ","]
            following = bisect_left(commas, last + 1)
            comma = commas[following] if following < len(commas) else len(words)
            share = (count[comma] - count[last + 1]) / total
        else:
            share = after / total
        cue.coverage = min(1.0, share)
        if cue.strong and not cue.negated and cue.pattern != "infinitive":
            sentence.strong += 1
            most[cue.refers] = max(most[cue.refers], cue.coverage)
    sentence.covered = (most[NAMED], most[UNNAMED], most[OPEN])
