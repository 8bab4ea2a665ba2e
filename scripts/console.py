"""What every command shares: a bar of progress, and one way to end, so that a mistake is a sentence, no traceback."""

from __future__ import annotations

import sys
from collections.abc import Callable

from tqdm import tqdm as progress

__all__ = ["progress", "run"]


def run(command: Callable[[], int]) -> None:
    """Run a command and exit with its status: 1 where it says what was wrong, 130 where the user stopped it."""
    try:
        status = command()
    except KeyboardInterrupt:
        status = 130
        print("stopped", file=sys.stderr)
    except (ValueError, OSError) as error:
        status = 1
        print(f"error: {error}", file=sys.stderr)
    sys.exit(status)
