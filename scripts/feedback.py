"""From readers' corrections to annotated articles, with a guard against whoever would teach the model nonsense.

The store knows no reader, on purpose, but can tell corrections of one caller from those of others within a month. One
caller has one voice on a text, and on no more than so many texts; voices must agree and not have come in one burst; no
more than so many texts are taken; and the model must pass the gate.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from model import Labeller
from model.corpus import Annotated, Article
from model.label_set import LabelSet
from model.labels import SentenceLabel

_BURST = timedelta(hours=1)  # corrections of one text, alike and nearer than this, count once
_WORDS = range(3, 1000)


class Correction(Protocol):
    """What of a stored correction counts: paragraph, reader's label (None: no statement), time, hash of the caller."""

    text: str | None
    given: str | None
    created: datetime
    origin: str | None


@dataclass(frozen=True, slots=True)
class Agreed:
    """A text and the label that enough readers gave it."""

    text: str
    given: str | None


def agree(
    corrections: Iterable[Correction], labels: LabelSet, *, needed: int, most: int, per_origin: int
) -> tuple[list[Agreed], Counter[str]]:
    """The texts, oldest first and at most `most`, that `needed` corrections and two thirds of all give one label.

    Of a caller the first `per_origin` texts count. Also counts why the others were left out, by reason.
    """
    by_text: dict[str, list[Correction]] = defaultdict(list)
    texts_of: dict[str, set[str]] = defaultdict(set)
    left_out: Counter[str] = Counter()
    for correction in sorted(corrections, key=lambda each: each.created):
        text = _normal(correction.text or "")
        if correction.origin is not None:
            texts = texts_of[correction.origin]
            if text not in texts and len(texts) >= per_origin:
                left_out[f"corrections beyond the first {per_origin} texts of a caller"] += 1
                continue
            texts.add(text)
        by_text[text].append(correction)
    agreed: list[Agreed] = []
    for text, group in by_text.items():
        votes = _votes(group)
        [(given, count)] = votes.most_common(1)
        if len(text.split()) not in _WORDS:
            left_out[f"texts of fewer than {_WORDS.start} or more than {_WORDS.stop - 1} words"] += 1
        elif given is not None and given not in labels.names:
            left_out["texts with a label that the model does not have"] += 1
        elif count < needed:
            left_out[f"texts with fewer than {needed} agreeing corrections"] += 1
        elif 3 * count < 2 * votes.total():
            left_out["texts on which readers disagree"] += 1
        elif len(agreed) >= most:
            left_out[f"texts beyond the first {most}"] += 1
        else:
            agreed.append(Agreed(group[0].text or "", given))
    return agreed, left_out


def annotate(agreed: Agreed, labeller: Labeller) -> Article:
    """A paragraph's label spread over its sentences: as the model has them where it agrees, else all alike.

    Readers label paragraphs, the corpus labels sentences, so an editor should read these before they are trained on.
    """
    [paragraph] = labeller.label([agreed.text]).paragraphs
    sentences = [
        Annotated(agreed.text[each.start : each.end], _code(each, paragraph.label, agreed.given, labeller.labels))
        for each in paragraph.sentences
    ]
    return Article(f"feedback/{hashlib.sha256(_normal(agreed.text).encode()).hexdigest()[:16]}", [sentences])


def _code(sentence: SentenceLabel, shown: str | None, given: str | None, labels: LabelSet) -> str:
    if given is None or (given == shown and sentence.source is None):
        said: tuple[str | None, bool] = None, False
    elif given in (shown, labels.forecast):
        said = sentence.source or labels.sources[0].name, sentence.forecast or given != shown
    else:
        said = next(name for name, label in labels.label_of.items() if label == given), False
    return next(code for code, meant in labels.codes.items() if meant == said)


def _votes(group: Sequence[Correction]) -> Counter[str | None]:
    """Of corrections in the order of their time; a caller's last word counts."""
    votes: Counter[str | None] = Counter()
    last: dict[str | None, datetime] = {}
    last_words = {each.origin: each for each in group}
    for each in group:
        if each.origin is not None and each is not last_words[each.origin]:
            continue
        if each.given not in last or each.created - last[each.given] >= _BURST:
            votes[each.given] += 1
            last[each.given] = each.created
    return votes


def _normal(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
