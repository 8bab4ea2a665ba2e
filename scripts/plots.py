"""Plots for the model card and for reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np

from model import LABELS, Labeller
from model.corpus import Article
from model.training import gold_labels

matplotlib.use("agg")
from matplotlib import pyplot

COLOURS = {
    "reported_fact": "#2b6cb0",
    "attributed_claim": "#2f855a",
    "anonymous_claim": "#c05621",
    "forecast": "#6b46c1",
}


def calibration(labeller: Labeller, articles: Sequence[Article], path: Path) -> None:
    """How often labels of each confidence are right, and how many labels there are at least so confident."""
    judged = [
        (found.confidence, found.label == gold)
        for article in articles
        for gold, found in zip(gold_labels(article), labeller.label(article.texts).paragraphs, strict=True)
        if gold
    ]
    sure = np.array([confidence for confidence, _ in judged])
    right = np.array([correct for _, correct in judged])
    bins = np.minimum((sure * 10).astype(int), 9)
    filled = sorted(set(bins.tolist()))
    figure, (left, second) = pyplot.subplots(1, 2, figsize=(9, 4), layout="constrained")
    left.plot([0, 1], [0, 1], color="#a0aec0", linestyle="--")
    left.plot([sure[bins == b].mean() for b in filled], [right[bins == b].mean() for b in filled], marker="o")
    left.set(xlabel="confidence", ylabel="share that is right", title="Calibration", xlim=(0, 1), ylim=(0, 1))
    order = np.argsort(-sure)
    coverage = np.arange(1, len(order) + 1) / len(order)
    second.plot(coverage, np.cumsum(right[order]) / np.arange(1, len(order) + 1))
    second.set(xlabel="share of labels, most confident first", ylabel="share that is right", title="Coverage")
    _save(figure, path)


def outlets(figures: Mapping[str, Mapping[str, Any]], path: Path) -> None:
    """Accuracy and macro-F1 for each outlet."""
    names = list(figures)
    place = np.arange(len(names))
    figure, axes = pyplot.subplots(figsize=(7, 1 + 0.45 * len(names)), layout="constrained")
    axes.barh(place - 0.2, [figures[name]["accuracy"] for name in names], 0.4, label="accuracy")
    axes.barh(place + 0.2, [figures[name]["macro_f1"] for name in names], 0.4, label="macro-F1")
    axes.set_yticks(place, [f"{name} ({figures[name]['paragraphs']})" for name in names])
    axes.set(xlim=(0, 1), title="Outlets (paragraphs)")
    axes.invert_yaxis()
    axes.legend(loc="lower left")
    _save(figure, path)


def learning_curve(points: Sequence[tuple[int, float]], path: Path) -> None:
    """Macro-F1 by the number of articles in training."""
    figure, axes = pyplot.subplots(figsize=(5, 4), layout="constrained")
    axes.plot([articles for articles, _ in points], [score for _, score in points], marker="o")
    axes.set(xlabel="articles in training", ylabel="macro-F1", title="Learning curve")
    _save(figure, path)


def shares_by_month(months: Sequence[str], shares: Mapping[str, Mapping[str, Sequence[float]]], path: Path) -> None:
    """For each outlet the share of each label in each month; `shares` is outlet → label → one number a month."""
    figure, grid = pyplot.subplots(
        len(shares), figsize=(9, 1 + 2.2 * len(shares)), layout="constrained", sharex=True, squeeze=False
    )
    for axes, (outlet, lines) in zip(grid[:, 0], shares.items(), strict=True):
        for label in LABELS:
            axes.plot(months, lines[label], marker="o", color=COLOURS[label], label=label.replace("_", " "))
        axes.set(ylim=(0, 1), title=outlet, ylabel="share of words")
    grid[0, 0].legend(loc="upper right", fontsize="small")
    figure.autofmt_xdate()
    _save(figure, path)


def _save(figure: Any, path: Path) -> None:
    figure.savefig(path, dpi=100, metadata={"Software": None})
    pyplot.close(figure)
