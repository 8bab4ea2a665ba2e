"""Two small neural networks that read each sentence among its neighbours; they err elsewhere than the linear models.

One reads words: a convolution, pooled over each sentence (after Kim 2014, "Convolutional neural networks for sentence
classification"). The other reads the named features as a bag of vectors. Both join what they read with numbers of the
analysis, and go on with a convolution over the sentences of the article. NumPy and SciPy alone: gradients by hand,
minibatches of whole articles, Adam (Kingma and Ba 2015) with decoupled weight decay.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, vstack
from scipy.special import expit

from model.hashes import KeyTable, Rows
from model.label_set import LabelSet
from model.subjects import NAMED, OPEN, UNNAMED
from model.words import Sentence, WordTable

Floats = npt.NDArray[Any]  # single precision; double where gradients are checked
Weights = dict[str, Floats]
State = tuple[Any, ...]
Shapes = dict[str, tuple[int, ...]]

# Sizes and settings, chosen by cross-validation.
WORD_SIZE = 32
_CLASS, _CHANNELS, _FEATURE, _HIDDEN = 12, 40, 32, 64
_WORDS_WIDE, _SENTENCES_WIDE = 5, 7
_LEAST_WORD, _LEAST_CLASS, _LEAST_FEATURE = 3, 10, 4  # sightings that earn a vector of its own
_BATCH_WORDS, _DECAY, _WARM_STEPS, _DROP_WORD = 5000, 1e-2, 50, 0.1
_IMITATION, _SPREAD = 1.0, 3.0  # how much a teacher's scores count in the loss, and how far about they are from 0


@dataclass(frozen=True, slots=True)
class Settings:
    """How a network is trained."""

    epochs: int
    rate: float
    drop_read: float  # share of what was read that is dropped in training
    drop_hidden: float
    rare_weight: float  # of rare sources and of forecasts in the loss
    forecast_weight: float


WORDS = Settings(16, 2e-3, 0.2, 0.2, 2.0, 3.0)
FEATURES = Settings(12, 1.5e-3, 0.5, 0.3, 1.5, 2.0)


def _one_hot(*values: str) -> dict[str, tuple[bool, ...]]:
    """Of each value, and of none, which one it is."""
    return {value: tuple([value == other for other in values]) for value in ("", *values)}


_FORECAST = -2  # column of the scores; the others, of the sources and of no statement, exclude each other
_FLAGS = 12
_FOUND = _one_hot("", "own", "ahead", "behind", "colon", "later", "paragraph_before", "earlier")
_REFERS, _KNOWN = _one_hot(NAMED, UNNAMED, OPEN), _one_hot(NAMED, UNNAMED)
# Articles are read in stretches with so many sentences before and behind: as far as the two convolutions see.
_STRETCH, _SEEN = 250, 5
_STACKED = ("words", "classes", "flags", "lengths", "numbers", "joined")  # fields of a batch that are simply stacked
_WIDTHS = {"read": _WORDS_WIDE, "compare": _SENTENCES_WIDE}  # windows of the convolutions


@dataclass(frozen=True, slots=True)
class Batch:
    """Articles as arrays. Before each sentence stands a row of its own: T rows for words, S sentences."""

    words: npt.NDArray[Any]  # (T,) hashes of words; rows of the table once encoded
    classes: npt.NDArray[Any]  # (T,) likewise of word classes
    flags: Floats  # (T, _FLAGS) what the analysis found at the word
    lengths: Rows  # (S,) rows of the sentence, at least one
    numbers: Floats  # (S, n) see `numbers_of`; standardised once encoded
    joined: Floats  # (S, 2) whether the sentences before and after belong to the same paragraph
    places: Rows  # (S,) row of the sentence where articles are kept apart
    features: csr_matrix | None  # (S, f) named features; None where `forward` is given what they come to


class ContextNetwork:
    """Probabilities of source, forecast and statement for the sentences of an article: the mean of two networks.

    Columns as in `classifier`: the sources (which sum to one), forecast, statement. Training and serving are linear in
    the length of the text. Same articles, codes, weights and seed: same networks.
    """

    def fit(
        self,
        articles: Sequence[Sequence[Sentence]],
        features: Sequence[csr_matrix],
        targets: Sequence[Targets],
        seed: int = 0,
        vectors: Mapping[str, Floats] | None = None,
    ) -> ContextNetwork:
        """Train on analysed articles, with the features (sentences, f) and the targets of their sentences.

        `vectors`: what words mean, (WORD_SIZE,) each, to begin with; those of other words begin at random.
        Raises ValueError where there is no sentence, or where the arguments differ in length.
        """
        given = [
            (read(article, WordTable(article), numbers_of(article), named), wanted)
            for article, named, wanted in zip(articles, features, targets, strict=True)
            if len(article)
        ]
        if not given:
            raise ValueError("there is no sentence to learn from")
        batches = [batch for batch, _ in given]
        self.sources_ = len(targets[0].rare) - 1
        self.words_ = _frequent(np.concatenate([batch.words for batch in batches]), _LEAST_WORD)
        self.classes_ = _frequent(np.concatenate([batch.classes for batch in batches]), _LEAST_CLASS)
        sightings = vstack([batch.features for batch in batches]).getnnz(axis=0)
        self.features_ = np.flatnonzero(sightings >= _LEAST_FEATURE).astype(np.int32)
        self.width_ = len(sightings)
        numbers = np.vstack([batch.numbers for batch in batches])
        self.mean_, self.deviation_ = numbers.mean(0), numbers.std(0) + np.float32(1e-6)
        self._index()
        encoded = [(self._encode(batch), wanted) for batch, wanted in given]
        imitates = any(wanted.taught.any() for _, wanted in given)
        self.weights_ = []
        for i, (shapes, settings) in enumerate(zip(self._shapes(), (WORDS, FEATURES), strict=True)):
            random = np.random.default_rng([seed, i])
            grown = imitating(shapes) if imitates else shapes
            weights = initial(grown, random)
            if "words" in shapes:
                self._lend(views(weights, grown)["words"], vectors or {})
            descend(weights, encoded, grown, settings, random)
            kept = [part[..., : shapes[name][-1]].ravel() for name, part in views(weights, grown).items()]
            self.weights_.append(np.concatenate(kept).astype(np.float16).astype(np.float32))  # as precise as on disk
        self._index()
        return self

    def _lend(self, table: Floats, vectors: Mapping[str, Floats]) -> None:
        """Write the vectors of the words that have a row."""
        row_of = {key: row for row, key in enumerate(self.words_.tolist())}
        for word, vector in vectors.items():
            if row := row_of.get(zlib.crc32(word.encode())):
                table[row] = vector

    def predict_proba(self, article: Sequence[Sentence], table: WordTable, bags: Floats) -> npt.NDArray[np.float64]:
        """(sentences, sources + 2) probabilities of an analysed article with its words.

        `bags`: the product of its features, (sentences, f), and `feature_vectors()`.
        """
        count = self.sources_
        result = np.zeros((len(article), count + 2))
        if not len(article):
            return result
        numbers = numbers_of(article)
        for start in range(0, len(article), _STRETCH):
            before, stop = max(0, start - _SEEN), min(start + _STRETCH, len(article))
            near = slice(before, stop + _SEEN)
            part = (article, table) if len(article) <= _STRETCH else (article[near], WordTable(article[near]))
            batch = self._encode(read(*part, numbers[near]))
            each = [
                forward(network, batch, projected=projected)[0][start - before : stop - before]
                for network, projected in zip(self._networks, (self._project(batch), bags[near]), strict=True)
            ]
            scores = np.array(each, float)
            states = softmax(scores[..., _excluding(count)])[..., :count].sum(-1, keepdims=True)
            chances = softmax(scores[..., :count]), expit(scores[..., _FORECAST, None]), states
            result[start:stop] = np.concatenate(chances, axis=-1).sum(0)
        return result / len(self._networks)

    def __getstate__(self) -> dict[str, Any]:
        """Half precision: the weights are many, and need no more."""
        state = {name: value for name, value in vars(self).items() if not name.startswith("_")}
        return {**state, "weights_": [vector.astype(np.float16) for vector in self.weights_]}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update({**state, "weights_": [vector.astype(np.float32) for vector in state["weights_"]]})
        self._index()

    def _shapes(self) -> tuple[Shapes, Shapes]:
        sizes = len(self.mean_), self.sources_ + 2
        # One row more for words, and for classes, that were not learnt.
        return word_shapes(len(self.words_) + 1, len(self.classes_) + 1, *sizes), feature_shapes(
            len(self.features_), *sizes
        )

    def feature_vectors(self) -> Floats:
        """(f, _FEATURE), of every feature; of those that it did not learn, zero."""
        vectors = np.zeros((self.width_, _FEATURE), np.float32)
        vectors[self.features_] = self._networks[1]["features"]
        return vectors

    def _index(self) -> None:
        self._row_of_word, self._row_of_class = KeyTable(self.words_), KeyTable(self.classes_)
        if "weights_" in vars(self):
            self._networks = [
                views(vector, shapes) for vector, shapes in zip(self.weights_, self._shapes(), strict=True)
            ]
            words, kernel = self._networks[0], self._networks[0]["read"]
            self._projected_words = words["words"] @ kernel[:WORD_SIZE]
            self._projected_classes = words["classes"] @ kernel[WORD_SIZE : WORD_SIZE + _CLASS]

    def _project(self, batch: Batch) -> Floats:
        """What `forward` computes of words, classes and flags, by looking up what never changes once trained."""
        projected: Floats = self._projected_words.take(batch.words, axis=0)
        projected += self._projected_classes.take(batch.classes, axis=0)
        projected += batch.flags @ self._networks[0]["read"][WORD_SIZE + _CLASS :]
        return projected

    def _encode(self, batch: Batch) -> Batch:
        """Hashes to rows of the tables, numbers standardised."""
        return replace(
            batch,
            words=self._row_of_word.find(batch.words),
            classes=self._row_of_class.find(batch.classes),
            numbers=(batch.numbers - self.mean_) / self.deviation_,
            features=None if batch.features is None else batch.features[:, self.features_],
        )


@dataclass(frozen=True, slots=True)
class Targets:
    """What is to be said of S sentences, and how much each counts: of an annotation 0 or 1, of a teacher chances.

    Who learns to repeat a teacher's scores besides learns more from the same text (after Ba and Caruana 2014, "Do deep
    nets really need to be deep?"): a small chance and a smaller one differ in them as much as two large ones.
    """

    sources: Floats  # (S, sources + 1) of each source, and of no statement
    forecasts: Floats  # (S,) of a forecast, if it is a statement
    rare: npt.NDArray[np.bool_]  # (sources + 1,) is the source a rare one?
    weights: Floats  # (S,)
    scores: Floats  # (S, sources + 2) a teacher's: of each source, of no statement, of a forecast; 0 without a teacher
    taught: npt.NDArray[np.bool_]  # (S,) is there a teacher?

    @classmethod
    def of(cls, codes: Sequence[str], labels: LabelSet, weight: float = 1.0) -> Targets:
        """Those of an annotation; the sentences count `weight` each."""
        said = [labels.codes[code] for code in codes]
        number = {source.name: number for number, source in enumerate(labels.sources)}
        columns = [number[source] if source else len(number) for source, _ in said]
        return cls(
            np.eye(len(number) + 1)[columns],
            np.array([forecast for _, forecast in said], float),
            rare_sources(labels),
            np.full(len(codes), weight),
            np.zeros((len(codes), len(number) + 2)),
            np.zeros(len(codes), bool),
        )

    @classmethod
    def by_teacher(cls, scores: Floats, labels: LabelSet, weight: float) -> Targets:
        """Those of a teacher's scores, (S, sources + 2), logarithms of odds; the sentences count `weight` each."""
        sources, forecasts = softmax(scores[:, :-1]), expit(scores[:, -1])
        count = len(scores)
        return cls(
            sources, forecasts, rare_sources(labels), np.full(count, weight), scores / _SPREAD, np.ones(count, bool)
        )

    @classmethod
    def joined(cls, parts: Sequence[Targets]) -> Targets:
        """Those of several articles of one label set."""
        joined = {
            name: np.concatenate([getattr(part, name) for part in parts])
            for name in ("sources", "forecasts", "weights", "scores", "taught")
        }
        return cls(rare=parts[0].rare, **joined)


def rare_sources(labels: LabelSet) -> npt.NDArray[np.bool_]:
    """(sources + 1,): which sources are rare; no statement is not."""
    return np.array([*(source.rare for source in labels.sources), False])


def _frequent(keys: npt.NDArray[Any], least: int) -> npt.NDArray[Any]:
    """The hashes met at least so often, sorted: first 0, for no word, which every sentence begins with."""
    met, counts = np.unique(keys, return_counts=True)
    frequent: npt.NDArray[Any] = met[(counts >= least) | (met == 0)]
    return frequent


def read(article: Sequence[Sentence], table: WordTable, numbers: Floats, features: csr_matrix | None = None) -> Batch:
    """The arrays of analysed sentences, at least one, with their words, numbers and features, (sentences, f)."""
    lengths = np.bincount(table.row, minlength=len(article)) + 1
    starts = np.cumsum(lengths) - lengths
    at = np.arange(len(table.row)) + table.row + 1
    size = len(table.row) + len(article)
    keys, classes = np.zeros(size, np.uint32), np.zeros(size, np.uint32)
    keys[at] = np.where(table.names, table["name_key"], table["key"])
    classes[at] = np.where(table.names, table["name_class_key"], table["class_key"])
    flags = np.zeros((size, _FLAGS), np.float32)
    flags[at, :4] = np.array([table.inside, table.names, table["capital"], table["future"]]).T
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
    paragraph = np.array([sentence.paragraph for sentence in article])
    joined = np.zeros((len(article), 2), np.float32)
    joined[1:, 0] = joined[:-1, 1] = paragraph[1:] == paragraph[:-1]
    return Batch(keys, classes, flags, lengths, numbers, joined, np.arange(len(article)), features)


def numbers_of(article: Sequence[Sentence]) -> Floats:
    """(sentences, n): what the analysis found in each sentence of an article, one at least, then in the mean of all.

    How an article treats its sources as a whole says something of each of its sentences.
    """
    numbers = np.fromiter(chain.from_iterable(map(_numbers, article)), np.float32).reshape(len(article), -1)
    return np.hstack([numbers, np.broadcast_to(numbers.mean(axis=0), numbers.shape)])


def _numbers(sentence: Sentence) -> list[float]:
    """How the sentence is spoken, what its cues cover, whom "he" and "they" refer to, and where it stands."""
    strong = weak = subdued = final = clause = 0
    for cue in sentence.cues:
        if cue.strong and not cue.negated:
            strong += 1
        else:
            weak += 1
        subdued |= cue.pattern in ("relative", "embedded")
        final |= cue.pattern in ("final", "inverted", "according")
        clause |= cue.clause
    return [
        sentence.quoted, sentence.starts_inside, sentence.ends_inside, sentence.runs_on,
        *_REFERS[sentence.speaker], *_FOUND[sentence.speaker_found], *_KNOWN[sentence.own_source], *sentence.covered,
        strong, weak, subdued, final, clause,
        *_KNOWN[sentence.memory[0]], *_KNOWN[sentence.memory[1]],
        min(sentence.paragraph, 40), min(sentence.position, 10), min(sentence.siblings, 10), sentence.last,
        min(sentence.length, 60),
    ]  # fmt: skip


def join(articles: Sequence[Batch]) -> Batch:
    """Several articles as one batch, so far apart that no sentence sees another article."""
    counts = [len(article.lengths) for article in articles]
    apart = np.repeat(np.arange(len(articles)) * (_SENTENCES_WIDE // 2), counts)
    joined = {name: np.concatenate([getattr(a, name) for a in articles]) for name in _STACKED}
    places = np.arange(sum(counts)) + apart
    return Batch(**joined, places=places, features=vstack([a.features for a in articles], format="csr"))


def word_shapes(words: int, classes: int, numbers: int, scores: int) -> Shapes:
    """The shape of each weight of the network that reads words."""
    return {
        "words": (words, WORD_SIZE),
        "classes": (classes, _CLASS),
        "read": (WORD_SIZE + _CLASS + _FLAGS, _WORDS_WIDE * _CHANNELS),
        "read_bias": (_CHANNELS,),
    } | _shapes_behind(numbers + 2 * _CHANNELS, scores)


def feature_shapes(features: int, numbers: int, scores: int) -> Shapes:
    """The shape of each weight of the network that reads named features."""
    return {"features": (features, _FEATURE)} | _shapes_behind(numbers + _FEATURE, scores)


def _shapes_behind(pooled: int, scores: int) -> Shapes:
    return {
        "sum_up": (pooled, _HIDDEN),
        "sum_up_bias": (_HIDDEN,),
        "compare": (_HIDDEN + 2, _SENTENCES_WIDE * _HIDDEN),
        "compare_bias": (_HIDDEN,),
        "decide": (pooled + 2 * _HIDDEN, scores),
        "decide_bias": (scores,),
    }


def imitating(shapes: Shapes) -> Shapes:
    """The shapes with columns more for scores like a teacher's."""
    doubled = {name: (*shapes[name][:-1], 2 * shapes[name][-1]) for name in ("decide", "decide_bias")}
    return {**shapes, **doubled}


def initial(shapes: Shapes, random: np.random.Generator) -> Floats:
    """All weights in one vector: normal, scaled by the number of inputs; biases zero."""
    scale = {"words": 0.3, "classes": 0.4, "features": 0.05}
    parts = []
    for name, shape in shapes.items():
        deviation = 0.0 if name.endswith("bias") else scale.get(name, (shape[0] * _WIDTHS.get(name, 1)) ** -0.5)
        parts.append(random.standard_normal(int(np.prod(shape)), dtype=np.float32) * np.float32(deviation))
    return np.concatenate(parts)


def views(vector: Floats, shapes: Shapes) -> Weights:
    """The weights by name, as views into the one vector that holds them all."""
    parts = np.split(vector, np.cumsum([np.prod(shape) for shape in shapes.values()]))
    return {name: part.reshape(shape) for (name, shape), part in zip(shapes.items(), parts, strict=False)}


def descend(
    weights: Floats,
    articles: Sequence[tuple[Batch, Targets]],
    shapes: Shapes,
    settings: Settings,
    random: np.random.Generator,
) -> None:
    """Train all weights, in place, by Adam on shuffled articles; the rate rises at first, then falls to little."""
    gradient, first, second = (np.zeros_like(weights) for _ in range(3))
    named, gradients = views(weights, shapes), views(gradient, shapes)
    sizes = np.array([len(batch.words) for batch, _ in articles])
    steps = settings.epochs * (int(sizes.sum()) / _BATCH_WORDS + 1)
    step = 0
    for _ in range(settings.epochs):
        order = random.permutation(len(articles))
        number = np.cumsum(sizes[order]) // _BATCH_WORDS
        for chosen in np.split(order, np.flatnonzero(np.diff(number)) + 1):
            step += 1
            batch = join([articles[i][0] for i in chosen])
            scores, state = forward(named, batch, settings, random)
            slope = loss(scores, [articles[i][1] for i in chosen], settings)[1]
            backward(named, batch, state, slope, gradients)
            rate = settings.rate * min(1, step / _WARM_STEPS) * max(0.03, 1 - step / steps)
            first += 0.1 * (gradient - first)
            second += 0.01 * (gradient * gradient - second)
            weights *= 1 - rate * _DECAY
            weights -= rate / (1 - 0.9**step) * first / (np.sqrt(second / (1 - 0.99**step)) + 1e-7)


def forward(
    weights: Weights,
    batch: Batch,
    settings: Settings | None = None,
    random: np.random.Generator | None = None,
    projected: Floats | None = None,
) -> tuple[Floats, State]:
    """(S, sources + 2) scores, behind them as many like a teacher's where it imitates, and what `backward` needs.

    With `random`, in training, some inputs of each layer are dropped. `projected` spares multiplying words by the
    kernel, (T, width x channels), see `ContextNetwork._project`; or features by their vectors, (S, _FEATURE).
    """
    drop_read, drop_hidden = (settings.drop_read, settings.drop_hidden) if settings else (0.0, 0.0)
    reader = _read_words if "words" in weights else _read_features
    part, read_state = reader(weights, batch, random, projected)
    part, kept_part = _drop(part, drop_read, random)
    pooled = np.concatenate([batch.numbers, part], axis=1)
    summed = np.maximum(pooled @ weights["sum_up"] + weights["sum_up_bias"], 0)
    dropped, kept_summed = _drop(summed, drop_hidden, random)
    apart = np.zeros((batch.places[-1] + 1, _HIDDEN + 2), summed.dtype)
    apart[batch.places] = np.concatenate([dropped, batch.joined], axis=1)
    compared = _add_shifted(apart @ weights["compare"], _SENTENCES_WIDE).take(batch.places, axis=0)
    compared = np.maximum(compared + weights["compare_bias"], 0)
    seen, kept_compared = _drop(compared, drop_hidden, random)
    together = np.concatenate([pooled, summed, seen], axis=1)
    state = read_state, kept_part, pooled, summed, kept_summed, apart, compared, kept_compared, together
    return together @ weights["decide"] + weights["decide_bias"], state


def backward(weights: Weights, batch: Batch, state: State, slope: Floats, gradients: Weights) -> None:
    """Fill `gradients` from the slope of the loss by the scores."""
    read_state, kept_part, pooled, summed, kept_summed, apart, compared, kept_compared, together = state
    gradients["decide"][:], gradients["decide_bias"][:] = together.T @ slope, slope.sum(0)
    to_pooled, to_summed, to_seen = np.split(
        slope @ weights["decide"].T, [pooled.shape[1], pooled.shape[1] + _HIDDEN], axis=1
    )
    to_compared = to_seen * kept_compared * (compared > 0)
    gradients["compare_bias"][:] = to_compared.sum(0)
    to_apart = np.zeros((len(apart), _HIDDEN), apart.dtype)
    to_apart[batch.places] = to_compared
    to_apart = _spread_shifted(to_apart, _SENTENCES_WIDE)
    gradients["compare"][:] = apart.T @ to_apart
    to_dropped = (to_apart @ weights["compare"].T)[batch.places, :_HIDDEN]
    to_summed = (to_summed + to_dropped * kept_summed) * (summed > 0)
    gradients["sum_up"][:], gradients["sum_up_bias"][:] = pooled.T @ to_summed, to_summed.sum(0)
    to_part = (to_pooled + to_summed @ weights["sum_up"].T)[:, batch.numbers.shape[1] :] * kept_part
    back = _read_words_back if "words" in weights else _read_features_back
    back(weights, batch, read_state, to_part, gradients)


def _read_words(
    weights: Weights, batch: Batch, random: np.random.Generator | None, projected: Floats | None
) -> tuple[Floats, State]:
    """(S, 2 x channels): the convolution over words, at its most and in the mean over each sentence."""
    starts = np.cumsum(batch.lengths) - batch.lengths
    x, kept = None, None
    if projected is None:
        vectors, kept = _drop(weights["words"][batch.words], _DROP_WORD, random)
        x = np.hstack([vectors, weights["classes"][batch.classes], batch.flags])
        projected = x @ weights["read"]
    read = _add_shifted(projected, _WORDS_WIDE)
    read += weights["read_bias"]
    np.maximum(read, 0, out=read)
    most = np.maximum.reduceat(read, starts)
    mean = np.add.reduceat(read, starts) / batch.lengths[:, None].astype(read.dtype)
    return np.concatenate([most, mean], axis=1), (x, kept, read, most)


def _read_words_back(weights: Weights, batch: Batch, state: State, slope: Floats, gradients: Weights) -> None:
    x, kept, read, most = state
    to_most, to_mean = np.split(slope, 2, axis=1)
    to_read = np.repeat(to_most, batch.lengths, 0) * (read == np.repeat(most, batch.lengths, 0))
    to_read += np.repeat(to_mean / batch.lengths[:, None].astype(read.dtype), batch.lengths, 0)
    to_read *= read > 0
    gradients["read_bias"][:] = to_read.sum(0)
    to_projected = _spread_shifted(to_read, _WORDS_WIDE)
    gradients["read"][:] = x.T @ to_projected
    to_x = to_projected @ weights["read"].T
    _sum_rows(to_x[:, :WORD_SIZE] * kept, batch.words, gradients["words"])
    _sum_rows(to_x[:, WORD_SIZE : WORD_SIZE + _CLASS], batch.classes, gradients["classes"])


def _read_features(
    weights: Weights, batch: Batch, random: np.random.Generator | None, projected: Floats | None
) -> tuple[Floats, State]:
    """(S, _FEATURE): the sum of the vectors of the sentence's features, where it is above zero."""
    bag = np.maximum(batch.features @ weights["features"] if projected is None else projected, 0)
    return bag, (bag,)


def _read_features_back(weights: Weights, batch: Batch, state: State, slope: Floats, gradients: Weights) -> None:
    (bag,) = state
    assert batch.features is not None
    gradients["features"][:] = batch.features.T @ (slope * (bag > 0))


def loss(scores: Floats, articles: Sequence[Targets], settings: Settings) -> tuple[float, Floats]:
    """Cross-entropy of source (no statement being one more) plus that of forecast, and its slope.

    Where the network imitates, its further scores are to be a teacher's: plus the mean square of how far off they are.
    """
    targets = Targets.joined(articles)
    count = targets.scores.shape[1]
    exclusive = _excluding(count - 2)
    of_source = targets.sources * np.where(targets.rare, settings.rare_weight, 1.0)
    of_source *= targets.weights[:, None] / of_source.sum()
    states = 1 - targets.sources[:, -1]
    of_forecast = settings.forecast_weight * targets.forecasts * states
    against = (1 - targets.forecasts) * states
    scale = targets.weights / max(1.0, of_forecast.sum() + against.sum())
    of_forecast, against = of_forecast * scale, against * scale
    odds = softmax(scores[:, exclusive])
    chance = expit(scores[:, count + _FORECAST])
    total = (of_source * np.log(odds + 1e-12)).sum()
    total += of_forecast @ np.log(chance + 1e-12) + against @ np.log(1 - chance + 1e-12)
    slope = np.empty_like(scores)
    slope[:, exclusive] = odds * of_source.sum(axis=1, keepdims=True) - of_source
    slope[:, count + _FORECAST] = chance * (of_forecast + against) - of_forecast
    imitated = scores[:, count:]
    away = (imitated - targets.scores[:, : imitated.shape[1]]) * targets.taught[:, None]
    share = targets.weights * targets.taught
    scale = _IMITATION * share[:, None] / max(1.0, share.sum() * count)
    slope[:, count:] = 2 * scale * away
    return float((scale * away * away).sum() - total), slope


def _excluding(sources: int) -> list[int]:
    """The columns of scores that exclude each other: all but that of forecasts."""
    return [*range(sources), sources + 1]


def softmax(scores: Floats) -> Floats:
    odds: Floats = np.exp(scores - scores.max(axis=-1, keepdims=True))
    odds /= odds.sum(axis=-1, keepdims=True)
    return odds


def _drop(x: Floats, rate: float, random: np.random.Generator | None) -> tuple[Floats, Floats | float]:
    if random is None:
        return x, 1.0
    kept = (random.random(x.shape, dtype=np.float32) >= rate) * np.float32(1 / (1 - rate))
    return x * kept, kept


def _add_shifted(projected: Floats, width: int) -> Floats:
    """A convolution: (n, width x outputs), each row projected for each offset of the window, to (n, outputs)."""
    count = len(projected)
    parts = projected.reshape(count, width, -1)
    padded = np.zeros((count + width - 1, parts.shape[2]), parts.dtype)
    for number in range(width):
        padded[width - 1 - number :][:count] += parts[:, number]
    return padded[width // 2 :][:count]


def _spread_shifted(slope: Floats, width: int) -> Floats:
    """The slope by `projected`, (n, width x outputs), from that by the convolution, (n, outputs)."""
    count = len(slope)
    padded = np.zeros((count + width - 1, slope.shape[1]), slope.dtype)
    padded[width // 2 :][:count] = slope
    return np.concatenate([padded[width - 1 - number :][:count] for number in range(width)], axis=1)


def _sum_rows(slope: Floats, rows: Rows, gradient: Floats) -> None:
    """The slope of a table by that of the rows looked up."""
    order = np.argsort(rows, kind="stable")
    met, first = np.unique(rows[order], return_index=True)
    gradient[:] = 0
    gradient[met] = np.add.reduceat(slope[order], first)
