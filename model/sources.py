"""Who vouches: for each reporting verb outside speech, its subject, how it governs the sentence, whose words they are.

The analysis follows the way English news attributes: "X said that …", "…, said X", "…, X said", "according to X",
"is said to". A memory runs through the article, so that surnames, pronouns and "the expert" find the mention that
introduced them, and speech without a verb of its own finds its speaker.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate

from model.words import Sentence

# Whom a subject refers to: somebody a reader can look up, somebody nobody can, or not known.
NAMED, UNNAMED, OPEN = "A", "U", "?"

_HE_OR_SHE = {"he", "she"}
_PRONOUNS = {"he", "she", "they", "it", "who", "we", "i", "you", "that", "which", "this"}
_RELATIVE = {"who", "which", "that"}
_BE = {"is", "are", "was", "were", "be", "been", "being"}
_MODAL_AUXILIARIES = {"will", "would", "could", "may", "might", "can", "must", "should"}
_BEFORE_ADJECTIVE = {"a", "an", "the", "his", "its", "their", "our", "my", "these", "those"}
_INTRODUCING = {"a", "an", "one", "another"}
_NAMING = {"himself", "herself", "themselves", "name", "named"}
_INDEFINITE = {"a", "an", "another", "one"}
_DEFINITE_PLURAL = {"the", "his", "her", "their", "its", "these", "those"}
_ENDS_PHRASE = set(',;:"!?—–()') | {"--"}
_LEFT_LIMITS = {"after", "before", "since", "until", "whether", "how", "why", "what",
                "that", "but", "when", "while", "because", "although", "though", "if", "which", "who", "where", "as",
                "than", "so"}  # fmt: skip
_RIGHT_LIMITS = {"who", "that", "which", "when", "while", "after", "as", "because"}
_CONTENT_OPENERS = {"that", "how", "why", "a", "an", "the", "he", "she", "it", "they", "there", "as", "to", "some",
                    "more", "no"}  # fmt: skip
_TAKES_MORE = {"close", "familiar"}
_WITHIN_MENTION = {"of", "for"}
_NAMED_SUBJECTS = {"name", "named_role", "named_spokesperson", "spokesperson", "institution", "document",
                   "named_document", "name_inside", "thing_of_name"}  # fmt: skip
_PERSON_NAMES = {"name", "named_role", "named_spokesperson"}
_UNNAMED_SUBJECTS = {"roles", "the_roles", "roles_of_name", "quantity", "a_role", "documents", "plural",
                     "plural_of_name", "a_thing", "passive_hearsay", "anonymous"}  # fmt: skip
_MAY_BE_ANONYMOUS = {"the_role", "a_role", "roles", "the_roles", "roles_of_name", "the_thing", "a_thing", "quantity",
                     "plural", "the_plural", "other", "none", "named_spokesperson", "spokesperson"}  # fmt: skip
# "declined to be named": the first word, and how far before the second it may stand.
_REFUSING = {"not", "declined", "refused", "asked", "wished", "requested", "without", "wanted", "preferred", "withheld",
             "n't", "didn't", "wasn't", "weren't", "insisted"}  # fmt: skip
_REFUSED = {
    "authorized",
    "authorised",
    "allowed",
    "permitted",
    "named",
    "identified",
    "quoted",
    "name",
    "names",
    "identify",
    "identity",
}
_REFUSAL_WITHIN = 8
# Kinds of verbs whose subject is a speaker that later pronouns may refer to.
_SPEAKING = {"say", "argue", "admit", "accuse", "believe", "according"}
# How far, in words, a clause is looked for behind a verb.
_CLAUSE_WITHIN = 12
# How many sentences a quotation left open is followed to find its speaker.
_OPEN_AT_MOST = 20


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


class Attribution:
    """A reporting verb, or "according to", outside speech, with its subject.

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


class _Memory:
    """Who has been introduced so far in the article."""

    def __init__(self) -> None:
        self.unnamed_roles: dict[str, Mention] = {}
        self.named_roles: dict[str, Mention | None] = {}  # None: several people of that role are named
        self.surnames: dict[str, Mention] = {}
        self.person = self.group = self.body = ""  # what "he", "they", "it" refer to
        self.person_mention: Mention | None = None
        self.group_mention: Mention | None = None
        self.body_mention: Mention | None = None
        self.latest_name: Mention | None = None
        self.met_name = False

    def refer(self, subject: str, head: str) -> str:
        """Whether the reader can look the subject up."""
        if subject in _NAMED_SUBJECTS:
            return NAMED
        if subject in _UNNAMED_SUBJECTS:
            return UNNAMED
        if subject == "the_role":
            return UNNAMED if head in self.unnamed_roles else NAMED if head in self.named_roles else OPEN
        if subject in _HE_OR_SHE:
            return self.person or (NAMED if self.met_name else OPEN)
        if subject == "they":
            return self.group or OPEN
        if subject == "it":
            return self.body or NAMED
        return OPEN

    def antecedent(self, cue: Attribution, mention: Mention) -> Mention | None:
        """The mention that tells a reader most of whom `mention` speaks; None where a pronoun finds nobody."""
        if cue.subject in _HE_OR_SHE:
            return self.person_mention or self.latest_name
        if cue.subject == "they":
            return self.group_mention
        if cue.subject == "it":
            return _opening_subject(mention.sentence, mention) or self.body_mention
        if cue.subject == "the_role":
            known = self.unnamed_roles if cue.refers == UNNAMED else self.named_roles
            return known.get(cue.head) or mention
        if cue.subject in _PERSON_NAMES and mention.last - mention.first <= 1:
            return self.surnames.get(mention.last_word, mention)
        return mention

    def name_role(self, role: str, name: Mention) -> None:
        """Remember whom a role belongs to, unless the article has several of that role."""
        known = self.named_roles.setdefault(role, name)
        if known is not None and known.last_word != name.last_word:
            self.named_roles[role] = None

    def meet_names(self, sentence: Sentence) -> None:
        """Keep the latest full name: whom "he" and "she" refer to where nobody has spoken yet."""
        names = sentence.names
        for at in range(len(names) - 1, 0, -1):
            if names[at] and names[at - 1]:
                self.met_name = True
                surname = sentence.words[at].surface
                self.latest_name = self.surnames.get(surname) or self.latest_name
                return

    def learn(self, cue: Attribution) -> None:
        subject, refers = cue.subject, cue.refers
        if subject == "named_role":
            self.named_roles.setdefault(cue.head, cue.mention)
        if not (cue.strong or cue.kind in _SPEAKING):
            return
        if subject in _PERSON_NAMES:
            self.person, self.person_mention = NAMED, cue.mention
        elif subject == "a_role":
            self.person, self.person_mention = UNNAMED, cue.mention
        elif subject == "the_role" and refers != OPEN:
            self.person, self.person_mention = refers, cue.mention
        if subject in ("roles", "roles_of_name", "quantity", "the_roles", "plural"):
            self.group, self.group_mention = UNNAMED, cue.mention
        if subject in ("institution", "name", "document", "named_document"):
            self.body, self.body_mention = NAMED, cue.mention
        if subject == "institution":
            self.group, self.group_mention = NAMED, cue.mention


def find_sources(sentences: Sequence[Sentence]) -> None:
    """Fill `cues`, `memory`, `main_cue`, and the speaker of each sentence of an article."""
    memory = _Memory()
    _find_named_roles(sentences, memory)
    for sentence in sentences:
        sentence.cues = cues = []
        sentence.anonymity = _anonymity(sentence)
        _introduce_roles(sentence, memory)
        words, inside = sentence.words, sentence.inside
        for at, word in enumerate(words):
            if inside[at]:
                continue
            if word.low == "according" and at + 1 < len(words) and words[at + 1].low == "to":
                cue = Attribution(at, "according", "according", True)
                cue.form, cue.pattern, cue.clause = "according", "according", True
                phrase = _phrase_right(sentence, at + 2)
                cue.last = at + 1 + len(phrase)
                right = True
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
        memory.meet_names(sentence)
        _measure_coverage(sentence)
        sentence.main_cue = max(cues, key=_prominence, default=None)
    _find_speakers(sentences)


def _prominence(cue: Attribution) -> float:
    known = cue.refers != OPEN
    subdued = cue.pattern in ("relative", "infinitive") or cue.negated
    return 2 * cue.strong + cue.coverage + known - 1.5 * subdued


def _find_named_roles(sentences: Sequence[Sentence], memory: _Memory) -> None:
    """Roles that the article gives a name to ("Interior Minister X", "X, the spokesman, "), and full names."""
    for sentence in sentences:
        words, names = sentence.words, sentence.names
        at = 0
        while at < len(words):
            if not names[at]:
                at += 1
                continue
            end = at
            while end + 1 < len(words) and names[end + 1]:
                end += 1
            name = Mention(sentence, at, end, NAMED)
            if end > at + (words[at].surface[-1] == "."):  # "Mr. Smith" is no full name
                memory.surnames.setdefault(words[end].surface, name)
            roles = [w.low for w in words[max(0, at - 2) : at] if w.role or w.spokesperson]
            roles += [w.low for w in words[at:end] if w.role]
            if end + 1 < len(words) and words[end + 1].low == ",":
                for word in words[end + 2 : end + 12]:
                    if word.low in (",", "."):
                        break
                    if word.role:
                        roles.append(word.low)
            if at > 1 and words[at - 1].low == "," and words[at - 2].role:  # "a neighbour, Maria Lopez,"
                roles.append(words[at - 2].low)
            for role in roles:
                memory.name_role(role, name)
            at = end + 1


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
                   or before_low in ("'s", "no", "and", "or", "new", "recent", "several", "other")):  # fmt: skip
        return True
    if after and after.low == "of":
        return True
    if word.low == word.lemma:  # a base form wants a plural subject
        if before is None:
            return True
        plural = before.roles or (before_low.endswith("s") and not sentence.inside[at - 1])
        adverb = before_low.endswith("ly") and at > 1
        return not (plural or (adverb and (words[at - 2].roles or words[at - 2].before_verb)))
    if before is None or before_low.endswith(("ed", "ing", "ive", "al", "ous", "ic")):
        return True
    return not (after and (after.low in _CONTENT_OPENERS or sentence.names[at + 1]))


def _analyse_verb(sentence: Sentence, cue: Attribution) -> tuple[list[int], bool]:
    """Fill in form, pattern and extent of a reporting verb. Returns its subject's words, and whether they follow it."""
    words, names, inside = sentence.words, sentence.names, sentence.inside
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
    cue.negated |= any(low in ("not", "never") or low.endswith("n't") for low in auxiliaries)
    cue.auxiliary = _auxiliary(auxiliaries)
    following = words[at + 1].low if at + 1 < count else "</s>"
    cue.following = following
    previous = words[before].low if before >= 0 else "<s>"
    cue.first, cue.last = before + 1, at
    phrase: list[int] = []
    right = False
    if cue.form == "ing" and not auxiliaries & _BE:
        cue.pattern, cue.first = "participle", at
    elif previous in _RELATIVE:
        cue.pattern = "relative"
        head = before - 1
        if head >= 0 and words[head].low == ",":
            head -= 1
        phrase = phrase_left(sentence, head)
    elif before < 0 or previous in ('"', ",") or inside[before]:
        if previous == ",":
            phrase, right = _subject_before_apposition(sentence, cue, before)
        if not phrase and (previous != "," or not (cue.auxiliary or following in ("that", "it", "he", "she", "they"))):
            inverted = _phrase_right(sentence, at + 1)
            if inverted and following not in ("that", "to", "in", "on", "about", "for"):
                phrase, right = inverted, True
                cue.first, cue.last, cue.pattern = at, inverted[-1], "inverted"
        if not phrase and cue.form == "ing":
            cue.pattern = "participle"
    else:
        phrase = _subject_of_relative(sentence, before) or phrase_left(sentence, before)
        if phrase:
            cue.first = start = phrase[0]
            if start > 1 and words[start - 1].low == "," and words[start].low in ("a", "an", "the"):
                head_phrase = phrase_left(sentence, start - 2)
                if sum(names[i] for i in head_phrase) >= 2 and _opens_clause(sentence, head_phrase[0]):
                    phrase, right = head_phrase, True
                    cue.first = head_phrase[0]
        if previous in ("and", "but", "or"):
            cue.pattern, phrase = "coordinated", []
    if cue.auxiliary == "to" or previous == "to":
        cue.pattern = "infinitive"
    if not cue.pattern:
        cue.pattern = _pattern(sentence, cue)
    cue.clause = following == "that"
    for number in range(cue.last + 1, min(count, cue.last + 1 + _CLAUSE_WITHIN)):
        if cue.clause or words[number].low in ".;":
            break
        cue.clause = words[number].finite

    if cue.auxiliary == "be" and cue.form == "finite" and low != cue.lemma:
        cue.pattern = "passive_relative" if cue.pattern == "relative" else "passive"
        phrase = []
        for number in range(at + 1, min(count, at + 9)):
            if words[number].low == "by" and not inside[number]:
                phrase, right = _phrase_right(sentence, number + 1), True
                break
            if words[number].low in ",.;":
                break
    elif not phrase and cue.form == "finite" and cue.pattern == "final" and previous == "," and not inside[before]:
        phrase, right = _first_phrase(sentence), True
    return phrase, right


def _auxiliary(found: set[str]) -> str:
    for name, forms in (
        ("had", {"had"}), ("have", {"has", "have"}), ("be", _BE), ("modal", _MODAL_AUXILIARIES), ("to", {"to"}),
        ("do", {"did", "does", "do"}),
    ):  # fmt: skip
        if found & forms:
            return name
    return ""


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


def _opens_clause(sentence: Sentence, at: int) -> bool:
    return at <= 1 or sentence.words[at - 1].low in (",", '"', "and", "but", "that")


def _subject_before_apposition(sentence: Sentence, cue: Attribution, comma: int) -> tuple[list[int], bool]:
    """ "Ivan Petrov, a baker, said", "a baker, who asked not to be named, said", "the baker, Ivan Petrov, said"."""
    words, names = sentence.words, sentence.names
    opening = comma - 1
    while opening >= 0 and words[opening].low != "," and comma - opening < 26:
        opening -= 1
    if opening <= 0 or words[opening].low != ",":
        return [], False
    head = phrase_left(sentence, opening - 1)
    if not head:
        return [], False
    inner = range(opening + 1, comma)
    if not inner:
        return [], False
    role_before = any(words[i].role or words[i].spokesperson for i in head)
    if any(names[i] for i in head) and _opens_clause(sentence, head[0]):
        phrase, right = head, False
    elif role_before and sum(names[i] for i in inner) >= 2 and words[inner[0]].low not in _RELATIVE:
        phrase, right = list(inner), True
    elif words[inner[0]].low == "who" or any(words[i].role or words[i].roles or words[i].spokesperson for i in inner):
        phrase, right = head, False
    else:
        return [], False
    cue.first = head[0]
    return phrase, right


def phrase_left(sentence: Sentence, at: int) -> list[int]:
    """Word numbers of the noun phrase that ends at `at`."""
    words, names = sentence.words, sentence.names
    phrase: list[int] = []
    while at >= 0 and len(phrase) < 14:
        word = words[at]
        low = word.low
        if low in _ENDS_PHRASE or low == ".":
            break
        if phrase:
            if low in _LEFT_LIMITS or word.finite:
                break
            if low in ("and", "or") and not (at and names[at - 1]):
                break
            verb = word.kind and not names[at] and not word.roles and not word.document
            if verb and low.endswith(("s", "ed", "said", "told")) and not _is_reduced_relative(sentence, at):
                break
        phrase.append(at)
        at -= 1
    phrase.reverse()
    return phrase


def _is_reduced_relative(sentence: Sentence, at: int) -> bool:
    """ "people briefed on the plan", "economists polled by the agency": the verb belongs to the noun before it."""
    words = sentence.words
    noun = at > 0 and (words[at - 1].roles or words[at - 1].role) and not sentence.names[at - 1]
    return noun and at + 1 < len(words) and words[at + 1].preposition


def _subject_of_relative(sentence: Sentence, before: int) -> list[int]:
    """ "A person who asked not to be named said": the words of "A person", for a verb behind `before`."""
    words = sentence.words
    for at in range(before, max(0, before - 14), -1):
        low = words[at].low
        if low in _ENDS_PHRASE or low == "." or sentence.inside[at]:
            return []
        if low == "who":
            clause = words[at + 1 : before + 1]
            held = any(word.finite or word.kind or word.low.endswith("ed") for word in clause)
            person = words[at - 1].role or words[at - 1].roles or words[at - 1].quantity
            return phrase_left(sentence, at - 1) if held and person else []
    return []


def _opening_subject(sentence: Sentence, pronoun: Mention) -> Mention | None:
    """ "The company will close two plants, it said": the subject that opens the sentence, if a body or a name."""
    phrase = _first_phrase(sentence)
    kind, _, mention = classify_subject(sentence, phrase, right=True)
    if mention and mention[1] < pronoun.first and kind in ("institution", "name", "thing_of_name", "name_inside"):
        return Mention(sentence, *mention, NAMED)
    return None


def _phrase_right(sentence: Sentence, at: int) -> list[int]:
    """Word numbers of the noun phrase that begins at `at`, with what hangs on it."""
    words = sentence.words
    phrase: list[int] = []
    while at < len(words) and len(phrase) < 16:
        low = words[at].low
        if low in _ENDS_PHRASE or low == "." or (phrase and low in _RIGHT_LIMITS):
            break
        phrase.append(at)
        at += 1
    return phrase


def _first_phrase(sentence: Sentence) -> list[int]:
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
        elif (word.preposition or word.subordinator or word.low.endswith(("ly", "ing"))
                or word.low in ("however", "meanwhile", "last", "earlier", "later")):  # fmt: skip
            start = next((i + 1 for i in range(start, min(count, start + 25)) if words[i].low == ","), start)
    phrase: list[int] = []
    while start < count and len(phrase) < 10:
        word = words[start]
        if word.low in ',;:"()' or word.finite or word.low in _RELATIVE:
            break
        if phrase and not names[start] and ((word.kind and not word.noun_or_verb) or word.low.endswith("ed")):
            break
        phrase.append(start)
        start += 1
    return phrase


def _identify(sentence: Sentence, cue: Attribution, phrase: list[int], right: bool, memory: _Memory) -> None:
    """Say what the subject is, whom it refers to, and which mention to show."""
    cue.subject, cue.head, mention = classify_subject(sentence, phrase, right)
    if cue.pattern.startswith("passive") and not phrase:
        cue.subject = "passive_hearsay" if sentence.words[cue.at].passive_hearsay else "passive"
    if cue.subject in ("a_role", "the_role", "a_thing", "quantity", "other"):
        given = _given_name(sentence, phrase[-1])
        if given:
            cue.subject, mention = "named_role", given
    if sentence.anonymity is not None and cue.subject in _MAY_BE_ANONYMOUS:
        cue.subject = "anonymous"
        if cue.head and mention:
            memory.unnamed_roles.setdefault(cue.head, Mention(sentence, *mention, UNNAMED))
    cue.refers = memory.refer(cue.subject, cue.head)
    if cue.subject == "none" and cue.pattern in ("participle", "coordinated", "coordinated_subject"):
        others = [other for other in reversed(sentence.cues) if other.pattern != "relative" and other.subject != "none"]
        earlier = next((other for other in others if other.refers != OPEN), others[0] if others else None)
        if earlier:
            cue.refers, cue.subject, cue.mention = earlier.refers, f"shared:{earlier.subject}", earlier.mention
            return
        subject, cue.head, mention = classify_subject(sentence, _first_phrase(sentence), True)
        cue.refers = memory.refer(subject, cue.head)
        cue.subject = f"first:{subject}"
    if mention:
        if cue.pattern.startswith("passive"):
            stop = next(
                (i for i in range(mention[0] + 1, mention[1] + 1) if sentence.words[i].preposition), mention[1] + 1
            )
            mention = mention[0], stop - 1
        cue.mention = memory.antecedent(cue, Mention(sentence, *mention, cue.refers))


def _given_name(sentence: Sentence, at: int) -> tuple[int, int] | None:
    """The name given behind a role that ends at `at`: "another resident, Maria", "a man who called himself Sergei"."""
    words, names = sentence.words, sentence.names
    count = len(words)
    if at + 2 >= count:
        return None
    if words[at + 1].low == ",":
        name = _name_at(sentence, at + 2)
        if name and not names[at] and (name[1] + 1 == count or words[name[1] + 1].low in ',.;"'):
            return name
    if "who" in (words[at + 1].low, words[at + 2].low):
        for number in range(at + 2, min(count, at + 14)):
            if words[number].low in _NAMING:
                return next((name for i in range(number + 1, number + 5) if (name := _name_at(sentence, i))), None)
    return None


def _name_at(sentence: Sentence, at: int) -> tuple[int, int] | None:
    names = sentence.names
    if at >= len(names) or not names[at]:
        return None
    end = at
    while end + 1 < len(names) and names[end + 1]:
        end += 1
    return at, end


def _anonymity(sentence: Sentence) -> tuple[int, int] | None:
    """First and last word of "declined to be named", "on condition of anonymity", where such words stand."""
    words, inside = sentence.words, sentence.inside
    for at, word in enumerate(words):
        if inside[at]:
            continue
        if word.anonymity:
            return next((i for i in range(max(0, at - 4), at) if words[i].low == "on"), at), at
        if word.low in _REFUSED:
            for start in range(at - 1, max(-1, at - _REFUSAL_WITHIN), -1):
                if words[start].low in _REFUSING and not inside[start]:
                    return start, at
    return None


def _introduce_roles(sentence: Sentence, memory: _Memory) -> None:
    """ "A prominent military expert": whoever is introduced without a name stays unnamed when met again."""
    words, names = sentence.words, sentence.names
    for at, word in enumerate(words):
        if not word.role or names[at] or word.low in memory.unnamed_roles:
            continue
        for start in range(at - 1, max(-1, at - 6), -1):
            if words[start].low in _INTRODUCING:
                described = start > 1 and words[start - 1].low == "," and names[start - 2]  # "Omar Diaz, a judge"
                if not described and not any(names[at + 1 : at + 2]) and not _given_name(sentence, at):
                    memory.unnamed_roles[word.low] = Mention(sentence, start, at, UNNAMED)
                break
            if not words[start].alnum or words[start].preposition or words[start].determiner:
                break


def classify_subject(sentence: Sentence, phrase: list[int], right: bool) -> tuple[str, str, tuple[int, int] | None]:
    """The class of a noun phrase as a subject, its head word, and the words to show as a mention."""
    if not phrase:
        return "none", "", None
    words, names = sentence.words, sentence.names
    if len(phrase) <= 2 and words[phrase[0]].low in _PRONOUNS:
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
    mention = phrase[start], phrase[shown_until - 1]
    anywhere = any(names[i] for i in phrase)
    first_low = part[0].low
    for number in range(len(part) - 2, -1, -1):
        if part[number].low == "'s":
            part, named, first_low = part[number + 1 :], [False, *named[number + 1 :]], "his"
            break
    else:
        named = list(named)
    last = part[-1]
    has_name = any(named)
    role_head = next((w.low for w in reversed(part) if w.roles), "")
    if last.roles or (role_head and not has_name):
        kind = "roles_of_name" if has_name else "the_roles" if first_low in _DEFINITE_PLURAL else "roles"
        return kind, role_head or last.low, mention
    spokes = next((w.low for w in reversed(part) if w.spokesperson), "")
    if spokes:
        speaks_for = stop < len(phrase) and words[phrase[stop]].low in ("for", "of", "representing")
        if first_low in _INDEFINITE and not has_name and not spokes.startswith("spokes") and not speaks_for:
            return "a_role", spokes, mention
        return (
            ("named_spokesperson" if has_name and (not named[0] or sum(named) >= 2) else "spokesperson"),
            spokes,
            mention,
        )
    role = next((w.low for w in reversed(part) if w.role), "")
    if role:
        if has_name and (
            (named[-1] and not last.role) or not (part[0].determiner or part[0].quantity or first_low == "his")
        ):
            return "named_role", role, mention
        return ("a_role" if first_low in _INDEFINITE else "the_role"), role, mention
    document = next((w for w in reversed(part) if w.document), None)
    if document:
        unnamed = document.documents and (not anywhere or any(words[i].roles for i in phrase))
        return ("documents" if unnamed else "named_document" if anywhere else "document"), document.low, mention
    institution = next((w.low for w in reversed(part) if w.institution), "")
    if institution and not (has_name and named[-1]):
        return "institution", institution, mention
    low = last.low
    plural = low.endswith("s") and not low.endswith("ss")
    if has_name and not named[-1] and last.common:
        return ("plural_of_name" if plural else "thing_of_name"), low, mention
    if has_name:
        return "name", low, mention
    if part[0].quantity:
        return "quantity", part[0].low, mention
    if plural and len(low) > 3 and first_low not in ("a", "an"):
        return ("the_plural" if first_low in _DEFINITE_PLURAL else "plural"), low, mention
    if first_low in _INDEFINITE:
        return "a_thing", low, mention
    if part[0].determiner or first_low == "his":
        return ("thing_of_name" if anywhere else "the_thing"), low, mention
    return ("name_inside" if anywhere else "other"), low, mention


def _measure_coverage(sentence: Sentence) -> None:
    """The share of the sentence's words that each cue's content takes."""
    if not sentence.cues:
        return
    words = sentence.words
    total = max(1, sentence.length)
    count = [0, *accumulate(word.alnum for word in words)]
    comma = [len(words)] * (len(words) + 1)  # where the next comma stands
    for number in range(len(words) - 1, -1, -1):
        comma[number] = number if words[number].low == "," else comma[number + 1]
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
            share = (count[comma[last + 1]] - count[last + 1]) / total
        else:
            share = after / total
        cue.coverage = min(1.0, share)


def _find_speakers(sentences: Sequence[Sentence]) -> None:
    """Whose words the quoted sentences are: of their own verb, else of the nearest in the quotation or paragraph."""
    for sentence in sentences:
        governing = [c for c in sentence.cues if c.governs and (c.strong or c.kind in ("say", "argue", "admit"))]
        known = [cue for cue in governing if cue.refers != OPEN]
        strong = [cue for cue in sentence.cues if cue.strong]
        own = max(known, key=lambda cue: cue.coverage) if known else None
        sentence.own_source = own.refers if own else ""
        sentence.own_cue = own or next((cue for cue in strong if cue.refers == OPEN), None)
    for number, sentence in enumerate(sentences):
        sentence.speaker, sentence.speaker_found, sentence.speaker_cue = "", "", None
        if sentence.quoted > 0.4:
            found, how = _speaker_of(sentences, number)
            if found is not None:
                cue = found.own_cue or found.speaker_cue
                sentence.speaker_cue = cue
                sentence.speaker = cue.refers if cue else found.speaker or OPEN
                sentence.speaker_found = how


def _speaker_of(sentences: Sequence[Sentence], number: int) -> tuple[Sentence | None, str]:
    sentence = sentences[number]
    if sentence.own_cue:
        return sentence, "own"
    for ahead in range(number + 1, min(len(sentences), number + _OPEN_AT_MOST)):
        other = sentences[ahead]
        if not (sentences[ahead - 1].ends_inside and (other.starts_inside or other.runs_on)):
            break
        if other.own_cue:
            return other, "ahead"
    before, after = _neighbours(sentences, number)
    barrier = None
    for other in before:
        if other.own_cue:
            return other, "behind"
        if other.quoted < 0.1:
            barrier = other
            break
    if barrier is not None and barrier.words and barrier.words[-1].low == ":":
        return barrier, "colon"
    for other in after:
        if other.own_cue:
            return other, "later"
        if other.quoted < 0.1:
            break
    first = number - sentence.position
    for back in range(first - 1, max(-1, first - 5), -1):
        other = sentences[back]
        if other.speaker or other.own_cue:
            return other, "paragraph_before" if back == first - 1 else "earlier"
    return None, ""


def _neighbours(sentences: Sequence[Sentence], number: int) -> tuple[Iterable[Sentence], Iterable[Sentence]]:
    """The sentences of the same paragraph before (nearest first) and after."""
    sentence = sentences[number]
    first = number - sentence.position
    stop = first + sentence.siblings
    return [sentences[i] for i in range(number - 1, first - 1, -1)], [sentences[i] for i in range(number + 1, stop)]
