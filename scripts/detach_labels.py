"""Carry corrected labels of a corpus back into the standoff files, which hold labels without text."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

from model.corpus import read_corpus
from model.lexicon import lexicon
from model.standoff import corrected, read_standoff, write_standoff
from scripts.console import progress, run


def main() -> int:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path, help="corpus file with text and corrected codes")
    parser.add_argument("standoff", type=Path, nargs="+", help="standoff files to bring up to date")
    parser.add_argument(
        "--language",
        default="en",
        help="folder of model/lexicons, whose label set has the codes (default: %(default)s)",
    )
    parser.add_argument("--dry-run", action="store_true", help="count what would change, write nothing")
    arguments = parser.parse_args()

    codes = lexicon(arguments.language).labels.codes
    articles = {article.id: article for article in read_corpus(arguments.corpus, codes)}
    for path in arguments.standoff:
        before = read_standoff(path)
        after = [
            corrected(row, articles[row["id"]]) if row["id"] in articles else row
            for row in progress(before, unit=" articles", desc=path.name)
        ]
        changed = sum(old != new for old, new in zip(before, after, strict=True))
        if not arguments.dry_run:
            write_standoff(path, after)
        print(f"{path}: {changed} of {len(before)} articles change")
    return 0


if __name__ == "__main__":
    run(main)
