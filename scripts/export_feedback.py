"""Export readers' corrections from the feedback store as a corpus.

Only what enough readers agree on is taken; read the file before you train on it. The store is that of the server: the
SAYSO_… variables say which one (default: the folder var/).
"""

from __future__ import annotations

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path
from typing import cast

from pydantic import ValidationError
from sqlalchemy.engine import make_url

from model import Labeller
from model.corpus import write_corpus
from scripts.console import positive, progress, run
from scripts.feedback import agree, annotate
from server.problems import Problem
from server.settings import Settings, wrong
from server.store import Store, cause


def main() -> int:
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, help="corpus file to write")
    parser.add_argument("--agree", type=positive, default=2, help="corrections that must agree (default: %(default)s)")
    parser.add_argument(
        "--per-origin", type=positive, default=20, help="texts to take of one caller at most (default: %(default)s)"
    )
    parser.add_argument("--most", type=positive, default=500, help="texts to take at most (default: %(default)s)")
    parser.add_argument("--dry-run", action="store_true", help="count, write nothing")
    arguments = parser.parse_args()

    try:
        settings = Settings()
    except ValidationError as error:
        raise ValueError(wrong(error)) from None
    file = make_url(settings.database_url).database
    if settings.database_url.startswith("sqlite") and not Path(file or "").is_file():
        raise ValueError(f"there is no feedback store at {file}; set SAYSO_STATE_DIR to the folder of the server")
    labeller = Labeller.load(settings.model)
    try:
        agreed, left_out = agree(
            Store(settings).with_text(),
            labeller.labels,
            needed=arguments.agree,
            most=arguments.most,
            per_origin=arguments.per_origin,
        )
    except Problem as problem:
        raise OSError(f"the feedback store cannot be read: {cause(cast(Exception, problem.__context__))}") from None
    for reason, count in sorted(left_out.items()):
        print(f"left out: {count} {reason}")
    print(f"{len(agreed)} texts agreed on")
    if not agreed or arguments.dry_run:
        print(f"{arguments.out} not written")
        return 0
    write_corpus(arguments.out, [annotate(each, labeller) for each in progress(agreed, unit=" texts", desc="writing")])
    print(f"written to {arguments.out}")
    return 0


if __name__ == "__main__":
    run(main)
