"""Whose words the quoted sentences of an article are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from model.subjects import OPEN
from model.words import Sentence

if TYPE_CHECKING:
    from model.sources import Attribution

# How many sentences a quotation left open is followed to find its speaker.
_OPEN_AT_MOST = 20
# How many sentences of its paragraph before and behind a quotation may name its speaker.
_FAR = 100


def find_speakers(sentences: Sequence[Sentence]) -> None:
    """Whose words the quoted sentences are: of their own verb, else of the nearest in the quotation or paragraph."""
    for sentence in sentences:
        sentence.own_source, sentence.own_cue = "", None
        if not sentence.cues:
            continue
        known: list[Attribution] = []
        unknown: Attribution | None = None
        for each in sentence.cues:
            if each.refers == OPEN:
                if each.strong and unknown is None:
                    unknown = each
            elif each.governs and (each.strong or each.kind in ("say", "argue", "admit")):
                known.append(each)
        own = max(known, key=_weight) if known else None
        sentence.own_source = own.refers if own else ""
        sentence.own_cue = own or unknown
    for number, sentence in enumerate(sentences):
        sentence.speaker, sentence.speaker_found, sentence.speaker_cue = "", "", None
        if sentence.quoted > 0.4:
            found, how = _speaker_of(sentences, number)
            if found is not None:
                cue = found.own_cue or found.speaker_cue
                sentence.speaker_cue = cue
                sentence.speaker = cue.refers if cue else found.speaker or OPEN
                sentence.speaker_found = how


def _weight(cue: Attribution) -> tuple[bool, float]:
    """How likely a cue is the sentence's own: "…, Weber said" before whatever is agreed or meant within."""
    closes = cue.pattern == "final" or (cue.pattern == "inverted" and cue.kind == "say")
    return closes and cue.strong, cue.coverage


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
    for other in before:
        if other.own_cue:
            return other, "behind"
    first = number - sentence.position
    for back in range(first - 1, max(-1, first - 5), -1):
        other = sentences[back]
        if other.speaker or other.own_cue:
            return other, "paragraph_before" if back == first - 1 else "earlier"
    return None, ""


def _neighbours(sentences: Sequence[Sentence], number: int) -> tuple[Iterable[Sentence], Iterable[Sentence]]:
    """The sentences of the same paragraph before (nearest first) and after, as far as one would look for a speaker."""
    sentence = sentences[number]
    first = number - sentence.position
    stop = min(first + sentence.siblings, number + 1 + _FAR)
    first = max(first, number - _FAR)
    return [sentences[i] for i in range(number - 1, first - 1, -1)], [sentences[i] for i in range(number + 1, stop)]
