"""The columns of the models: which n-grams and named features were learnt, and an article as values of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from model.features import MEASURES, conjunctions, measures, ngrams
from model.hashes import Keys, KeyTable, Rows, runs
from model.templates import GROUPS
from model.words import Sentence, WordTable

Floats = npt.NDArray[np.float64]
Columns = npt.NDArray[np.int32]
Analysed = Sequence[Sentence]

_WORDS = GROUPS.index("words")
_MEASURE_GROUPS = np.array([GROUPS.index(name.partition(":")[0]) for name in MEASURES], np.int8)


class FeatureSpace:
    """Which features have a column, learnt from analysed articles: hashed ones, then the measures.

    A feature needs `least` sentences to get a column.
    """

    def __init__(self, least: int) -> None:
        self.least = least

    def fit(self, articles: Sequence[Analysed]) -> FeatureSpace:
        sentences = sum(len(article) for article in articles)
        found = [
            np.unique(np.stack([rows, keys.astype(np.int64), groups]), axis=1)
            for rows, keys, groups in (_features(article, WordTable(article)) for article in articles)
        ]
        keys, counts = np.unique(np.concatenate([each[1] for each in found]), return_counts=True)
        groups = np.zeros(len(keys), np.int8)
        for each in found:
            groups[np.searchsorted(keys, each[1])] = each[2]
        kept = counts >= self.least
        self.keys_ = keys[kept].astype(np.uint32)  # in their order
        self.group_ = groups[kept]
        rarity = np.log((1 + sentences) / (1 + counts[kept])) + 1
        self.rarity_ = np.where(self.group_ == _WORDS, rarity, 0).astype(np.float32)  # of n-grams; else 0
        self._index()
        return self

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if not name.startswith("_")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._index()

    def _index(self) -> None:
        self._table = KeyTable(self.keys_)
        self._rarity = np.append(self.rarity_, np.zeros(len(MEASURES), np.float32))

    @property
    def width(self) -> int:
        return len(self._rarity)

    def groups(self) -> npt.NDArray[np.int8]:
        """For each column the number of its group in GROUPS."""
        return np.concatenate([self.group_, _MEASURE_GROUPS])

    def columns(self, article: Analysed, table: WordTable) -> tuple[Rows, Columns, Floats]:
        """(sentence, column, value) of all features, in the order of the sentences and columns.

        N-grams as TF-IDF of unit length, conjunctions as 1, measures as they are.
        """
        count = len(article)
        rows, keys, _ = _features(article, table)
        places = self._table.find(keys)
        known = np.flatnonzero(places < len(self.keys_))
        # A cell is a sentence and a column in one number.
        bits = self.width.bit_length()
        measured = np.arange(count)[:, None] << bits | np.arange(len(self.keys_), self.width)
        cells = np.concatenate([rows.take(known) << bits | places.take(known), measured.ravel()])
        if count << bits <= 1 << 32:  # as of all but a very long article
            cells = cells.astype(np.uint32)  # half as wide, they are sorted in half the time
        cells.sort()
        bounds = runs(cells)
        repeats = bounds[1:] - bounds[:-1]
        cells = cells.take(bounds[:-1])
        rows, columns = cells >> bits, (cells & ((1 << bits) - 1)).astype(np.int32)
        rarity = self._rarity.take(columns)
        values = rarity * (1 + np.log(repeats))
        length = np.maximum(1, np.sqrt(np.bincount(rows, values * values, count)))  # an n-gram weighs more than 1
        values = np.where(rarity > 0, values / length.take(rows), 1)
        values[columns >= len(self.keys_)] = measures(article).ravel()
        return rows, columns, values

    def transform(self, article: Analysed, table: WordTable) -> csr_matrix:
        """The features as a sparse matrix, (sentences, width)."""
        rows, columns, values = self.columns(article, table)
        ends = np.searchsorted(rows, np.arange(len(article) + 1)).astype(np.int32)
        return csr_matrix((values.astype(np.float32), columns, ends), (len(article), self.width))


def _features(article: Analysed, table: WordTable) -> tuple[Rows, Keys, npt.NDArray[np.int8]]:
    """(sentence, hash, group) of every n-gram and conjunction."""
    (rows, keys), (other_rows, other_keys, groups) = ngrams(table), conjunctions(article, table)
    return (
        np.concatenate([rows, other_rows]),
        np.concatenate([keys, other_keys]),
        np.concatenate([np.full(len(rows), _WORDS, np.int8), groups]),
    )
