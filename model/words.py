"""Sentences as words with offsets: what is a name, what lies in speech. Input of the analysis in `sources.py`.

Whatever depends on a word's form alone is looked up once a form and kept in `Word`.
"""

from __future__ import annotations

import re
import zlib
from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate, chain, compress, count
from struct import Struct
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from model.lexicon import Lexicon
from model.quotations import Quotation, find_quotations
from model.sentences import split_sentences

if TYPE_CHECKING:
    from model.sources import Attribution
    from model.subjects import Mention

# What replaces these is as long, so that offsets stay. Lone surrogates cannot be encoded, and so break sentencex.
_BLANKS = "\ufeff\u200b\u200e\u200f\u2060\u00a0\u2007\u202f\u2009\u200a\u3000\t\n\r\x0b\x0c\x00"
_SURROGATE = re.compile("[\ud800-\udfff]")
# A word with the space behind it, so that lengths add up to offsets. The first line takes most words, and soonest.
_WORD = re.compile(
    r"[A-Za-z][a-z]*+(?:\s+|(?=,))|(?:"
    r"(?:Mr|Mrs|Ms|Mx|Dr|Sens?|Reps?|Gov|Gen|Col|Capt|Cmdr|Lt|Sgt|St|Prof|Rev|Hon|Messrs|Inc|Co|Corp|Ltd|Jr|Sr)\.(?=\s)"
    r"|(?:[A-Za-z]\.){2,}|[A-Z]\.(?=\s[A-Z])|\d[\d,.]*\d"
    r"|[\w\u0300-\u036f]+(?:[-&][\w\u0300-\u036f]+|'(?!s\b)[\w\u0300-\u036f]+)*|'s\b"
    r"|\.\.\.|--|''|[^\w\s])\s*"
)
_CACHED_FORMS_AT_MOST = 100_000
_ENDINGS = (("ies", "y"), ("ied", "y"), ("ing", ""), ("ed", ""), ("es", ""), ("s", ""))
_PAST = {"was", "were", "had", "did", "said", "told"}
_PRESENT = {"is", "are", "has", "have", "does", "do", "says"}
_FIRST_PERSON = {"I", "I'm", "I've", "I'd", "I'll"}
_I_AND_WE = {"i", "we", "my", "our", "me", "us", "i'm", "i've", "we're", "we've", "i'd", "i'll"}
_KEYS = ("key", "name_key", "class_key", "name_class_key")
_FLAGS = ("alnum", "capital", "digit", "calendar", "future", "heard", "past", "present", "condition", "percent",
          "first_person", "second_person")  # fmt: skip
_CODES = Struct(f"={len(_KEYS)}I{len(_FLAGS)}?")
_TABLE = np.dtype([*((key, "=u4") for key in _KEYS), *((flag, "?") for flag in _FLAGS)])
NAME_KEY, NUMBER_KEY = zlib.crc32(b"<name>"), zlib.crc32(b"#")
_QUOTE_MARKS = '“”„‟«»"'
_QUOTE_MARK = re.compile(f"[{_QUOTE_MARKS}]")


class Word:
    """A word form, a number or a punctuation mark, with everything the lexicon says of it."""

    __slots__ = (
        "account", "alnum", "anonymity", "auxiliary", "before_verb", "belief_noun", "calendar", "capital", "class_key",
        "codes", "common", "determiner", "digit", "document", "documents", "finite", "first_name", "function", "future",
        "gender", "heard", "hearsay", "institution", "key", "kind", "lemma", "long", "low", "marker", "modal",
        "name_class_key", "name_key", "noun_or_verb", "opener", "passive_hearsay", "preposition", "quantity", "refused",
        "role", "roles", "source", "speaks_of", "spokesperson", "statement_noun", "strong", "subordinator", "surface",
        "tense", "title", "verb", "verb_class",
    )  # fmt: skip

    def __init__(self, surface: str, lexicon: Lexicon) -> None:
        low = surface.lower()
        self.surface, self.low = surface, low
        self.long = len(low) > 4
        first = surface[0]
        self.alnum = first.isalnum()
        self.digit = first.isdigit()
        self.calendar = low in lexicon.calendar
        self.capital = first.isupper() and surface not in _FIRST_PERSON and not self.calendar
        self.kind, self.lemma = lexicon.verbs.get(low, ("", ""))
        self.strong = low in lexicon.strong
        self.passive_hearsay = self.lemma in lexicon.passive_hearsay
        self.noun_or_verb = low in lexicon.noun_or_verb
        self.auxiliary = low in lexicon.auxiliaries or low.endswith("ly")
        self.before_verb = low in lexicon.before_verb
        self.finite = low in lexicon.finite
        self.preposition = low in lexicon.prepositions
        self.determiner = low in lexicon.determiners
        self.subordinator = low in lexicon.subordinators
        self.role = low in lexicon.roles
        self.roles = low in lexicon.roles_plural
        self.gender = lexicon.gendered.get(low, "")  # the pronoun that takes up a title, kin or role
        self.first_name = lexicon.first_names.get(low, "")  # and a first name
        self.spokesperson = low in lexicon.spokespeople
        self.institution = low in lexicon.institutions
        self.document = low in lexicon.documents
        self.documents = low in lexicon.documents_plural
        # Whether the word says what a subject is, and whether it stands before a name.
        self.source = self.role or self.roles or self.spokesperson or self.institution or self.document
        self.title = self.role or self.spokesperson or self.gender != "" or (surface[-1] == "." and len(surface) > 2)
        self.statement_noun = low in lexicon.statement_nouns
        self.belief_noun = low in lexicon.belief_nouns
        self.quantity = low in lexicon.quantities
        self.anonymity = low in lexicon.anonymity
        self.refused = low in lexicon.refused
        self.hearsay = low in lexicon.hearsay
        self.account = low in lexicon.accounts
        self.speaks_of = low in lexicon.speak_of
        # Whether the word can bear on who is a source; the analysis looks at no other.
        self.marker = (
            bool(self.kind) or self.role or self.anonymity or self.refused or self.account or self.speaks_of
            or low == "according"
        )  # fmt: skip
        self.common = low in lexicon.common
        self.opener = low in lexicon.sentence_openers
        self.modal = low in lexicon.modals or low.endswith("'ll")
        self.future = self.modal or low in lexicon.future or low == "if"
        self.function = low in lexicon.function_words
        self.key = NUMBER_KEY if self.digit else zlib.crc32(low.encode())
        self.verb = _base_form(low, lexicon)
        self.verb_class = (
            "event" if self.verb in lexicon.event_verbs
            else "action" if self.verb in lexicon.action_verbs
            else "past" if low.endswith("ed") else "other"
        )  # fmt: skip
        self.tense = "past" if low in _PAST or low.endswith("ed") else "present" if low in _PRESENT else ""
        self.name_key = self.key if self.role or self.roles or self.institution else NAME_KEY
        self.class_key = zlib.crc32(self._word_class(name=False).encode())
        self.name_class_key = zlib.crc32(self._word_class(name=True).encode())
        self.heard = (
            self.hearsay or self.belief_noun or self.statement_noun or self.roles or self.spokesperson or self.quantity
        )
        self.codes = _CODES.pack(
            self.key, self.name_key, self.class_key, self.name_class_key, self.alnum, self.capital, self.digit,
            self.calendar, self.future, self.heard, self.tense == "past", self.tense == "present",
            low in ("if", "unless"), low in ("%", "percent"), low in _I_AND_WE, low in ("you", "your"),
        )  # fmt: skip

    def _word_class(self, name: bool) -> str:
        """The coarse class of the word for the class n-grams."""
        low = self.low
        if not self.alnum:
            return low if low in ('"', ",", ".", ":", ";", "?", "!") else "-"
        if self.digit:
            return "#"
        if low in ("said", "says", "told", "according"):
            return low
        if self.kind and not name:
            form = "ing" if low.endswith("ing") else "n" if low == self.lemma else ""
            return f"V{self.kind}{form}{'!' if self.strong else ''}"
        for held, word_class in (
            (self.roles, "ROLES"), (self.spokesperson, "SPOKES"), (self.role, "ROLE"), (name, "NAME"),
            (self.document or self.statement_noun, "DOC"), (self.institution, "INST"), (self.belief_noun, "BELIEF"),
            (self.calendar, "DAY"), (self.hearsay, "HEARSAY"), (self.function, low),
        ):  # fmt: skip
            if held:
                return word_class
        return next(("w" + ending for ending in ("ly", "ed", "ing") if low.endswith(ending)), "w")


def _base_form(low: str, lexicon: Lexicon) -> str:
    """The base form of an inflected verb of the action and event lists; other words as they are."""
    for ending, instead in _ENDINGS:
        if low.endswith(ending) and len(low) - len(ending) > 2:
            stem = low[: -len(ending)] + instead
            doubled = stem[:-1] if len(stem) > 2 and stem[-1] == stem[-2] else stem
            for base in (stem, stem + "e", doubled):
                if base in lexicon.event_verbs or base in lexicon.action_verbs:
                    return base
    return low


class Vocabulary(dict[str, Word]):
    """Word forms seen so far, bounded: forms are cheap to make again."""

    def __init__(self, lexicon: Lexicon) -> None:
        super().__init__()
        self.lexicon = lexicon

    def __missing__(self, form: str) -> Word:
        """The word of a form, which may have space behind it."""
        if len(self) >= _CACHED_FORMS_AT_MOST:
            self.clear()
        surface = form.rstrip()
        word = Word(surface, self.lexicon) if form == surface else self[surface]
        if len(form) < 64:
            self[form] = word
        return word


class Sentence:
    """A sentence of an article: its words with their offsets in the paragraph, and how it lies among quotations."""

    __slots__ = (
        "anonymity", "closing_alone", "covered", "cues", "end", "ends_inside", "inside", "last", "length", "main_cue",
        "memory", "names", "opening", "own_cue", "own_source", "paragraph", "position", "quotations", "quoted",
        "runs_on", "siblings", "speaker", "speaker_cue", "speaker_found", "start", "starts", "starts_inside", "strong",
        "words",
    )  # fmt: skip

    def __init__(self, paragraph: int, position: int, siblings: int, start: int, end: int) -> None:
        self.paragraph, self.position, self.siblings = paragraph, position, siblings
        self.last = position == siblings - 1
        self.start, self.end = start, end
        self.words: list[Word] = []
        self.starts: list[int] = []  # of the words, in the paragraph
        self.inside: list[bool] = []  # whether the word lies in speech, quotation marks included
        self.names: list[bool] = []  # whether the word is (part of) a name
        self.quotations: list[Quotation] = []  # those that reach into the sentence
        self.starts_inside = self.ends_inside = self.runs_on = self.closing_alone = False
        self.length = 0  # words proper: no punctuation
        self.quoted = 0.0  # share of them in speech
        # Filled by sources.find_sources:
        self.cues: list[Attribution] = []
        self.strong = 0  # how many of them are strong, and say that something was said
        self.covered = (0.0, 0.0, 0.0)  # the largest share that such of a named, an unnamed, an open source cover
        self.anonymity: tuple[int, int] | None = None  # first and last word of "declined to be named"
        self.main_cue: Attribution | None = None
        self.memory = ("", "")  # whom "he" and "they" refer to: A named, U unnamed
        self.opening: Mention | None = None  # of whom it begins with, by name or pronoun
        self.own_source = ""  # A or U: of the cue that governs the sentence
        self.own_cue: Attribution | None = None
        self.speaker = ""  # of a sentence in speech: A, U or ? (open)
        self.speaker_found = ""  # where: own, ahead, behind, colon, later, paragraph_before, earlier
        self.speaker_cue: Attribution | None = None


class WordTable:
    """The words of an article's sentences in one row, as NumPy arrays: `table["future"]` and the other codes of `Word`.

    Counts and masks over all words cost no more than a few steps of a loop over them.
    """

    def __init__(self, sentences: Sequence[Sentence]) -> None:
        self.words = list(chain.from_iterable([sentence.words for sentence in sentences]))
        lengths = [len(sentence.words) for sentence in sentences]
        self.count = len(lengths)
        self.starts = [0, *accumulate(lengths)][:-1]  # of the sentences
        self.row = np.repeat(np.arange(self.count), lengths)  # sentence of each word
        self.names = np.frombuffer(b"".join([bytes(sentence.names) for sentence in sentences]), bool)
        self.inside = np.frombuffer(b"".join([bytes(sentence.inside) for sentence in sentences]), bool)
        self._codes = np.frombuffer(b"".join([word.codes for word in self.words]), _TABLE)

    def __getitem__(self, code: str) -> npt.NDArray[Any]:
        return self._codes[code]

    def counts(self, mask: npt.NDArray[np.bool_]) -> list[int]:
        """How many words of each sentence the mask holds."""
        counts: list[int] = np.bincount(self.row[mask], minlength=self.count).tolist()
        return counts

    def places(self, mask: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
        """(number of the sentence, number in it) of each word that the mask holds."""
        held = np.flatnonzero(mask)
        rows = self.row[held].tolist()
        return [(row, at - self.starts[row]) for row, at in zip(rows, held.tolist(), strict=True)]

    def ends(self, mask: npt.NDArray[np.bool_]) -> tuple[list[int], list[int]]:
        """The first and the last word of each sentence that the mask holds; -1 where it holds none."""
        first, last = np.full((2, self.count), -1)
        held = np.flatnonzero(mask)
        rows = self.row[held]
        first[rows[::-1]] = held[::-1]
        last[rows] = held
        return first.tolist(), last.tolist()


def read_article(paragraphs: Sequence[str], vocabulary: Vocabulary) -> list[Sentence]:
    """The sentences of an article."""
    texts = [_with_plain_space(text) for text in paragraphs]
    sentences: list[Sentence] = []
    for number, (text, quotations) in enumerate(zip(texts, find_quotations(texts), strict=True)):
        offsets = split_sentences(text)
        plain = text.replace("’", "'").replace("‘", "'").replace("ʼ", "'").replace("‑", "-").replace("‐", "-")
        marked = any(mark in text for mark in _QUOTE_MARKS)
        for position, (start, end) in enumerate(offsets):
            sentence = Sentence(number, position, len(offsets), start, end)
            _read_words(sentence, plain, quotations, vocabulary)
            if marked:
                _read_marks(sentence, plain, vocabulary)
            sentences.append(sentence)
    _find_names(sentences)
    return sentences


def _with_plain_space(text: str) -> str:
    if text.isprintable():  # as none of the blanks is, nor a surrogate
        return text
    for blank in _BLANKS:
        text = text.replace(blank, " ")
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def _read_words(sentence: Sentence, text: str, quotations: Sequence[Quotation], vocabulary: Vocabulary) -> None:
    start, end = sentence.start, sentence.end
    forms = _WORD.findall(text, start, end)
    sentence.words = words = list(map(vocabulary.__getitem__, forms))
    at = end - len(text[start:end].lstrip())
    sentence.starts = starts = list(accumulate(map(len, forms), initial=at))
    del starts[-1]
    sentence.length = [word.alnum for word in words].count(True)
    sentence.inside = inside = [False] * len(words)
    mark = vocabulary['"']
    if held := [quotation for quotation in quotations if quotation.start < end and quotation.end > start]:
        sentence.quotations = held
        for quotation in held:
            first, stop = bisect_left(starts, quotation.start), bisect_left(starts, quotation.end)
            inside[first:stop] = [True] * (stop - first)
            # Whatever the style, a mark that bounds a quotation is one and the same word.
            if first < stop and starts[first] == quotation.start and not words[first].alnum:
                words[first] = mark
            if first < stop and quotation.closed and starts[stop - 1] + len(words[stop - 1].surface) >= quotation.end:
                words[stop - 1] = mark
        earliest, latest = held[0], held[-1]
        sentence.starts_inside = earliest.start < start or (earliest.runs_on and earliest.start <= start)
        sentence.ends_inside = latest.end > end or not latest.closed
        sentence.runs_on = sentence.position == 0 and earliest.runs_on
        if sentence.length:
            quoted = [word.alnum for word in compress(words, inside)].count(True)
            sentence.quoted = quoted / sentence.length


def _read_marks(sentence: Sentence, text: str, vocabulary: Vocabulary) -> None:
    for found in _QUOTE_MARK.finditer(text, sentence.start, sentence.end):
        number = bisect_left(sentence.starts, found.start())
        sentence.closing_alone |= not sentence.inside[number]
        sentence.words[number], sentence.inside[number] = vocabulary['"'], True


def _find_names(sentences: Sequence[Sentence]) -> None:
    """A capital makes a name, but where every sentence begins with one the rest of the article has to tell."""
    mid_sentence: set[str] = set()
    unsure: list[tuple[Sentence, int]] = []
    for sentence in sentences:
        words = sentence.words
        sentence.names = [word.capital for word in words]
        for number in list(compress(count(), sentence.names)):
            if number and words[number - 1].surface not in '".:':
                mid_sentence.add(words[number].surface)
            else:
                unsure.append((sentence, number))
    forms = {word.surface for word in set[Word]().union(*[sentence.words for sentence in sentences])}
    for sentence, number in unsure:
        words = sentence.words
        following = words[number + 1] if number + 1 < len(words) else None
        sentence.names[number] = _opens_with_name(words[number], following, mid_sentence, forms)


def _opens_with_name(word: Word, following: Word | None, mid_sentence: set[str], forms: set[str]) -> bool:
    if word.opener or (word.kind and word.low.endswith(("ing", "ed"))):
        return False
    if word.surface in mid_sentence:
        return True
    title = word.role or word.institution
    if word.common or word.low in forms or word.roles or word.quantity or title or word.document:
        followed = following is not None and following.capital
        return followed and not word.roles and (title or not word.common)
    return True
