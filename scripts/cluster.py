"""A Dask cluster for whatever command takes --scheduler."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Executor, Future
from contextlib import contextmanager
from typing import Any

from joblib import parallel_config
from threadpoolctl import threadpool_limits


@contextmanager
def connect(scheduler: str) -> Iterator[Any]:
    """A client of the scheduler at `tcp://host:port`. Raises OSError where it cannot be reached or has no workers."""
    from distributed import Client  # slow to load

    for name in logging.root.manager.loggerDict:
        if name.startswith(("distributed", "tornado", "asyncio")):
            logging.getLogger(name).setLevel(logging.CRITICAL)  # what is lost is said in a sentence, not a traceback
    with Client(scheduler, timeout=10) as client:  # type: ignore[no-untyped-call]
        if not client.nthreads():
            raise OSError(f"the scheduler at {scheduler} has no workers; start some with: dask worker {scheduler}")
        yield client


class Workers(Executor):
    """The workers of a cluster. Dask's own executor never ends a future whose result is lost on its way here."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def submit(self, function: Callable[..., Any], /, *args: Any, **named: Any) -> Future[Any]:
        """The future raises CancelledError where the scheduler is lost, or one worker after the other."""
        from distributed import KilledWorker
        from distributed.comm.core import CommClosedError

        ours: Future[Any] = Future()
        ours.set_running_or_notify_cancel()  # from here on only `pass_on` ends it
        theirs = self._client.submit(function, *args, **named, pure=False)

        async def pass_on() -> None:
            try:
                ours.set_result(await theirs)
            except (CommClosedError, KilledWorker):
                ours.set_exception(CancelledError())
            except Exception as error:
                ours.set_exception(error)

        self._client.loop.add_callback(pass_on)
        return ours


@contextmanager
def backend(scheduler: str | None) -> Iterator[None]:
    """joblib works on the cluster within the block, or on this machine. Raises OSError as `connect`.

    Each process computes with one thread: sums in another order would give another model.
    """
    with threadpool_limits(1):
        if not scheduler:
            with parallel_config(backend="loky", inner_max_num_threads=1), warnings.catch_warnings():
                # Workers that have grown are replaced; nothing is lost by it.
                warnings.filterwarnings("ignore", "A worker stopped while some jobs were given", UserWarning)
                yield
            return
        with connect(scheduler) as client, parallel_config(backend="dask", client=client, wait_for_workers_timeout=10):
            client.run(_compute_with_one_thread)
            yield


def _compute_with_one_thread() -> None:
    threadpool_limits(1)
