"""From the probabilities of sentences to the label of a paragraph: the rule of LABELS.md, and how sure it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import numpy.typing as npt

from model.label_set import LabelSet

Floats = npt.NDArray[np.float64]


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

    def chance(self, evidence: Floats) -> Floats:
        """(labels, evidence) to (labels,)."""
        *slopes, intercept = self.slopes
        chances: Floats = np.interp(evidence @ np.array(slopes) + intercept, self.scores, self.chances)
        return chances


def evidence(probabilities: Floats, kinds: Sequence[Kind], groups: Iterable[Sequence[int]], threshold: float) -> Floats:
    """What the confidence of labels is judged by, each label that of a group of sentences: (labels, evidence).

    `probabilities`: (sentences, sources + 2), the sources, the outlet first, forecast, statement. Sentences that are no
    statements count for nothing; groups without a statement have no evidence, and so no row. The evidence: the margins
    of the expected shares at each decision of the rule, the least and mean sureness of the statements, the logarithm of
    their number, and which way the decisions fall.
    """
    states = [[number for number in group if kinds[number].source is not None] for group in groups]
    counts = np.array([len(each) for each in states if each], int)
    starts = np.cumsum(counts) - counts
    numbers = list(chain.from_iterable(states))
    words = np.array([kinds[number].words for number in numbers], float)
    probabilities = probabilities.take(numbers, axis=0)
    claimed = probabilities.shape[1] - 3
    if not numbers:
        return np.empty((0, 9 + claimed))
    read = np.empty((len(words), claimed + 3))
    read[:, : claimed + 1] = probabilities[:, 1:-1]
    read[:, -2] = probabilities[:, :-2].max(axis=1)  # sureness of the source
    read[:, -1] = np.abs(probabilities[:, -2] - threshold)  # margin of the forecast
    weights = words / np.repeat(np.add.reduceat(words, starts), counts)
    means = np.add.reduceat(read * weights[:, None], starts)
    shares, forecast = means[:, :claimed], means[:, claimed]
    claim = shares.sum(axis=1)
    claims = claim >= 0.5
    ordered = np.sort(shares, axis=1)
    second = ordered[:, -2] if claimed > 1 else 0.0
    given = claimed - 1 - shares[:, ::-1].argmax(axis=1)  # the claim that gives the label, the last of equals
    result = np.empty((len(starts), 9 + claimed))
    result[:, 0], result[:, 1] = np.abs(forecast - threshold), np.abs(claim - 0.5)
    result[:, 2] = (ordered[:, -1] - second) * claim
    result[:, 3:7:2] = np.minimum.reduceat(read[:, -2:], starts)
    result[:, 4:7:2] = means[:, -2:]
    result[:, 7], result[:, 8], result[:, 9] = np.log(counts), forecast >= threshold, claims
    result[:, 10:] = (given[:, None] == np.arange(1, claimed)) & claims[:, None]
    return result
