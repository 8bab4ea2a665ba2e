"""Analysed sentences into features: n-grams hashed with NumPy over the article, and conjunctions of the analysis.

Beside the networks, none of these brought anything in cross-validation: longer n-grams, those of word classes and of
words around signs of the future, and templates for such signs, for subjects and for the nearest speakers.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from model.frames import frames, object_kind
from model.hashes import MULTIPLIER, Keys, Rows, mix
from model.sources import Attribution
from model.subjects import NAMED, OPEN, UNNAMED
from model.templates import Groups, Templates, Thing, Things, conjoin
from model.words import NAME_KEY, NUMBER_KEY, Sentence, WordTable

Floats = npt.NDArray[np.float64]

_ALIKE = np.array([NAME_KEY, NUMBER_KEY], np.uint64)

# How much of something there is, beside the conjunctions.
MEASURES = (
    "place:index", "place:siblings", "place:length", "speech:share", "speech:quotations", "coverage:most=A",
    "coverage:most=U", "coverage:most=?", "coverage:any", "cue:strong",
)  # fmt: skip

_SENTENCE = Templates("""
    place: first, last, alone, paragraph, short
    edge: first_word, last_word, shape, first_outside, last_outside
    speech: fifth, all, starts_inside, ends_inside, runs_on, closing_alone, none, opens
    coverage: unnamed_more, best & third
    cue: no_cue
    lexical: anonymity
    speaker: speaker, speaker & found, speaker & wholly, found, own, spoken & after_speech & is_speech & cue_refers
""")
_QUOTATION = Templates("speech: size & stop")
_CUE = Templates("""
    cue: kind, kind & pattern, kind & form & auxiliary, kind & clause, kind & following
    cue: verb, verb & pattern, verb & following, verb & clause, negated, negated & verb
    memory: refers, refers & strong, refers & subject, refers & kind & pattern
    coverage: kind & quarter, strong & pattern & quarter, refers & strong & quarter
    object: verb & object, kind & object, kind & object & pattern, kind & object & subject, verb & auxiliary & object
    object: object & quarter & strong
""")
_HEARD = Templates("""
    lexical: is_hearsay, hearsay, is_hearsay & quarter, is_belief, belief, belief & following
    lexical: statement, statement & before, is_group, group, spokesperson, quantity
""")


def ngrams(table: WordTable) -> tuple[Rows, Keys]:
    """(sentence number, hash) of each word and each two of an article, repetitions included.

    All names are one word, and all numbers; several in a row are one of them.
    """
    row, key = table.row, np.where(table.names, table["name_key"], table["key"]).astype(np.uint64)
    again = 1 + np.flatnonzero((key[1:] == key[:-1]) & (row[1:] == row[:-1]))
    kept = np.ones(len(row), bool)
    kept[again] = (key.take(again)[:, None] != _ALIKE).all(axis=1)
    row, key = row[kept], key[kept] * MULTIPLIER
    whole = np.flatnonzero(row[1:] == row[:-1])
    pairs = (key[:-1] * MULTIPLIER + key[1:]).take(whole) + np.uint64(1)
    return np.concatenate([row, row.take(whole)]), mix(np.concatenate([key, pairs]))


def conjunctions(sentences: Sequence[Sentence], table: WordTable) -> tuple[Rows, Keys, Groups]:
    """(sentence number, hashed feature, group) of what the analysis found, repetitions included."""
    cues = ((number, _cue(sentence, cue)) for number, sentence in enumerate(sentences) for cue in sentence.cues)
    return conjoin(
        [
            (_SENTENCE, enumerate(_sentences(sentences, table))),
            (_QUOTATION, _quotations(sentences)),
            (_CUE, cues),
            (_HEARD, _heard(sentences, table)),
            *frames(sentences, table),
        ]
    )


def measures(sentences: Sequence[Sentence]) -> Floats:
    """How much of each of MEASURES there is in the sentences, (sentences, measures)."""
    found = []
    for sentence in sentences:
        covered = sentence.covered
        found.append((
            min(20, sentence.paragraph) / 20, min(6, sentence.siblings) / 6, min(50, sentence.length) / 50,
            sentence.quoted, min(3, len(sentence.quotations)), *covered, max(covered), min(3, sentence.strong),
        ))  # fmt: skip
    return np.array(found, float)


def _sentences(sentences: Sequence[Sentence], table: WordTable) -> Iterator[Thing]:
    edges = zip(*table.ends(table["alnum"]), *table.ends(table["alnum"] & ~table.inside), strict=True)
    for number, (sentence, ends) in enumerate(zip(sentences, edges, strict=True)):
        thing: Thing = {}
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
    """Who speaks in the sentence, and in the one before."""
    sentence = sentences[number]
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
        "following": cue.following, "subject": cue.subject,
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
