"""Serve another model: check it against the pinned floors, then swap it in; or go back to the one before."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path

from model import Labeller, artefact
from model.corpus import read_corpora
from model.gate import check, read_floors
from model.promotion import promote, roll_back
from scripts.console import run


def main() -> int:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("candidate", nargs="?", type=Path, help="folder of the new model")
    parser.add_argument("--back", action="store_true", help="go back to the previous model instead")
    parser.add_argument(
        "--to", type=Path, default=artefact.SHIPPED, help="folder that is served (default: the shipped one)"
    )
    parser.add_argument("--floors", type=Path, help="pinned floors, made by evaluate.py --pin")
    parser.add_argument("--on", type=Path, nargs="+", default=[], help="the evaluation sets that the floors are about")
    parser.add_argument("--dry-run", action="store_true", help="check the gate, swap nothing")
    arguments = parser.parse_args()
    if arguments.back == bool(arguments.candidate):
        parser.error("give either a candidate or --back")
    if arguments.candidate and not arguments.floors:
        parser.error("a candidate needs --floors, and --on with the sets that they are about")

    if arguments.back:
        if arguments.dry_run:
            print(f"dry run: would go back to {Labeller.load(arguments.to / 'previous').version}")
            return 0
        manifest = roll_back(arguments.to)
    else:
        candidate = Labeller.load(arguments.candidate)
        sets = {path.stem: each for path, each in read_corpora(arguments.on, candidate.labels.codes).items()}
        against = check(candidate, sets, read_floors(arguments.floors, candidate.labels))
        for sentence in against:
            print(f"gate: {sentence}", file=sys.stderr)
        if against:
            print("error: not promoted", file=sys.stderr)
            return 1
        print("gate: open")
        if arguments.dry_run:
            print("dry run: not promoted")
            return 0
        manifest = promote(arguments.candidate, arguments.to)
    print(f"{arguments.to} is now {manifest['name']} {manifest['version']} ({manifest['file']['sha256'][:12]}…)")
    print("a running server takes it up on the signal HUP")
    return 0


if __name__ == "__main__":
    run(main)
