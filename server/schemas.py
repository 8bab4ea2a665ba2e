"""What travels: the request and answer bodies. They validate, and the OpenAPI document is made from them.

Which labels and sources there are is up to the label set of the model: the document gets them from there (see openapi),
and so does who validates (see feedback).
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticKnownError

from model.labels import CueKind

Offsets = Literal["utf-16", "codepoint"]
Label = Annotated[str, Field(json_schema_extra={"enum": "labels"})]
Source = Annotated[str, Field(json_schema_extra={"enum": "sources"})]
Claim = Annotated[str, Field(json_schema_extra={"enum": "claims"})]
NO_NUL = r"^[^\x00]*$"  # PostgreSQL keeps none


class Article(BaseModel):
    """One article, as exactly one of `paragraphs`, `text` and `html`."""

    model_config = ConfigDict(extra="forbid", strict=True)

    paragraphs: list[str] | None = Field(default=None, description="The article's paragraphs, in order.")
    text: str | None = Field(
        default=None,
        description="Plain text: a paragraph a line, or parted by blank lines; hard-wrapped lines are joined.",
    )
    html: str | None = Field(
        default=None, description="A whole web page; its main text is extracted. It is never rendered or run."
    )
    offsets: Offsets = Field(
        default="utf-16", description="How `start` and `end` count: UTF-16 code units, or code points."
    )
    explain: bool = Field(default=False, description="Also give, for each sentence, the reasons that weighed most.")

    @model_validator(mode="after")
    def exactly_one(self) -> Article:
        given = [name for name in ("paragraphs", "text", "html") if getattr(self, name) is not None]
        if len(given) != 1:
            found = f"found {' and '.join(given)}" if given else "found none of them"
            raise ValueError(f"The article must come as exactly one of paragraphs, text and html; {found}.")
        return self


class Shares(BaseModel):
    """Shares of words, 0 to 1; forecast overlaps the others."""


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
    kind: Claim
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


class ModelCard(ModelName):
    """The manifest of the model's artefact, and its card in Markdown."""

    manifest: dict[str, Any]
    card: str


class Feedback(BaseModel):
    """A correction of one paragraph's label; null stands for "no statement"."""

    model_config = ConfigDict(extra="forbid", strict=True)

    shown: Label | None = Field(description="The label that was shown.")
    given: Label | None = Field(description="The label that the reader gives.")
    model: FeedbackModel = Field(description="As in the answer that was shown.")
    consent: bool = Field(default=False, description="Did the reader agree that the paragraph's text is kept?")
    text: str | None = Field(
        default=None, max_length=20_000, pattern=NO_NUL, description="The paragraph's text, for retraining."
    )

    @field_validator("shown", "given", mode="before")
    @classmethod
    def known(cls, label: object, info: ValidationInfo) -> object:
        """One of the labels that the context of the validation names."""
        names: tuple[str, ...] = (info.context or {})["labels"]
        if label is not None and label not in names:
            *others, last = map(repr, names)
            raise PydanticKnownError("literal_error", {"expected": f"{', '.join(others)} or {last}"})
        return label

    @model_validator(mode="after")
    def text_with_consent(self) -> Feedback:
        if self.text is not None and not self.consent:
            raise ValueError("The text may be sent only with consent: true, after the reader agreed.")
        return self


class FeedbackModel(BaseModel):
    """The model whose label is corrected."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: str = Field(min_length=1, max_length=64, pattern=NO_NUL)
    version: str = Field(min_length=1, max_length=64, pattern=NO_NUL)


class FeedbackReceipt(BaseModel):
    """`token` reads and deletes this correction; it is shown here alone. Times are UTC."""

    id: str
    token: str
    expires: datetime


class StoredFeedback(BaseModel):
    """All that is kept of a correction, save digests of its key, token and caller. Times are UTC."""

    id: str
    shown: Label | None
    given: Label | None
    model: ModelName
    text: str | None
    created: datetime
    expires: datetime


class Fault(BaseModel):
    """One fault of a body; `pointer` is a JSON pointer (RFC 6901) to it."""

    pointer: str
    detail: str


class ProblemBody(BaseModel):
    """An error (RFC 9457). `type` is stable; `detail` is for people and may change."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[Fault] = []


class Health(BaseModel):
    status: Literal["alive", "ready"]
