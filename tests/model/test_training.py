"""Training on a little corpus of our own: what comes out is a model, the same each time, and its figures are right."""

import dataclasses

import numpy as np
import pytest

from model import Labeller
from model.artefact import save
from model.classifier import SentenceClassifier
from model.corpus import Annotated, Article
from model.lexicon import lexicon
from model.manner import MANNERS, manner_of
from model.training import codes_of, evaluate, gold_labels, train

# A paragraph a line, sentences parted by //, each behind its code.
PARAGRAPHS = """
N The {place} library opened on Monday. // N It took three years to build.
A “We are glad,” said {name}, who runs it. // A She said the roof was new.
U Residents said the heating was off. // U “It is cold,” said one of them.
NF The council will probably close it next year.
AF {name} warned that costs could double by spring.
UF Experts expect fewer readers.
N The street was dark. // A The lamp was broken, police said.
U The mayor allegedly knew. // N The files were moved in March.
X Read more // X By {name}
{doubtful} {name} told of a hard winter. // {doubtful} There was no coal.
"""
NAMES = ["Mara Dunne", "Omar Diaz", "Anna Weber", "Li Chen", "Eskil Berg", "Ada Okoye"]
UNNAMED_SOURCE = 2  # its column among probabilities
PLACES = ["Veltry", "Tarn", "Norsund", "Kesh", "Abril", "Lowmoor"]


def corpus() -> list[Article]:
    articles = []
    for number, (name, place) in enumerate(zip(NAMES, PLACES, strict=True)):
        lines = PARAGRAPHS.format(name=name, place=place, doubtful="NA"[number % 2]).strip().splitlines()
        rows = [[sentence.split(" ", 1) for sentence in line.split(" // ")] for line in lines]
        paragraphs = [[Annotated(text, code) for code, text in row] for row in rows]
        articles.append(Article(f"toy/{number}", paragraphs[number:] + paragraphs[:number]))
    return articles


def saved(labeller: Labeller, folder):
    return save(folder, labeller.classifier, labeller.manifest, "# Toy\n")


@pytest.fixture(scope="module")
def trained() -> Labeller:
    return train(corpus())


def test_the_same_articles_and_seed_give_the_same_model_on_one_core_and_on_two(trained):
    other = train(corpus(), jobs=2)
    assert trained.classifier.calibration_ == other.classifier.calibration_
    for article in corpus():
        assert trained.label(article.texts) == other.label(article.texts)


def test_a_model_labels_the_same_after_it_was_saved_and_loaded(trained, tmp_path):
    saved(trained, tmp_path)
    loaded = Labeller.load(tmp_path)
    for article in corpus():
        before, after = trained.label(article.texts), loaded.label(article.texts)
        assert [p.label for p in before.paragraphs] == [p.label for p in after.paragraphs]
        assert [p.confidence for p in after.paragraphs] == pytest.approx(
            [p.confidence for p in before.paragraphs], abs=0.02
        )


def test_a_model_learns_what_it_was_shown(trained):
    figures = evaluate(trained, corpus())
    assert figures["accuracy"] > 0.9
    assert figures["macro_f1"] > 0.9


def test_unnamed_sources_are_as_likely_as_they_are_frequent_in_articles_held_out(trained):
    articles, labels = corpus(), lexicon().labels
    analysed = [trained.analyse(article.texts) for article in articles]
    codes = [codes_of(article, sentences) for article, sentences in zip(articles, analysed, strict=True)]
    classifier = SentenceClassifier().fit(analysed, codes, [1.0] * len(articles), range(len(articles)), labels)
    held_out = [code for number in classifier.held_out_ for code in codes[number]]
    statements = np.array(held_out) != "X"
    likely = np.vstack([*classifier.held_out_.values()])[statements, UNNAMED_SOURCE].sum()
    assert likely == pytest.approx(sum(code.startswith("U") for code in held_out), abs=0.1)


def test_a_sentence_that_is_found_gets_the_code_of_the_annotated_one_it_shares_most_with(trained):
    annotated = [
        Annotated("It rained", "N"),
        Annotated("all day. Police said so.", "A"),
        Annotated("It may go on.", "NF"),
    ]
    article = Article("toy/split", [annotated, [Annotated("Read more", "X")]])
    assert codes_of(article, trained.analyse(article.texts)) == ["N", "A", "NF", "X"]


def test_gold_labels_follow_the_rule():
    assert gold_labels(corpus()[0], lexicon().labels) == [
        *("reported_fact", "attributed_claim", "anonymous_claim", "forecast", "forecast", "forecast"),
        *("attributed_claim", "reported_fact", None, "reported_fact"),
    ]


class SaysWhatItIsTold:
    """Stands for a labeller whose answers are known, so that figures can be counted by hand."""

    def __init__(self, labeller: Labeller, answers: list[tuple[str | None, float]]) -> None:
        self.labeller, self.answers, self.labels = labeller, answers, labeller.labels

    def label(self, paragraphs):
        found = self.labeller.label(paragraphs)
        said = [
            dataclasses.replace(paragraph, label=label, confidence=confidence, certain=confidence >= 0.6)
            for paragraph, (label, confidence) in zip(found.paragraphs, self.answers, strict=True)
        ]
        return dataclasses.replace(found, paragraphs=tuple(said))

    def analyse(self, paragraphs):
        return self.labeller.analyse(paragraphs)


def test_figures_are_those_counted_by_hand(trained):
    """Gold: reported, attributed, anonymous, 3 forecasts, attributed, reported, none (left out), reported."""
    reported, attributed, anonymous, forecast = trained.labels.names
    sure = [reported, attributed, forecast, forecast, attributed, anonymous, reported, reported]
    answers = [(label, 0.95) for label in sure]
    answers[2:2] = [(attributed, 0.55)]
    answers[5:5] = [(None, 0.55)]
    figures = evaluate(SaysWhatItIsTold(trained, answers), corpus()[:1])
    assert figures["paragraphs"] == 9
    assert figures["accuracy"] == 6 / 9
    found = {label: (row["precision"], row["recall"], row["paragraphs"]) for label, row in figures["labels"].items()}
    assert found == {
        reported: (1, pytest.approx(2 / 3), 3),
        attributed: (pytest.approx(2 / 3), 1, 2),
        anonymous: (0, 0, 1),
        forecast: (1, pytest.approx(2 / 3), 3),
    }
    assert figures["macro_f1"] == pytest.approx((0.8 + 0.8 + 0 + 0.8) / 4)
    assert figures["confusion"] == [[2, 0, 1, 0, 0], [0, 2, 0, 0, 0], [0, 1, 0, 0, 0], [0, 0, 0, 2, 1]]
    assert figures["calibration_error"] == pytest.approx(7 / 9 * abs(6 / 7 - 0.95) + 2 / 9 * 0.55)
    assert figures["certain"] == {"coverage": 7 / 9, "accuracy": pytest.approx(6 / 7)}
    assert sum(row["paragraphs"] for row in figures["manners"].values()) == 9
    assert sum(row["right"] for row in figures["manners"].values()) == 6
    assert figures["manners"]["a modal or another sign of the future"] == {
        "paragraphs": 2,
        "right": 2,
        "mistakes": [],
    }


@pytest.mark.parametrize(
    ("paragraphs", "manner"),
    [
        (["Prices may fall, the bank said."], 0),
        (["“It is cold here at night,” she said."], 1),
        (["The bridge is safe, said Omar Diaz, an engineer."], 2),
        (["The bridge is safe, two officials said."], 3),
        (["It is late.", "The bridge is safe, said Omar Diaz."], 5),
        (["The bridge is old."], 6),
        ([""], 6),
    ],
)
def test_a_paragraph_is_counted_by_how_it_is_told(trained, paragraphs, manner):
    assert manner_of(trained.analyse(paragraphs), len(paragraphs))[0] == MANNERS[manner]
