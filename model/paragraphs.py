"""From the probabilities of sentences to the label of a paragraph: the rule of LABELS.md, and how sure it is."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log
from operator import mul

from model.labels import LABELS, Label, Source

_LABEL_OF: dict[Source, Label] = {"none": "reported_fact", "named": "attributed_claim", "unnamed": "anonymous_claim"}


@dataclass(frozen=True, slots=True)
class Kind:
    """What decides a paragraph's label: source, forecast and words of each sentence. Source None: no statement."""

    source: Source | None
    forecast: bool
    words: int


def shares_of(sentences: Sequence[Kind]) -> dict[Label, float]:
    """The share of the statements' words that lie in sentences of each kind; a forecast counts for its source too."""
    total = sum([sentence.words for sentence in sentences if sentence.source is not None])
    shares = dict.fromkeys(LABELS, 0.0)
    for sentence in sentences if total else ():
        if sentence.source is not None:
            shares[_LABEL_OF[sentence.source]] += sentence.words / total
            if sentence.forecast:
                shares["forecast"] += sentence.words / total
    return shares


def label_of(sentences: Sequence[Kind]) -> Label | None:
    """The rule of LABELS.md; None where no sentence is a statement."""
    return label_of_shares(shares_of(sentences))


def label_of_shares(shares: Mapping[Label, float]) -> Label | None:
    """The rule of LABELS.md, where the shares are known."""
    if not any(shares.values()):
        return None
    # Sums of shares that are a half on paper may fall a rounding error short of it.
    half = 0.5 - 1e-9
    if shares["forecast"] >= half:
        return "forecast"
    if shares["attributed_claim"] + shares["anonymous_claim"] >= half:
        return (
            "anonymous_claim" if shares["anonymous_claim"] >= shares["attributed_claim"] - 1e-9 else "attributed_claim"
        )
    return "reported_fact"


def also_of(sentences: Sequence[Kind], label: Label | None) -> tuple[Label, ...]:
    """Every other label that covers a whole sentence. A forecast of the outlet's own is no reported fact."""
    covered = {_LABEL_OF[s.source] for s in sentences if s.source and not (s.source == "none" and s.forecast)}
    if any(sentence.forecast for sentence in sentences):
        covered.add("forecast")
    return tuple(each for each in LABELS if each in covered and each != label)


@dataclass(frozen=True, slots=True)
class Calibration:
    """From evidence to the chance that a label is right: a linear score, then a line through points that rise."""

    slopes: list[float]  # of the evidence; the last is the intercept
    scores: list[float]  # rising
    chances: list[float]  # likewise

    def chance(self, evidence: Sequence[float]) -> float:
        score: float = self.slopes[-1] + sum(map(mul, self.slopes, evidence))
        scores, chances = self.scores, self.chances
        above = bisect_left(scores, score)
        if above == 0 or above == len(scores):
            return chances[min(above, len(scores) - 1)]
        low, high = scores[above - 1], scores[above]
        return chances[above - 1] + (chances[above] - chances[above - 1]) * (score - low) / (high - low)


def evidence(probabilities: Sequence[Sequence[float]], words: Sequence[int], threshold: float) -> list[float]:
    """What the confidence of a paragraph's label is judged by.

    `probabilities` (sentences, 4 or more: none, named, unnamed, forecast) and `words` (sentences) of its statements.
    Returns the margins of the expected shares at each decision of the rule, the least and mean sureness of its
    sentences, the logarithm of their number, and which way the decisions fall. Plain Python: the rows are few.
    """
    total = sum(words)
    named = unnamed = forecast = mean_sureness = mean_margin = 0.0
    least_sureness = least_margin = 1.0
    for row, count in zip(probabilities, words, strict=True):
        weight = count / total
        named += weight * row[1]
        unnamed += weight * row[2]
        forecast += weight * row[3]
        sureness, margin = max(row[0], row[1], row[2]), abs(row[3] - threshold)
        mean_sureness += weight * sureness
        mean_margin += weight * margin
        least_sureness, least_margin = min(least_sureness, sureness), min(least_margin, margin)
    claim = named + unnamed
    claims = claim >= 0.5
    return [
        abs(forecast - threshold), abs(claim - 0.5), abs(unnamed - named) * claim,
        least_sureness, mean_sureness, least_margin, mean_margin, log(len(words)),
        float(forecast >= threshold), float(claims), float(claims and unnamed >= named),
    ]  # fmt: skip
