"""Compare a model's labels with those of annotated corpora: precision, recall and F1 a label, and what is confused."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from model import Labeller
from model.corpus import read_corpus
from model.labels import LABELS
from model.training import evaluate


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__)
    cli.add_argument("corpora", nargs="+", type=Path, help="JSON-lines files of annotated articles")
    cli.add_argument("--model", type=Path, help="folder of the model (default: the shipped one)")
    args = cli.parse_args()
    try:
        labeller = Labeller.load(args.model)
        for path in args.corpora:
            figures = evaluate(labeller, read_corpus(path))
            print(f"{path}: {figures['paragraphs']} paragraphs, {labeller.name} {labeller.version}")
            print(f"{'':18} precision  recall     F1  paragraphs    predicted as")
            for label, confused in zip(LABELS, figures["confusion"], strict=True):
                row = figures["labels"][label]
                print(
                    f"{label:18} {row['precision']:9.3f} {row['recall']:7.3f} {row['f1']:6.3f}"
                    + f" {row['paragraphs']:11}    "
                    + " ".join(f"{count:5}" for count in confused)
                )
            print(f"macro-F1 {figures['macro_f1']:.3f}  accuracy {figures['accuracy']:.3f}", end="  ")
            print(f"calibration error {figures['calibration_error']:.3f}", end="  ")
            print("certain: {coverage:.3f} of the labels, {accuracy:.3f} of them right".format(**figures["certain"]))
    except (ValueError, OSError) as error:
        sys.exit(f"evaluate: {error}")


if __name__ == "__main__":
    main()
