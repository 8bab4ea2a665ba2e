"""What a teacher said of articles with some words swapped, and of words: more to learn from than corpora hold.

The teacher is a large network, fine-tuned on the corpora (knowledge distillation: Hinton et al. 2015; with swapped
words: Jiao et al. 2020, "TinyBERT"). It is not needed again: `scripts/teach.py` writes what it said to a file, JSON
lines, without the text of the corpora, an article or a word a line:

    {"id": "…", "paragraphs": [{"number": 3, "words": [[7, "praised"]], "sentences": [[120, 9, 44, -20, -33, -31], …]}]}
    {"word": "praised", "vector": [12, -31, …]}

`number` is that of the paragraph in the article; the others are left out. `words` says what stands in place of which
word, `sentences` where each sentence ends and the teacher's scores, in tenths, of each source, no statement and
forecast: logarithms of odds. `vector` is what the word means to the teacher, in 32nds.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from model.corpus import Article
from model.label_set import LabelSet
from model.network import WORD_SIZE, Floats, Targets
from model.words import Sentence

SCORE, VECTOR = 10, 32  # what one stands for in the file
WORD = re.compile(r"[A-Za-z]+(?:[-'’][A-Za-z]+)*")


@dataclass(frozen=True, slots=True)
class Variant:
    """An article as the teacher read it."""

    of: str  # id of the article that it is made of
    texts: list[str]  # its paragraphs
    sentences: list[list[list[int]]]  # of each paragraph: end and scores, in tenths, of each sentence

    def targets(self, found: Sequence[Sentence], labels: LabelSet, weight: float) -> Targets:
        """What the teacher said of sentences found in the texts: of that in which each ends."""
        said = []
        for sentence in found:
            rows = self.sentences[sentence.paragraph]
            said.append(next((row for row in rows if row[0] >= sentence.end), rows[-1]))
        scores = np.array(said, float).reshape(len(said), len(labels.sources) + 3)[:, 1:] / SCORE
        return Targets.by_teacher(scores, labels, weight)


@dataclass(frozen=True, slots=True)
class Lessons:
    """All that a teacher said."""

    variants: list[Variant] = field(default_factory=list)
    vectors: dict[str, Floats] = field(default_factory=dict)  # of words, (WORD_SIZE,) each


def swap(text: str, words: Mapping[int, str]) -> str:
    """The text with other words in place of those of the given numbers."""
    numbers = iter(range(len(text)))
    return WORD.sub(lambda found: words.get(next(numbers), found[0]), text)


def read_lessons(path: Path, articles: Iterable[Article], labels: LabelSet) -> Lessons:
    """With the variants of these articles; those of others are passed over.

    Raises ValueError, naming file and line, for what is no variant or does not fit the article; OSError.
    """
    texts = {article.id: article.texts for article in articles}
    lessons = Lessons()
    with gzip.open(path, "rt", encoding="utf-8") as file:
        try:
            lines = list(file)
        except (OSError, EOFError, UnicodeDecodeError, zlib.error) as error:
            raise ValueError(f"{path} cannot be unpacked ({error}); fetch it anew") from None
    for number, line in enumerate(lines, 1):
        try:
            row = json.loads(line)
            if "word" in row:
                lessons.vectors[str(row["word"])] = _vector(row["vector"])
            elif row["id"] in texts:
                lessons.variants.append(_variant(row, texts[row["id"]], len(labels.sources)))
        except (ValueError, KeyError, TypeError, IndexError) as error:
            raise ValueError(f"{path}, line {number}: no variant of an article of these corpora ({error!r})") from None
    return lessons


def _vector(row: Sequence[int]) -> Floats:
    if len(row) != WORD_SIZE or not all(isinstance(value, int) for value in row):
        raise ValueError(f"a word's vector is {WORD_SIZE} whole numbers")
    return np.array(row, np.float32) / VECTOR


def _variant(row: Mapping[str, Any], texts: Sequence[str], sources: int) -> Variant:
    swapped, sentences = [], []
    for paragraph in row["paragraphs"]:
        if paragraph["number"] < 0:
            raise ValueError(f"a paragraph has no number {paragraph['number']}")
        text = texts[paragraph["number"]]
        words = {int(number): str(word) for number, word in paragraph["words"]}
        if words and max(words) >= len(WORD.findall(text)):
            raise ValueError(f"paragraph {paragraph['number']} has no word {max(words)}")
        if not paragraph["sentences"] or any(
            len(each) != sources + 3 or not all(isinstance(value, int) for value in each)
            for each in paragraph["sentences"]
        ):
            raise ValueError(f"a sentence is its end and {sources + 2} scores in tenths")
        swapped.append(swap(text, words))
        sentences.append(paragraph["sentences"])
    return Variant(row["id"], swapped, sentences)


def write_lessons(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Same rows, same bytes."""
    with path.open("wb") as raw, gzip.GzipFile("", "wb", mtime=0, fileobj=raw) as file:
        for row in rows:
            file.write(f"{json.dumps(row, separators=(',', ':'))}\n".encode())
