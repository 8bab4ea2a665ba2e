"""The columns of the linear models: which n-grams and named features were learnt, and an article as values of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from model.features import CHANNELS, named_features, ngrams
from model.words import Sentence

Floats = npt.NDArray[np.float64]
Analysed = Sequence[Sentence]


class FeatureSpace:
    """Which n-grams and named features have a column, learnt from analysed articles.

    An n-gram needs `least` sentences to get one. Of n-grams whose hashes fall into one slot the most frequent stays, so
    that looking one up is two array reads.
    """

    def __init__(self, least: int = 2, slots: int = 1 << 20) -> None:
        self.least, self.slots = least, slots

    def fit(self, articles: Sequence[Analysed]) -> FeatureSpace:
        sentences = sum(len(article) for article in articles)
        grams = [
            np.unique(np.stack([rows, keys.astype(np.int64), channels]), axis=1)
            for rows, keys, channels in map(ngrams, articles)
        ]
        keys, counts = np.unique(np.concatenate([gram[1] for gram in grams]), return_counts=True)
        channels = np.zeros(len(keys), np.int8)
        for gram in grams:
            channels[np.searchsorted(keys, gram[1])] = gram[2]
        order = np.argsort(-counts, kind="stable")
        order = order[counts[order] >= self.least]
        _, first = np.unique(keys[order] & (self.slots - 1), return_index=True)
        kept = np.sort(order[first])
        self.keys_ = keys[kept].astype(np.uint32)
        self.channel_ = channels[kept]
        self.idf_ = (np.log((1 + sentences) / (1 + counts[kept])) + 1).astype(np.float32)
        named = Counter(name for article in articles for features in named_features(article) for name in features)
        self.names_ = sorted(name for name, count in named.items() if count >= self.least)
        self._index()
        return self

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if not name.startswith("_")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._index()

    def _index(self) -> None:
        self._slot = np.full(self.slots, -1, np.int32)
        self._slot[self.keys_ & np.uint32(self.slots - 1)] = np.arange(len(self.keys_), dtype=np.int32)
        self._groups: tuple[list[str], npt.NDArray[np.int64]] | None = None
        self._column = {name: number for number, name in enumerate(self.names_, len(self.keys_))}

    @property
    def width(self) -> int:
        return len(self.keys_) + len(self.names_)

    def groups(self) -> tuple[list[str], npt.NDArray[np.int64]]:
        """Every group, and for each column the number of its own."""
        if self._groups is None:
            named = [name.partition(":")[0] for name in self.names_]
            groups = [*CHANNELS, *sorted(set(named))]
            number_of = {group: number for number, group in enumerate(groups)}
            numbers = np.concatenate([self.channel_.astype(np.int64), [number_of[group] for group in named]])
            self._groups = groups, numbers.astype(np.int64)
        return self._groups

    def columns(self, article: Analysed) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], Floats]:
        """(sentence, column, value) of all features: n-grams as TF-IDF of unit length a channel, named as they are."""
        count = len(article)
        rows, keys, _ = ngrams(article)
        columns = self._slot[keys & np.uint32(self.slots - 1)]
        known = (columns >= 0) & (self.keys_[columns] == keys)
        cell, repeats = np.unique(rows[known] * np.int64(self.width) + columns[known], return_counts=True)
        rows, columns = np.divmod(cell, self.width)
        values = (1 + np.log(repeats)) * self.idf_[columns]
        part = rows * len(CHANNELS) + self.channel_[columns]
        length = np.sqrt(np.bincount(part, values * values, count * len(CHANNELS)))
        values = values / length[part]
        named = named_features(article)
        column_of = self._column.get
        named_columns = np.array([column_of(name, -1) for features in named for name in features], np.int64)
        named_values = np.array([value for features in named for value in features.values()], np.float64)
        named_rows = np.repeat(np.arange(count), [len(features) for features in named])
        known = named_columns >= 0
        return (
            np.concatenate([rows, named_rows[known]]),
            np.concatenate([columns, named_columns[known]]),
            np.concatenate([values, named_values[known]]),
        )

    def transform(self, article: Analysed) -> csr_matrix:
        """The features as a sparse matrix, (sentences, width)."""
        rows, columns, values = self.columns(article)
        return csr_matrix((values.astype(np.float32), (rows, columns)), shape=(len(article), self.width))
