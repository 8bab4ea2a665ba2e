"""Sentence probabilities: linear models over hashed n-grams and named features, averaged with two small networks.

The linear models read a sentence with the analysis of its cues; the networks read it among its neighbours. They err in
different places, so their mean is better than each. Serving is NumPy and SciPy alone: scikit-learn, which fits the
linear models, is imported where they are fitted, and so spares a server 65 MB and half its start.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain, compress
from typing import Any

import numpy as np
import numpy.typing as npt
from joblib import Parallel, delayed
from scipy.sparse import csr_matrix, diags, vstack
from scipy.special import expit
from threadpoolctl import threadpool_limits

from model.label_set import LabelSet
from model.network import ContextNetwork, Targets
from model.paragraphs import Calibration
from model.space import Analysed, FeatureSpace, Floats
from model.templates import GROUPS
from model.words import WordTable

# Columns of the probabilities: the sources of the label set in their order, then these.
FORECAST, STATEMENT = -2, -1


# How much each group of columns weighs against the unit-length n-grams of words; chosen by cross-validation.
_SCALES = {
    "source": {"words": 1.0} | dict.fromkeys(
        ("speech", "place", "edge", "cue", "memory", "coverage", "lexical", "speaker", "object", "follow"), 0.35),
    "forecast": {"words": 3.0} | dict.fromkeys(("frame", "speech", "place", "cue"), 0.5),
    "statement": {"words": 1.0} | dict.fromkeys(("speech", "place", "edge", "cue", "follow"), 0.35),
}  # fmt: skip
_RARE_SOURCE, _FORECAST = 3.0, 5.0  # how much these count beside others


class SentenceClassifier:
    """Probabilities of source, forecast and statement for the sentences of an article.

    `fit` takes analysed articles and their codes, `predict_proba` one analysed article; it returns
    (sentences, sources + 2): the sources (which sum to one), forecast, statement. One of `folds` parts of the
    articles is held out once. A feature needs `least` sentences, `C` is the inverse of the linear models'
    regularisation, and `linear_share` what they weigh in the mean with the networks: chosen by cross-validation.
    """

    calibration_: Calibration  # of paragraphs, by training

    def __init__(
        self,
        folds: int = 3,
        seed: int = 0,
        jobs: int = 1,
        least: int = 3,
        C: float = 2.0,
        linear_share: float = 0.4,
    ) -> None:
        self.folds, self.seed, self.jobs = folds, seed, jobs
        self.least, self.C, self.linear_share = least, C, linear_share

    def fit(
        self,
        articles: Sequence[Analysed],
        codes: Sequence[Sequence[str]],
        weights: Sequence[float],
        groups: Sequence[int],
        labels: LabelSet,
        taught: Sequence[tuple[Analysed, Targets, int]] = (),
        vectors: Mapping[str, Floats] | None = None,
    ) -> SentenceClassifier:
        """Fit on all articles; `held_out_` gets the probabilities of some by a fit without them, by their number.

        `weights` says how much each article counts, `labels` what the codes mean. Articles of one of the `groups`
        (numbers from 0 on) are held out together. `taught`: more articles for the networks, with what a teacher said of
        them and their group. `vectors`: what words mean, for the networks to begin with.

        Raises ValueError for parameters out of range, and where all articles with one kind of sentence are held out.
        """
        if self.folds < 2 or not 0 <= self.linear_share <= 1:
            raise ValueError(
                f"folds must be 2 or more and linear_share from 0 to 1, not {self.folds} and {self.linear_share}"
            )
        lengths = [len(article) for article in articles]
        fold_of_group = np.random.default_rng(self.seed).permutation(max(groups) + 1) % self.folds
        fold_of = fold_of_group[groups]
        fold = np.repeat(fold_of, lengths)
        kinds, left = set("".join(chain(*codes))), set("".join(chain(*compress(codes, fold_of))))
        if lacking := kinds - left:
            raise ValueError(
                f"no article with {min(lacking)} in a code is left beside the part held out, one of {self.folds}; "
                "annotate more, or take another seed"
            )
        each = [Targets.of(row, labels, weight) for row, weight in zip(codes, weights, strict=True)]
        targets = Targets.joined(each)
        self.space_ = FeatureSpace(self.least).fit(articles)
        features = Parallel(self.jobs)(
            delayed(self.space_.transform)(article, WordTable(article)) for article in articles
        )
        X = vstack(features).tocsr()
        scales = {head: self._scale(head) for head in _SCALES}
        train = [np.ones(len(fold), bool), fold != 0]
        worded = self.space_.groups() == GROUPS.index("words")
        features += Parallel(self.jobs)(
            delayed(self.space_.transform)(article, WordTable(article)) for article, _, _ in taught
        )
        shown = [
            (article, _without(features_of_it, worded), wanted, number)
            for article, features_of_it, wanted, number in zip(
                [*articles, *(article for article, _, _ in taught)],
                features,
                [*each, *(wanted for _, wanted, _ in taught)],
                [*fold_of, *(fold_of_group[number] for _, _, number in taught)],
                strict=True,
            )
            if len(article)
        ]
        # The networks take longest, so they come first.
        tasks = [
            delayed(_fit_network)([row[:3] for row in shown if row[3] != held_out], self.seed, vectors)
            for held_out in (None, 0)
        ]
        tasks += [
            delayed(_fit_head)(head, X, targets, rows, scales[head], self.C) for rows in train for head in _SCALES
        ]
        network, network_without, *fitted = Parallel(self.jobs)(tasks)
        self.coefficients_, self.intercepts_ = _stack(fitted[: len(_SCALES)])
        self.network_ = network
        self._index()
        coefficients, intercepts = _stack(fitted[len(_SCALES) :])
        without = _beside(coefficients, network_without), intercepts, network_without
        held_out = [number for number in np.flatnonzero(fold_of == 0).tolist() if articles[number]]
        self.held_out_ = {number: self._mean(articles[number], *without) for number in held_out}
        self.prior_correction_ = _prior_correction(
            np.vstack([*self.held_out_.values(), np.empty((0, len(self.intercepts_)))]), targets, fold == 0
        )
        self.held_out_ = {number: self._corrected(found) for number, found in self.held_out_.items()}
        return self

    def __getstate__(self) -> dict[str, Any]:
        """Half precision is plenty for the many weights, and halves the artefact; jobs are no part of a model."""
        state = {name: value for name, value in vars(self).items() if name != "_weights"}
        return self._with_weights_as(np.float16, {**state, "jobs": 1})

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(self._with_weights_as(np.float32, state))
        if "network_" in state:
            self._index()

    def _index(self) -> None:
        self._weights = _beside(self.coefficients_, self.network_)

    @staticmethod
    def _with_weights_as(kind: type[np.floating[Any]], state: dict[str, Any]) -> dict[str, Any]:
        if "coefficients_" in state:
            state["coefficients_"] = state["coefficients_"].astype(kind)
        return state

    def predict_proba(self, article: Analysed) -> Floats:
        if not article:
            return np.empty((0, self.coefficients_.shape[1]))
        return self._corrected(self._mean(article, self._weights, self.intercepts_, self.network_))

    def _corrected(self, probabilities: Floats) -> Floats:
        sources = probabilities[:, :FORECAST] * self.prior_correction_
        return np.hstack([sources / sources.sum(axis=1, keepdims=True), probabilities[:, FORECAST:]])

    def contributions(self, article: Analysed) -> dict[str, Floats]:
        """For each group of columns what it adds to the scores of the linear models, (sentences, sources + 2)."""
        rows, columns, values = self.space_.columns(article, WordTable(article))
        added = values[:, None] * self.coefficients_[columns]
        result = np.zeros((len(GROUPS), len(article), added.shape[1]))
        np.add.at(result, (self.space_.groups()[columns], rows), added)
        return dict(zip(GROUPS, result, strict=True))

    def _mean(
        self, article: Analysed, weights: npt.NDArray[np.float32], intercepts: Floats, network: ContextNetwork
    ) -> Floats:
        """The weighted geometric mean of the probabilities of linear models and networks."""
        table = WordTable(article)
        scores, bags = np.split(self.space_.transform(article, table) @ weights, [len(intercepts)], axis=1)
        linear = _probabilities(scores + intercepts)
        near = network.predict_proba(article, table, bags)
        share = self.linear_share
        result = linear**share * near ** (1 - share)
        result[:, :FORECAST] /= result[:, :FORECAST].sum(axis=1, keepdims=True)
        against = (1 - linear[:, FORECAST:]) ** share * (1 - near[:, FORECAST:]) ** (1 - share)
        result[:, FORECAST:] /= result[:, FORECAST:] + against
        return result

    def _scale(self, head: str) -> npt.NDArray[np.float32]:
        return np.array([_SCALES[head].get(group, 0.0) for group in GROUPS], np.float32)[self.space_.groups()]


def _fit_head(
    head: str,
    X: csr_matrix,
    targets: Targets,
    rows: npt.NDArray[np.bool_],
    scale: npt.NDArray[np.float32],
    C: float,
) -> tuple[npt.NDArray[np.float32], Floats]:
    from sklearn.linear_model import LogisticRegression

    sources, forecasts = targets.sources.argmax(axis=1), targets.forecasts > 0.5
    if head == "forecast" and not forecasts.any():  # of a label set without it
        return np.zeros((X.shape[1], 1), np.float32), np.array([-np.inf])
    statements = sources < len(targets.rare) - 1
    target = {"source": sources, "forecast": forecasts, "statement": statements}[head]
    weight = targets.weights.copy()
    if head == "source":
        weight[targets.rare[sources]] *= _RARE_SOURCE
    elif head == "forecast":
        weight[forecasts] *= _FORECAST
    if head != "statement":
        rows = rows & statements
    used = scale > 0
    scaled = X[rows][:, used] @ diags(scale[used])
    with threadpool_limits(1):
        fitted = LogisticRegression(C=C, max_iter=1000, tol=2e-5).fit(scaled, target[rows], sample_weight=weight[rows])
    slopes, intercepts = fitted.coef_, fitted.intercept_
    if head == "source" and len(intercepts) == 1:  # two sources have one score, that of the second against the first
        slopes, intercepts = np.vstack([np.zeros_like(slopes), slopes]), np.append(0.0, intercepts)
    coefficients = np.zeros((X.shape[1], len(intercepts)), np.float32)
    coefficients[used] = (slopes * scale[used]).T
    return coefficients, intercepts


def _fit_network(
    shown: Sequence[tuple[Analysed, csr_matrix, Targets]], seed: int, vectors: Mapping[str, Floats] | None
) -> ContextNetwork:
    articles, features, targets = zip(*shown, strict=True)
    with threadpool_limits(1):
        return ContextNetwork().fit(articles, features, targets, seed, vectors)


def _without(features: csr_matrix, dropped: npt.NDArray[np.bool_]) -> csr_matrix:
    """The matrix with nothing in some columns."""
    kept = ~dropped[features.indices]
    ends = np.concatenate([[0], np.cumsum(kept)])[features.indptr]
    return csr_matrix((features.data[kept], features.indices[kept], ends), features.shape)


def _prior_correction(probabilities: Floats, targets: Targets, rows: npt.NDArray[np.bool_]) -> Floats:
    """(sources,) factors by which rare sources are found as often as they are right, in rows held out.

    They count for more in training, and so look likelier than they are.
    """
    sources = (targets.sources * targets.weights[:, None])[rows, :-1]
    weights, rare = sources.sum(axis=1, keepdims=True), targets.rare[:-1]
    factors: Floats = np.ones(sources.shape[1])
    for _ in range(100):  # iterative proportional fitting; one more of each, so that none is divided by
        odds = probabilities[:, :FORECAST] * factors
        found = (weights * odds / odds.sum(axis=1, keepdims=True)).sum(axis=0)
        factors[rare] *= ((sources.sum(axis=0) + 1) / (found + 1))[rare]
    return factors


def _stack(heads: Sequence[tuple[npt.NDArray[np.float32], Floats]]) -> tuple[npt.NDArray[np.float32], Floats]:
    # In row order, however they came: serving reads whole rows.
    coefficients = np.ascontiguousarray(np.hstack([coefficients for coefficients, _ in heads]))
    coefficients = coefficients.astype(np.float16).astype(np.float32)  # as precise as on disk
    return coefficients, np.concatenate([b for _, b in heads])


def _beside(coefficients: npt.NDArray[np.float32], network: ContextNetwork) -> npt.NDArray[np.float32]:
    """Of each feature its coefficients, then its vector in the network: one product for both."""
    return np.hstack([coefficients, network.feature_vectors()])


def _probabilities(scores: Floats) -> Floats:
    """Softmax of the columns of sources, logistic function of the other two."""
    result = np.empty(scores.shape)
    odds = np.exp(scores[:, :FORECAST] - scores[:, :FORECAST].max(axis=1, keepdims=True))
    result[:, :FORECAST] = odds / odds.sum(axis=1, keepdims=True)
    result[:, FORECAST:] = expit(scores[:, FORECAST:])
    return result
