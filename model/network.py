"""A small neural network that reads each sentence among its neighbours; it errs elsewhere than the linear model does.

A convolution over the words, pooled over each sentence and joined with numbers of the analysis, then a convolution over
the sentences of the article (after Kim 2014, "Convolutional neural networks for sentence classification"). NumPy alone:
gradients by hand, minibatches of whole articles, Adam (Kingma and Ba 2015) with decoupled weight decay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from model.corpus import Code
from model.subjects import NAMED, OPEN, UNNAMED
from model.words import Sentence

Floats = npt.NDArray[Any]  # single precision; double where gradients are checked
Rows = npt.NDArray[np.int64]
Weights = dict[str, Floats]
State = tuple[Any, ...]

# Sizes and settings, chosen by cross-validation.
_WORD, _CLASS, _HIDDEN = 32, 12, 64
_WORDS_WIDE, _SENTENCES_WIDE = 5, 7
_LEAST_WORD, _LEAST_CLASS = 3, 10  # sightings that earn a word, or a class of words, its own vector
_NETWORKS, _EPOCHS, _BATCH_WORDS = 2, 16, 5000
_RATE, _DECAY, _WARM_STEPS = 2e-3, 1e-2, 50
_DROP_WORD, _DROP_HIDDEN = 0.1, 0.3
_SOURCE_WEIGHTS = np.array([1.0, 1.0, 2.0, 1.0])  # in the loss: none, named, unnamed, no statement
_FORECAST_WEIGHT = 3.0

_SOURCES = [0, 1, 2, 4]  # columns of the scores that exclude each other: none, named, unnamed, no statement
_FORECAST = 3
_FLAGS = 12
_FOUND = ("", "own", "ahead", "behind", "colon", "later", "paragraph_before", "earlier")
# Articles are read in stretches with so many sentences before and behind: as far as the two convolutions see.
_STRETCH, _SEEN = 250, 5


@dataclass(frozen=True, slots=True)
class Batch:
    """Articles as arrays. Before each sentence stands a row of its own: T rows for words, S sentences."""

    words: npt.NDArray[Any]  # (T,) hashes of words; rows of the table once encoded
    classes: npt.NDArray[Any]  # (T,) likewise of word classes
    flags: Floats  # (T, _FLAGS) what the analysis found at the word
    lengths: Rows  # (S,) rows of the sentence, at least one
    numbers: Floats  # (S, n) what the analysis found in the sentence; standardised once encoded
    joined: Floats  # (S, 2) whether the sentences before and after belong to the same paragraph
    places: Rows  # (S,) row of the sentence where articles are kept apart


class ContextNetwork:
    """Probabilities of source, forecast and statement for the sentences of an article: the mean of two networks.

    Columns as in `classifier`: none, named, unnamed (these three sum to one), forecast, statement. Training and serving
    are linear in the length of the text. Same articles, codes, weights and seed: same networks.
    """

    def fit(
        self,
        articles: Sequence[Sequence[Sentence]],
        codes: Sequence[Sequence[Code]],
        seed: int = 0,
        weights: Sequence[float] | None = None,
    ) -> ContextNetwork:
        """Train on analysed articles: the codes of their sentences, and how much each article counts, 1 by default.

        Raises ValueError where there is no sentence, or where the arguments differ in length.
        """
        counts = [1.0] * len(articles) if weights is None else weights
        given = [
            (read(article), Targets.of(row, count))
            for article, row, count in zip(articles, codes, counts, strict=True)
            if len(article)
        ]
        if not given:
            raise ValueError("there is no sentence to learn from")
        batches = [batch for batch, _ in given]
        self.words_ = _frequent(np.concatenate([batch.words for batch in batches]), _LEAST_WORD)
        self.classes_ = _frequent(np.concatenate([batch.classes for batch in batches]), _LEAST_CLASS)
        numbers = np.vstack([batch.numbers for batch in batches])
        self.mean_, self.deviation_ = numbers.mean(0), numbers.std(0) + np.float32(1e-6)
        encoded = [(self._encode(batch), targets) for batch, targets in given]
        shapes = self._shapes()
        trained = np.stack([descend(encoded, shapes, np.random.default_rng([seed, i])) for i in range(_NETWORKS)])
        self.weights_ = trained.astype(np.float16).astype(np.float32)  # as precise as what is kept
        self._networks = [views(vector, shapes) for vector in self.weights_]
        return self

    def predict_proba(self, article: Sequence[Sentence]) -> npt.NDArray[np.float64]:
        """(sentences, 5) probabilities of an analysed article."""
        result = np.zeros((len(article), 5))
        for start in range(0, len(article), _STRETCH):
            before, stop = max(0, start - _SEEN), min(start + _STRETCH, len(article))
            batch = self._encode(read(article[before : stop + _SEEN]))
            for network in self._networks:
                scores = forward(network, batch)[0][start - before : stop - before].astype(float)
                result[start:stop, :3] += softmax(scores[:, :3])
                result[start:stop, 3] += expit(scores[:, _FORECAST])
                result[start:stop, 4] += softmax(scores[:, _SOURCES])[:, :3].sum(axis=1)
        return result / len(self._networks)

    def __getstate__(self) -> dict[str, Any]:
        """Half precision: the weights are many, and need no more."""
        state = {name: value for name, value in vars(self).items() if not name.startswith("_")}
        return {**state, "weights_": self.weights_.astype(np.float16)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update({**state, "weights_": state["weights_"].astype(np.float32)})
        self._networks = [views(vector, self._shapes()) for vector in self.weights_]

    def _shapes(self) -> dict[str, tuple[int, ...]]:
        return weight_shapes(len(self.words_) + 2, len(self.classes_) + 2, len(self.mean_))

    def _encode(self, batch: Batch) -> Batch:
        """Hashes to rows of the tables, numbers standardised."""
        return replace(
            batch,
            words=_rows(self.words_, batch.words),
            classes=_rows(self.classes_, batch.classes),
            numbers=(batch.numbers - self.mean_) / self.deviation_,
        )


@dataclass(frozen=True, slots=True)
class Targets:
    """What a network is to say of S sentences, and how much each counts."""

    sources: Rows  # (S,) 0 none, 1 named, 2 unnamed, 3 no statement
    forecasts: npt.NDArray[np.bool_]  # (S,)
    weights: Floats  # (S,)

    @classmethod
    def of(cls, codes: Sequence[Code], weight: float = 1.0) -> Targets:
        sources = np.array(["NAUX".index(code[0]) for code in codes])
        return cls(sources, np.array([code.endswith("F") for code in codes]), np.full(len(codes), weight))


def _frequent(keys: npt.NDArray[Any], least: int) -> npt.NDArray[Any]:
    """The hashes met at least so often, sorted; 0 stands for no word."""
    met, counts = np.unique(keys, return_counts=True)
    frequent: npt.NDArray[Any] = met[(counts >= least) & (met != 0)]
    return frequent


def _rows(table: npt.NDArray[Any], keys: npt.NDArray[Any]) -> Rows:
    """Rows of the vectors of some hashes: 0 for no word, 1 for what is not in the table, then the table's."""
    found = np.searchsorted(table, keys)
    known = np.append(table, 0)[found] == keys
    rows: Rows = np.where(keys == 0, 0, np.where(known, found + 2, 1))
    return rows


def read(article: Sequence[Sentence]) -> Batch:
    """The arrays of an analysed article of at least one sentence."""
    lengths = np.array([len(sentence.words) for sentence in article]) + 1
    starts = np.cumsum(lengths) - lengths
    size = int(lengths.sum())
    words = [word for sentence in article for word in sentence.words]
    names = [name for sentence in article for name in sentence.names]
    inside = [within for sentence in article for within in sentence.inside]
    pairs = list(zip(words, names, strict=True))
    count = len(words)
    at = np.ones(size, bool)
    at[starts] = False
    keys, classes = np.zeros(size, np.uint32), np.zeros(size, np.uint32)
    keys[at] = np.fromiter((word.name_key if name else word.key for word, name in pairs), np.uint32, count)
    classes[at] = np.fromiter(
        (word.name_class_key if name else word.class_key for word, name in pairs), np.uint32, count
    )
    flags = np.zeros((size, _FLAGS), np.float32)
    flags[at, 0] = np.fromiter(inside, bool, count)
    flags[at, 1] = np.fromiter(names, bool, count)
    flags[at, 2] = np.fromiter((word.capital for word in words), bool, count)
    flags[at, 3] = np.fromiter((word.future for word in words), bool, count)
    flags[starts, 0] = [sentence.starts_inside for sentence in article]
    for start, sentence in zip(starts.tolist(), article, strict=True):
        for cue in sentence.cues:
            here = flags[start + 1 + cue.at]
            here[4 if cue.strong else 5] = 1
            here[6 + (NAMED, UNNAMED, OPEN).index(cue.refers)] = 1
            here[9] = cue.negated
            here[10] = cue.coverage
            if cue.mention is not None and cue.mention.sentence is sentence:
                flags[start + 1 + cue.mention.first : start + 2 + cue.mention.last, 11] = 1
    numbers = np.array([_numbers(sentence) for sentence in article], np.float32)
    paragraph = np.array([sentence.paragraph for sentence in article])
    joined = np.zeros((len(article), 2), np.float32)
    joined[1:, 0] = joined[:-1, 1] = paragraph[1:] == paragraph[:-1]
    return Batch(keys, classes, flags, lengths, numbers, joined, np.arange(len(article)))


def _numbers(sentence: Sentence) -> list[float]:
    """How the sentence is spoken, what its cues cover, whom "he" and "they" refer to, and where it stands."""
    most = {NAMED: 0.0, UNNAMED: 0.0, OPEN: 0.0}
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
        *(sentence.speaker == speaker for speaker in most), *(sentence.speaker_found == way for way in _FOUND),
        sentence.own_source == NAMED, sentence.own_source == UNNAMED, *most.values(),
        strong, weak, subdued, final, clause,
        *(met == refers for met in sentence.memory for refers in (NAMED, UNNAMED)),
        min(sentence.paragraph, 40), min(sentence.position, 10), min(sentence.siblings, 10), sentence.last,
        min(sentence.length, 60),
    ]  # fmt: skip


def join(articles: Sequence[Batch]) -> Batch:
    """Several articles as one batch, so far apart that no sentence sees another article."""
    counts = [len(article.lengths) for article in articles]
    apart = np.repeat(np.arange(len(articles)) * (_SENTENCES_WIDE // 2), counts)
    joined = {field.name: np.concatenate([getattr(a, field.name) for a in articles]) for field in fields(Batch)}
    return Batch(**{**joined, "places": np.arange(sum(counts)) + apart})


def weight_shapes(words: int, classes: int, numbers: int) -> dict[str, tuple[int, ...]]:
    """The shape of each weight."""
    pooled = numbers + 2 * _HIDDEN
    return {
        "words": (words, _WORD),
        "classes": (classes, _CLASS),
        "read": (_WORDS_WIDE, _WORD + _CLASS + _FLAGS, _HIDDEN),
        "read_bias": (_HIDDEN,),
        "sum_up": (pooled, _HIDDEN),
        "sum_up_bias": (_HIDDEN,),
        "compare": (_SENTENCES_WIDE, _HIDDEN + 2, _HIDDEN),
        "compare_bias": (_HIDDEN,),
        "decide": (pooled + 2 * _HIDDEN, 5),
        "decide_bias": (5,),
    }


def initial(shapes: dict[str, tuple[int, ...]], random: np.random.Generator) -> Floats:
    """All weights in one vector: normal, scaled by the number of inputs; biases zero."""
    scale = {"words": 0.3, "classes": 0.4}
    parts = []
    for name, shape in shapes.items():
        deviation = 0.0 if name.endswith("bias") else scale.get(name, np.prod(shape[:-1]) ** -0.5)
        parts.append(random.standard_normal(int(np.prod(shape)), dtype=np.float32) * np.float32(deviation))
    return np.concatenate(parts)


def views(vector: Floats, shapes: dict[str, tuple[int, ...]]) -> Weights:
    """The weights by name, as views into the one vector that holds them all."""
    parts = np.split(vector, np.cumsum([np.prod(shape) for shape in shapes.values()]))
    return {name: part.reshape(shape) for (name, shape), part in zip(shapes.items(), parts, strict=False)}


def descend(
    articles: Sequence[tuple[Batch, Targets]], shapes: dict[str, tuple[int, ...]], random: np.random.Generator
) -> Floats:
    """All weights of a network trained by Adam on shuffled articles; the rate rises at first, then falls to little."""
    weights = initial(shapes, random)
    gradient, first, second = (np.zeros_like(weights) for _ in range(3))
    named, gradients = views(weights, shapes), views(gradient, shapes)
    sizes = np.array([len(batch.words) for batch, _ in articles])
    steps = _EPOCHS * (int(sizes.sum()) / _BATCH_WORDS + 1)
    step = 0
    for _ in range(_EPOCHS):
        order = random.permutation(len(articles))
        number = np.cumsum(sizes[order]) // _BATCH_WORDS
        for chosen in np.split(order, np.flatnonzero(np.diff(number)) + 1):
            step += 1
            batch = join([articles[i][0] for i in chosen])
            scores, state = forward(named, batch, random)
            backward(named, batch, state, loss(scores, [articles[i][1] for i in chosen])[1], gradients)
            rate = _RATE * min(1, step / _WARM_STEPS) * max(0.03, 1 - step / steps)
            first += 0.1 * (gradient - first)
            second += 0.01 * (gradient * gradient - second)
            weights *= 1 - rate * _DECAY
            weights -= rate / (1 - 0.9**step) * first / (np.sqrt(second / (1 - 0.99**step)) + 1e-7)
    return weights


def forward(weights: Weights, batch: Batch, random: np.random.Generator | None = None) -> tuple[Floats, State]:
    """(S, 5) scores, and what `backward` needs; with `random`, in training, some inputs of each layer are dropped."""
    starts = np.cumsum(batch.lengths) - batch.lengths
    vectors, kept_word = _drop(weights["words"][batch.words], _DROP_WORD, random)
    x = np.hstack([vectors, weights["classes"][batch.classes], batch.flags])
    read = np.maximum(_convolve(x, weights["read"]) + weights["read_bias"], 0)
    most = np.maximum.reduceat(read, starts)
    mean = np.add.reduceat(read, starts) / batch.lengths[:, None].astype(read.dtype)
    pooled, kept_pooled = _drop(np.hstack([most, mean]), _DROP_HIDDEN, random)
    pooled = np.hstack([batch.numbers, pooled])
    summed = np.maximum(pooled @ weights["sum_up"] + weights["sum_up_bias"], 0)
    dropped, kept_summed = _drop(summed, _DROP_HIDDEN, random)
    apart = np.zeros((batch.places[-1] + 1, _HIDDEN + 2), summed.dtype)
    apart[batch.places] = np.hstack([dropped, batch.joined])
    compared = np.maximum(_convolve(apart, weights["compare"])[batch.places] + weights["compare_bias"], 0)
    seen, kept_compared = _drop(compared, _DROP_HIDDEN, random)
    together = np.hstack([pooled, summed, seen])
    state = x, kept_word, read, most, kept_pooled, pooled, summed, kept_summed, apart, compared, kept_compared, together
    return together @ weights["decide"] + weights["decide_bias"], state


def backward(weights: Weights, batch: Batch, state: State, slope: Floats, gradients: Weights) -> None:
    """Fill `gradients` from the (S, 5) slope of the loss by the scores."""
    x, kept_word, read, most, kept_pooled, pooled, summed, kept_summed, apart, compared, kept_compared, together = state
    gradients["decide"][:], gradients["decide_bias"][:] = together.T @ slope, slope.sum(0)
    to_pooled, to_summed, to_seen = np.split(
        slope @ weights["decide"].T, [pooled.shape[1], pooled.shape[1] + _HIDDEN], axis=1
    )
    to_compared = to_seen * kept_compared * (compared > 0)
    to_apart = np.zeros((len(apart), _HIDDEN), apart.dtype)
    to_apart[batch.places] = to_compared
    gradients["compare_bias"][:] = to_compared.sum(0)
    to_apart = _deconvolve(apart, weights["compare"], to_apart, gradients["compare"])
    to_summed = (to_summed + to_apart[batch.places, :_HIDDEN] * kept_summed) * (summed > 0)
    gradients["sum_up"][:], gradients["sum_up_bias"][:] = pooled.T @ to_summed, to_summed.sum(0)
    to_pooled = (to_pooled + to_summed @ weights["sum_up"].T)[:, batch.numbers.shape[1] :] * kept_pooled
    to_most, to_mean = np.split(to_pooled, 2, axis=1)
    to_read = np.repeat(to_most, batch.lengths, 0) * (read == np.repeat(most, batch.lengths, 0))
    to_read += np.repeat(to_mean / batch.lengths[:, None].astype(read.dtype), batch.lengths, 0)
    to_read *= read > 0
    gradients["read_bias"][:] = to_read.sum(0)
    to_x = _deconvolve(x, weights["read"], to_read, gradients["read"])
    _sum_rows(to_x[:, :_WORD] * kept_word, batch.words, gradients["words"])
    _sum_rows(to_x[:, _WORD : _WORD + _CLASS], batch.classes, gradients["classes"])


def loss(scores: Floats, articles: Sequence[Targets]) -> tuple[float, Floats]:
    """Cross-entropy of source (no statement being the fourth) plus that of forecast, and its (S, 5) slope."""
    source = np.concatenate([targets.sources for targets in articles])
    forecast = np.concatenate([targets.forecasts for targets in articles])
    weight = np.concatenate([targets.weights for targets in articles])
    of_source = _SOURCE_WEIGHTS[source]
    of_source = weight * of_source / of_source.sum()
    of_forecast = np.where(forecast, _FORECAST_WEIGHT, 1.0) * (source != 3)
    of_forecast = weight * of_forecast / max(1.0, of_forecast.sum())
    rows = np.arange(len(source))
    odds = softmax(scores[:, _SOURCES])
    chance = expit(scores[:, _FORECAST])
    total = of_source @ np.log(odds[rows, source] + 1e-12)
    total += of_forecast @ np.log(np.where(forecast, chance, 1 - chance) + 1e-12)
    odds[rows, source] -= 1
    slope = np.empty_like(scores)
    slope[:, _SOURCES] = odds * of_source[:, None]
    slope[:, _FORECAST] = (chance - forecast) * of_forecast
    return -float(total), slope


def softmax(scores: Floats) -> Floats:
    odds: Floats = np.exp(scores - scores.max(axis=1, keepdims=True))
    odds /= odds.sum(axis=1, keepdims=True)
    return odds


def _drop(x: Floats, rate: float, random: np.random.Generator | None) -> tuple[Floats, Floats | float]:
    if random is None:
        return x, 1.0
    kept = (random.random(x.shape, dtype=np.float32) >= rate) * np.float32(1 / (1 - rate))
    return x * kept, kept


def _shifts(width: int, count: int) -> list[tuple[slice, slice]]:
    """For each offset of a window: the rows that have a neighbour there, and those neighbours."""
    return [
        (slice(max(0, -by), max(0, count - max(0, by))), slice(max(0, by), max(0, count + min(0, by))))
        for by in range(-(width // 2), width // 2 + 1)
    ]


def _convolve(x: Floats, kernel: Floats) -> Floats:
    """(n, inputs) by (width, inputs, outputs) to (n, outputs); beyond both ends lie zeros."""
    result = np.zeros((len(x), kernel.shape[2]), x.dtype)
    for part, (here, there) in zip(kernel, _shifts(len(kernel), len(x)), strict=True):
        result[here] += x[there] @ part
    return result


def _deconvolve(x: Floats, kernel: Floats, slope: Floats, gradient: Floats) -> Floats:
    """The slope by x, from that by the convolution; fills the kernel's gradient."""
    result = np.zeros_like(x)
    for part, filled, (here, there) in zip(kernel, gradient, _shifts(len(kernel), len(x)), strict=True):
        filled[:] = x[there].T @ slope[here]
        result[there] += slope[here] @ part.T
    return result


def _sum_rows(slope: Floats, rows: Rows, gradient: Floats) -> None:
    """The slope of a table by that of the rows looked up."""
    order = np.argsort(rows, kind="stable")
    met, first = np.unique(rows[order], return_index=True)
    gradient[:] = 0
    gradient[met] = np.add.reduceat(slope[order], first)
