"""Plots for the model card and for reports, drawn from figures alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np

from model.card import pictures_of

matplotlib.use("agg")
from matplotlib import pyplot

COLOURS = {  # of the labels as shipped; others take the next that matplotlib has
    "reported_fact": "#2b6cb0",
    "attributed_claim": "#2f855a",
    "anonymous_claim": "#c05621",
    "forecast": "#6b46c1",
}


def draw_card(manifest: Mapping[str, Any], folder: Path) -> set[str]:
    """Every picture that the card of a model can show, in place of those that were there; returns their names."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in pictures_of(folder):
        (folder / old).unlink()
    for name, figures in manifest["figures"].items():
        calibration(figures, folder / f"{Path(name).stem}-calibration.png")
        outlets(figures["outlets"], folder / f"{Path(name).stem}-outlets.png")
    if "learning_curve" in manifest:
        learning_curve(manifest["learning_curve"], folder / "learning-curve.png")
    return set(pictures_of(folder))


def calibration(figures: Mapping[str, Any], path: Path) -> None:
    """How often labels of each confidence are right, and how many labels there are at least so confident."""
    bins, curve = figures["calibration"], figures["curve"]
    figure, (left, second) = pyplot.subplots(1, 2, figsize=(8, 3.6), layout="constrained")
    left.plot([0, 1], [0, 1], color="#a0aec0", linestyle="--")
    left.plot([b["confidence"] for b in bins], [b["accuracy"] for b in bins], marker="o")
    left.set(xlabel="confidence", ylabel="share that is right", title="Calibration", xlim=(0, 1), ylim=(0, 1))
    second.plot([point["coverage"] for point in curve], [point["accuracy"] for point in curve], marker="o")
    second.set(xlabel="share of the labels, least confident left out", ylabel="share that is right", title="Coverage")
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
    figure.legend(loc="outside lower center", ncols=2)  # in the plot it would lie on the bars of the last outlets
    _save(figure, path)


def learning_curve(curve: Mapping[str, Any], path: Path) -> None:
    """Macro-F1 by the number of articles in training."""
    points = curve["points"]
    figure, axes = pyplot.subplots(figsize=(4.5, 3.6), layout="constrained")
    axes.plot([point["articles"] for point in points], [point["macro_f1"] for point in points], marker="o")
    axes.set(xlabel="articles in training", ylabel=f"macro-F1 on {curve['on']}", title="Learning curve")
    _save(figure, path)


def shares_by_month(months: Sequence[str], shares: Mapping[str, Mapping[str, Sequence[float]]], path: Path) -> None:
    """For each outlet the share of each label in each month; `shares` is outlet → label → one number a month."""
    figure, grid = pyplot.subplots(
        len(shares), figsize=(9, 1 + 2.2 * len(shares)), layout="constrained", sharex=True, squeeze=False
    )
    for axes, (outlet, lines) in zip(grid[:, 0], shares.items(), strict=True):
        for label, shares_of_it in lines.items():
            axes.plot(months, shares_of_it, marker="o", color=COLOURS.get(label), label=label.replace("_", " "))
        axes.set(ylim=(0, 1), title=outlet, ylabel="share of words")
    grid[0, 0].legend(loc="upper right", fontsize="small")
    figure.autofmt_xdate()
    _save(figure, path)


def _save(figure: Any, path: Path) -> None:
    figure.savefig(path, dpi=80, metadata={"Software": None})
    pyplot.close(figure)
