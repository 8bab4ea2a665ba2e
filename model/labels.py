"""What comes out: plain dataclasses. The names of labels and sources are those of the model's label set.

Offsets are code points within the paragraph's string, half open, as Python slices them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

CueKind = Literal["reporting", "hearsay", "anonymity", "forecast"]


@dataclass(frozen=True, slots=True)
class Cue:
    """Words that mark attribution or a forecast: "said", "allegedly", "on condition of anonymity", "is likely to"."""

    start: int
    end: int
    kind: CueKind


@dataclass(frozen=True, slots=True)
class Speaker:
    """The mention of the source that tells a reader most: `text` is `paragraphs[paragraph][start:end]`."""

    text: str
    start: int
    end: int
    paragraph: int


@dataclass(frozen=True, slots=True)
class Reason:
    """A feature that spoke for (weight > 0) or against (weight < 0) the label of a sentence, in words; log-odds."""

    text: str
    weight: float


@dataclass(frozen=True, slots=True)
class SentenceLabel:
    """`source` is None for what is no statement (byline, caption, heading): it counts in no share."""

    start: int
    end: int
    source: str | None
    forecast: bool
    confidence: float
    speaker: Speaker | None
    cues: tuple[Cue, ...]
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class ParagraphLabel:
    """`label` is None where no statement stands in the paragraph. Shares are of words; forecast overlaps the others."""

    index: int
    label: str | None
    confidence: float
    certain: bool
    also: tuple[str, ...]
    shares: dict[str, float]
    sentences: tuple[SentenceLabel, ...]


@dataclass(frozen=True, slots=True)
class SourceSummary:
    """`kind` is the source that most of its words have: "named" or "unnamed", or as the label set calls them."""

    name: str
    kind: str
    words: int
    paragraphs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """`words` counts those of statements; `sources` come most words first."""

    words: int
    shares: dict[str, float]
    sources: tuple[SourceSummary, ...]


@dataclass(frozen=True, slots=True)
class ArticleLabels:
    paragraphs: tuple[ParagraphLabel, ...]
    summary: Summary
