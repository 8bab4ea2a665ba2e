"""From annotated articles to a model on disk, and from a model to its figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

from model.classifier import SentenceClassifier
from model.corpus import Article
from model.labeller import Labeller
from model.labels import LABELS, Label
from model.paragraphs import Kind, evidence, label_of
from model.words import Sentence

THRESHOLDS = {"forecast": 0.5, "statement": 0.5, "whole_statement": 0.2, "certain": 0.6}


def spans_of(article: Article) -> list[list[tuple[int, int]]]:
    """Offsets of the annotated sentences within `article.texts`."""
    spans = []
    for paragraph in article.paragraphs:
        start, row = 0, []
        for sentence in paragraph:
            row.append((start, start + len(sentence.text)))
            start += len(sentence.text) + 1
        spans.append(row)
    return spans


def gold_labels(article: Article) -> list[Label | None]:
    """The labels that the annotation gives the paragraphs."""
    return [
        label_of([Kind(s.source, s.forecast, len(s.text.split())) for s in paragraph])
        for paragraph in article.paragraphs
    ]


def train(
    articles: Sequence[Article],
    *,
    weights: Sequence[float] | None = None,
    language: str = "en",
    seed: int = 0,
    jobs: int = 1,
    parameters: Mapping[str, Any] | None = None,
) -> Labeller:
    """Fit and calibrate a model. Same articles, seed and parameters, same model.

    `weights`: how much each article counts. `parameters`: of SentenceClassifier, where they differ from its own.
    Raises ValueError where the articles do not show every kind of sentence, or where there is no such language.
    """
    _check_kinds(articles)
    classifier = SentenceClassifier(seed=seed, jobs=jobs, **(parameters or {}))
    labeller = Labeller(
        classifier, {"name": f"sayso-{language}", "version": "", "language": language, "thresholds": THRESHOLDS}
    )
    analysed = [labeller.analyse(article.texts, spans_of(article)) for article in articles]
    codes = [[sentence.code for paragraph in article.paragraphs for sentence in paragraph] for article in articles]
    served = [labeller.analyse(article.texts) for article in articles]
    classifier.fit(analysed, codes, weights, served)
    _calibrate(labeller, articles, served, weights or [1.0] * len(articles))
    return labeller


def _check_kinds(articles: Sequence[Article]) -> None:
    """Each kind must be left when a fold is held out."""
    found = [{sentence.code for paragraph in article.paragraphs for sentence in paragraph} for article in articles]
    for kind, codes in {**{code: {code, f"{code}F"} for code in "NAU"}, "F": {"NF", "AF", "UF"}, "X": {"X"}}.items():
        if sum(bool(codes & each) for each in found) < 2:
            raise ValueError(
                f"fewer than two articles hold a sentence with {kind} in its code; "
                "a model learns from examples of N, A, U, F and X"
            )


def _calibrate(
    labeller: Labeller,
    articles: Sequence[Article],
    analysed: Sequence[Sequence[Sentence]],
    weights: Sequence[float],
) -> None:
    """Fit the confidence of a paragraph's label on what was predicted for articles held out."""
    rows, right, counts = [], [], []
    for article, sentences, held_out, weight in zip(
        articles, analysed, labeller.classifier.held_out_, weights, strict=True
    ):
        probabilities = held_out.tolist()
        kinds = labeller.kinds(sentences, probabilities)
        of_paragraph: dict[int, list[int]] = {}
        for number, (sentence, kind) in enumerate(zip(sentences, kinds, strict=True)):
            if kind.source is not None:
                of_paragraph.setdefault(sentence.paragraph, []).append(number)
        gold = gold_labels(article)
        for index, numbers in of_paragraph.items():
            if gold[index]:
                states = [kinds[i] for i in numbers]
                words = [kind.words for kind in states]
                rows.append(evidence([probabilities[i] for i in numbers], words, THRESHOLDS["forecast"]))
                right.append(label_of(states) == gold[index])
                counts.append(weight)
    if not rows:
        raise ValueError("no paragraph of the corpora was labelled: there are too few articles to learn from")
    # One right and one wrong label of average evidence, so that a corpus without either can be calibrated on.
    mean = np.mean(rows, axis=0)
    fitted = LogisticRegression(max_iter=500).fit([*rows, mean, mean], [*right, True, False], [*counts, 1.0, 1.0])
    labeller.classifier.calibration_ = [*fitted.coef_[0].tolist(), float(fitted.intercept_[0])]
    del labeller.classifier.held_out_


def evaluate(labeller: Labeller, articles: Sequence[Article]) -> dict[str, Any]:
    """Label the articles as a reader would send them and compare with their annotation, paragraph by paragraph.

    Paragraphs that the annotation gives no label are left out. Returns per-label precision, recall and F1, macro-F1,
    accuracy, the confusion matrix (rows gold, columns predicted, the last column "no statement"), confidence and
    accuracy in ten bins of confidence and the expected calibration error over them, accuracy and coverage of the labels
    at least so confident and of the certain ones. Raises ValueError where no paragraph has a label.
    """
    gold: list[str] = []
    predicted: list[str] = []
    confidence: list[float] = []
    certain: list[bool] = []
    for article in articles:
        for label, found in zip(gold_labels(article), labeller.label(article.texts).paragraphs, strict=True):
            if label:
                gold.append(label)
                predicted.append(found.label or "")
                confidence.append(found.confidence)
                certain.append(found.certain)
    if not gold:
        raise ValueError("the articles to evaluate on hold no paragraph with a label")
    precision, recall, f1, support = precision_recall_fscore_support(gold, predicted, labels=LABELS, zero_division=0.0)
    right = np.array(gold) == np.array(predicted)
    sure = np.array(confidence)
    bins = np.minimum((sure * 10).astype(int), 9)
    calibration = [
        {"confidence": float(sure[within].mean()), "accuracy": float(right[within].mean()), "labels": int(within.sum())}
        for within in (bins == b for b in range(10))
        if within.any()
    ]
    sure_enough = np.array(certain)
    return {
        "paragraphs": len(gold),
        "macro_f1": float(np.mean(f1)),
        "accuracy": float(right.mean()),
        "labels": {
            label: {"precision": float(p), "recall": float(r), "f1": float(f), "paragraphs": int(n)}
            for label, p, r, f, n in zip(LABELS, precision, recall, f1, support, strict=True)
        },
        "confusion": confusion_matrix(gold, predicted, labels=[*LABELS, ""])[:-1].tolist(),
        "calibration": calibration,
        "calibration_error": sum(abs(b["accuracy"] - b["confidence"]) * b["labels"] for b in calibration) / len(gold),
        "curve": [
            {
                "confidence": least,
                "coverage": float((sure >= least).mean()),
                "accuracy": float(right[sure >= least].mean()) if (sure >= least).any() else 0.0,
            }
            for least in (0.0, 0.5, 0.6, 0.7, 0.8, 0.9)
        ],
        "certain": {"coverage": float(sure_enough.mean()), "accuracy": float(right[sure_enough].mean())},
    }
