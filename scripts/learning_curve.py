"""Draw how the model's figures grow with the articles it is trained on: is it worth annotating more?"""

from __future__ import annotations

import random
from argparse import ArgumentParser
from pathlib import Path

from tqdm import tqdm

from model.corpus import read_corpus
from model.training import evaluate, train
from scripts import plots
from scripts.cluster import backend
from scripts.console import run


def main() -> int:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("corpora", nargs="+", type=Path, help="corpora to train on")
    parser.add_argument("--on", type=Path, required=True, help="corpus to evaluate on")
    parser.add_argument("--out", type=Path, required=True, help="picture to write (.png, .svg, .pdf)")
    parser.add_argument("--steps", type=int, default=4, help="each step doubles the articles (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2, help="processes (default: %(default)s)")
    arguments = parser.parse_args()

    articles = [article for path in arguments.corpora for article in read_corpus(path)]
    random.Random(arguments.seed).shuffle(articles)
    held_out = read_corpus(arguments.on)
    points = []
    for step in tqdm(range(arguments.steps), unit=" models"):
        part = articles[: len(articles) >> (arguments.steps - 1 - step)]
        with backend(None):
            figures = evaluate(train(part, seed=arguments.seed, jobs=arguments.jobs), held_out)
        points.append((len(part), figures["macro_f1"]))
        print(
            f"{len(part):7,} articles  macro-F1 {figures['macro_f1']:.3f}  accuracy {figures['accuracy']:.3f}",
            flush=True,
        )
    plots.learning_curve(points, arguments.out)
    return 0


if __name__ == "__main__":
    run(main)
