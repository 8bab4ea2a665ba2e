"""From annotated articles to a model on disk, and from a model to its figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any

import numpy as np
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support
from threadpoolctl import threadpool_limits

from model.classifier import SentenceClassifier
from model.corpus import Article
from model.label_set import LabelSet
from model.labeller import Labeller
from model.manner import MANNERS, manner_of
from model.paragraphs import Calibration, Floats, Kind, evidence, label_of
from model.variants import Lessons
from model.words import Sentence

THRESHOLDS = {"forecast": 0.5, "statement": 0.25, "certain": 0.6}


def codes_of(article: Article, sentences: Sequence[Sentence]) -> list[str]:
    """The codes of sentences found by the labeller: of the annotated sentence that each shares the most text with."""
    offsets = []
    for paragraph in article.paragraphs:
        starts = [0, *accumulate(len(sentence.text) + 1 for sentence in paragraph)]
        offsets.append(
            [(start, stop - 1, s.code) for start, stop, s in zip(starts, starts[1:], paragraph, strict=False)]
        )
    return [
        max(offsets[found.paragraph], key=lambda each: min(each[1], found.end) - max(each[0], found.start))[2]
        for found in sentences
    ]


def gold_labels(article: Article, labels: LabelSet) -> list[str | None]:
    """The labels that the annotation gives the paragraphs."""
    return [
        label_of([Kind(*labels.codes[sentence.code], len(sentence.text.split())) for sentence in paragraph], labels)
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
    lessons: Lessons | None = None,
) -> Labeller:
    """Fit and calibrate a model with the label set of the language. Same articles, seed and parameters, same model.

    `weights`: how much each article counts. `parameters`: of SentenceClassifier, where they differ from its own.
    `lessons` of a teacher; its variants of other articles are passed over.
    Raises ValueError where the articles do not show every kind of sentence, or where there is no such language.
    """
    classifier = SentenceClassifier(seed=seed, jobs=jobs, **(parameters or {}))
    labeller = Labeller(
        classifier, {"name": f"sayso-{language}", "version": "", "language": language, "thresholds": THRESHOLDS}
    )
    _check_kinds(articles, labeller.labels)
    random = np.random.default_rng(seed)
    excerpts = [_excerpt(article, random, labeller.labels) for article in articles]
    shown = [*articles, *excerpts]
    analysed = [labeller.analyse(article.texts) for article in shown]
    codes = [codes_of(article, sentences) for article, sentences in zip(shown, analysed, strict=True)]
    counts = list(weights or [1.0] * len(articles))
    number_of = {article.id: number for number, article in enumerate(articles)}
    taught = []
    lessons = lessons or Lessons()
    for variant in lessons.variants:
        if variant.of in number_of:
            number, sentences = number_of[variant.of], labeller.analyse(variant.texts)
            taught.append((sentences, variant.targets(sentences, labeller.labels, counts[number]), number))
    with threadpool_limits(1):  # more threads sum in another order: the same figures wherever it is fitted
        groups = [*range(len(articles))] * 2
        classifier.fit(analysed, codes, counts * 2, groups, labeller.labels, taught, lessons.vectors)
    _calibrate(labeller, articles, analysed[: len(articles)], counts)
    return labeller


def _excerpt(article: Article, random: np.random.Generator, labels: LabelSet) -> Article:
    """One labelled paragraph of the article, as if it came alone: readers paste such, and corpora hold none."""
    gold = gold_labels(article, labels)
    labelled = [paragraph for paragraph, label in zip(article.paragraphs, gold, strict=True) if label]
    chosen = [labelled[random.integers(len(labelled))]] if labelled else []
    return Article(f"{article.id}#excerpt", chosen)


def _check_kinds(articles: Sequence[Article], labels: LabelSet) -> None:
    """Each kind, a letter of the codes, must be left when a fold is held out."""
    codes = [{sentence.code for paragraph in article.paragraphs for sentence in paragraph} for article in articles]
    if unknown := set[str]().union(*codes) - labels.codes.keys():
        raise ValueError(f"the code {min(unknown)} is none of the label set, which has {', '.join(labels.codes)}")
    kinds = "".join(dict.fromkeys("".join(labels.codes)))
    found = Counter(kind for each in codes for kind in set("".join(each)))
    for kind in kinds:
        if found[kind] < 2:
            raise ValueError(
                f"fewer than two articles hold a sentence with {kind} in its code; "
                f"a model learns from examples of {', '.join(kinds[:-1])} and {kinds[-1]}"
            )


def _calibrate(
    labeller: Labeller,
    articles: Sequence[Article],
    analysed: Sequence[Sequence[Sentence]],
    weights: Sequence[float],
) -> None:
    """Fit the confidence of a paragraph's label on what was predicted for the articles held out."""
    found: list[Floats] = []
    right: list[bool] = []
    counts: list[float] = []
    for number, (article, sentences, weight) in enumerate(zip(articles, analysed, weights, strict=True)):
        held_out = labeller.classifier.held_out_.get(number)
        if held_out is None:
            continue
        kinds = labeller.kinds(sentences, held_out.tolist())
        of_paragraph: dict[int, list[int]] = {}
        for place, (sentence, kind) in enumerate(zip(sentences, kinds, strict=True)):
            if kind.source is not None:
                of_paragraph.setdefault(sentence.paragraph, []).append(place)
        gold = gold_labels(article, labeller.labels)
        groups = {index: numbers for index, numbers in of_paragraph.items() if gold[index]}
        found.append(evidence(held_out, kinds, groups.values(), THRESHOLDS["forecast"]))
        for index, numbers in groups.items():
            right.append(label_of([kinds[i] for i in numbers], labeller.labels) == gold[index])
            counts.append(weight)
    if not right:
        raise ValueError("no paragraph of the corpora was labelled: there are too few articles to learn from")
    # One right and one wrong label of average evidence, so that a corpus without either can be calibrated on.
    rows = np.concatenate(found)
    mean = rows.mean(axis=0)
    rows, right, counts = np.vstack([rows, mean, mean]), [*right, True, False], [*counts, 1.0, 1.0]
    fitted = LogisticRegression(max_iter=2000).fit(rows, right, counts)
    # How often labels of a score are right is no logistic curve of it, but it rises.
    scores = fitted.decision_function(rows)
    rising = IsotonicRegression(y_min=0.02, y_max=0.98).fit(scores, right, counts)
    labeller.classifier.calibration_ = Calibration(
        [*fitted.coef_[0].tolist(), float(fitted.intercept_[0])],
        rising.X_thresholds_.tolist(),
        rising.y_thresholds_.tolist(),
    )
    del labeller.classifier.held_out_


def evaluate(labeller: Labeller, articles: Sequence[Article]) -> dict[str, Any]:
    """Label the articles as a reader would send them and compare with their annotation, paragraph by paragraph.

    Paragraphs that the annotation gives no label are left out. Returns precision, recall and F1 of each label of the
    model, macro-F1, accuracy, the confusion matrix (rows gold, columns predicted, the last column "no statement"),
    confidence and accuracy in ten bins of confidence and the expected calibration error over them, accuracy and
    coverage of the labels at least so confident and of the certain ones, and for each way in which a paragraph may be
    told (see `manner`) how many there are, how many are right and what is taken for what. Raises ValueError where no
    paragraph has a label.
    """
    gold: list[str] = []
    predicted: list[str] = []
    confidence: list[float] = []
    certain: list[bool] = []
    manners: list[str] = []
    for article in articles:
        texts = article.texts
        found = labeller.label(texts).paragraphs
        for label, paragraph, manner in zip(
            gold_labels(article, labeller.labels), found, manner_of(labeller.analyse(texts), len(texts)), strict=True
        ):
            if label:
                gold.append(label)
                predicted.append(paragraph.label or "")
                confidence.append(paragraph.confidence)
                certain.append(paragraph.certain)
                manners.append(manner)
    if not gold:
        raise ValueError("the articles to evaluate on hold no paragraph with a label")
    names = labeller.labels.names
    precision, recall, f1, support = precision_recall_fscore_support(gold, predicted, labels=names, zero_division=0.0)
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
            for label, p, r, f, n in zip(names, precision, recall, f1, support, strict=True)
        },
        "confusion": confusion_matrix(gold, predicted, labels=[*names, ""])[:-1].tolist(),
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
        "certain": {
            "coverage": float(sure_enough.mean()),
            "accuracy": float(right[sure_enough].mean()) if sure_enough.any() else 0.0,
        },
        "manners": _by_manner(gold, predicted, manners),
    }


def _by_manner(gold: Sequence[str], predicted: Sequence[str], manners: Sequence[str]) -> dict[str, dict[str, Any]]:
    rows: dict[str, dict[str, Any]] = {}
    for manner in MANNERS:
        pairs = Counter((g, p) for g, p, each in zip(gold, predicted, manners, strict=True) if each == manner)
        if pairs:
            mistakes = Counter({pair: count for pair, count in pairs.items() if pair[0] != pair[1]})
            rows[manner] = {
                "paragraphs": pairs.total(),
                "right": pairs.total() - mistakes.total(),
                "mistakes": [[*pair, count] for pair, count in mistakes.most_common(3)],
            }
    return rows
