"""Sum up labelled archives: shares of each label by outlet and month, and the sources quoted most.

Shares are of the words of statements. Rows listed in duplicates.jsonl count once.
"""

from __future__ import annotations

import csv
import json
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import fsspec

from scripts.archive_output import rows_of
from scripts.console import run

UNKNOWN = "–"


@dataclass(slots=True)
class Sum:
    """Articles, words, and words of each label."""

    articles: int = 0
    words: int = 0
    labelled: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    def share(self, label: str) -> float:
        return self.labelled[label] / self.words if self.words else 0.0


def main() -> int:
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument("labels", help="folder that label_archive.py wrote")
    parser.add_argument("--csv", type=Path, help="write the table here")
    parser.add_argument("--plot", type=Path, help="draw the shares over the months here (.png, .svg, .pdf)")
    parser.add_argument("--top", type=int, default=10, help="sources to list of each kind (default: %(default)s)")
    arguments = parser.parse_args()

    sums, sources = summarise(arguments.labels)
    labels = list(next(iter(sums.values())).labelled) if sums else []
    print(f"{'outlet':20} {'month':8} {'articles':>9} {'words':>11}  " + "  ".join(f"{label:>16}" for label in labels))
    for (outlet, month), each in sorted(sums.items()):
        shares = "  ".join(f"{each.share(label):16.3f}" for label in labels)
        print(f"{outlet:20.20} {month:8} {each.articles:9,} {each.words:11,}  {shares}")
    for kind in sorted(sources):
        print(f"\n{kind} sources quoted most (words)")
        for name, words in sorted(sources[kind].items(), key=lambda item: (-item[1], item[0]))[: arguments.top]:
            print(f"{words:11,}  {name}")
    if arguments.csv:
        with arguments.csv.open("w", newline="", encoding="utf-8") as file:
            table = csv.writer(file)
            table.writerow(["outlet", "month", "articles", "words", *labels])
            for (outlet, month), each in sorted(sums.items()):
                table.writerow([outlet, month, each.articles, each.words, *(round(each.share(x), 4) for x in labels)])
    if arguments.plot:
        from scripts import plots  # matplotlib is slow to load

        months = sorted({month for _, month in sums})
        plots.shares_by_month(
            months,
            {
                outlet: {
                    label: [
                        sums[outlet, month].share(label) if (outlet, month) in sums else float("nan")
                        for month in months
                    ]
                    for label in labels
                }
                for outlet in sorted({outlet for outlet, _ in sums})
            },
            arguments.plot,
        )
    return 0


def summarise(out: str) -> tuple[dict[tuple[str, str], Sum], dict[str, Counter[str]]]:
    """Sums by outlet and month ("2026-01"), and the words of each source by kind."""
    again = _duplicates(out)
    sums: dict[tuple[str, str], Sum] = defaultdict(Sum)
    sources: dict[str, Counter[str]] = defaultdict(Counter)
    for number, row in enumerate(rows_of(out, ["date", "outlet", "words", "shares", "sources"])):
        if number in again:
            continue
        each = sums[row["outlet"] or UNKNOWN, (row["date"] or UNKNOWN)[:7]]
        each.articles += 1
        each.words += row["words"]
        for label, share in row["shares"].items():
            each.labelled[label] += share * row["words"]
        for source in row["sources"]:
            sources[source["kind"]][source["name"]] += source["words"]
    return dict(sums), dict(sources)


def _duplicates(out: str) -> set[int]:
    fs, path = fsspec.url_to_fs(f"{out}/duplicates.jsonl")
    if not fs.exists(path):
        return set()
    with fs.open(path, "rb") as file:
        return {json.loads(line)["row"] for line in file}


if __name__ == "__main__":
    run(main)
