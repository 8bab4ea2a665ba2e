"""Compare a model's labels with those of annotated corpora: figures for each label, outlet and kind of paragraph.

With --gate the status is 1 where a figure lies below its pinned floor, or a pinned set is missing or was changed.
"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from model import Labeller
from model.corpus import read_corpora
from model.gate import by_outlet, check, pin, read_floors
from model.training import evaluate
from scripts.console import run


def main() -> int:
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument("corpora", nargs="+", type=Path, help="JSON-lines files of annotated articles")
    parser.add_argument("--model", type=Path, help="folder of the model (default: the shipped one)")
    parser.add_argument("--plots", type=Path, metavar="FOLDER", help="draw calibration and outlets of each corpus here")
    pinned = parser.add_mutually_exclusive_group()
    pinned.add_argument("--gate", type=Path, metavar="FLOORS", help="compare with these pinned floors")
    pinned.add_argument("--pin", type=Path, metavar="FLOORS", help="pin floors just below what this model reaches")
    parser.add_argument("--lower", action="store_true", help="with --pin: floors may fall")
    arguments = parser.parse_args()

    labeller = Labeller.load(arguments.model)
    floors = read_floors(arguments.gate, labeller.labels) if arguments.gate else {}
    sets = {path.stem: each for path, each in read_corpora(arguments.corpora, labeller.labels.codes).items()}
    for name, articles in sets.items():
        print(f"{name}, {labeller.name} {labeller.version}")
        figures = evaluate(labeller, articles)
        _print_labels(figures)
        _print_manners(figures["manners"])
        outlets = by_outlet(labeller, articles)
        _print_outlets(outlets)
        if arguments.plots:
            from scripts import plots  # matplotlib is slow to load

            arguments.plots.mkdir(parents=True, exist_ok=True)
            plots.calibration(figures, arguments.plots / f"{name}-calibration.png")
            plots.outlets(outlets, arguments.plots / f"{name}-outlets.png")

    if arguments.pin:
        old = read_floors(arguments.pin, labeller.labels) if arguments.pin.is_file() else {}
        new = pin(labeller, sets, old, lower=arguments.lower)
        arguments.pin.write_text(f"{json.dumps(new, indent=1)}\n", encoding="utf-8")
        print(f"floors pinned in {arguments.pin}")
    if arguments.gate:
        against = check(labeller, sets, floors)
        for sentence in against:
            print(f"gate: {sentence}", file=sys.stderr)
        print("gate: closed" if against else "gate: open")
        return bool(against)
    return 0


def _print_labels(figures: dict[str, Any]) -> None:
    print(f"{'':18} precision  recall     F1  paragraphs    predicted as")
    for (label, row), confused in zip(figures["labels"].items(), figures["confusion"], strict=True):
        print(
            f"{label:18} {row['precision']:9.3f} {row['recall']:7.3f} {row['f1']:6.3f} {row['paragraphs']:11}    "
            + " ".join(f"{count:5}" for count in confused)
        )
    print(
        f"macro-F1 {figures['macro_f1']:.3f}  accuracy {figures['accuracy']:.3f}  "
        f"calibration error {figures['calibration_error']:.3f}  "
        "certain: {coverage:.3f} of the labels, {accuracy:.3f} of them right".format(**figures["certain"])
    )


def _print_manners(manners: dict[str, dict[str, Any]]) -> None:
    width = max(map(len, manners))
    print(f"{'told by':{width}}  paragraphs  right  most often taken for another")
    for manner, row in manners.items():
        mistakes = ", ".join(f"{gold} for {said or 'no statement'} ({count})" for gold, said, count in row["mistakes"])
        print(f"{manner:{width}} {row['paragraphs']:11} {row['right'] / row['paragraphs']:6.3f}  {mistakes}")


def _print_outlets(outlets: dict[str, dict[str, Any]]) -> None:
    print(f"{'outlet':18}  macro-F1  accuracy  paragraphs")
    for name, figures in outlets.items():
        print(f"{name:18} {figures['macro_f1']:9.3f} {figures['accuracy']:9.3f} {figures['paragraphs']:11}")


if __name__ == "__main__":
    run(main)
