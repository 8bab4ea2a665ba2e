"""The columns of the linear models: which n-grams and named features were learnt, and an article as values of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from model.features import CHANNELS, MEASURES, conjunctions, measures, ngrams
from model.templates import GROUPS, Groups, Keys, Rows, runs
from model.words import Sentence, WordTable

Floats = npt.NDArray[np.float64]
Columns = npt.NDArray[np.int32]
Analysed = Sequence[Sentence]

_PREFIX = 18  # bits of a hash by which it is looked up: about as many prefixes as a trained model has columns
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
        self.weight_ = np.where(self.group_ < len(CHANNELS), rarity, 1).astype(np.float32)
        self._index()
        return self

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if not name.startswith("_")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._index()

    def _index(self) -> None:
        # In one table, since they are read all over: what is not in a processor's cache is fetched once for both.
        self._columns = np.ones(self.width, [("weight", np.float32), ("group", np.int32)])
        self._columns["weight"][: len(self.keys_)] = self.weight_
        self._columns["group"] = np.concatenate([self.group_, _MEASURE_GROUPS])
        self._bounded_keys = np.append(self.keys_, np.uint32(0xFFFFFFFF))
        prefixes = np.arange(1 << _PREFIX, dtype=np.uint32) << (32 - _PREFIX)
        self._first = np.searchsorted(self.keys_, prefixes).astype(np.int32)

    @property
    def width(self) -> int:
        return len(self.keys_) + len(MEASURES)

    def groups(self) -> tuple[list[str], npt.NDArray[np.int32]]:
        """Every group, and for each column the number of its own."""
        return list(GROUPS), self._columns["group"]

    def columns(self, article: Analysed, table: WordTable) -> tuple[Rows, Columns, Floats]:
        """(sentence, column, value) of all features, in the order of the sentences and columns.

        N-grams as TF-IDF of unit length a channel, conjunctions as 1, measures as they are.
        """
        count = len(article)
        rows, keys, _ = _features(article, table)
        known, columns = self._find(keys)
        # A cell is a sentence and a column in one number.
        bits = self.width.bit_length()
        measured = np.arange(count)[:, None] << bits | np.arange(len(self.keys_), self.width)
        cells = np.concatenate([rows.take(known) << bits | columns, measured.ravel()])
        if count << bits <= 1 << 32:  # as of all but a very long article
            cells = cells.astype(np.uint32)  # half as wide, they are sorted in half the time
        cells.sort()
        bounds = runs(cells)
        repeats = bounds[1:] - bounds[:-1]
        cells = cells.take(bounds[:-1])
        rows, columns = cells >> bits, (cells & ((1 << bits) - 1)).astype(np.int32)
        found = self._columns.take(columns)
        values, group = found["weight"].astype(float), found["group"]
        again = np.flatnonzero((repeats > 1) & (group < len(CHANNELS)))
        values[again] *= 1 + np.log(repeats[again])
        part = rows * len(GROUPS) + group
        length = np.sqrt(np.bincount(part, values * values, count * len(GROUPS))).reshape(count, len(GROUPS))
        length[:, len(CHANNELS) :] = 1
        values /= length.ravel().take(part)
        values[columns >= len(self.keys_)] = measures(article, table).ravel()
        return rows, columns, values

    def _find(self, keys: Keys) -> tuple[Rows, Columns]:
        """Which hashes have a column, and theirs: from the first with the same prefix on, of which there are few."""
        columns = self._first.take(keys >> (32 - _PREFIX))
        while (short := self._bounded_keys.take(columns) < keys).any():
            columns += short
        known = np.flatnonzero((self._bounded_keys.take(columns) == keys) & (columns < len(self.keys_)))
        return known, columns.take(known)

    def transform(self, article: Analysed, table: WordTable) -> csr_matrix:
        """The features as a sparse matrix, (sentences, width)."""
        rows, columns, values = self.columns(article, table)
        ends = np.searchsorted(rows, np.arange(len(article) + 1)).astype(np.int32)
        return csr_matrix((values.astype(np.float32), columns, ends), (len(article), self.width))


def _features(article: Analysed, table: WordTable) -> tuple[Rows, Keys, Groups]:
    """(sentence, hash, group) of every n-gram and conjunction."""
    (rows, keys, groups), (other_rows, other_keys, other_groups) = ngrams(table), conjunctions(article, table)
    return (
        np.concatenate([rows, other_rows]),
        np.concatenate([keys, other_keys]),
        np.concatenate([groups, other_groups]),
    )
