"""From the probabilities of sentences to the label of a paragraph: the rule of LABELS.md, and how sure it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from model.labels import LABELS, Label, Source

Floats = npt.NDArray[np.float64]

_LABEL_OF: dict[Source, Label] = {"none": "reported_fact", "named": "attributed_claim", "unnamed": "anonymous_claim"}


@dataclass(frozen=True, slots=True)
class Kind:
    """What decides a paragraph's label: source, forecast and words of each sentence. Source None: no statement."""

    source: Source | None
    forecast: bool
    words: int


def shares_of(sentences: Sequence[Kind]) -> dict[Label, float]:
    """The share of the statements' words that lie in sentences of each kind; a forecast counts for its source too."""
    statements = [sentence for sentence in sentences if sentence.source is not None]
    total = sum(sentence.words for sentence in statements)
    shares = dict.fromkeys(LABELS, 0.0)
    for sentence in statements if total else ():
        assert sentence.source is not None
        shares[_LABEL_OF[sentence.source]] += sentence.words / total
        if sentence.forecast:
            shares["forecast"] += sentence.words / total
    return shares


def label_of(sentences: Sequence[Kind]) -> Label | None:
    """The rule of LABELS.md; None where no sentence is a statement."""
    shares = shares_of(sentences)
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


def evidence(probabilities: Floats, words: Floats, threshold: float) -> Floats:
    """What the confidence of a paragraph's label is judged by.

    `probabilities` (sentences, 4: none, named, unnamed, forecast) and `words` (sentences) of its statements. Returns
    the margins of the expected shares at each decision of the rule, the least and mean sureness of its sentences, the
    logarithm of their number.
    """
    weight = words / words.sum()
    _, named, unnamed, forecast = weight @ probabilities
    sureness = np.maximum(probabilities[:, :3].max(axis=1), 1e-6)
    decided = np.abs(probabilities[:, 3] - threshold)
    claim = named + unnamed
    return np.array([
        abs(forecast - threshold), abs(claim - 0.5), abs(unnamed - named) * claim,
        sureness.min(), weight @ sureness, decided.min(), weight @ decided, np.log(len(words)),
        forecast >= threshold, claim >= 0.5, (claim >= 0.5) * (unnamed >= named),
    ])  # fmt: skip
