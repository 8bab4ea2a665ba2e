"""A Dask cluster for whatever command takes --scheduler."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from distributed import Client


@contextmanager
def connect(scheduler: str) -> Iterator[Any]:
    """A client of the scheduler at `tcp://host:port`. Raises OSError where it cannot be reached or has no workers."""
    for name in logging.root.manager.loggerDict:
        if name.startswith("distributed"):
            logging.getLogger(name).setLevel(logging.CRITICAL)  # what is lost is said in a sentence, not a traceback
    with Client(scheduler, timeout=10) as client:  # type: ignore[no-untyped-call]
        if not client.nthreads():
            raise OSError(f"the scheduler at {scheduler} has no workers; start some with: dask worker {scheduler}")
        yield client
