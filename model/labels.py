"""What comes out: plain dataclasses, and the rule that turns the labels of sentences into the label of a paragraph.

Offsets are code points within the paragraph's string, half open, as Python slices them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Source = Literal["none", "named", "unnamed"]
Label = Literal["reported_fact", "attributed_claim", "anonymous_claim", "forecast"]
CueKind = Literal["reporting", "hearsay", "anonymity", "forecast"]
LABELS: tuple[Label, ...] = ("reported_fact", "attributed_claim", "anonymous_claim", "forecast")


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
    source: Source | None
    forecast: bool
    confidence: float
    speaker: Speaker | None
    cues: tuple[Cue, ...]
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class ParagraphLabel:
    """`label` is None where no statement stands in the paragraph. Shares are of words; forecast overlaps the others."""

    index: int
    label: Label | None
    confidence: float
    certain: bool
    also: tuple[Label, ...]
    shares: dict[Label, float]
    sentences: tuple[SentenceLabel, ...]


@dataclass(frozen=True, slots=True)
class SourceSummary:
    name: str
    kind: Literal["named", "unnamed"]
    words: int
    paragraphs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """`words` counts those of statements; `sources` come most words first."""

    words: int
    shares: dict[Label, float]
    sources: tuple[SourceSummary, ...]


@dataclass(frozen=True, slots=True)
class ArticleLabels:
    paragraphs: tuple[ParagraphLabel, ...]
    summary: Summary
