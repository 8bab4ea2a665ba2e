"""The labels of an article as the JSON that travels: plain dicts, since Pydantic models take too long to build."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Any

from model.labels import ArticleLabels, Cue, SentenceLabel, Speaker

Shift = Callable[[int], int]


def answer(
    labels: ArticleLabels, paragraphs: Sequence[str], *, utf16: bool, explain: bool, with_text: bool
) -> dict[str, Any]:
    shifts = [utf16_shift(text) if utf16 else None for text in paragraphs]
    answered = []
    for paragraph in labels.paragraphs:
        told: dict[str, Any] = {"index": paragraph.index}
        if with_text:
            told["text"] = paragraphs[paragraph.index]
        told["label"] = paragraph.label
        told["confidence"] = round(paragraph.confidence, 4)
        told["certain"] = paragraph.certain
        told["also"] = paragraph.also
        told["shares"] = rounded(paragraph.shares)
        told["sentences"] = [sentence(each, paragraph.index, shifts, explain) for each in paragraph.sentences]
        answered.append(told)
    return {
        "paragraphs": answered,
        "summary": {
            "words": labels.summary.words,
            "shares": rounded(labels.summary.shares),
            "sources": [
                {"name": s.name, "kind": s.kind, "words": s.words, "paragraphs": s.paragraphs}
                for s in labels.summary.sources
            ],
        },
    }


def sentence(label: SentenceLabel, index: int, shifts: Sequence[Shift | None], explain: bool) -> dict[str, Any]:
    speaker = label.speaker
    told: dict[str, Any] = {
        **span(label, shifts[index]),
        "source": label.source,
        "forecast": label.forecast,
        "confidence": round(label.confidence, 4),
        "speaker": speaker
        and {"text": speaker.text, **span(speaker, shifts[speaker.paragraph]), "paragraph": speaker.paragraph},
        "cues": [{**span(cue, shifts[index]), "kind": cue.kind} for cue in label.cues],
    }
    if explain:
        told["reasons"] = [{"text": reason.text, "weight": round(reason.weight, 4)} for reason in label.reasons]
    return told


def span(of: SentenceLabel | Speaker | Cue, shift: Shift | None) -> dict[str, int]:
    return {"start": shift(of.start), "end": shift(of.end)} if shift else {"start": of.start, "end": of.end}


def rounded(shares: dict[Any, float]) -> dict[Any, float]:
    return {label: round(share, 4) for label, share in shares.items()}


def utf16_shift(text: str) -> Shift | None:
    """From code points to UTF-16 code units; none where they are the same: within the Basic Multilingual Plane."""
    if text.isascii() or len(text.encode("utf-16-le", "surrogatepass")) == 2 * len(text):
        return None
    return list(accumulate((1 + (character > "\uffff") for character in text), initial=0)).__getitem__
