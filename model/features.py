"""Analysed sentences into features: n-grams hashed with NumPy over the article, and conjunctions of the analysis.

Three channels of n-grams, each scaled to unit length a sentence: of words (1-2, names and numbers made alike), of word
classes (1, speech made one token), and of the words around modals and other signs of the future. Longer ones (3 words,
4 classes) cost 5 % of the time, and brought nothing beside the networks in cross-validation.
"""

from __future__ import annotations

import zlib
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from model.frames import frames, object_kind
from model.sources import Attribution
from model.subjects import NAMED, OPEN, UNNAMED
from model.templates import GROUPS, Groups, Keys, Rows, Templates, Thing, Things, conjoin, mix
from model.words import NAME_KEY, NUMBER_KEY, Sentence, WordTable

Floats = npt.NDArray[np.float64]
Hashes = npt.NDArray[np.uint64]

CHANNELS = GROUPS[:3]
WORDS, CLASSES, FUTURE = range(3)

_QUOTATION_KEY = 0x51
_COLLAPSED_WORDS = np.array([NAME_KEY, NUMBER_KEY], np.uint64)
_COLLAPSED_CLASSES = np.array([_QUOTATION_KEY, *(zlib.crc32(name) for name in (b"NAME", b"w", b"#"))], np.uint64)
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_SALTS = np.arange(len(CHANNELS), dtype=np.uint64) * np.uint64(0x1F123BB5)
_AROUND_FUTURE = np.array([offset for offset in range(-5, 7) if offset])

# How much of something there is, beside the conjunctions.
MEASURES = (
    "place:index", "place:siblings", "place:length", "speech:share", "speech:quotations", "coverage:most=A",
    "coverage:most=U", "coverage:most=?", "coverage:any", "cue:strong", "sign:signs",
)  # fmt: skip

_SENTENCE = Templates("""
    place: first, last, alone, paragraph, short
    edge: first_word, last_word, shape, first_outside, last_outside
    speech: fifth, all, starts_inside, ends_inside, runs_on, closing_alone, none, opens
    coverage: unnamed_more, best & third
    cue: no_cue
    lexical: anonymity
    chain: behind, behind & has_strong, ahead, ahead & has_strong, person_in_speech, person_in_speech & group
    chain: person_outside & pronoun
    speaker: speaker, speaker & found, speaker & wholly, found, own, spoken & after_speech & is_speech & cue_refers
    sign: signs
""")
_QUOTATION = Templates("speech: size & stop")
_CUE = Templates("""
    cue: kind, kind & pattern, kind & form & auxiliary, kind & clause, kind & following
    cue: verb, verb & pattern, verb & following, verb & clause, negated, negated & verb
    subject: subject, subject & strong, subject & kind, subject & pattern, subject & verb
    subject: subject & strong & pattern & clause, head
    memory: refers, refers & strong, refers & subject, refers & kind & pattern
    coverage: kind & quarter, strong & pattern & quarter, refers & strong & quarter
    object: verb & object, kind & object, kind & object & pattern, kind & object & subject, verb & auxiliary & object
    object: object & quarter & strong
""")
_HEARD = Templates("""
    lexical: is_hearsay, hearsay, is_hearsay & quarter, is_belief, belief, belief & following
    lexical: statement, statement & before, is_group, group, spokesperson, quantity
""")
_SIGN = Templates("""
    sign: sign, sign & inside, sign & following, before & sign, sign & following & after, sign & third
    sign: subject & modal & inside, past, past & modal, under & modal
""")


def ngrams(table: WordTable) -> tuple[Rows, Keys, Groups]:
    """(sentence number, hashed n-gram, channel) of every n-gram of an article, repetitions included."""
    if not table.words:
        return np.empty(0, np.int64), np.empty(0, np.uint32), np.empty(0, np.int8)
    row, names = table.row, table.names
    key = table["key"].astype(np.uint64)
    shown = np.where(names, table["name_key"], key)
    classes = np.where(names, table["name_class_key"], table["class_key"]).astype(np.uint64)
    classes[table.inside] = _QUOTATION_KEY
    parts = [
        *_ngrams(*_collapsed(row, shown, _COLLAPSED_WORDS), 2, WORDS),
        *_ngrams(*_collapsed(row, classes, _COLLAPSED_CLASSES), 1, CLASSES),
    ]
    signs = np.flatnonzero(table["future"])
    if len(signs):
        near = signs[:, None] + _AROUND_FUTURE
        within = (near >= 0) & (near < len(row)) & (row.take(near, mode="clip") == row.take(signs)[:, None])
        sign, other = np.nonzero(within)
        near = near[within]
        neighbour = np.where(names.take(near), np.uint64(NAME_KEY), key.take(near)) * _MULTIPLIER
        side = (_AROUND_FUTURE.take(other) > 0).astype(np.uint64)
        sign_row = row.take(near)
        parts.append((sign_row, neighbour + side, FUTURE))
        parts.append((sign_row, (neighbour + key.take(signs.take(sign))) * _MULTIPLIER + side, FUTURE))
    rows, grams, channels = zip(*parts, strict=True)
    groups = np.repeat(np.array(channels, np.int8), [len(part) for part in rows])
    # Channels get disjoint-looking keys.
    return np.concatenate(rows), mix(np.concatenate(grams) ^ _SALTS.take(groups)), groups


def _collapsed(row: Rows, key: Hashes, alike: Hashes) -> tuple[Rows, Hashes]:
    """With one in place of several of a key of `alike` that follow each other in a sentence."""
    again = 1 + np.flatnonzero((key[1:] == key[:-1]) & (row[1:] == row[:-1]))
    kept = np.ones(len(row), bool)
    kept[again] = (key.take(again)[:, None] != alike).all(axis=1)
    return row[kept], key[kept]


def _ngrams(row: Rows, key: Hashes, longest: int, channel: int) -> Iterator[tuple[Rows, Hashes, int]]:
    gram = key
    yield row, gram * _MULTIPLIER, channel
    for n in range(1, longest):
        gram = gram[:-1] * _MULTIPLIER + key[n:]
        whole = np.flatnonzero(row[n:] == row[:-n])
        yield row.take(whole), gram.take(whole) * _MULTIPLIER + np.uint64(n), channel


def conjunctions(sentences: Sequence[Sentence], table: WordTable) -> tuple[Rows, Keys, Groups]:
    """(sentence number, hashed feature, group) of what the analysis found, repetitions included."""
    cues = ((number, _cue(sentence, cue)) for number, sentence in enumerate(sentences) for cue in sentence.cues)
    return conjoin(
        [
            (_SENTENCE, enumerate(_sentences(sentences, table))),
            (_QUOTATION, _quotations(sentences)),
            (_CUE, cues),
            (_HEARD, _heard(sentences, table)),
            (_SIGN, _signs(sentences, table)),
            *frames(sentences, table),
        ]
    )


def measures(sentences: Sequence[Sentence], table: WordTable) -> Floats:
    """How much of each of MEASURES there is in the sentences, (sentences, measures)."""
    found = []
    for sentence, signs in zip(sentences, table.counts(table["future"]), strict=True):
        covered = sentence.covered
        found.append((
            min(20, sentence.paragraph) / 20, min(6, sentence.siblings) / 6, min(50, sentence.length) / 50,
            sentence.quoted, min(3, len(sentence.quotations)), *covered, max(covered), min(3, sentence.strong),
            min(4, signs),
        ))  # fmt: skip
    return np.array(found, float)


def _sentences(sentences: Sequence[Sentence], table: WordTable) -> Iterator[Thing]:
    edges = zip(*table.ends(table["alnum"]), *table.ends(table["alnum"] & ~table.inside), strict=True)
    for number, (sentence, ends, signs) in enumerate(zip(sentences, edges, table.counts(table["future"]), strict=True)):
        thing: Thing = {"signs": min(2, signs)}
        _place(sentence, thing)
        _edge(table, ends, thing)
        _speech(sentence, thing)
        _coverage(sentence, thing)
        _speaker(sentences, number, thing)
        yield thing


def _place(sentence: Sentence, thing: Thing) -> None:
    if sentence.position == 0:
        thing["first"] = True
    if sentence.last:
        thing["last"] = True
    if sentence.siblings == 1:
        thing["alone"] = True
    if sentence.paragraph < 2:
        thing["paragraph"] = sentence.paragraph
    if sentence.length < 6:
        thing["short"] = True


def _edge(table: WordTable, ends: Sequence[int], thing: Thing) -> None:
    """How a sentence begins and ends: first and last word of all, then of those outside speech; -1 where none is."""
    first, last, first_outside, last_outside = ends
    words = table.words
    if first >= 0:
        word = words[first]
        thing["first_word"], thing["last_word"] = word.low, words[last].low
        thing["shape"] = "NAME" if table.names[first] else word.low if word.function else "w"
    thing["first_outside"] = words[first_outside].low if first_outside >= 0 else "-"
    thing["last_outside"] = words[last_outside].low if last_outside >= 0 else "-"


def _speech(sentence: Sentence, thing: Thing) -> None:
    thing["fifth"] = int(sentence.quoted * 4.99)
    if sentence.quoted > 0.95:
        thing["all"] = True
    if sentence.starts_inside:
        thing["starts_inside"] = True
    if sentence.ends_inside:
        thing["ends_inside"] = True
    if sentence.runs_on:
        thing["runs_on"] = True
    if sentence.closing_alone:
        thing["closing_alone"] = True
    if not sentence.quotations:
        thing["none"] = True
    if sentence.words and sentence.words[0].low == '"':
        thing["opens"] = True


def _coverage(sentence: Sentence, thing: Thing) -> None:
    named, unnamed, unknown = sentence.covered
    if unnamed > named:
        thing["unnamed_more"] = True
    thing["best"] = (
        NAMED if named > max(unnamed, unknown, 0.3)
        else UNNAMED if unnamed > max(unknown, 0.3)
        else OPEN if unknown > 0.3 else "-"
    )  # fmt: skip
    thing["third"] = int(sentence.quoted * 2.99)
    if not sentence.cues:
        thing["no_cue"] = True
    if sentence.anonymity is not None:
        thing["anonymity"] = True


def _speaker(sentences: Sequence[Sentence], number: int, thing: Thing) -> None:
    """Who speaks before, behind and in the sentence."""
    sentence = sentences[number]
    person, group = sentence.memory
    if sentence.quoted > 0.3:
        thing["behind"] = _nearest_speaker(sentence, reversed(sentences[max(0, number - 7) : number]), 1)
        thing["ahead"] = _nearest_speaker(sentence, sentences[number + 1 : number + 8], 0)
        thing["has_strong"] = sentence.strong > 0
        thing["person_in_speech"], thing["group"] = person, group
    else:
        first = sentence.words[0].low if sentence.words else ""
        thing["person_outside"], thing["pronoun"] = person, first if first in ("he", "she", "they", "it") else ""
    if sentence.speaker:
        thing["speaker"], thing["found"], thing["wholly"] = (
            sentence.speaker,
            sentence.speaker_found,
            sentence.quoted > 0.9,
        )
    else:
        thing["own"] = sentence.own_source
    if sentence.position:
        previous = sentences[number - 1]
        thing["spoken"] = previous.speaker or previous.own_source
        thing["after_speech"], thing["is_speech"] = previous.quoted > 0.6, sentence.quoted > 0.6
        thing["cue_refers"] = sentence.own_cue.refers if sentence.own_cue else ""


def _nearest_speaker(sentence: Sentence, others: Iterable[Sentence], apart_at_most: int) -> str:
    """Whom the nearest strong cue speaks of, in the same paragraph or in those not too far apart."""
    for other in others:
        apart = abs(other.paragraph - sentence.paragraph)
        if apart > apart_at_most:
            break
        if other.main_cue is not None and other.main_cue.strong:
            return other.main_cue.refers + ("" if apart else "|same")
    return "-"


def _quotations(sentences: Sequence[Sentence]) -> Things:
    for number, sentence in enumerate(sentences):
        for quotation in sentence.quotations:
            first, stop = bisect_left(sentence.starts, quotation.start), bisect_left(sentence.starts, quotation.end)
            words = sentence.words[first:stop]
            length = [word.alnum for word in words].count(True)
            last = next((word.low for word in reversed(words) if word.low != '"'), "")
            size = "1" if length <= 1 else "2-3" if length <= 3 else "4-6" if length <= 6 else "7+"
            yield number, {"size": size, "stop": last != "" and last in ".,!?…"}


def _cue(sentence: Sentence, cue: Attribution) -> Thing:
    thing: Thing = {
        "verb": cue.lemma, "kind": f"{cue.kind}!" if cue.strong else cue.kind, "strong": cue.strong,
        "pattern": cue.pattern, "form": cue.form, "auxiliary": cue.auxiliary, "clause": cue.clause,
        "following": cue.following, "subject": cue.subject, "head": cue.head,
        "refers": cue.refers, "quarter": int(cue.coverage * 3.99),
        "object": "according" if cue.pattern == "according" else object_kind(sentence, cue.at + 1),
    }  # fmt: skip
    if cue.negated:
        thing["negated"] = True
    return thing


def _heard(sentences: Sequence[Sentence], table: WordTable) -> Things:
    """Hearsay, beliefs, unnamed groups and vehicles of statements outside speech."""
    for number, at in table.places(table["heard"] & ~table.inside):
        words = sentences[number].words
        word, low = words[at], words[at].low
        thing: Thing = {}
        if word.hearsay:
            thing["is_hearsay"], thing["hearsay"], thing["quarter"] = True, low, 4 * at // len(words)
        if word.belief_noun:
            thing["is_belief"], thing["belief"] = True, low
            thing["following"] = words[at + 1].low if at + 1 < len(words) else ""
        if word.statement_noun:
            thing["statement"], thing["before"] = low, words[at - 1].low if at else ""
        if word.roles:
            thing["is_group"], thing["group"] = True, low
        if word.spokesperson:
            thing["spokesperson"] = True
        if word.quantity:
            thing["quantity"] = low
        yield number, thing


def _signs(sentences: Sequence[Sentence], table: WordTable) -> Things:
    """Modals and other signs of the future."""
    for number, at in table.places(table["future"]):
        sentence = sentences[number]
        words = sentence.words
        word, count = words[at], len(words)
        following = words[at + 1].low if at + 1 < count else "</s>"
        after = words[at + 2].low if at + 2 < count else "</s>"
        before = ("<name>" if sentence.names[at - 1] else words[at - 1].low) if at else "<s>"
        thing: Thing = {
            "sign": word.low, "inside": sentence.inside[at], "following": following, "after": after, "before": before,
            "third": 3 * at // count,
        }  # fmt: skip
        if word.modal:
            thing["modal"] = word.low
            thing["subject"] = _PERSONS.get(before, "noun")
            if following == "have" or (following in ("not", "also", "likely") and after == "have"):
                thing["past"] = True
            governing = next((cue for cue in reversed(sentence.cues) if 0 < at - cue.at < 15), None)
            thing["under"] = "-" if governing is None else governing.kind + "!" * governing.strong
        yield number, thing


_PERSONS = {"we": "first", "i": "first", "he": "third", "she": "third", "they": "third", "it": "it", "this": "it",
            "that": "it", "there": "it", "which": "it", "who": "who", "<name>": "name"}  # fmt: skip
