"""Bring annotated articles into the corpus format.

standoff  labels of Sayso for a public corpus, joined with your own copy of that corpus
jsonl     the corpus format, checked line by line
conll     "code TAB sentence" lines under "# newdoc id = …"
brat      a directory of .txt and .ann files
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Iterator
from pathlib import Path

from model.annotations import READERS, Imported
from model.corpus import Article, write_corpus
from model.lexicon import lexicon
from model.standoff import Mismatch, join
from scripts.console import progress, run


def main() -> int:
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument("format", choices=["standoff", *READERS])
    parser.add_argument("source", type=Path, help="file or directory to import")
    parser.add_argument("out", type=Path, help="corpus file to write")
    parser.add_argument("--labels", type=Path, nargs="+", help="standoff files, as in corpora/standoff/")
    parser.add_argument(
        "--language",
        default="en",
        help="folder of model/lexicons, whose label set has the codes (default: %(default)s)",
    )
    parser.add_argument("--partial", action="store_true", help="write what fits although something does not")
    parser.add_argument("--dry-run", action="store_true", help="check everything, write nothing")
    arguments = parser.parse_args()
    if (arguments.format == "standoff") != bool(arguments.labels):
        parser.error("--labels belongs to the format standoff, and standoff needs it")

    articles, mismatches = _collect(progress(_imported(arguments), unit=" articles", desc="reading"))
    for mismatch in mismatches:
        print(mismatch, file=sys.stderr)
    paragraphs = sum(len(article.paragraphs) for article in articles)
    print(f"{len(articles)} articles, {paragraphs} paragraphs fit; {len(mismatches)} mismatches")
    if mismatches and not arguments.partial:
        print("error: nothing written; mend the source, or pass --partial to keep what fits", file=sys.stderr)
        return 1
    if not articles:
        print("error: nothing to write", file=sys.stderr)
        return 1
    if arguments.dry_run:
        print(f"dry run: {arguments.out} not written")
    else:
        write_corpus(arguments.out, articles)
        print(f"written to {arguments.out}")
    return 0


def _imported(arguments: Namespace) -> Iterator[Imported]:
    codes = lexicon(arguments.language).labels.codes
    if arguments.format != "standoff":
        yield from READERS[arguments.format](arguments.source, codes)
        return
    for labels in arguments.labels:
        yield from join(labels, arguments.source, codes)


def _collect(imported: Iterator[Imported]) -> tuple[list[Article], list[Mismatch]]:
    articles: dict[str, Article] = {}
    mismatches: list[Mismatch] = []
    for article, wrong in imported:
        mismatches += wrong
        if article is not None and article.id in articles:
            mismatches.append(Mismatch(article.id, "an article with this id came before"))
        elif article is not None:
            articles[article.id] = article
    return list(articles.values()), mismatches


if __name__ == "__main__":
    run(main)
