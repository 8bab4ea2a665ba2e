"""The model card: Markdown generated from the manifest, so that no figure in it is typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from model.labels import LABELS

_TITLES = {label: label.replace("_", " ") for label in LABELS} | {"": "no statement"}


def make_card(manifest: Mapping[str, Any], beside: Mapping[str, Any] | None = None) -> str:
    """The card of a model, with the figures of another one, `beside`, next to its own where both were evaluated."""
    lines = [
        f"# {manifest['name']} {manifest['version']}",
        "",
        "Says of each paragraph of an English news article on whose say-so it is told: reported fact, attributed claim,"
        " anonymous claim or forecast. It never says what is true.",
        "",
        "Linear models over hashed n-grams and an analysis of reporting verbs, their subjects and quotations, averaged"
        " with a small network that reads the sentences around. This card is generated from `manifest.json`.",
        "",
        "## Trained on",
        "",
        "| corpus | articles | SHA-256 |",
        "| --- | ---: | --- |",
        *(f"| {each['name']} | {each['articles']} | `{each['sha256'][:16]}…` |" for each in manifest["corpora"]),
        "",
    ]
    for name, figures in manifest["figures"].items():
        other = (beside or {}).get("figures", {}).get(name)
        lines += _figures(name, figures, other, (beside or {}).get("name", ""))
        lines += _weak_spots(figures)
    return "\n".join(lines).rstrip() + "\n"


def _figures(name: str, figures: Mapping[str, Any], other: Mapping[str, Any] | None, other_name: str) -> list[str]:
    head = "| label | precision | recall | F1 | paragraphs |" + (f" F1 of {other_name} |" if other else "")
    lines = [f"## On {name} ({figures['paragraphs']} paragraphs, none of them trained on)", "", head]
    lines.append("| --- |" + " ---: |" * (head.count("|") - 2))
    for label in LABELS:
        row = figures["labels"][label]
        figures_of = " | ".join(f"{row[name]:.3f}" for name in ("precision", "recall", "f1"))
        shown = f"| {_TITLES[label]} | {figures_of} | {row['paragraphs']} |"
        lines.append(shown + (f" {other['labels'][label]['f1']:.3f} |" if other else ""))
    beside = f" ({other_name}: {other['macro_f1']:.3f} and {other['accuracy']:.3f})" if other else ""
    lines += [
        "",
        f"Macro-F1 {figures['macro_f1']:.3f}, accuracy {figures['accuracy']:.3f}{beside}. "
        f"Expected calibration error {figures['calibration_error']:.3f}.",
        "",
        "A label is shown as certain from a confidence at which more than coverage is won by doubting it:",
        "",
        "| confidence at least | share of the labels | right among them |",
        "| ---: | ---: | ---: |",
        *(f"| {row['confidence']:.2f} | {row['coverage']:.3f} | {row['accuracy']:.3f} |" for row in figures["curve"]),
        "",
    ]
    if figures.get("outlets"):
        lines += ["| outlet | paragraphs | accuracy | macro-F1 |", "| --- | ---: | ---: | ---: |"]
        lines += [
            f"| {outlet} | {row['paragraphs']} | {row['accuracy']:.3f} | {row['macro_f1']:.3f} |"
            for outlet, row in figures["outlets"].items()
        ]
        lines.append("")
    return lines


def _weak_spots(figures: Mapping[str, Any]) -> list[str]:
    confused = [
        (count, sum(row), gold, predicted)
        for gold, row in zip(LABELS, figures["confusion"], strict=True)
        for predicted, count in zip((*LABELS, ""), row, strict=True)
        if predicted != gold and count
    ]
    confused.sort(key=lambda each: (-each[0] / each[1], each[2]))
    return [
        "### What it is bad at",
        "",
        *(
            f"- Of {total} paragraphs that are {_TITLES[gold]}, it takes {count} for {_TITLES[predicted]}."
            for count, total, gold, predicted in confused[:6]
        ),
        "- Paraphrase that goes on without a cue, events told with a speech verb, and “will” or “would” as plan or as"
        " prediction are where most of these come from.",
        "- It knows English news. Other languages, fiction, forums and transcripts were not measured.",
        "",
    ]
