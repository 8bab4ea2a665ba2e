"""The labels of an article as the JSON that travels: plain dicts, since Pydantic models take too long to build."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Any

from model.labels import ArticleLabels, SentenceLabel

Shift = Callable[[int], int]


def answer(
    labels: ArticleLabels, paragraphs: Sequence[str], *, utf16: bool, explain: bool, with_text: bool
) -> dict[str, Any]:
    shifts = [utf16_shift(text) if utf16 else int for text in paragraphs]
    return {
        "paragraphs": [
            {
                "index": paragraph.index,
                **({"text": paragraphs[paragraph.index]} if with_text else {}),
                "label": paragraph.label,
                "confidence": round(paragraph.confidence, 4),
                "certain": paragraph.certain,
                "also": paragraph.also,
                "shares": rounded(paragraph.shares),
                "sentences": [sentence(s, paragraph.index, shifts, explain) for s in paragraph.sentences],
            }
            for paragraph in labels.paragraphs
        ],
        "summary": {
            "words": labels.summary.words,
            "shares": rounded(labels.summary.shares),
            "sources": [
                {"name": s.name, "kind": s.kind, "words": s.words, "paragraphs": s.paragraphs}
                for s in labels.summary.sources
            ],
        },
    }


def sentence(label: SentenceLabel, index: int, shifts: Sequence[Shift], explain: bool) -> dict[str, Any]:
    at, speaker = shifts[index], label.speaker
    there = shifts[speaker.paragraph] if speaker else int
    return {
        "start": at(label.start),
        "end": at(label.end),
        "source": label.source,
        "forecast": label.forecast,
        "confidence": round(label.confidence, 4),
        "speaker": speaker
        and {
            "text": speaker.text,
            "start": there(speaker.start),
            "end": there(speaker.end),
            "paragraph": speaker.paragraph,
        },
        "cues": [{"start": at(cue.start), "end": at(cue.end), "kind": cue.kind} for cue in label.cues],
        **({"reasons": [{"text": r.text, "weight": round(r.weight, 4)} for r in label.reasons]} if explain else {}),
    }


def rounded(shares: dict[Any, float]) -> dict[Any, float]:
    return {label: round(share, 4) for label, share in shares.items()}


def utf16_shift(text: str) -> Shift:
    """From code points to UTF-16 code units: the same, unless the text leaves the Basic Multilingual Plane."""
    if text.isascii() or max(text) < "\U00010000":
        return int
    return list(accumulate((1 + (character > "\uffff") for character in text), initial=0)).__getitem__
