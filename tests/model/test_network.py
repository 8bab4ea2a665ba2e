"""The network beside the linear models: right gradients, same seed same weights, any shape of article."""

import pickle
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest
from scipy.sparse import csr_matrix

from model import network
from model.lexicon import lexicon
from model.network import (
    FEATURES,
    WORD_SIZE,
    WORDS,
    ContextNetwork,
    Settings,
    Targets,
    backward,
    feature_shapes,
    forward,
    imitating,
    initial,
    join,
    loss,
    numbers_of,
    read,
    views,
    word_shapes,
)
from model.sources import find_sources
from model.words import Sentence, Vocabulary, WordTable, read_article

VOCABULARY, LABELS = Vocabulary(lexicon("en")), lexicon("en").labels
REPORT = ["Three people died in Tarn. Police said two were arrested.", "“It was loud,” said Mara Dunne. It will rain."]
RUMOUR = ["The talks failed, two officials said.", "Advertisement", "Shops may close, an aide said. The bridge is old."]
CODES: list[list[str]] = [["N", "A", "A", "NF"], ["U", "X", "UF", "N"]]


def analysed(paragraphs: list[str]) -> list[Sentence]:
    article = read_article(paragraphs, VOCABULARY)
    find_sources(article)
    return article


def features_of(article: Sequence[Sentence]) -> csr_matrix:
    """Five features a sentence; the last tells nothing."""
    rows = [[sentence.quoted, len(sentence.cues), sentence.position == 0, sentence.last, 1.0] for sentence in article]
    return csr_matrix(np.reshape(rows, (-1, 5)))


@pytest.fixture(scope="module")
def trained() -> ContextNetwork:
    return fit()


def fit(seed: int = 1, wrong: Sequence[str] = (), weight: float = 1.0) -> ContextNetwork:
    """Networks of many small steps over the two articles, and over one of them with wrong codes."""
    articles, codes, weights = [analysed(REPORT), analysed(RUMOUR)] * 8, CODES * 8, [1.0] * 16
    if wrong:
        articles, codes, weights = articles + articles[:1] * 8, codes + [list(wrong)] * 8, weights + [weight] * 8
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(network, "_BATCH_WORDS", 60)
        targets = [Targets.of(row, LABELS, count) for row, count in zip(codes, weights, strict=True)]
        return ContextNetwork().fit(articles, [features_of(article) for article in articles], targets, seed)


def probabilities(network: ContextNetwork, article: Sequence[Sentence]) -> npt.NDArray[np.float64]:
    return network.predict_proba(article, WordTable(article), features_of(article) @ network.feature_vectors())


@pytest.mark.parametrize("settings", [WORDS, FEATURES], ids=["words", "features"])
@pytest.mark.parametrize("dropping", [False, True])
@pytest.mark.parametrize("imitates", [False, True])
def test_hand_written_gradients_agree_with_finite_differences(
    settings: Settings, dropping: bool, imitates: bool
) -> None:
    batch = join(
        [
            read(article, WordTable(article), numbers_of(article), features_of(article))
            for article in map(analysed, (REPORT, RUMOUR))
        ]
    )
    _, words = np.unique(batch.words, return_inverse=True)
    _, classes = np.unique(batch.classes, return_inverse=True)
    batch = network.replace(batch, words=words, classes=classes)
    said = np.random.default_rng(2).normal(0, 2, (len(CODES[1]), 5))
    targets = [Targets.of(CODES[0], LABELS), Targets.by_teacher(said, LABELS, 0.5)]
    numbers = batch.numbers.shape[1]
    shapes = (
        word_shapes(words.max() + 1, classes.max() + 1, numbers, 5)
        if settings is WORDS
        else feature_shapes(5, numbers, 5)
    )
    shapes = imitating(shapes) if imitates else shapes
    random = np.random.default_rng(0)
    vector = initial(shapes, random).astype(float)
    weights = views(vector, shapes)

    def dropped() -> np.random.Generator | None:
        return np.random.default_rng(1) if dropping else None

    gradient = np.zeros_like(vector)
    scores, state = forward(weights, batch, settings, dropped())
    backward(weights, batch, state, loss(scores, targets, settings)[1], views(gradient, shapes))
    ends = np.cumsum([np.prod(shape) for shape in shapes.values()])
    for name, start, end in zip(shapes, [0, *ends], ends, strict=False):
        for at in random.integers(start, end, 20):
            value, step = vector[at], 1e-7  # small, so that no unit goes on or off in between
            losses = []
            for vector[at] in (value - step, value + step):
                losses.append(loss(forward(weights, batch, settings, dropped())[0], targets, settings)[0])
            vector[at] = value
            assert (losses[1] - losses[0]) / (2 * step) == pytest.approx(gradient[at], abs=1e-7, rel=1e-4), name


def test_it_learns_what_it_is_shown(trained: ContextNetwork) -> None:
    for paragraphs, codes in zip((REPORT, RUMOUR), CODES, strict=True):
        found = probabilities(trained, analysed(paragraphs))
        statement = found[:, 4] > 0.5
        assert statement.tolist() == [code != "X" for code in codes]
        assert found[statement, :3].argmax(axis=1).tolist() == ["NAU".index(code[0]) for code in codes if code != "X"]
        assert (found[statement, 3] > 0.5).tolist() == [code.endswith("F") for code in codes if code != "X"]


def test_the_same_seed_gives_the_same_network(trained: ContextNetwork) -> None:
    for seed in (1, 2):
        again = zip(fit(seed).weights_, trained.weights_, strict=True)
        assert all(np.array_equal(weights, before) == (seed == 1) for weights, before in again)


@pytest.mark.parametrize("paragraphs", [[], ["Rain fell."], ["…"], ["?!", "Rain fell.", "\u200b"], ["qzx " * 3000]])
def test_articles_of_any_shape_get_probabilities(trained: ContextNetwork, paragraphs: list[str]) -> None:
    article = analysed(paragraphs)
    for sentence in article[:1]:  # a sentence may have no words at all
        sentence.words, sentence.names, sentence.inside, sentence.cues = [], [], [], []
    found = probabilities(trained, article)
    assert found.shape == (len(article), 5)
    assert ((found >= 0) & (found <= 1)).all()
    assert found[:, :3].sum(axis=1) == pytest.approx(1)


def test_a_long_article_read_in_stretches_is_read_as_one(
    trained: ContextNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    article = analysed((REPORT + RUMOUR) * 8)
    whole = probabilities(trained, article)
    monkeypatch.setattr(network, "_STRETCH", 7)
    assert probabilities(trained, article) == pytest.approx(whole, abs=1e-5)


def test_what_is_looked_up_is_the_same_as_what_is_multiplied(trained: ContextNetwork) -> None:
    article = analysed(REPORT)
    features = features_of(article)
    batch = trained._encode(read(article, WordTable(article), numbers_of(article), features))
    looked_up = trained._project(batch), features @ trained.feature_vectors()
    for weights, projected in zip(trained._networks, looked_up, strict=True):
        assert forward(weights, batch, projected=projected)[0] == pytest.approx(forward(weights, batch)[0], abs=1e-5)


def test_words_that_were_not_learnt_share_a_vector_and_no_word_has_its_own(trained: ContextNetwork) -> None:
    article = analysed(["Zyx wvut."])
    known = set(trained.words_.tolist())
    batch = read(article, WordTable(article), numbers_of(article))
    keys, rows = batch.words, trained._encode(batch).words
    assert rows[keys == 0].tolist() == [0]
    unknown = [row for row, key in zip(rows.tolist(), keys.tolist(), strict=True) if key not in known]
    assert unknown
    assert set(unknown) == {len(trained.words_)}
    assert len(trained._networks[0]["words"]) == len(trained.words_) + 1


def test_half_precision_on_disk_changes_next_to_nothing(trained: ContextNetwork) -> None:
    stored = pickle.dumps(trained)
    assert len(stored) < 2.2 * sum(weights.size for weights in trained.weights_) + 10_000
    article = analysed(REPORT)
    assert probabilities(pickle.loads(stored), article) == pytest.approx(probabilities(trained, article), abs=0.01)


def test_an_article_that_counts_for_nothing_teaches_nothing() -> None:
    article = analysed(REPORT)
    wrong: list[str] = ["UF", "U", "N", "U"]
    for weight, learnt in ((0.0, CODES[0]), (20.0, wrong)):
        found = probabilities(fit(wrong=wrong, weight=weight), article)
        assert found[:, :3].argmax(axis=1).tolist() == ["NAU".index(code[0]) for code in learnt]


def test_words_begin_with_what_they_mean(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "_LEAST_WORD", 1)
    monkeypatch.setattr(network, "descend", lambda *_: None)
    article, vector = analysed(REPORT), np.arange(WORD_SIZE, dtype=np.float32)
    targets = [Targets.of(CODES[0], LABELS)]
    plain, lent = (
        ContextNetwork().fit([article], [features_of(article)], targets, vectors=vectors)
        for vectors in (None, {"arrested": vector, "unheard-of": -vector})
    )
    before, after = (each._networks[0]["words"] for each in (plain, lent))
    [row] = np.flatnonzero((before != after).any(axis=1))
    assert after[row].tolist() == vector.tolist()
    assert row == plain.words_.tolist().index(next(w.key for s in article for w in s.words if w.low == "arrested"))


def test_a_network_that_imitated_keeps_no_weights_for_it() -> None:
    article, said = analysed(REPORT), np.full((4, 5), -2.0)
    annotated, taught = Targets.of(CODES[0], LABELS), Targets.by_teacher(said, LABELS, 1.0)
    plain, imitated = (
        ContextNetwork().fit([article] * 3, [features_of(article)] * 3, [annotated, annotated, last])
        for last in (annotated, taught)
    )
    assert [weights.shape for weights in plain.weights_] == [weights.shape for weights in imitated.weights_]
    assert probabilities(imitated, article).shape == (4, 5)


def test_learning_from_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="no sentence to learn from"):
        ContextNetwork().fit([[]], [features_of([])], [Targets.of([], LABELS)])
