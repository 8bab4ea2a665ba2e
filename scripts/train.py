"""Train a model from annotated corpora and write it, with its manifest and card, to a folder.

Same corpora and seed, same model. The work is spread over processes of this machine, or over a Dask cluster.
"""

from __future__ import annotations

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from model import artefact
from model.card import comparable, make_card
from model.corpus import all_of, digest, digest_of, read_corpora
from model.gate import by_outlet
from model.lexicon import lexicon
from model.training import evaluate, gold_labels, train
from model.variants import Lessons, read_lessons
from scripts.cluster import backend
from scripts.console import natural, positive, run
from scripts.parameters import choices


def main() -> int:
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument("corpora", nargs="+", type=Path, help="JSON-lines files of annotated articles")
    parser.add_argument(
        "--out", type=Path, default=artefact.SHIPPED, help="folder of the model (default: the shipped one)"
    )
    parser.add_argument(
        "--evaluate-on", nargs="*", type=Path, default=[], help="corpora whose figures the manifest gets"
    )
    parser.add_argument(
        "--language", default="en", help="folder of model/lexicons: its words and its label set (default: %(default)s)"
    )
    parser.add_argument(
        "--weight",
        action="append",
        default=[],
        metavar="NAME=W",
        help="how much the articles of the corpus file NAME count beside others (default: 1)",
    )
    parser.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="a parameter, as cross_validate.py found it"
    )
    parser.add_argument(
        "--variants", type=Path, metavar="FILE", help="variants of the articles that a teacher labelled, by teach.py"
    )
    parser.add_argument("--beside", type=Path, help="folder of a model whose figures the card shows beside these")
    parser.add_argument("--name", help="of the model (default: sayso and the language)")
    parser.add_argument("--version", default="1.0.0")
    parser.add_argument("--seed", type=natural, default=0)
    parser.add_argument("--jobs", type=positive, default=2, help="processes (default: %(default)s)")
    parser.add_argument("--scheduler", metavar="tcp://HOST:PORT", help="fit on a Dask cluster instead")
    parser.add_argument("--dry-run", action="store_true", help="read and check the corpora, train nothing")
    arguments = parser.parse_args()

    parameters = {name: values[-1] for name, values in choices("--set", arguments.set).items()}
    weight_of = _weights(arguments.weight, arguments.corpora)
    beside = artefact.read_manifest(arguments.beside) if arguments.beside else None
    labels = lexicon(arguments.language).labels
    codes = labels.codes
    corpora, held_out = (read_corpora(paths, codes) for paths in (arguments.corpora, arguments.evaluate_on))
    articles = all_of(corpora.values())
    ids = {article.id for article in articles}
    for path, each in held_out.items():
        if not any(label for article in each for label in gold_labels(article, labels)):
            raise ValueError(f"{path} holds no paragraph with a label to evaluate on")
    if seen := [article.id for each in held_out.values() for article in each if article.id in ids]:
        raise ValueError(f"{len(seen)} articles would be trained and evaluated on, {seen[0]} for one")
    sentences = sum(len(paragraph) for article in articles for paragraph in article.paragraphs)
    lessons = read_lessons(arguments.variants, articles, labels) if arguments.variants else Lessons()
    print(
        f"training on {len(articles)} articles, {sentences} sentences, and {len(lessons.variants)} variants", flush=True
    )
    if arguments.dry_run:
        print(f"dry run: {arguments.out} not written")
        return 0

    arguments.out.mkdir(parents=True, exist_ok=True)  # before an hour's work
    weights = [weight_of[path] for path, each in corpora.items() for _ in each]
    with backend(arguments.scheduler):
        labeller = train(
            articles,
            weights=weights,
            language=arguments.language,
            seed=arguments.seed,
            jobs=arguments.jobs,
            parameters=parameters,
            lessons=lessons,
        )
    manifest = {
        **labeller.manifest,
        "name": arguments.name or labeller.name,
        "version": arguments.version,
        "seed": arguments.seed,
        "parameters": parameters,
        "corpora": [
            {
                "name": path.name,
                "sha256": digest(path),
                "articles_sha256": digest_of(each),
                "bytes": path.stat().st_size,
                "articles": len(each),
                "weight": weight_of[path],
            }
            for path, each in corpora.items()
        ],
        **({"variants": _described(arguments.variants, lessons)} if arguments.variants else {}),
        "figures": {
            path.name: {
                **evaluate(labeller, each),
                "outlets": {
                    outlet: {name: figures[name] for name in ("paragraphs", "accuracy", "macro_f1")}
                    for outlet, figures in by_outlet(labeller, each).items()
                },
            }
            for path, each in held_out.items()
        },
        **({"beside": comparable(beside)} if beside else {}),
    }
    from scripts import plots  # matplotlib is slow to load

    card = make_card(manifest, plots.draw_card(manifest, arguments.out))
    manifest = artefact.save(arguments.out, labeller.classifier, manifest, card)
    print(f"{arguments.out}: {manifest['file']['bytes'] / 1e6:.1f} MB")
    for name, figures in manifest["figures"].items():
        print(
            f"{name}: macro-F1 {figures['macro_f1']:.3f} accuracy {figures['accuracy']:.3f} "
            + " ".join(f"{label} {row['f1']:.3f}" for label, row in figures["labels"].items())
            + f" ece {figures['calibration_error']:.3f} certain {figures['certain']}"
        )
    return 0


def _described(path: Path, lessons: Lessons) -> dict[str, Any]:
    return {"name": path.name, "sha256": digest(path), "articles": len(lessons.variants)}


def _weights(given: list[str], corpora: list[Path]) -> dict[Path, float]:
    """Raises ValueError for what is no NAME=W of one of the corpora."""
    weights = dict.fromkeys(corpora, 1.0)
    for each in given:
        name, _, value = each.partition("=")
        path = next((path for path in corpora if path.name == name), None)
        try:
            weight = float(value)
        except ValueError:
            weight = 0.0
        if path is None or not 0 < weight <= 100:
            raise ValueError(f"--weight {each}: give NAME=W, the file name of a corpus and a number above 0")
        weights[path] = weight
    return weights


if __name__ == "__main__":
    run(main)
