"""A Dask cluster for whatever command takes --scheduler."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from joblib import parallel_config
from threadpoolctl import threadpool_limits


@contextmanager
def connect(scheduler: str) -> Iterator[Any]:
    """A client of the scheduler at `tcp://host:port`. Raises OSError where it cannot be reached or has no workers."""
    from distributed import Client  # slow to load

    for name in logging.root.manager.loggerDict:
        if name.startswith("distributed"):
            logging.getLogger(name).setLevel(logging.CRITICAL)  # what is lost is said in a sentence, not a traceback
    with Client(scheduler, timeout=10) as client:  # type: ignore[no-untyped-call]
        if not client.nthreads():
            raise OSError(f"the scheduler at {scheduler} has no workers; start some with: dask worker {scheduler}")
        yield client


@contextmanager
def backend(scheduler: str | None) -> Iterator[None]:
    """joblib works on the cluster within the block, or on this machine. Raises OSError as `connect`.

    Each process computes with one thread: sums in another order would give another model.
    """
    with threadpool_limits(1):
        if not scheduler:
            with parallel_config(backend="loky", inner_max_num_threads=1):
                yield
            return
        with connect(scheduler) as client, parallel_config(backend="dask", client=client, wait_for_workers_timeout=10):
            client.run(_compute_with_one_thread)
            yield


def _compute_with_one_thread() -> None:
    threadpool_limits(1)
