"""Label an archive: JSON lines, Parquet or WARC in, Parquet or JSON lines out.

An article needs one of "paragraphs" (list of strings), "text" and "html"; "id", "date" and "outlet" are kept. Of a WARC
file all HTML pages are taken. Inputs and OUT may be any address that fsspec opens. A run that was stopped goes on where
it was. docs/archives.md describes the output.
"""

from __future__ import annotations

import os
from argparse import ArgumentParser, RawDescriptionHelpFormatter

from scripts.archive import Archive, cluster_executor, local_executor
from scripts.archive_input import FIELDS
from scripts.archive_output import FORMATS
from scripts.console import run


def main() -> int:
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument(
        "inputs", nargs="+", metavar="IN", help="files: .jsonl (.gz, .bz2, .xz), .parquet, .warc (.gz); wildcards"
    )
    parser.add_argument("out", metavar="OUT", help="folder for the labels")
    parser.add_argument("--format", choices=FORMATS, default="parquet", help="of the output (default: %(default)s)")
    parser.add_argument(
        "--field", action="append", default=[], metavar="OURS=THEIRS", help="another name of a part: text=body"
    )
    parser.add_argument("--model", metavar="PATH", help="model file (default: the shipped one)")
    parser.add_argument(
        "--part-megabytes", type=float, metavar="MB", help="input per part (default: a 500th of all, from 0.25 to 8)"
    )
    parser.add_argument(
        "--workers", type=int, default=_cores(), help="processes on this machine (default: %(default)s)"
    )
    parser.add_argument("--scheduler", metavar="tcp://HOST:PORT", help="label on a Dask cluster instead")
    parser.add_argument("--dry-run", action="store_true", help="say what would be done, write nothing")
    arguments = parser.parse_args()
    fields = dict(each.partition("=")[::2] for each in arguments.field)
    if unknown := [f"{ours}={theirs}" for ours, theirs in fields.items() if ours not in FIELDS or not theirs]:
        parser.error(f"--field {unknown[0]}: expected {'|'.join(FIELDS)}=NAME")
    megabytes = arguments.part_megabytes
    if arguments.workers < 1 or (megabytes is not None and megabytes <= 0):
        parser.error("--workers and --part-megabytes must be more than 0")

    archive = Archive(
        arguments.inputs,
        arguments.out,
        format=arguments.format,
        fields=fields,
        model=arguments.model,
        part_bytes=None if megabytes is None else max(1, round(megabytes * 1e6)),
    )
    size = sum(chunk.size for chunk in archive.left) / 1e6
    print(f"{len(archive.left)} of {len(archive.chunks)} parts to do ({size:,.1f} MB)", flush=True)
    if arguments.dry_run:
        print("dry run: nothing written")
        return 0
    with (
        cluster_executor(arguments.scheduler) if arguments.scheduler else local_executor(arguments.workers) as (
            executor,
            width,
        )
    ):
        totals = archive.run(executor, width)
    before = f", beside the {totals.parts_before:,} parts from before" if totals.parts_before else ""
    print(f"{totals.articles:,} articles labelled, {totals.rejected:,} rejected{before}")
    if totals.duplicates:
        print(f"{totals.duplicates:,} rows repeat an id: {arguments.out}/duplicates.jsonl")
    print(f"labels in {arguments.out}/articles")
    if totals.rejected:
        print(f"reasons in {arguments.out}/rejected")
    return 0


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


if __name__ == "__main__":
    run(main)
