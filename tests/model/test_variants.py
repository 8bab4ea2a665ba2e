"""What a teacher said of variants of articles, and of words: how it is read, and how it teaches."""

import gzip
import json

import numpy as np
import pytest

from model import classifier, training
from model.corpus import Annotated, Article
from model.lexicon import lexicon
from model.variants import Lessons, Variant, read_lessons, swap, write_lessons
from tests.model.test_network import analysed
from tests.model.test_training import NAMES, corpus

LABELS = lexicon().labels
TEXTS = [("Rain fell in Tarn, the mayor said.", "A"), ("It was cold.", "N")]
ARTICLE = Article("own/1", [[Annotated("Headline", "X")], [Annotated(*each) for each in TEXTS]])
PARAGRAPH = {
    "number": 1,
    "words": [[0, "Snow"], [6, "hoped"]],
    "sentences": [[35, -10, 25, 0, -15, -20], [48, 30, -10, -10, -10, -60]],
}
ROW = {"id": "own/1", "paragraphs": [PARAGRAPH]}
MEANING = {"word": "snow", "vector": [*range(-16, 16)]}


def written(path, *rows):
    write_lessons(path, rows)
    return path


def test_words_are_swapped_by_their_number():
    assert swap("Mara’s well-known dog, 3, sat.", {0: "Omar’s", 2: "cat"}) == "Omar’s well-known cat, 3, sat."
    assert swap("No change.", {}) == "No change."


def test_a_variant_holds_what_the_teacher_read_and_said(tmp_path):
    path = written(tmp_path / "variants.jsonl.gz", {"id": "another/7", "paragraphs": []}, ROW, MEANING)
    lessons = read_lessons(path, [ARTICLE], LABELS)
    [variant] = lessons.variants
    assert {word: vector.tolist() for word, vector in lessons.vectors.items()} == {
        "snow": [number / 32 for number in range(-16, 16)]
    }
    assert variant.texts == ["Snow fell in Tarn, the mayor hoped. It was cold."]
    targets = variant.targets(analysed(variant.texts), LABELS, 0.3)
    odds = np.exp([[-1, 2.5, 0, -1.5], [3, -1, -1, -1]])
    assert targets.sources == pytest.approx(odds / odds.sum(axis=1, keepdims=True))
    assert targets.forecasts == pytest.approx(1 / (1 + np.exp([2, 6])))
    assert targets.taught.all()
    assert targets.weights.tolist() == [0.3, 0.3]


def test_the_same_variants_are_the_same_bytes(tmp_path):
    assert written(tmp_path / "a.gz", ROW).read_bytes() == written(tmp_path / "b.gz", ROW).read_bytes()


@pytest.mark.parametrize(
    "change",
    [
        {"number": 2},
        {"number": -1},
        {"number": "1"},
        {"words": [[10, "beyond"]]},
        {"words": [["a", "b"]]},
        {"words": None},
        {"sentences": []},
        {"sentences": [[35, 3, 90, 7, 0]]},
        {"sentences": [[35, 3, "90", 7, 0, 12]]},
    ],
)
def test_what_does_not_fit_the_article_is_refused_with_its_line(tmp_path, change):
    path = written(tmp_path / "variants.jsonl.gz", ROW, {**ROW, "paragraphs": [{**PARAGRAPH, **change}]})
    with pytest.raises(ValueError, match=r"variants.jsonl.gz, line 2: no variant of an article of these corpora"):
        read_lessons(path, [ARTICLE], LABELS)


@pytest.mark.parametrize("vector", [[1] * 31, [0.5] * 32, None, 7])
def test_a_word_has_so_many_numbers(tmp_path, vector):
    path = written(tmp_path / "variants.jsonl.gz", ROW, {**MEANING, "vector": vector})
    with pytest.raises(ValueError, match=r"variants.jsonl.gz, line 2: "):
        read_lessons(path, [ARTICLE], LABELS)


@pytest.mark.parametrize("content", [b"no gzip", gzip.compress(json.dumps(ROW).encode())[:-9], gzip.compress(b"\xff")])
def test_a_damaged_file_is_refused(tmp_path, content):
    path = tmp_path / "variants.jsonl.gz"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="cannot be unpacked"):
        read_lessons(path, [ARTICLE], LABELS)


def of(article: Article, scores: list[int]) -> Variant:
    texts = article.texts
    return Variant(article.id, texts, [[[len(text), *scores]] for text in texts])


def test_variants_teach_the_networks_and_those_of_other_articles_are_passed_over():
    articles = corpus()
    plain, passed_over = (
        training.train(articles, lessons=Lessons(v)) for v in ([], [of(ARTICLE, [30, -10, -10, -10, -60])])
    )
    assert plain.classifier.network_.words_.tolist() == passed_over.classifier.network_.words_.tolist()
    taught = training.train(articles, lessons=Lessons([of(a, [-10, -10, 30, -10, 50]) for a in articles] * 20))
    unnamed = ["none", "named", "unnamed"].index("unnamed")
    for each in (plain, passed_over, taught):  # the correction takes back what articles held out do not bear out
        each.classifier.prior_correction_ = np.ones(3)
    for article in articles:
        before, after = (each.classifier.predict_proba(each.analyse(article.texts)) for each in (plain, taught))
        assert after[:, unnamed].mean() > before[:, unnamed].mean()
        assert after[:, classifier.FORECAST].mean() > before[:, classifier.FORECAST].mean()
        same = passed_over.classifier.predict_proba(passed_over.analyse(article.texts))
        assert np.array_equal(before, same)


def test_variants_are_held_out_with_the_article_that_they_are_made_of(monkeypatch):
    articles = corpus()
    surnames = [name.split()[-1] for name in NAMES]
    shown = []
    fit = classifier._fit_network

    def record(rows, *rest):
        # Articles are told by the name in them, variants by how short they are.
        words = [{word.surface for sentence in row[0] for word in sentence.words} for row in rows]
        shown.append([(found & set(surnames), len(found) < 9) for found in words])
        return fit(rows, *rest)

    monkeypatch.setattr(classifier, "_fit_network", record)
    variants = [
        Variant(article.id, [f"Rain fell on {name} today."], [[[26, 30, -10, -10, -10, -60]]])
        for article, name in zip(articles, surnames, strict=True)
    ]
    training.train(articles, lessons=Lessons(variants))
    for held_out, rows in zip((False, True), shown, strict=True):
        of_articles, of_variants = (
            set().union(*[names for names, short in rows if short == is_variant]) for is_variant in (False, True)
        )
        assert of_articles == of_variants
        assert (of_articles < set(surnames)) == held_out
