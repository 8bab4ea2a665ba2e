"""The network beside the linear models: right gradients, same seed same weights, any shape of article."""

import pickle
from collections.abc import Sequence

import numpy as np
import pytest

from model import network
from model.corpus import Code
from model.lexicon import lexicon
from model.network import ContextNetwork, Targets, backward, forward, initial, join, loss, read, views, weight_shapes
from model.sources import find_sources
from model.words import Sentence, Vocabulary, read_article

VOCABULARY = Vocabulary(lexicon("en"))
REPORT = ["Three people died in Tarn. Police said two were arrested.", "“It was loud,” said Mara Dunne. It will rain."]
RUMOUR = ["The talks failed, two officials said.", "Advertisement", "Shops may close, an aide said. The bridge is old."]
CODES: list[list[Code]] = [["N", "A", "A", "NF"], ["U", "X", "UF", "N"]]


def analysed(paragraphs: list[str]) -> list[Sentence]:
    article = read_article(paragraphs, VOCABULARY)
    find_sources(article)
    return article


@pytest.fixture(scope="module")
def trained() -> ContextNetwork:
    return fit()


def fit(seed: int = 1, wrong: Sequence[Code] = (), weight: float = 1.0) -> ContextNetwork:
    """Networks of many small steps over the two articles, and over one of them with wrong codes."""
    articles, codes, weights = [analysed(REPORT), analysed(RUMOUR)] * 8, CODES * 8, [1.0] * 16
    if wrong:
        articles, codes, weights = articles + articles[:1] * 8, codes + [list(wrong)] * 8, weights + [weight] * 8
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(network, "_BATCH_WORDS", 60)
        return ContextNetwork().fit(articles, codes, seed, weights)


@pytest.mark.parametrize("dropping", [False, True])
def test_hand_written_gradients_agree_with_finite_differences(dropping: bool) -> None:
    batch = join([read(analysed(REPORT)), read(analysed(RUMOUR))])
    _, words = np.unique(batch.words, return_inverse=True)
    _, classes = np.unique(batch.classes, return_inverse=True)
    batch = network.replace(batch, words=words, classes=classes)
    targets = [Targets.of(codes, weight) for codes, weight in zip(CODES, (1.0, 0.5), strict=True)]
    shapes = weight_shapes(words.max() + 1, classes.max() + 1, batch.numbers.shape[1])
    random = np.random.default_rng(0)
    vector = initial(shapes, random).astype(float)
    weights = views(vector, shapes)

    def dropped() -> np.random.Generator | None:
        return np.random.default_rng(1) if dropping else None

    gradient = np.zeros_like(vector)
    scores, state = forward(weights, batch, dropped())
    backward(weights, batch, state, loss(scores, targets)[1], views(gradient, shapes))
    ends = np.cumsum([np.prod(shape) for shape in shapes.values()])
    for name, start, end in zip(shapes, [0, *ends], ends, strict=False):
        for at in random.integers(start, end, 20):
            value, step = vector[at], 1e-7  # small, so that no unit goes on or off in between
            losses = []
            for vector[at] in (value - step, value + step):
                losses.append(loss(forward(weights, batch, dropped())[0], targets)[0])
            vector[at] = value
            assert (losses[1] - losses[0]) / (2 * step) == pytest.approx(gradient[at], abs=1e-7, rel=1e-4), name


def test_it_learns_what_it_is_shown(trained: ContextNetwork) -> None:
    for paragraphs, codes in zip((REPORT, RUMOUR), CODES, strict=True):
        found = trained.predict_proba(analysed(paragraphs))
        statement = found[:, 4] > 0.5
        assert statement.tolist() == [code != "X" for code in codes]
        assert found[statement, :3].argmax(axis=1).tolist() == ["NAU".index(code[0]) for code in codes if code != "X"]
        assert (found[statement, 3] > 0.5).tolist() == [code.endswith("F") for code in codes if code != "X"]


def test_the_same_seed_gives_the_same_network(trained: ContextNetwork) -> None:
    assert np.array_equal(fit(seed=1).weights_, trained.weights_)
    assert not np.array_equal(fit(seed=2).weights_, trained.weights_)


@pytest.mark.parametrize("paragraphs", [[], ["Rain fell."], ["…"], ["?!", "Rain fell.", "\u200b"], ["qzx " * 3000]])
def test_articles_of_any_shape_get_probabilities(trained: ContextNetwork, paragraphs: list[str]) -> None:
    article = analysed(paragraphs)
    for sentence in article[:1]:  # a sentence may have no words at all
        sentence.words, sentence.names, sentence.inside, sentence.cues = [], [], [], []
    found = trained.predict_proba(article)
    assert found.shape == (len(article), 5)
    assert ((found >= 0) & (found <= 1)).all()
    assert found[:, :3].sum(axis=1) == pytest.approx(1)


def test_a_long_article_read_in_stretches_is_read_as_one(
    trained: ContextNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    article = analysed((REPORT + RUMOUR) * 8)
    whole = trained.predict_proba(article)
    monkeypatch.setattr(network, "_STRETCH", 7)
    assert trained.predict_proba(article) == pytest.approx(whole, abs=1e-5)


def test_half_precision_on_disk_changes_next_to_nothing(trained: ContextNetwork) -> None:
    stored = pickle.dumps(trained)
    assert len(stored) < 2.2 * trained.weights_.size + 10_000
    article = analysed(REPORT)
    assert pickle.loads(stored).predict_proba(article) == pytest.approx(trained.predict_proba(article), abs=0.01)


def test_an_article_that_counts_for_nothing_teaches_nothing() -> None:
    article = analysed(REPORT)
    wrong: list[Code] = ["UF", "U", "N", "U"]
    for weight, learnt in ((0.0, CODES[0]), (20.0, wrong)):
        found = fit(wrong=wrong, weight=weight).predict_proba(article)
        assert found[:, :3].argmax(axis=1).tolist() == ["NAU".index(code[0]) for code in learnt]


def test_learning_from_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="no sentence to learn from"):
        ContextNetwork().fit([[]], [[]])
