"""Sentence probabilities: linear models over hashed n-grams and named features.

Serving is NumPy and SciPy alone; scikit-learn fits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from joblib import Parallel, delayed
from scipy.sparse import csr_matrix, diags, vstack
from sklearn.base import BaseEstimator
from sklearn.linear_model import LogisticRegression

from model.corpus import Code
from model.features import CHANNELS, named_features, ngrams
from model.words import Sentence

Floats = npt.NDArray[np.float64]
Analysed = Sequence[Sentence]

# Columns of the probabilities.
NONE, NAMED, UNNAMED, FORECAST, STATEMENT = range(5)


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
        self._column = {name: number for number, name in enumerate(self.names_, len(self.keys_))}

    @property
    def width(self) -> int:
        return len(self.keys_) + len(self.names_)

    def group(self, name: str) -> npt.NDArray[np.bool_]:
        """The columns of a channel of n-grams or of a group of named features."""
        if name in CHANNELS:
            return np.concatenate([self.channel_ == CHANNELS.index(name), np.zeros(len(self.names_), bool)])
        of_group = [column.startswith(name + ":") for column in self.names_]
        return np.concatenate([np.zeros(len(self.keys_), bool), of_group])

    def transform(self, article: Analysed) -> csr_matrix:
        """Sparse (sentences, width): n-grams as TF-IDF of unit length a channel, named features as they are."""
        count = len(article)
        rows, keys, _ = ngrams(article)
        columns = self._slot[keys & np.uint32(self.slots - 1)]
        known = (columns >= 0) & (self.keys_[columns] == keys)
        cell, repeats = np.unique(rows[known] * np.int64(self.width) + columns[known], return_counts=True)
        rows, columns = np.divmod(cell, self.width)
        values = (1 + np.log(repeats)) * self.idf_[columns]
        part = rows * len(CHANNELS) + self.channel_[columns]
        length = np.sqrt(np.bincount(part, values * values, count * len(CHANNELS)))
        values /= length[part]
        named_columns: list[int] = []
        named_values: list[float] = []
        named_counts = []
        column_of = self._column
        for features in named_features(article):
            before = len(named_columns)
            for name, value in features.items():
                column = column_of.get(name)
                if column is not None:
                    named_columns.append(column)
                    named_values.append(value)
            named_counts.append(len(named_columns) - before)
        rows = np.concatenate([rows, np.repeat(np.arange(count), named_counts)])
        columns = np.concatenate([columns, np.array(named_columns, np.int64)])
        values = np.concatenate([values, np.array(named_values, np.float64)])
        return csr_matrix((values.astype(np.float32), (rows, columns)), shape=(count, self.width))


# How much each group of columns weighs against the unit-length n-grams of words; chosen by cross-validation.
_SCALES = {
    "source": {"words": 1.0, "classes": 1.0} | dict.fromkeys(
        ("speech", "place", "edge", "cue", "subject", "memory", "coverage", "lexical", "chain", "speaker",
         "object", "follow"), 0.35),
    "forecast": {"words": 3.0, "future": 1.0} | dict.fromkeys(("sign", "frame", "speech", "place", "cue"), 0.5),
    "statement": {"words": 1.0, "classes": 1.0} | dict.fromkeys(("speech", "place", "edge", "cue", "follow"), 0.35),
}  # fmt: skip
_WEIGHTS = {"U": 3.0, "F": 5.0}  # the rare classes count for more


class SentenceClassifier(BaseEstimator):
    """Probabilities of source, forecast and statement for the sentences of an article.

    `fit` takes analysed articles and their codes, `predict_proba` one analysed article; it returns
    (sentences, 5): none, named, unnamed (these three sum to one), forecast, statement.
    """

    def __init__(self, folds: int = 5, seed: int = 0, jobs: int = 1) -> None:
        self.folds, self.seed, self.jobs = folds, seed, jobs

    def fit(self, articles: Sequence[Analysed], codes: Sequence[Sequence[Code]]) -> SentenceClassifier:
        self.space_ = FeatureSpace().fit(articles)
        X = vstack(Parallel(self.jobs)(delayed(self.space_.transform)(article) for article in articles)).tocsr()
        y = np.array([code for article in codes for code in article])
        group = np.repeat(np.arange(len(articles)), [len(article) for article in articles])
        scales = {head: self._scale(head) for head in _SCALES}
        fold = np.random.default_rng(self.seed).permutation(len(articles)) % self.folds
        train = [np.ones(len(y), bool)] + [fold[group] != held_out for held_out in range(self.folds)]
        fitted = Parallel(self.jobs)(
            delayed(_fit_head)(head, X, y, rows, scales[head]) for rows in train for head in _SCALES
        )
        stages = [_stack(fitted[number : number + len(_SCALES)]) for number in range(0, len(fitted), len(_SCALES))]
        self.coefficients_, self.intercepts_ = stages[0]
        held_out = np.empty((len(y), 5))
        for number, (coefficients, intercepts) in enumerate(stages[1:]):
            rows = fold[group] == number
            held_out[rows] = _probabilities(X[rows] @ coefficients + intercepts)
        self.held_out_ = held_out
        return self

    def __getstate__(self) -> dict[str, Any]:
        """Half precision is plenty for the many weights of stage one, and halves the artefact."""
        return {**super().__getstate__(), "coefficients_": self.coefficients_.astype(np.float16)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__({**state, "coefficients_": state["coefficients_"].astype(np.float32)})

    def predict_proba(self, article: Analysed) -> Floats:
        if not article:
            return np.empty((0, 5))
        return _probabilities(self.space_.transform(article) @ self.coefficients_ + self.intercepts_)

    def contributions(self, article: Analysed, groups: Sequence[str]) -> Floats:
        """(sentences, 5): what the columns of some groups add to the scores of the linear models."""
        columns = np.logical_or.reduce([self.space_.group(group) for group in groups])
        return np.asarray(self.space_.transform(article)[:, columns] @ self.coefficients_[columns], float)

    def _scale(self, head: str) -> npt.NDArray[np.float32]:
        return sum(
            (self.space_.group(group) * np.float32(weight) for group, weight in _SCALES[head].items()),
            start=np.zeros(self.space_.width, np.float32),
        )


def _targets(codes: npt.NDArray[np.str_]) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    source = np.array(["NAU".find(code[0]) for code in codes], np.int8)
    return source, np.char.endswith(codes, "F"), codes != "X"


def _fit_head(
    head: str, X: csr_matrix, codes: npt.NDArray[np.str_], rows: npt.NDArray[np.bool_], scale: npt.NDArray[np.float32]
) -> tuple[npt.NDArray[np.float32], Floats]:
    source, forecast, statement = _targets(codes)
    target = {"source": source, "forecast": forecast, "statement": statement}[head]
    weight = np.ones(len(codes))
    if head == "source":
        weight[source == 2] = _WEIGHTS["U"]
    elif head == "forecast":
        weight[forecast] = _WEIGHTS["F"]
    if head != "statement":
        rows = rows & statement
    used = scale > 0
    scaled = X[rows][:, used] @ diags(scale[used])
    fitted = LogisticRegression(max_iter=150, tol=1e-3).fit(scaled, target[rows], sample_weight=weight[rows])
    coefficients = np.zeros((X.shape[1], len(fitted.intercept_)), np.float32)
    coefficients[used] = (fitted.coef_ * scale[used]).T
    return coefficients, fitted.intercept_


def _stack(heads: Sequence[tuple[npt.NDArray[np.float32], Floats]]) -> tuple[npt.NDArray[np.float32], Floats]:
    return np.hstack([coefficients for coefficients, _ in heads]), np.concatenate([b for _, b in heads])


def _probabilities(scores: Floats) -> Floats:
    """Softmax of the first three columns, logistic function of the other two."""
    result = np.empty(scores.shape)
    odds = np.exp(scores[:, :3] - scores[:, :3].max(axis=1, keepdims=True))
    result[:, :3] = odds / odds.sum(axis=1, keepdims=True)
    result[:, 3:] = 1 / (1 + np.exp(-scores[:, 3:]))
    return result
