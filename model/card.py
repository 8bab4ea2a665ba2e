"""The model card: Markdown generated from the manifest, so that no figure in it is typed.

Every figure stands in a table. Pictures of them lie beside the card, and it shows those that are there.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from model.label_set import LabelSet

_PICTURES = ("*-calibration.png", "*-outlets.png", "learning-curve.png")


def make_card(manifest: Mapping[str, Any], pictures: Collection[str] = ()) -> str:
    """The card of a model; `pictures` names the files beside it, as scripts/plots.py calls them."""
    beside = manifest.get("beside", {})
    *others, last = map(_title, LabelSet(manifest["labels"]).names)
    lines = [
        f"# {manifest['name']} {manifest['version']}",
        "",
        f"Says of each paragraph of a news article (language: {manifest['language']}) on whose say-so it is told:"
        f" {', '.join(others)} or {last}. It never says what is true.",
        "",
        "Linear models over hashed n-grams and an analysis of reporting verbs, their subjects and quotations, averaged"
        " with two small networks that read the sentences around. This card is generated from `manifest.json`.",
        "",
        "## Trained on",
        "",
        "| corpus | articles | SHA-256 |",
        "| --- | ---: | --- |",
        *(f"| {each['name']} | {each['articles']} | `{each['sha256'][:16]}…` |" for each in manifest["corpora"]),
        "",
    ]
    if variants := manifest.get("variants"):
        lines += [
            f"The networks learnt from {variants['articles']:,} variants of these articles as well, with words swapped"
            f" and labelled by a larger network, and began with what words mean to it (`{variants['name']}`,"
            f" SHA-256 `{variants['sha256'][:16]}…`).",
            "",
        ]
    for name, figures in manifest["figures"].items():
        lines += _figures(name, figures, beside.get("figures", {}).get(name), beside.get("name", ""))
        lines += _pictures(name, pictures)
        lines += _weak_spots(figures)
    if "learning_curve" in manifest:
        lines += _learning_curve(manifest["learning_curve"])
        lines += _picture("learning-curve.png", "The learning curve as a plot", pictures)
    return "\n".join(lines).rstrip() + "\n"


def comparable(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """What another model's manifest keeps of this one, to be shown beside it."""
    return {
        "name": manifest["name"],
        "figures": {
            name: {
                "macro_f1": figures["macro_f1"],
                "accuracy": figures["accuracy"],
                "labels": {label: {"f1": row["f1"]} for label, row in figures["labels"].items()},
            }
            for name, figures in manifest["figures"].items()
        },
    }


def pictures_of(folder: Path) -> list[str]:
    """The names of a card's pictures in the folder."""
    return sorted(path.name for pattern in _PICTURES for path in folder.glob(pattern))


def without_pictures(card: str) -> str:
    """The card for where its pictures do not lie beside it. It loses no figure."""
    return re.sub(r"^!\[.*\)\n\n?", "", card, flags=re.MULTILINE)


def _figures(name: str, figures: Mapping[str, Any], other: Mapping[str, Any] | None, other_name: str) -> list[str]:
    head = "| label | precision | recall | F1 | paragraphs |" + (f" F1 of {other_name} |" if other else "")
    lines = [f"## On {name} ({figures['paragraphs']} paragraphs, none of them trained on)", "", head]
    lines.append("| --- |" + " ---: |" * (head.count("|") - 2))
    for label, row in figures["labels"].items():
        figures_of = " | ".join(f"{row[name]:.3f}" for name in ("precision", "recall", "f1"))
        shown = f"| {_title(label)} | {figures_of} | {row['paragraphs']} |"
        theirs = other and other["labels"].get(label)  # it may have been trained with another label set
        lines.append(shown + (f" {theirs['f1']:.3f} |" if theirs else " – |" if other else ""))
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
    if figures.get("calibration"):
        lines += [
            "How often labels of one confidence are right; where the columns agree, the confidence can be believed:",
            "",
            "| mean confidence | right | labels |",
            "| ---: | ---: | ---: |",
            *(f"| {b['confidence']:.2f} | {b['accuracy']:.3f} | {b['labels']} |" for b in figures["calibration"]),
            "",
        ]
    if manners := figures.get("manners"):
        rows = {name: f"{row['paragraphs']} | {row['right'] / row['paragraphs']:.3f}" for name, row in manners.items()}
        lines += _table("told by", "paragraphs | right", rows)
    if outlets := figures.get("outlets"):
        rows = {
            name: f"{row['paragraphs']} | {row['accuracy']:.3f} | {row['macro_f1']:.3f}"
            for name, row in outlets.items()
        }
        lines += _table("outlet", "paragraphs | accuracy | macro-F1", rows)
    return lines


def _table(what: str, figures: str, rows: Mapping[str, str]) -> list[str]:
    """Names in the first column, figures parted by bars in the others."""
    rule = " | ".join("---:" for _ in figures.split("|"))
    head = [f"| {what} | {figures} |", f"| --- | {rule} |"]
    return [*head, *(f"| {name} | {row} |" for name, row in rows.items()), ""]


def _pictures(name: str, pictures: Collection[str]) -> list[str]:
    stem = Path(name).stem
    return [
        *_picture(f"{stem}-calibration.png", f"Confidence and coverage on {name} as plots", pictures),
        *_picture(f"{stem}-outlets.png", f"Figures of each outlet of {name} as bars", pictures),
    ]


def _picture(file: str, text: str, pictures: Collection[str]) -> list[str]:
    return [f"![{text}]({file})", ""] if file in pictures else []


def _learning_curve(curve: Mapping[str, Any]) -> list[str]:
    return [
        "## What more articles would bring",
        "",
        f"The same training on parts of the articles, drawn at random, evaluated on {curve['on']}:",
        "",
        "| articles | macro-F1 | accuracy |",
        "| ---: | ---: | ---: |",
        *(f"| {point['articles']} | {point['macro_f1']:.3f} | {point['accuracy']:.3f} |" for point in curve["points"]),
        "",
    ]


def _title(label: str) -> str:
    return label.replace("_", " ") or "no statement"


def _weak_spots(figures: Mapping[str, Any]) -> list[str]:
    labels = list(figures["labels"])
    confused = [
        (count, sum(row), gold, predicted)
        for gold, row in zip(labels, figures["confusion"], strict=True)
        for predicted, count in zip([*labels, ""], row, strict=True)
        if predicted != gold and count
    ]
    confused.sort(key=lambda each: (-each[0] / each[1], each[2]))
    return [
        "### What it is bad at",
        "",
        *(
            f"- Of {total} paragraphs that are {_title(gold)}, it takes {count} for {_title(predicted)}."
            for count, total, gold, predicted in confused[:6]
        ),
        "- Paraphrase that goes on without a cue, events told with a speech verb, and “will” or “would” as plan or as"
        " prediction are where most of these come from.",
        "- It knows news in its language. Other languages, fiction, forums and transcripts were not measured.",
        "",
    ]
