"""Cross-validate by article, and search for the best parameters of the classifier and weights of the corpora.

Each setting is fitted once a fold on the articles of the other folds, and scored on those of its own. The fits are
spread over processes of this machine, or over a Dask cluster.

  cross_validate.py written.jsonl news.jsonl --weight written.jsonl=0.3,1,3 --search folds=2,3 --on news.jsonl
"""

from __future__ import annotations

import random
import statistics
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from itertools import product
from pathlib import Path
from typing import Any

from joblib import Parallel, delayed
from sklearn.model_selection import ParameterGrid

from model.corpus import Article, all_of, read_corpora
from model.lexicon import lexicon
from model.training import evaluate, train
from scripts.cluster import backend
from scripts.console import natural, positive, run
from scripts.parameters import choices

Setting = tuple[dict[str, float], dict[str, Any]]  # weights of the corpora, parameters of the classifier
Named = tuple[str, Article]  # with the name of its corpus


def main() -> int:
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument("corpora", nargs="+", type=Path, help="JSON-lines files of annotated articles")
    parser.add_argument(
        "--weight", action="append", default=[], metavar="NAME=W,W…", help="weights to try for a corpus (default: 1)"
    )
    parser.add_argument(
        "--search", action="append", default=[], metavar="NAME=V,V…", help="values to try for a parameter"
    )
    parser.add_argument("--on", metavar="NAME", help="score the articles of this corpus alone (default: all)")
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument(
        "--language", default="en", help="folder of model/lexicons: its words and its label set (default: %(default)s)"
    )
    parser.add_argument("--seed", type=natural, default=0)
    parser.add_argument("--jobs", type=positive, default=2, help="processes (default: %(default)s)")
    parser.add_argument("--scheduler", metavar="tcp://HOST:PORT", help="fit on a Dask cluster instead")
    parser.add_argument("--dry-run", action="store_true", help="say what would be fitted, fit nothing")
    arguments = parser.parse_args()

    codes = lexicon(arguments.language).labels.codes
    corpora = {path.name: each for path, each in read_corpora(arguments.corpora, codes).items()}
    all_of(corpora.values())  # an article in two of them would be trained and evaluated on
    grids = _weights(arguments.weight, list(corpora)), choices("--search", arguments.search)
    settings: list[Setting] = list(product(*map(ParameterGrid, grids)))
    if arguments.on and arguments.on not in corpora:
        raise ValueError(f"--on {arguments.on}: not among {', '.join(corpora)}")
    articles = [(name, article) for name, each in corpora.items() for article in each]
    if not 2 <= arguments.folds <= len(articles):
        raise ValueError(f"--folds {arguments.folds}: must be from 2 to the number of articles, {len(articles)}")
    random.Random(arguments.seed).shuffle(articles)
    print(f"{len(settings)} settings × {arguments.folds} folds, {len(articles)} articles", flush=True)
    if arguments.dry_run:
        return 0

    tasks = list(product(settings, range(arguments.folds)))
    with backend(arguments.scheduler):
        scores = Parallel(arguments.jobs, verbose=10)(
            delayed(score)(*_split(articles, fold, arguments.folds), setting, arguments) for setting, fold in tasks
        )
    by_setting = [scores[number : number + arguments.folds] for number in range(0, len(scores), arguments.folds)]
    print(f"\n{'macro-F1':>8} {'± sd':>6} {'accuracy':>9}   setting")
    for setting, folds in sorted(zip(settings, by_setting, strict=True), key=lambda pair: -_mean(pair[1], 0)):
        weights, parameters = setting
        said = [f"{name}={weight:g}" for name, weight in weights.items()]
        said += [f"{name}={value}" for name, value in parameters.items()]
        deviation = statistics.stdev(macro for macro, _ in folds)
        print(f"{_mean(folds, 0):8.3f} {deviation:6.3f} {_mean(folds, 1):9.3f}   {'  '.join(said)}")
    return 0


def score(held_out: list[Named], others: list[Named], setting: Setting, arguments: Namespace) -> tuple[float, float]:
    """Macro-F1 and accuracy on one fold."""
    weights, parameters = setting
    articles, counts = [article for _, article in others], [weights[name] for name, _ in others]
    labeller = train(articles, weights=counts, language=arguments.language, seed=arguments.seed, parameters=parameters)
    figures = evaluate(labeller, [article for name, article in held_out if arguments.on in (None, name)])
    return figures["macro_f1"], figures["accuracy"]


def _split(articles: list[Named], fold: int, folds: int) -> tuple[list[Named], list[Named]]:
    return articles[fold::folds], [each for number, each in enumerate(articles) if number % folds != fold]


def _mean(folds: list[tuple[float, float]], index: int) -> float:
    return statistics.fmean(figures[index] for figures in folds)


def _weights(given: list[str], names: list[str]) -> dict[str, list[float]]:
    """The weights to try for each corpus. Raises ValueError for one that is no weight of a corpus."""
    tried = {name: [1.0] for name in names}
    for each in given:
        name, _, weights = each.partition("=")
        try:
            tried[name] = [float(weight) for weight in weights.split(",")]
        except ValueError:
            raise ValueError(f"--weight {each}: expected NAME=W,W… with numbers") from None
        if name not in names or not all(weight > 0 for weight in tried[name]):
            raise ValueError(f"--weight {each}: NAME must be one of {', '.join(names)}, weights more than 0")
    return tried


if __name__ == "__main__":
    run(main)
