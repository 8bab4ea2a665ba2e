"""Train a model from annotated corpora and write it, with its manifest, to a folder."""

from __future__ import annotations

import argparse
from pathlib import Path

from model import artefact
from model.corpus import digest, read_corpus
from model.training import evaluate, train


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__)
    cli.add_argument("corpora", nargs="+", type=Path, help="JSON-lines files of annotated articles")
    cli.add_argument(
        "--out", type=Path, default=artefact.SHIPPED, help="folder of the model (default: the shipped one)"
    )
    cli.add_argument(
        "--evaluate-on", nargs="*", type=Path, default=[], help="corpora whose figures go into the manifest"
    )
    cli.add_argument("--version", default="1.0.0")
    cli.add_argument("--seed", type=int, default=0)
    cli.add_argument("--jobs", type=int, default=2, help="processes")
    args = cli.parse_args()
    corpora = {path: read_corpus(path) for path in args.corpora}
    articles = [article for each in corpora.values() for article in each]
    print(f"training on {len(articles)} articles", flush=True)
    labeller = train(articles, seed=args.seed, jobs=args.jobs)
    manifest = {
        **labeller.manifest,
        "version": args.version,
        "seed": args.seed,
        "corpora": [
            {"name": path.name, "sha256": digest(path), "bytes": path.stat().st_size, "articles": len(each)}
            for path, each in corpora.items()
        ],
        "figures": {path.name: evaluate(labeller, read_corpus(path)) for path in args.evaluate_on},
    }
    manifest = artefact.save(args.out, labeller.classifier, manifest, "")
    print(f"{args.out}: {manifest['file']['bytes'] / 1e6:.1f} MB")
    for name, figures in manifest["figures"].items():
        print(
            f"{name}: macro-F1 {figures['macro_f1']:.3f} accuracy {figures['accuracy']:.3f} "
            + " ".join(f"{label} {row['f1']:.3f}" for label, row in figures["labels"].items())
            + f" ece {figures['calibration_error']:.3f} certain {figures['certain']}"
        )


if __name__ == "__main__":
    main()
