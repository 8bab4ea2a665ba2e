"""What travels: the request and answer bodies. They validate, and the OpenAPI document is made from them."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from model.labels import CueKind, Label, Source

Offsets = Literal["utf-16", "codepoint"]


class Article(BaseModel):
    """One article, as exactly one of `paragraphs`, `text` and `html`."""

    model_config = ConfigDict(extra="forbid", strict=True)

    paragraphs: list[str] | None = Field(None, description="The article's paragraphs, in order.")
    text: str | None = Field(
        None, description="Plain text: a paragraph a line, or parted by blank lines; hard-wrapped lines are joined."
    )
    html: str | None = Field(
        None, description="A whole web page; its main text is extracted. It is never rendered or run."
    )
    offsets: Offsets = Field("utf-16", description="How `start` and `end` count: UTF-16 code units, or code points.")
    explain: bool = Field(False, description="Also give, for each sentence, the reasons that weighed most.")

    @model_validator(mode="after")
    def exactly_one(self) -> Article:
        given = [name for name in ("paragraphs", "text", "html") if getattr(self, name) is not None]
        if len(given) != 1:
            found = f"found {' and '.join(given)}" if given else "found none of them"
            raise ValueError(f"The article must come as exactly one of paragraphs, text and html; {found}.")
        return self


class Shares(BaseModel):
    """Shares of words, 0 to 1; forecast overlaps the other three."""

    reported_fact: float
    attributed_claim: float
    anonymous_claim: float
    forecast: float


class Cue(BaseModel):
    """Words that mark attribution or a forecast."""

    start: int
    end: int
    kind: CueKind


class Speaker(BaseModel):
    """The mention of the source: from `start` to `end` of the paragraph whose index is `paragraph`."""

    text: str
    start: int
    end: int
    paragraph: int


class Reason(BaseModel):
    """What spoke for (weight above 0) or against the label, in words; log-odds."""

    text: str
    weight: float


class Sentence(BaseModel):
    """`source` is null for what is no statement. `reasons` is there when `explain` was asked for."""

    start: int
    end: int
    source: Source | None
    forecast: bool
    confidence: float
    speaker: Speaker | None
    cues: list[Cue]
    reasons: list[Reason] = []


class Paragraph(BaseModel):
    """`label` is null where the paragraph holds no statement. `text` is there when the article came as text or html."""

    index: int
    text: str = ""
    label: Label | None
    confidence: float
    certain: bool
    also: list[Label]
    shares: Shares
    sentences: list[Sentence]


class SourceSummary(BaseModel):
    """A source, the words it is given, and the paragraphs it speaks in."""

    name: str
    kind: Literal["named", "unnamed"]
    words: int
    paragraphs: list[int]


class Summary(BaseModel):
    """Of the whole article; sources with most words come first."""

    words: int
    shares: Shares
    sources: list[SourceSummary]


class ModelName(BaseModel):
    name: str
    version: str


class Answer(BaseModel):
    """The labels of one article."""

    model: ModelName
    language: str
    offsets: Offsets
    paragraphs: list[Paragraph]
    summary: Summary
