"""From the probabilities of sentences to the label of a paragraph: the rule of LABELS.md, and how sure it is."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log
from operator import mul

from model.label_set import LabelSet


@dataclass(frozen=True, slots=True)
class Kind:
    """What decides a paragraph's label: source, forecast and words of each sentence. Source None: no statement."""

    source: str | None
    forecast: bool
    words: int


def shares_of(sentences: Sequence[Kind], labels: LabelSet) -> dict[str, float]:
    """The share of the statements' words that lie in sentences of each kind; a forecast counts for its source too."""
    total = sum([sentence.words for sentence in sentences if sentence.source is not None])
    shares = dict.fromkeys(labels.names, 0.0)
    for sentence in sentences if total else ():
        if sentence.source is not None:
            shares[labels.label_of[sentence.source]] += sentence.words / total
            if sentence.forecast and labels.forecast:
                shares[labels.forecast] += sentence.words / total
    return shares


def label_of(sentences: Sequence[Kind], labels: LabelSet) -> str | None:
    """The rule of LABELS.md; None where no sentence is a statement."""
    return label_of_shares(shares_of(sentences, labels), labels)


def label_of_shares(shares: Mapping[str, float], labels: LabelSet) -> str | None:
    """The rule of LABELS.md, where the shares are known."""
    if not any(shares.values()):
        return None
    # Sums of shares that are a half on paper may fall a rounding error short of it.
    half = 0.5 - 1e-9
    if labels.forecast and shares[labels.forecast] >= half:
        return labels.forecast
    claimed = most = 0.0
    given = ""
    for claim in labels.claims:
        share = shares[claim]
        claimed += share
        if share >= most - 1e-9:
            most, given = share, claim
    if claimed >= half:
        return given
    return labels.names[0]


def also_of(sentences: Sequence[Kind], label: str | None, labels: LabelSet) -> tuple[str, ...]:
    """Every other label that covers a whole sentence. A forecast of the outlet's own is no reported fact."""
    own = labels.sources[0].name
    covered = {labels.label_of[s.source] for s in sentences if s.source and not (s.source == own and s.forecast)}
    if labels.forecast and any(sentence.forecast for sentence in sentences):
        covered.add(labels.forecast)
    return tuple(each for each in labels.names if each in covered and each != label)


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

    `probabilities` (sentences, sources + 2: the sources, the outlet first, forecast, statement) and `words` (sentences)
    of its statements. Returns the margins of the expected shares at each decision of the rule, the least and mean
    sureness of its sentences, the logarithm of their number, and which way the decisions fall. Plain Python, and short
    of calls: the rows are few, the paragraphs many.
    """
    total = sum(words)
    claimed = [0.0] * (len(probabilities[0]) - 3)
    forecast = mean_sureness = mean_margin = 0.0
    least_sureness = least_margin = 1.0
    for row, count in zip(probabilities, words, strict=True):
        weight = count / total
        *sources, foreseen, _ = row
        sureness, margin = max(sources), abs(foreseen - threshold)
        for number in range(len(claimed)):
            claimed[number] += weight * sources[number + 1]
        forecast += weight * foreseen
        mean_sureness += weight * sureness
        mean_margin += weight * margin
        if sureness < least_sureness:
            least_sureness = sureness
        if margin < least_margin:
            least_margin = margin
    claim = most = second = 0.0
    given = 0
    for number, share in enumerate(claimed):
        claim += share
        if share >= most:
            most, second, given = share, most, number
        elif share > second:
            second = share
    claims = claim >= 0.5
    falls = [0.0] * len(claimed)  # to the claim that gives the label
    falls[given] = float(claims)
    return [
        abs(forecast - threshold), abs(claim - 0.5), (most - second) * claim,
        least_sureness, mean_sureness, least_margin, mean_margin, log(len(words)),
        float(forecast >= threshold), float(claims), *falls[1:],
    ]  # fmt: skip
