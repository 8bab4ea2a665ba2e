"""Variants of articles that a teacher labelled: how they are read, and how they teach."""

import gzip
import json

import numpy as np
import pytest

from model import classifier, training
from model.corpus import Annotated, Article
from model.lexicon import lexicon
from model.variants import Variant, read_variants, swap, write_variants
from tests.model.test_network import analysed
from tests.model.test_training import NAMES, corpus

LABELS = lexicon().labels
TEXTS = [("Rain fell in Tarn, the mayor said.", "A"), ("It was cold.", "N")]
ARTICLE = Article("own/1", [[Annotated("Headline", "X")], [Annotated(*each) for each in TEXTS]])
PARAGRAPH = {
    "number": 1,
    "words": [[0, "Snow"], [6, "hoped"]],
    "sentences": [[35, 3, 90, 7, 0, 12], [48, 97, 1, 1, 1, 0]],
}
ROW = {"id": "own/1", "paragraphs": [PARAGRAPH]}


def written(path, *rows):
    write_variants(path, rows)
    return path


def test_words_are_swapped_by_their_number():
    assert swap("Mara’s well-known dog, 3, sat.", {0: "Omar’s", 2: "cat"}) == "Omar’s well-known cat, 3, sat."
    assert swap("No change.", {}) == "No change."


def test_a_variant_holds_what_the_teacher_read_and_said(tmp_path):
    path = written(tmp_path / "variants.jsonl.gz", {"id": "another/7", "paragraphs": []}, ROW)
    [variant] = read_variants(path, [ARTICLE], LABELS)
    assert variant.texts == ["Snow fell in Tarn, the mayor hoped. It was cold."]
    targets = variant.targets(analysed(variant.texts), LABELS, 0.3)
    assert targets.sources == pytest.approx(np.array([[0.03, 0.9, 0.07, 0], [0.97, 0.01, 0.01, 0.01]]))
    assert targets.forecasts.tolist() == [0.12, 0]
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
        {"sentences": [[35, 0, 0, 0, 0, 12]]},
        {"sentences": [[35, 3, "90", 7, 0, 12]]},
    ],
)
def test_what_does_not_fit_the_article_is_refused_with_its_line(tmp_path, change):
    path = written(tmp_path / "variants.jsonl.gz", ROW, {**ROW, "paragraphs": [{**PARAGRAPH, **change}]})
    with pytest.raises(ValueError, match=r"variants.jsonl.gz, line 2: no variant of an article of these corpora"):
        read_variants(path, [ARTICLE], LABELS)


@pytest.mark.parametrize("content", [b"no gzip", gzip.compress(json.dumps(ROW).encode())[:-9], gzip.compress(b"\xff")])
def test_a_damaged_file_is_refused(tmp_path, content):
    path = tmp_path / "variants.jsonl.gz"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="cannot be unpacked"):
        read_variants(path, [ARTICLE], LABELS)


def of(article: Article, chances: list[int]) -> Variant:
    texts = article.texts
    return Variant(article.id, texts, [[[len(text), *chances]] for text in texts])


def test_variants_teach_the_networks_and_those_of_other_articles_are_passed_over():
    articles = corpus()
    plain, passed_over = (training.train(articles, variants=v) for v in ([], [of(ARTICLE, [97, 1, 1, 1, 0])]))
    assert plain.classifier.network_.words_.tolist() == passed_over.classifier.network_.words_.tolist()
    taught = training.train(articles, variants=[of(article, [1, 1, 97, 1, 99]) for article in articles] * 20)
    unnamed = ["none", "named", "unnamed"].index("unnamed")
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

    def record(rows, seed):
        # Articles are told by the name in them, variants by how short they are.
        words = [{word.surface for sentence in row[0] for word in sentence.words} for row in rows]
        shown.append([(found & set(surnames), len(found) < 9) for found in words])
        return fit(rows, seed)

    monkeypatch.setattr(classifier, "_fit_network", record)
    variants = [
        Variant(article.id, [f"Rain fell on {name} today."], [[[26, 97, 1, 1, 1, 0]]])
        for article, name in zip(articles, surnames, strict=True)
    ]
    training.train(articles, variants=variants)
    for held_out, rows in zip((False, True), shown, strict=True):
        of_articles, of_variants = (
            set().union(*[names for names, short in rows if short == is_variant]) for is_variant in (False, True)
        )
        assert of_articles == of_variants
        assert (of_articles < set(surnames)) == held_out
