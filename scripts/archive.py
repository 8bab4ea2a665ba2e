"""Label a whole archive, chunk by chunk, on the cores of this machine or on a Dask cluster.

    OUT/run.json               inputs, options, model and chunks of the run
    OUT/articles/part-….       the labels, a row an article
    OUT/rejected/part-….jsonl  what could not be labelled: input, place in it, id, reason
    OUT/duplicates.jsonl       rows whose id came before

Each chunk makes one part, which appears when it is whole. So a part that exists is finished, and a run that was
stopped, in whatever way, goes on with the chunks that have none. A run that asks for anything else in the same folder
is refused.
"""

from __future__ import annotations

import gc
import hashlib
import json
import multiprocessing
import os
import posixpath
import signal
import sys
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

import fsspec
import numpy as np
from threadpoolctl import threadpool_limits
from tqdm import tqdm
from trafilatura.utils import decode_file

from model import Labeller
from scripts.archive_input import MAX_BYTES, Chunk, Record, Rejection, plan, read, sizes_of, too_large
from scripts.archive_output import row, rows_of, whole_file, writer
from scripts.cluster import Workers, connect
from server.html import extract_paragraphs
from server.text import split_paragraphs


@dataclass(frozen=True, slots=True)
class Job:
    """What all chunks of a run share. `fields` maps our names of an article's parts to those of the input."""

    out: str
    format: str
    fields: dict[str, str]
    model: str | None
    digest: str


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a chunk."""

    chunk: Chunk
    articles: int
    rejected: int


@dataclass(slots=True)
class Totals:
    articles: int = 0
    rejected: int = 0
    duplicates: int = 0
    parts_before: int = 0


class Archive:
    """A run: its plan, made or found again in `out`, and what of it is still to do.

    Raises ValueError where `out` holds a run of other inputs, options or another model.
    """

    def __init__(
        self,
        inputs: Iterable[str],
        out: str,
        *,
        format: str = "parquet",
        fields: dict[str, str] | None = None,
        model: str | None = None,
        part_bytes: int | None = None,
    ) -> None:
        self._fs, self._folder = fsspec.url_to_fs(out)
        self.job = Job(out, format, fields or {}, model, labeller(model).manifest["file"]["sha256"])
        self._asked: dict[str, Any] = {
            "inputs": sizes_of(inputs),
            "format": format,
            "fields": self.job.fields,
            "part_bytes": part_bytes,
            "model": {"name": labeller(model).name, "version": labeller(model).version, "sha256": self.job.digest},
        }
        self._planned = self._fs.exists(f"{self._folder}/run.json")
        self.chunks = self._found_again() if self._planned else plan(self._asked["inputs"], part_bytes, self.job.fields)
        finished = {
            posixpath.basename(path).partition(".")[0] for path in self._fs.glob(f"{self._folder}/articles/part-*")
        }
        self.left = [chunk for chunk in self.chunks if chunk.name not in finished]

    def run(self, executor: Executor, width: int) -> Totals:
        """Label what is left; at most twice `width` chunks are under way, so memory does not grow with the input.

        Raises OSError where a worker, the scheduler or the place of the output is lost; what is finished stays.
        """
        self._prepare()
        totals = Totals(parts_before=len(self.chunks) - len(self.left))
        with self._progress() as bar:
            for done in _completed(executor, self.left, self.job, 2 * width):
                totals.articles += done.articles
                totals.rejected += done.rejected
                bar.update(done.chunk.size)
                rate = totals.articles / max(bar.format_dict["elapsed"], 1e-9)
                bar.set_postfix_str(f"{totals.articles:,} articles, {rate:,.0f}/s, {totals.rejected:,} rejected")
        self._remove_unfinished()
        totals.duplicates = self._list_duplicates()
        return totals

    def _found_again(self) -> list[Chunk]:
        run = json.loads(self._fs.cat_file(f"{self._folder}/run.json"))
        differing = [name for name, value in self._asked.items() if run.get(name) != value]
        if differing:
            said = "; ".join(_difference(name, run.get(name), self._asked[name]) for name in differing)
            raise ValueError(f"{self.job.out} holds another run ({said}); choose another folder or remove that one")
        return [Chunk(**each) for each in run["chunks"]]

    def _prepare(self) -> None:
        for folder in ("articles", "rejected"):
            self._fs.makedirs(f"{self._folder}/{folder}", exist_ok=True)
        self._remove_unfinished()
        if not self._planned:
            with whole_file(f"{self.job.out}/run.json") as file:
                run = {**self._asked, "chunks": [asdict(chunk) for chunk in self.chunks]}
                file.write(json.dumps(run, indent=1).encode())

    def _remove_unfinished(self) -> None:
        """What killed processes left."""
        for unfinished in self._fs.glob(f"{self._folder}/*/.part-*"):
            self._fs.rm_file(unfinished)

    def _progress(self) -> Any:
        total, left = sum(chunk.size for chunk in self.chunks), sum(chunk.size for chunk in self.left)
        return tqdm(total=total, initial=total - left, unit="B", unit_scale=True, desc="labelling", smoothing=0.05)

    def _list_duplicates(self) -> int:
        """Name every row whose id came before: the digests of all ids take eight bytes an article."""
        digests = np.fromiter((_digest(each["id"]) for each in rows_of(self.job.out, ["id"])), dtype=np.uint64)
        values, first = np.unique(digests, return_index=True)
        again = np.ones(len(digests), dtype=bool)
        again[first] = False
        count = len(digests) - len(values)
        if count:
            with whole_file(f"{self.job.out}/duplicates.jsonl") as file:
                for number, each in enumerate(rows_of(self.job.out, ["id"])):
                    if again[number]:
                        file.write(json.dumps({"row": number, "id": each["id"]}, ensure_ascii=False).encode() + b"\n")
        return count


def _difference(name: str, before: Any, now: Any) -> str:
    if not isinstance(before, dict) or not isinstance(now, dict):
        return f"{name} was {before}, now {now}"
    key = next(key for key in [*now, *before] if before.get(key) != now.get(key))
    return f"{name}: {key} was {before.get(key, 'none of them')}, now {now.get(key, 'none of them')}"


def label_chunk(chunk: Chunk, job: Job) -> Done:
    """Label one chunk and write its part. Runs in any process that reaches input and output."""
    model = labeller(job.model)
    if model.manifest["file"]["sha256"] != job.digest:
        raise ValueError(f"this worker has another model (version {model.version}); give all workers the same files")
    articles, rejections = 0, []
    with writer(f"{job.out}/articles/{chunk.name}.{job.format}", job.format, model.labels.names) as part:
        for found in read(chunk, job.fields):
            if isinstance(found, Rejection):
                rejections.append(found)
                continue
            try:
                labelled = _labelled(model, chunk, found)
            except ValueError as error:
                rejections.append(Rejection(found.place, _text(found, "id"), str(error)))
            except Exception as error:  # nothing is read or written in there
                reason = f"a fault of Sayso ({type(error).__name__}); please report it with this article"
                rejections.append(Rejection(found.place, _text(found, "id"), reason))
            else:
                part.write(labelled)
                articles += 1
        if rejections:
            with whole_file(f"{job.out}/rejected/{chunk.name}.jsonl") as file:
                for each in rejections:
                    file.write(json.dumps({"input": chunk.url, **asdict(each)}, ensure_ascii=True).encode() + b"\n")
    return Done(chunk, articles, len(rejections))


@cache
def labeller(path: str | None) -> Labeller:
    """One for each process."""
    threadpool_limits(1)
    loaded = Labeller.load(path)
    gc.freeze()  # the collector need not look through the model again and again
    return loaded


def _labelled(model: Labeller, chunk: Chunk, record: Record) -> dict[str, Any]:
    fields = record.fields
    given = [name for name in ("paragraphs", "text", "html") if name in fields]
    if len(given) != 1:
        raise ValueError(
            f"an article has exactly one of paragraphs, text and html; this has {' and '.join(given) or 'none'}"
        )
    body = fields[given[0]]
    if given[0] == "paragraphs":
        if not isinstance(body, list) or not all(isinstance(each, str) for each in body):
            raise ValueError("paragraphs must be a list of strings")
        paragraphs, size = body, sum(map(len, body))
    elif not isinstance(body, str | bytes):
        raise ValueError(f"{given[0]} must be a string, not {type(body).__name__}")
    else:
        size = len(body)
    if size > MAX_BYTES:
        raise ValueError(too_large(size))
    if given[0] == "text":
        paragraphs = split_paragraphs(body)
    elif given[0] == "html":
        paragraphs = extract_paragraphs(body if isinstance(body, str) else decode_file(body))
    if not any(paragraph.strip() for paragraph in paragraphs):
        raise ValueError("no text")
    name = _text(record, "id") or f"{posixpath.basename(chunk.url)}#{record.place.replace(' ', '-')}"
    labels = model.label(paragraphs)
    return row(name, _text(record, "date"), _text(record, "outlet"), f"{model.name} {model.version}", labels)


def _text(record: Record, name: str) -> str | None:
    """A part of the record that is no body, as text: ids are often numbers, dates are dates in Parquet."""
    return str(record.fields[name]) if name in record.fields else None


def _completed(executor: Executor, chunks: Iterable[Chunk], job: Job, window: int) -> Iterator[Done]:
    """The chunks as they are finished, `window` of them under way."""
    waiting, running = iter(chunks), set[Future[Done]]()
    try:
        while True:
            for chunk in waiting:
                running.add(executor.submit(label_chunk, chunk, job))
                if len(running) >= window:
                    break
            if not running:
                return
            finished, running = wait(running, return_when=FIRST_COMPLETED)
            for future in finished:
                yield future.result()
    except (BrokenProcessPool, CancelledError) as error:
        lost = "the scheduler or its workers" if isinstance(error, CancelledError) else "a worker process"
        raise OSError(f"lost {lost}; finished parts are kept, run the same command again to go on") from None
    finally:
        for future in running:
            future.cancel()


def _digest(id: str) -> int:
    return int.from_bytes(hashlib.blake2b(id.encode(), digest_size=8).digest())


@contextmanager
def local_executor(workers: int) -> Iterator[tuple[Executor, int]]:
    """Processes of this machine; stopping waits for the chunks in hand."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])  # imported once, and shared
    with ProcessPoolExecutor(workers, context, initializer=_start_worker) as executor:
        try:
            yield executor, workers
        except KeyboardInterrupt:
            print("\nstopping as soon as the parts in hand are finished", file=sys.stderr)
            executor.shutdown(cancel_futures=True)
            raise


def _start_worker() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    parent = multiprocessing.parent_process()
    assert parent is not None

    def follow() -> None:
        parent.join()
        os._exit(1)  # a killed parent must not leave workers behind

    threading.Thread(target=follow, daemon=True).start()


@contextmanager
def cluster_executor(scheduler: str) -> Iterator[tuple[Executor, int]]:
    """The workers of a Dask scheduler, `tcp://host:port`. Raises OSError where it cannot be reached or has none."""
    with connect(scheduler) as client:
        yield Workers(client), sum(client.nthreads().values())
