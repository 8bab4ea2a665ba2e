"""The output of an archive run: a row an article, as `schema` says, in Parquet or JSON lines; no text of articles."""

from __future__ import annotations

import json
import posixpath
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Any, Protocol

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq

from model.labels import ArticleLabels

FORMATS = ("parquet", "jsonl")
_GROUP = 256  # articles in memory at once


def schema(labels: Sequence[str]) -> pa.Schema:
    """The columns of the output with the labels of a model."""
    return pa.schema(
        [
            pa.field("id", pa.string(), nullable=False),
            pa.field("date", pa.string()),
            pa.field("outlet", pa.string()),
            pa.field("model", pa.string(), nullable=False),
            pa.field("words", pa.int64(), nullable=False),
            pa.field("shares", pa.struct([(label, pa.float64()) for label in labels]), nullable=False),
            pa.field(
                "paragraphs",
                pa.list_(
                    pa.struct(
                        {
                            "label": pa.string(),
                            "confidence": pa.float64(),
                            "certain": pa.bool_(),
                            "also": pa.list_(pa.string()),
                            "speakers": pa.list_(pa.string()),
                        }
                    )
                ),
                nullable=False,
            ),
            pa.field(
                "sources",
                pa.list_(
                    pa.struct(
                        {
                            "name": pa.string(),
                            "kind": pa.string(),
                            "words": pa.int64(),
                            "paragraphs": pa.list_(pa.int64()),
                        }
                    )
                ),
                nullable=False,
            ),
        ]
    )


def row(id: str, date: str | None, outlet: str | None, model: str, labels: ArticleLabels) -> dict[str, Any]:
    """One article as `schema` says; a paragraph's speakers come in the order of the text, each once.

    Figures are rounded, so that the last bits of a processor's arithmetic make no difference between machines.
    """
    return {
        "id": _sound(id),
        "date": date and _sound(date),
        "outlet": outlet and _sound(outlet),
        "model": model,
        "words": labels.summary.words,
        "shares": {label: round(share, 4) for label, share in labels.summary.shares.items()},
        "paragraphs": [
            {
                "label": paragraph.label,
                "confidence": round(paragraph.confidence, 4),
                "certain": paragraph.certain,
                "also": list(paragraph.also),
                "speakers": list(
                    dict.fromkeys(_sound(each.speaker.text) for each in paragraph.sentences if each.speaker)
                ),
            }
            for paragraph in labels.paragraphs
        ],
        "sources": [
            {"name": _sound(each.name), "kind": each.kind, "words": each.words, "paragraphs": list(each.paragraphs)}
            for each in labels.summary.sources
        ],
    }


def _sound(text: str) -> str:
    """Without the halves of surrogate pairs that JSON may hold, and UTF-8 may not."""
    return text.encode("utf-8", "replace").decode()


class Writer(Protocol):
    def write(self, row: dict[str, Any]) -> None: ...


class LineWriter:
    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def write(self, row: dict[str, Any]) -> None:
        self._file.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")


class ParquetWriter:
    """Writes a row group whenever enough rows have come, so that memory stays flat."""

    def __init__(self, file: IO[bytes], labels: Sequence[str]) -> None:
        self._schema = schema(labels)
        self._writer = pq.ParquetWriter(file, self._schema, compression="zstd")
        self._rows: list[dict[str, Any]] = []

    def write(self, row: dict[str, Any]) -> None:
        self._rows.append(row)
        if len(self._rows) >= _GROUP:
            self._flush()

    def close(self) -> None:
        self._flush()
        self._writer.close()

    def abandon(self) -> None:
        self._writer.is_open = False  # or it would close itself later, complaining that the file is gone

    def _flush(self) -> None:
        if self._rows:
            self._writer.write_table(pa.Table.from_pylist(self._rows, self._schema))
            self._rows = []


@contextmanager
def writer(path: str, format: str, labels: Sequence[str]) -> Iterator[Writer]:
    """A writer to `path` whose file appears when the block ends well, and does not when it fails."""
    with whole_file(path) as file:
        if format == "jsonl":
            yield LineWriter(file)
        else:
            rows = ParquetWriter(file, labels)
            try:
                yield rows
                rows.close()
            except BaseException:
                rows.abandon()
                raise


@contextmanager
def whole_file(path: str) -> Iterator[IO[bytes]]:
    """Written beside its place under a name of its own, and moved there when whole."""
    fs, place = fsspec.url_to_fs(path)
    unfinished = posixpath.join(posixpath.dirname(place), f".{posixpath.basename(place)}.{uuid.uuid4().hex}")
    try:
        with fs.open(unfinished, "wb") as file:
            yield file
        fs.mv(unfinished, place)
    except BaseException:
        if fs.exists(unfinished):
            fs.rm_file(unfinished)
        raise


def rows_of(out: str, columns: list[str] | None = None) -> Iterator[dict[str, Any]]:
    """All rows of a finished run in the order of its input, one part in memory after the other."""
    fs, folder = fsspec.url_to_fs(f"{out}/articles")
    parts = sorted(fs.glob(f"{folder}/part-*"))
    if not parts:
        raise FileNotFoundError(f"{out} holds no labelled articles: {folder}/part-… is missing")
    for part in parts:
        with fs.open(part, "rb") as file:
            if part.endswith(".jsonl"):
                yield from map(json.loads, file)
            else:
                for batch in pq.ParquetFile(file).iter_batches(_GROUP, columns=columns):
                    yield from batch.to_pylist()
