"""Train a model again on halves, quarters … of its articles: is it worth annotating more?

Seed, parameters and weights are those of the model, whose manifest and card get the curve.
"""

from __future__ import annotations

import random
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from model import Labeller, artefact
from model.card import make_card
from model.corpus import Article, digest, digest_of, read_corpus
from model.training import evaluate, train
from model.variants import Lessons, read_lessons
from scripts.cluster import backend
from scripts.console import positive, progress, run

_FEWEST = 6  # articles in the smallest part


def main() -> int:
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path, help="folder of the model, made by train.py")
    parser.add_argument("corpora", nargs="+", type=Path, help="the corpora that it was trained on")
    parser.add_argument("--variants", type=Path, metavar="FILE", help="the variants that it was trained on, if any")
    parser.add_argument("--on", type=Path, required=True, help="corpus to evaluate on")
    parser.add_argument(
        "--steps", type=positive, default=3, help="how often to halve the articles (default: %(default)s)"
    )
    parser.add_argument("--jobs", type=positive, default=2, help="processes (default: %(default)s)")
    parser.add_argument("--scheduler", metavar="tcp://HOST:PORT", help="fit on a Dask cluster instead")
    parser.add_argument("--dry-run", action="store_true", help="check everything, train nothing")
    arguments = parser.parse_args()

    labeller = Labeller.load(arguments.model)
    manifest = labeller.manifest
    articles = _weighted(arguments.corpora, labeller)
    lessons = _lessons(arguments.variants, articles, labeller)
    held_out = read_corpus(arguments.on, labeller.labels.codes)
    ids = {article.id for article, _ in articles}
    if seen := [article.id for article in held_out if article.id in ids]:
        raise ValueError(f"{len(seen)} articles would be trained and evaluated on, {seen[0]} for one")
    random.Random(manifest["seed"]).shuffle(articles)
    sizes = [len(articles) >> step for step in range(arguments.steps, 0, -1)]
    if sizes[0] < _FEWEST:
        raise ValueError(
            f"--steps {arguments.steps}: the smallest part must have {_FEWEST} articles or more, of {len(articles)}"
        )
    print(f"training on {', '.join(map(str, sizes))} articles; the model itself has {len(articles)}", flush=True)
    if arguments.dry_run:
        return 0

    points = []
    for size in progress(sizes, unit=" models"):
        with backend(arguments.scheduler):
            part = train(
                [article for article, _ in articles[:size]],
                weights=[weight for _, weight in articles[:size]],
                language=manifest["language"],
                seed=manifest["seed"],
                jobs=arguments.jobs,
                parameters=manifest.get("parameters"),
                lessons=lessons,
            )
        points.append(_point(size, part, held_out))
    points.append(_point(len(articles), labeller, held_out))
    manifest = {**manifest, "learning_curve": {"on": arguments.on.name, "points": points}}
    from scripts import plots  # matplotlib is slow to load

    artefact.describe(arguments.model, manifest, make_card(manifest, plots.draw_card(manifest, arguments.model)))
    print(f"written to {arguments.model}/card.md")
    return 0


def _point(articles: int, labeller: Labeller, held_out: list[Article]) -> dict[str, Any]:
    figures = evaluate(labeller, held_out)
    print(f"{articles:7,} articles  macro-F1 {figures['macro_f1']:.3f}  accuracy {figures['accuracy']:.3f}", flush=True)
    return {"articles": articles, "macro_f1": figures["macro_f1"], "accuracy": figures["accuracy"]}


def _weighted(paths: list[Path], labeller: Labeller) -> list[tuple[Article, float]]:
    """The articles with the weights that the manifest names. Raises ValueError where they are not the model's own."""
    missing = {corpus["articles_sha256"]: corpus for corpus in labeller.manifest["corpora"]}
    articles: list[tuple[Article, float]] = []
    for path in paths:
        found = read_corpus(path, labeller.labels.codes)
        corpus = missing.pop(digest_of(found), None)
        if corpus is None:
            raise ValueError(f"{path}: the model was not trained on this corpus, or it was changed since")
        articles += [(article, corpus["weight"]) for article in found]
    if missing:
        raise ValueError(f"the model was trained on {', '.join(each['name'] for each in missing.values())} as well")
    return articles


def _lessons(path: Path | None, articles: list[tuple[Article, float]], labeller: Labeller) -> Lessons:
    """Raises ValueError where they are not the model's own."""
    own = labeller.manifest.get("variants", {})
    if (digest(path) if path else None) != own.get("sha256"):
        raise ValueError(f"--variants {path or '(not given)'}: the model learnt from {own.get('name', 'no variants')}")
    return read_lessons(path, [article for article, _ in articles], labeller.labels) if path else Lessons()


if __name__ == "__main__":
    run(main)
