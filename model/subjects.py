"""Noun phrases around a verb: where they begin and end, what class of subject they are, which words to show."""

from __future__ import annotations

from model.words import Sentence

# Whom a subject refers to: somebody a reader can look up, somebody nobody can, or not known.
NAMED, UNNAMED, OPEN = "A", "U", "?"

_PRONOUNS = {"he", "she", "they", "it", "who", "we", "i", "you", "that", "which", "this"}
RELATIVE = {"who", "which", "that"}
_NAMING = {"himself", "herself", "themselves", "name", "named"}
_INDEFINITE = {"a", "an", "another", "one"}
_DEFINITE_PLURAL = {"the", "his", "her", "their", "its", "these", "those"}
ENDS_PHRASE = set(',;:"!?—–()-') | {"--"}
_OPENERS = {"however", "meanwhile", "meantime", "now", "still", "yet", "but", "and", "so", "then", "also", "today",
            "later", "earlier", "instead", "perhaps", "indeed", "or", "once", "even", "by", "from"}  # fmt: skip
_ADVERBS = {"however", "meanwhile", "last", "earlier", "later", "away", "apart", "aside", "asked", "instead"}
_LEFT_LIMITS = {"after", "before", "since", "until", "whether", "how", "why", "what",
                "that", "but", "when", "while", "because", "although", "though", "if", "which", "who", "where", "as",
                "than", "so"}  # fmt: skip
_RIGHT_LIMITS = {"who", "that", "which", "when", "while", "after", "as", "because"}
_TAKES_MORE = {"close", "familiar"}
_WITHIN_MENTION = {"of", "for"}


class Mention:
    """A noun phrase that names or describes a source: words `first` to `last` of a sentence."""

    __slots__ = ("first", "last", "refers", "sentence")

    def __init__(self, sentence: Sentence, first: int, last: int, refers: str) -> None:
        self.sentence, self.first, self.last, self.refers = sentence, first, last, refers

    @property
    def start(self) -> int:
        return self.sentence.starts[self.first]

    @property
    def end(self) -> int:
        return self.sentence.starts[self.last] + len(self.sentence.words[self.last].surface)

    @property
    def last_word(self) -> str:
        return self.sentence.words[self.last].surface


def phrase_left(sentence: Sentence, at: int) -> list[int]:
    """Word numbers of the noun phrase that ends at `at`."""
    words, names = sentence.words, sentence.names
    phrase: list[int] = []
    while at >= 0 and len(phrase) < 14:
        word = words[at]
        low = word.low
        if low in ENDS_PHRASE or low == ".":
            break
        if phrase:
            if low in _LEFT_LIMITS or word.finite:
                if low == "that" and at == 0 and words[phrase[-1]].role:
                    phrase.append(at)
                break
            if low in ("and", "or") and not (at and (names[at - 1] or _is_paired(sentence, at, phrase[0]))):
                break
            verb = word.kind and not names[at] and not word.roles and not word.document
            if verb and low.endswith(("s", "ed", "said", "told")) and not _is_reduced_relative(sentence, at):
                break
        phrase.append(at)
        at -= 1
    phrase.reverse()
    return phrase


def _is_paired(sentence: Sentence, conjunction: int, last: int) -> bool:
    """ "Police and fire officials", "residents and activists": two groups that speak together."""
    before = sentence.words[conjunction - 1]
    return sentence.words[last].roles and (before.roles or before.institution) and not sentence.inside[conjunction - 1]


def _is_reduced_relative(sentence: Sentence, at: int) -> bool:
    """ "people briefed on the plan", "economists polled by the agency": the verb belongs to the noun before it."""
    words = sentence.words
    noun = at > 0 and (words[at - 1].roles or words[at - 1].role) and not sentence.names[at - 1]
    return noun and at + 1 < len(words) and words[at + 1].preposition


def phrase_right(sentence: Sentence, at: int) -> list[int]:
    """Word numbers of the noun phrase that begins at `at`, with what hangs on it."""
    words = sentence.words
    phrase: list[int] = []
    while at < len(words) and len(phrase) < 16:
        low = words[at].low
        if low in ENDS_PHRASE or low == "." or (phrase and low in _RIGHT_LIMITS):
            break
        phrase.append(at)
        at += 1
    return phrase


def first_phrase(sentence: Sentence) -> list[int]:
    """The sentence's first noun phrase, behind a dateline or an adverbial: the likely subject of a late verb."""
    words, names = sentence.words, sentence.names
    count = len(words)
    start = next((i + 1 for i in range(min(count, 14) - 1, -1, -1) if words[i].low in ("-", "--", "—", "–")), 0)
    if start and not any(names[:start]):
        start = 0
    if start < count:
        word = words[start]
        if word.low in ("but", "and", "yet"):
            start += 1
        elif word.preposition or word.subordinator or word.low.endswith(("ly", "ing")) or word.low in _ADVERBS:
            start = next((i + 1 for i in range(start, min(count, start + 25)) if words[i].low == ","), start)
        elif start + 2 < count and words[start + 1].low in ("later", "earlier", "ago"):  # "Minutes later, "
            start += 2 + (words[start + 2].low == ",")
    phrase: list[int] = []
    while start < count and len(phrase) < 10:
        word = words[start]
        if word.low in ',;:"()' or word.finite or word.low in RELATIVE:
            break
        if phrase and not names[start] and ((word.kind and not word.noun_or_verb) or word.low.endswith("ed")):
            break
        phrase.append(start)
        start += 1
    return phrase


def phrase_at(sentence: Sentence, start: int) -> list[int]:
    """Word numbers of the person, body or document told from `start` to the next comma; none where a verb is."""
    words, names = sentence.words, sentence.names
    phrase: list[int] = []
    for at in range(start, min(len(words), start + 12)):
        word = words[at]
        if word.low == ",":
            source = any(
                names[i] or words[i].role or words[i].spokesperson or words[i].document or words[i].institution
                for i in phrase
            )
            return phrase if source and not words[start].preposition else []
        if (
            (not word.alnum and word.low != ".")
            or word.finite
            or (word.kind and not word.noun_or_verb and not names[at])
        ):
            return []
        phrase.append(at)
    return []


def _trimmed(sentence: Sentence, phrase: list[int]) -> list[int]:
    """Without an opener before the noun phrase ("However the data", "echoing experts") and a verb with its object."""
    words, names = sentence.words, sentence.names
    start, last = 0, len(phrase) - 1
    while start < last and not names[phrase[start]]:
        word = words[phrase[start]]
        if word.alnum and word.low not in _OPENERS and not (word.kind and word.low.endswith("ing")):
            break
        start += 1
    for number in range(start + 1, last):
        at = phrase[number]
        word = words[at]
        object_follows = names[at - 1] and not names[at] and (words[at + 1].determiner or names[at + 1])
        if word.tense == "past" and (object_follows or words[at - 1].low in ("he", "she")):
            return phrase[start:number]  # "Weber opened the talks"
        if word.kind and word.low.endswith("ing") and not names[at]:  # "an official quoting his superiors"
            return phrase[start:number]
    return phrase[start:] if start else phrase


def classify_subject(sentence: Sentence, phrase: list[int], right: bool) -> tuple[str, str, tuple[int, int] | None]:
    """The class of a noun phrase as a subject, its head word, and the words to show as a mention."""
    if not phrase or (len(phrase) == 1 and sentence.words[phrase[0]].subordinator):
        return "none", "", None
    words, names = sentence.words, sentence.names
    phrase = _trimmed(sentence, phrase)
    if len(phrase) <= 2 and words[phrase[0]].low in _PRONOUNS and not words[phrase[-1]].role:
        return words[phrase[0]].low, words[phrase[0]].low, (phrase[0], phrase[0])
    edge = phrase[0] if right else phrase[-1]
    if words[edge].low in (_PRONOUNS if not right else ("he", "she", "they", "it")):
        return words[edge].low, words[edge].low, (edge, edge)
    start = 0
    if words[phrase[0]].preposition and not right:  # "On Monday the minister": the subject comes after the adverbial
        start = next((i for i in range(1, len(phrase)) if words[phrase[i]].determiner or words[phrase[i]].roles
                      or (names[phrase[i]] and i > 1)), 0)  # fmt: skip
    stop = start + 1
    while stop < len(phrase) and not words[phrase[stop]].preposition:
        stop += 1
    part = [words[i] for i in phrase[start:stop]]
    named = [names[i] for i in phrase[start:stop]]
    shown_until = stop
    while (shown_until + 1 < len(phrase) and words[phrase[shown_until]].low in _WITHIN_MENTION) or (
        stop <= shown_until < len(phrase) and not words[phrase[shown_until]].preposition
    ):
        shown_until += 1
    if words[phrase[stop - 1]].low in _TAKES_MORE or words[phrase[stop - 1]].low.endswith("ed"):
        shown_until = min(len(phrase), stop + 6)  # "a person familiar with the matter"
    mention: tuple[int, int] | None = (phrase[start], phrase[shown_until - 1])
    first = words[phrase[start]]
    if first.subordinator or (shown_until - start == 1 and first.determiner):  # "the", before what is quoted
        mention = None
    anywhere = any(names[i] for i in phrase)
    first_low = part[0].low
    for number in range(len(part) - 2, -1, -1):
        if part[number].low == "'s":
            part, named, first_low = part[number + 1 :], [False, *named[number + 1 :]], "his"
            break
    else:
        named = list(named)
    last = part[-1]
    has_name = True in named
    sources = [word for word in reversed(part) if word.source]
    role_head = next((word.low for word in sources if word.roles), "")
    if last.roles or (role_head and not has_name and not last.institution):
        kind = "roles_of_name" if has_name else "the_roles" if first_low in _DEFINITE_PLURAL else "roles"
        return kind, role_head or last.low, mention
    if sources:
        spokes = next((word.low for word in sources if word.spokesperson), "")
        if spokes:
            speaks_for = stop < len(phrase) and words[phrase[stop]].low in ("for", "of", "representing")
            if first_low in _INDEFINITE and not has_name and not spokes.startswith("spokes") and not speaks_for:
                return "a_role", spokes, mention
            return (
                ("named_spokesperson" if has_name and (not named[0] or sum(named) >= 2) else "spokesperson"),
                spokes,
                mention,
            )
        role = next((word.low for word in sources if word.role), "")
        if role and (last.role or not last.document):
            if has_name and (
                (named[-1] and not last.role) or not (part[0].determiner or part[0].quantity or first_low == "his")
            ):
                return "named_role", role, mention
            return ("a_role" if first_low in _INDEFINITE else "the_role"), role, mention
        document = next((word for word in sources if word.document), None)
        if document:
            unnamed = document.documents and (not anywhere or any(words[i].roles for i in phrase))
            return ("documents" if unnamed else "named_document" if anywhere else "document"), document.low, mention
        institution = next((word.low for word in sources if word.institution), "")
        if institution and not (has_name and named[-1]):
            return "institution", institution, mention
    low = last.low
    plural = low.endswith("s") and not low.endswith("ss")
    if has_name and not named[-1] and last.common:
        return ("plural_of_name" if plural else "thing_of_name"), low, mention
    if has_name:
        return "name", low, mention
    if last.low == "percent":  # of those a poll asked: no source by themselves
        return "other", low, None
    if part[0].quantity:
        return "quantity", part[0].low, mention
    if plural and len(low) > 3 and first_low not in ("a", "an"):
        return ("the_plural" if first_low in _DEFINITE_PLURAL else "plural"), low, mention
    if first_low in _INDEFINITE:
        return "a_thing", low, mention
    if part[0].determiner or first_low == "his":
        return ("thing_of_name" if anywhere else "the_thing"), low, mention
    return ("name_inside" if anywhere else "other"), low, mention


def given_name(sentence: Sentence, at: int) -> tuple[int, int] | None:
    """The name given behind a role that ends at `at`: "another resident, Maria", "a man who called himself Sergei"."""
    words, names = sentence.words, sentence.names
    count = len(words)
    if at + 2 >= count:
        return None
    if words[at + 1].low == ",":
        name = name_at(sentence, at + 2)
        if name and not names[at] and (name[1] + 1 == count or words[name[1] + 1].low in (*',.;"', "of")):
            return name
    if "who" in (words[at + 1].low, words[at + 2].low):
        for number in range(at + 2, min(count, at + 14)):
            if words[number].low in _NAMING:
                return next((name for i in range(number + 1, number + 5) if (name := name_at(sentence, i))), None)
    return None


def name_at(sentence: Sentence, at: int) -> tuple[int, int] | None:
    names = sentence.names
    if at >= len(names) or not names[at]:
        return None
    end = at
    while end + 1 < len(names) and names[end + 1]:
        end += 1
    return at, end
