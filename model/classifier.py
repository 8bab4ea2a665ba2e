"""Sentence probabilities: two linear stages over hashed n-grams and named features, calibrated.

Stage one reads a sentence; stage two reads the stage-one log-odds of the sentence and its neighbours, so that speech
and paraphrase that go on without a cue are seen. Serving is NumPy and SciPy alone; scikit-learn fits.
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
from model.features import CHANNELS, CLASSES, FUTURE, WORDS, named_features, ngrams
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
        grams = [np.unique(np.stack([rows, keys.astype(np.int64), channels]), axis=1) for rows, keys, channels in map(ngrams, articles)]
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
        ("speech", "place", "edge", "cue", "subject", "memory", "coverage", "lexical", "chain", "speaker"), 0.35),
    "forecast": {"words": 3.0, "future": 1.0} | dict.fromkeys(("sign", "speech", "place", "cue"), 0.5),
    "statement": {"words": 1.0, "classes": 1.0} | dict.fromkeys(("speech", "place", "edge", "cue"), 0.35),
}  # fmt: skip
_WEIGHTS = {"U": 3.0, "F": 5.0}  # the rare classes count for more
_NEIGHBOURS = (-3, -2, -1, 1, 2, 3)
_FAR = -6.0  # log-odds that stand for a neighbour that is not there


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
        starts = np.searchsorted(group, np.arange(len(articles) + 1))
        C = np.vstack([_context(a, held_out[i:j]) for a, i, j in zip(articles, starts, starts[1:], strict=False)])
        self.mean_, self.deviation_ = C.mean(0), C.std(0) + 1e-9
        C = (C - self.mean_) / self.deviation_
        source, forecast, _ = _targets(y)
        statement = y != "X"
        second = [
            LogisticRegression(C=0.05, max_iter=500).fit(
                C[statement], target[statement], sample_weight=weight[statement]
            )
            for target, weight in ((source, np.where(source == 2, 2.0, 1.0)), (forecast, np.where(forecast, 2.0, 1.0)))
        ]
        self.context_coefficients_ = np.vstack([second[0].coef_, second[1].coef_]).T
        self.context_intercepts_ = np.concatenate([second[0].intercept_, second[1].intercept_])
        self.held_out_ = self._average(held_out, C)
        return self

    def __getstate__(self) -> dict[str, Any]:
        """Half precision is plenty for the many weights of stage one, and halves the artefact."""
        return {**super().__getstate__(), "coefficients_": self.coefficients_.astype(np.float16)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__({**state, "coefficients_": state["coefficients_"].astype(np.float32)})

    def predict_proba(self, article: Analysed) -> Floats:
        if not article:
            return np.empty((0, 5))
        first = _probabilities(self.space_.transform(article) @ self.coefficients_ + self.intercepts_)
        return self._average(first, (_context(article, first) - self.mean_) / self.deviation_)

    def _average(self, first: Floats, context: Floats) -> Floats:
        scores = context @ self.context_coefficients_ + self.context_intercepts_
        second = _probabilities(np.column_stack([scores, np.zeros(len(scores))]))
        second[:, STATEMENT] = first[:, STATEMENT]
        return (first + second) / 2

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


def _context(article: Analysed, first: Floats) -> Floats:
    """(sentences, k): log-odds of the sentence and its neighbours, means of paragraph and article, how it is spoken."""
    count = len(article)
    P = np.clip(first[:, :4], 1e-4, 1 - 1e-4)
    odds = np.log(P / (1 - P))
    paragraph = np.array([sentence.paragraph for sentence in article])
    quoted = np.array([sentence.quoted for sentence in article])
    padded = np.full((count + 6, 4), _FAR)
    padded[3:-3] = odds
    padded_paragraph = np.full(count + 6, -1)
    padded_paragraph[3:-3] = paragraph
    padded_quoted = np.zeros(count + 6)
    padded_quoted[3:-3] = quoted
    parts = [odds]
    for offset in _NEIGHBOURS:
        there = slice(3 + offset, 3 + offset + count)
        parts += [
            padded[there], (padded_paragraph[there] == paragraph)[:, None], padded_quoted[there][:, None],
        ]  # fmt: skip
    _, of_paragraph = np.unique(paragraph, return_inverse=True)
    words = np.array([max(1, sentence.length) for sentence in article], float)
    total = np.bincount(of_paragraph, words)
    shares = np.column_stack([np.bincount(of_paragraph, words * first[:, c]) / total for c in range(4)])
    parts += [shares[of_paragraph], np.tile(first[:, :4].mean(axis=0), (count, 1))]
    parts.append(np.array([_manner(sentence) for sentence in article], float))
    return np.hstack(parts)


_FOUND = ("", "own", "ahead", "behind", "colon", "later", "paragraph_before", "earlier")


def _manner(sentence: Sentence) -> list[float]:
    most = {"A": 0.0, "U": 0.0, "?": 0.0}
    strong = weak = subdued = final = clause = 0
    for cue in sentence.cues:
        if cue.strong and not cue.negated:
            strong += 1
            if cue.pattern != "infinitive":
                most[cue.refers] = max(most[cue.refers], cue.coverage)
        else:
            weak += 1
        subdued |= cue.pattern in ("relative", "embedded")
        final |= cue.pattern in ("final", "inverted", "according")
        clause |= cue.clause
    return [
        sentence.quoted, sentence.starts_inside, sentence.ends_inside, sentence.runs_on,
        *(sentence.speaker == speaker for speaker in "AU?"), *(sentence.speaker_found == way for way in _FOUND),
        *(sentence.own_source == source for source in "AU"), *most.values(), strong, weak, subdued, final, clause,
        sentence.paragraph, sentence.position, sentence.siblings, sentence.last, sentence.length,
    ]  # fmt: skip
