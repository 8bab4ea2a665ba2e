"""What every command shares: a bar of progress, and one way to end, so that a mistake is a sentence, no traceback."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool

from tqdm import tqdm as progress

__all__ = ["natural", "positive", "progress", "run"]


def run(command: Callable[[], int]) -> None:
    """Run a command and exit with its status: 1 where it says what was wrong, 130 where the user stopped it."""
    try:
        status = command()
    except KeyboardInterrupt:
        status = 130
        print("stopped", file=sys.stderr)
    except OSError as error:
        status = 1
        print(f"error: {error.filename}: {error.strerror}" if error.filename else f"error: {error}", file=sys.stderr)
    # fsspec names the package that an address needs; a worker may be killed for the memory it takes.
    except (ValueError, ImportError, BrokenProcessPool) as error:
        status = 1
        print(f"error: {error}", file=sys.stderr)
    sys.exit(status)


def positive(text: str) -> int:
    """Of an option: 1 or more."""
    if (number := natural(text)) == 0:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def natural(text: str) -> int:
    """Of an option: 0 or more."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"must be a whole number, 0 or more, not {text!r}")
    return int(text)
