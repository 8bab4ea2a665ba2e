"""Who is meant: the people, roles, groups and bodies that an article has introduced, for its surnames and pronouns.

"He" and "she" are whoever of that gender was last the subject of a sentence or of a reporting verb, before whoever was
named in passing: subjects are the likeliest antecedents in news (Lappin and Leass 1994, "An Algorithm for Pronominal
Anaphora Resolution", weigh antecedents by grammatical role and recency in the same manner).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING

from model.subjects import NAMED, OPEN, UNNAMED, Mention, classify_subject, first_phrase, given_name
from model.words import Sentence, Word

if TYPE_CHECKING:
    from model.sources import Attribution

_PRONOUN = {"he": "he", "she": "she", "his": "he", "her": "she"}
_WITHOUT_MENTION = {"who", "we", "i", "you", "that", "which", "this"}
_NAMED_SUBJECTS = {"name", "named_role", "named_spokesperson", "spokesperson", "institution", "document",
                   "named_document", "name_inside", "thing_of_name"}  # fmt: skip
_PERSON_NAMES = {"name", "named_role", "named_spokesperson"}
_UNNAMED_SUBJECTS = {"roles", "the_roles", "roles_of_name", "quantity", "a_role", "documents", "plural",
                     "plural_of_name", "a_thing", "passive_hearsay", "anonymous"}  # fmt: skip
_ONE_PERSON = {"he", "she", "a_role", "the_role", "spokesperson", "anonymous", *_PERSON_NAMES}
_GROUPS = {"roles", "roles_of_name", "quantity", "the_roles", "plural"}
_BODIES = {"institution", "document", "named_document"}
_INTRODUCING = {"a", "an", "one", "another"}
_CONJUNCTIONS = {"but", "and", "yet", "so", "then", "when", "while", "as", "though", "although"}
_GENERATIONS = {"jr", "jr.", "sr", "sr.", "ii", "iii"}
# Kinds of verbs whose subject is a speaker that later pronouns may refer to.
_SPEAKING = {"say", "argue", "admit", "accuse", "believe", "according"}
# In sentences: how much longer a subject, and whose gender is known, stays in mind than somebody named in passing.
_SUBJECT, _POSSESSOR, _DOUBTFUL, _GENDER_KNOWN = 4, 2, -4, 1
_RECENT_AT_MOST = 24
_SAME_SURNAME_AT_MOST = 8
# A first sentence with so many capitals is a headline, where verbs look like names.
_HEADLINE_NAMES, _HEADLINE_WITHIN = 0.6, 8


class Person:
    """Somebody the article introduces: the mention to show, and the pronoun that takes it up ("" where not known)."""

    __slots__ = ("likely", "mention", "pronoun", "times")

    def __init__(self, mention: Mention, pronoun: str, likely: bool) -> None:
        self.mention, self.pronoun, self.likely = mention, pronoun, likely
        self.times = 0

    def is_known_in(self, sentence: Sentence) -> bool:
        """Whether a surname alone may mean them there: once introduced, or where they are plainly a person."""
        return self.likely or self.mention.sentence.paragraph <= sentence.paragraph


class Memory:
    """Who has been introduced so far in the article."""

    def __init__(self, sentences: Sequence[Sentence]) -> None:
        self.unnamed_roles: dict[str, Mention] = {}
        self.named_roles: dict[str, Mention | None] = {}  # None: several people of that role are named
        self.person = self.group = self.body = ""  # what "he", "they", "it" refer to
        self.group_mention: Mention | None = None
        self.body_mention: Mention | None = None
        self.met_name = False
        self._people: dict[str, Person] = {}  # by full name
        self._by_surname: dict[str, list[Person]] = {}
        self._by_first_name: dict[str, list[Person]] = {}
        self._titled: dict[str, Person] = {}  # by surname alone: "Mr. Diaz"
        self._recent: deque[tuple[int, Person, int]] = deque(maxlen=_RECENT_AT_MOST)
        self._now = 0  # number of the sentence
        self._subject: Person | None = None  # of the latest cue
        # Of each sentence first and last word of its names, and whose full name it is; headlines are read last.
        self._names: list[list[tuple[int, int, Person | None]]] = [[] for _ in sentences]
        headlines = [number for number, sentence in enumerate(sentences[:_HEADLINE_WITHIN]) if _is_headline(sentence)]
        for number, sentence in enumerate(sentences):
            if number not in headlines:
                self._names[number] = self._read_names(sentence)
        for number in headlines:
            self._names[number] = self._read_names(sentences[number])
        for surname, titled in self._titled.items():
            for person in self._by_surname.setdefault(surname, [titled]):
                person.pronoun, person.likely = person.pronoun or titled.pronoun, True

    def _read_names(self, sentence: Sentence) -> list[tuple[int, int, Person | None]]:
        """Full names, and roles that the article gives a name to ("Interior Minister X", "X, the spokesman, ")."""
        words = sentence.words
        names: list[tuple[int, int, Person | None]] = []
        for at, end in _name_runs(sentence):
            person = None
            roles = [word.low for word in words[at - 2 if at > 1 else 0 : at] if word.role or word.spokesperson]
            core, gender, first_name = at, words[at - 1].gender if at else "", ""
            for number in range(at, end):
                word = words[number]
                if word.title:
                    core = number + 1
                    gender = word.gender or gender
                    if word.role:
                        roles.append(word.low)
                elif not first_name:
                    first_name = word.first_name
            pronoun = gender or first_name
            likely = bool(pronoun or roles)
            if end + 2 < len(words) and words[end + 1].low == ",":
                described = True  # until "who" or "of": "X, whose father", "X, of the farmers"
                likely |= words[end + 2].digit and end + 3 < len(words) and words[end + 3].low == ","
                for word in words[end + 2 : end + 12]:
                    if word.low in (",", "."):
                        break
                    described &= not (word.preposition or word.low in ("who", "whose"))
                    if described and word.gender:
                        pronoun, likely = pronoun or word.gender, True
                    if word.role:
                        roles.append(word.low)
                        likely |= described
            if at > 1 and words[at - 1].low == "," and words[at - 2].role:  # "a neighbour, Maria Lopez,"
                roles.append(words[at - 2].low)
            if core < end and (first_name or not words[end].title):
                person = self._meet(sentence, at, core, end, pronoun, likely)
            elif core > at:
                titled = Person(Mention(sentence, at, end, NAMED), pronoun, True)
                titled = self._titled.setdefault(words[end].surface, titled)
                titled.pronoun = titled.pronoun or pronoun
            names.append((at, end, person))
            if roles:
                name = person.mention if person else Mention(sentence, at, end, NAMED)
                for role in roles:
                    known = self.named_roles.setdefault(role, name)
                    if known is not None and known.last_word != name.last_word:
                        self.named_roles[role] = None  # several of that role
        return names

    def _meet(self, sentence: Sentence, at: int, core: int, end: int, pronoun: str, likely: bool) -> Person:
        """Whose full name stands at `at` to `end`; its first mention is kept."""
        words = sentence.words
        if core == at:  # "Supply Chain Finance Steven Beck": what stands before the first name is no part of it
            given = end - 1
            while given > at and not words[given].first_name:
                given -= 1
            while given > at and (words[given - 1].first_name or words[given - 1].surface[-1] == "."):
                given -= 1
            core = at = given
        full = " ".join([word.surface for word in words[core : end + 1]])
        person = self._people.get(full)
        if person is None:
            person = self._people[full] = Person(Mention(sentence, at, end, NAMED), pronoun, likely)
            surname = words[end - (words[end].low in _GENERATIONS)].surface
            bearers = self._by_surname.setdefault(surname, [])
            if len(bearers) < _SAME_SURNAME_AT_MOST:
                bearers.append(person)
            if likely or not any(word.common or word.institution for word in words[core : end + 1]):
                self._by_first_name.setdefault(words[core].surface, [person])
        person.times += 1
        person.pronoun = person.pronoun or pronoun
        person.likely |= likely
        return person

    def _known(self, sentence: Sentence, first: int, last: int) -> Person | None:
        """Whose name stands at `first` to `last`: a full name, else the bearer of the surname named most often."""
        words = sentence.words
        core = _core(words, first, last) if first < last else first
        if core < last:
            person = self._people.get(" ".join([word.surface for word in words[core : last + 1]]))
            if person:
                return person
        surname = words[last - (words[last].low in _GENERATIONS and last > first)].surface
        bearers = self._by_surname.get(surname) or (self._by_first_name.get(surname, []) if core == last else [])
        if not bearers:
            return None
        if first == last and len(bearers) == 1:
            return bearers[0] if bearers[0].is_known_in(sentence) else None
        pronoun = _pronoun(words[first:last])
        fitting = [p for p in bearers if not (pronoun and p.pronoun and p.pronoun != pronoun)]
        met = [p for p in fitting if p.mention.sentence.paragraph <= sentence.paragraph]
        met = met or [p for p in fitting if p.likely]
        return max(met, key=lambda person: person.times, default=None)

    def enter(self, number: int, sentence: Sentence) -> None:
        """Keep whom sentence `number` names, and whom it begins with."""
        self._now = number
        sentence.opening = None
        words, inside, names = sentence.words, sentence.inside, sentence.names
        if not words:
            return
        first = int(len(words) > 1 and words[0].low in _CONJUNCTIONS)
        pronoun = _PRONOUN.get(words[first].low)
        person = self._taken_up(pronoun) if pronoun and not inside[first] else None
        if person and words[first].low in ("he", "she"):
            self._keep(person, _SUBJECT)
            sentence.opening = person.mention
        elif person:
            self._keep(person, _POSSESSOR)
        for at, end, known in self._names[number]:
            self.met_name |= end > at
            if inside[at]:
                continue
            weight = _place_as_subject(sentence, at, end)
            known = known or self._known(sentence, at, end)
            if known is not None and known.likely:
                self._keep(known, weight)
                if weight == _SUBJECT:
                    sentence.opening = known.mention
            elif weight == _SUBJECT:
                self.body, self.body_mention = NAMED, Mention(sentence, at, end, NAMED)
                sentence.opening = self.body_mention
        if words[0].determiner and not inside[0]:  # "The company cut prices. It said …"
            head = next((i for i in range(1, min(4, len(words))) if words[i].institution and not names[i]), 0)
            if head and not (head + 1 < len(words) and words[head + 1].low == "'s"):
                self.body, self.body_mention = NAMED, Mention(sentence, 0, head, NAMED)

    def _keep(self, person: Person, weight: int) -> None:
        self._recent.append((self._now + weight, person, self._now))

    def _taken_up(self, pronoun: str, before: int = 1_000_000) -> Person | None:
        """Whom "he" or "she" means: the one longest in mind of those met in a sentence before number `before`."""
        best, most = None, -1_000_000
        for weight, person, met in self._recent:
            if met >= before:
                continue
            if person.pronoun == pronoun:
                weight += _GENDER_KNOWN
            elif person.pronoun:
                continue
            if weight >= most:
                best, most = person, weight
        return best

    def identify(self, cue: Attribution, subject: str, mention: Mention | None) -> None:
        """Whom a subject of that class refers to, and the mention that tells a reader most of whom it speaks."""
        cue.refers = self._refers(subject, cue.head)
        self._subject = None
        if mention is None or subject in _WITHOUT_MENTION:
            return
        if subject in ("he", "she"):
            # "Weber is no friend, he said": it is not Weber who says so.
            self._subject = self._taken_up(subject, self._now if cue.pattern == "final" else self._now + 1)
            if self._subject:
                cue.mention = self._subject.mention
                cue.refers = cue.mention.refers if cue.mention.refers != OPEN else cue.refers
            return
        mention.refers = cue.refers
        cue.mention = mention
        if subject == "they":
            cue.mention = self.group_mention
        elif subject == "it":
            cue.mention = _opening_body(mention) or self.body_mention
        elif subject == "the_role":
            known = self.unnamed_roles if cue.refers == UNNAMED else self.named_roles
            cue.mention = known.get(cue.head) or mention
        elif subject in _PERSON_NAMES:
            words = mention.sentence.words
            known_as = None
            if not any(word.low in ("and", "or") for word in words[mention.first : mention.last + 1]):
                self._subject = known_as = self._known(mention.sentence, mention.first, mention.last)
            if known_as and mention.last - mention.first <= 1:
                cue.mention = known_as.mention

    def _refers(self, subject: str, head: str) -> str:
        """Whether the reader can look the subject up."""
        if subject in _NAMED_SUBJECTS:
            return NAMED
        if subject in _UNNAMED_SUBJECTS:
            return UNNAMED
        if subject == "the_role":
            return UNNAMED if head in self.unnamed_roles else NAMED if head in self.named_roles else OPEN
        if subject in ("he", "she"):
            return self.person or (NAMED if self.met_name else OPEN)
        if subject == "they":
            return self.group or OPEN
        if subject == "it":
            return self.body or NAMED
        return OPEN

    def learn(self, cue: Attribution) -> None:
        """Keep the subject of a reporting verb for later pronouns."""
        subject, mention = cue.subject, cue.mention
        if subject == "named_role":
            self.named_roles.setdefault(cue.head, mention)
        if mention is None or not (cue.strong or cue.kind in _SPEAKING):
            return
        if subject in _GROUPS:
            self.group, self.group_mention = UNNAMED, mention
        elif subject in _BODIES:
            self.body, self.body_mention = NAMED, mention
            if subject == "institution":
                self.group, self.group_mention = NAMED, mention
        elif subject == "name" and not (self._subject and self._subject.likely):
            self.body, self.body_mention = NAMED, mention
            self.person = NAMED
            full = mention.last > mention.first and all(mention.sentence.names[mention.first : mention.last + 1])
            self._keep(self._subject or Person(mention, "", False), _SUBJECT if full else _DOUBTFUL)
        elif subject in _ONE_PERSON:
            if cue.refers != OPEN and subject not in ("he", "she"):
                self.person = cue.refers
            words = mention.sentence.words
            person = self._subject or Person(mention, _pronoun(words[mention.first : mention.last + 1]), True)
            self._keep(person, _SUBJECT)

    def introduce_roles(self, sentence: Sentence, markers: Sequence[int]) -> None:
        """ "A prominent military expert": whoever is introduced without a name stays unnamed when met again."""
        words, names = sentence.words, sentence.names
        for at in markers:
            word = words[at]
            if not word.role or names[at] or word.low in self.unnamed_roles:
                continue
            for start in range(at - 1, max(-1, at - 6), -1):
                if words[start].low in _INTRODUCING:
                    described = start > 1 and words[start - 1].low == "," and names[start - 2]  # "Omar Diaz, a judge"
                    if not described and not any(names[at + 1 : at + 2]) and not given_name(sentence, at):
                        self.unnamed_roles[word.low] = Mention(sentence, start, at, UNNAMED)
                    break
                if not words[start].alnum or words[start].preposition or words[start].determiner:
                    break


def _name_runs(sentence: Sentence) -> list[tuple[int, int]]:
    """First and last word of each stretch of name words."""
    runs = []
    names = [*sentence.names, False, True]
    at = names.index(True)
    while at < len(names) - 1:
        end = names.index(False, at)
        runs.append((at, end - 1))
        at = names.index(True, end)
    return runs


def _is_headline(sentence: Sentence) -> bool:
    return (
        sentence.paragraph <= 1
        and sentence.position == 0
        and sentence.length >= 5
        and sum(sentence.names) >= _HEADLINE_NAMES * sentence.length
    )


def _core(words: Sequence[Word], at: int, end: int) -> int:
    """Where the name proper begins, behind titles and roles: "Prime Minister | Anna Weber", "Mr. | Diaz"."""
    for number in range(end - 1, at - 1, -1):
        if words[number].title:
            return number + 1
    return at


def _pronoun(words: Sequence[Word]) -> str:
    """The pronoun that takes up a noun phrase, from its title, role or first name; "" where these do not tell."""
    first_name = ""
    gender = ""
    for number, word in enumerate(words):
        if word.preposition:
            break
        gender = word.gender or gender
        if word.capital and not first_name and (number + 1 < len(words) or number == 0):
            first_name = word.first_name
    return gender or first_name


def _place_as_subject(sentence: Sentence, at: int, end: int) -> int:
    """What a name weighs where it stands: as the subject that the sentence begins with, its possessor, or neither."""
    words = sentence.words
    if at == 0 or (at == 1 and (words[0].determiner or words[0].low in _CONJUNCTIONS)):
        begins = True
    elif words[at - 1].low == ",":  # "On Monday, Anna Weber opened …"
        begins = not sentence.names[0] and not any(word.low == "," for word in words[: at - 1])
    elif at > 1 and words[at - 2].low == "there":  # "Then there was Anna Weber."
        return _SUBJECT
    else:  # "The actress Mara Dunne opened …"
        begins = at <= 3 and words[at - 1].role
    if not begins or end + 1 >= len(words):
        return 0
    after = words[end + 1]
    if after.low == "'s":
        return _POSSESSOR
    noun = after.role or after.roles or after.document or after.institution or after.statement_noun
    return 0 if (noun and not after.kind) or after.preposition else _SUBJECT


def _opening_body(pronoun: Mention) -> Mention | None:
    """ "The company will close two plants, it said": the subject that opens the sentence, if a body or a name."""
    sentence = pronoun.sentence
    kind, _, mention = classify_subject(sentence, first_phrase(sentence), right=True)
    if mention and mention[1] < pronoun.first and kind in ("institution", "name", "thing_of_name", "name_inside"):
        return Mention(sentence, *mention, NAMED)
    return None
