"""The input of an archive run: which stretches of which files to label, and the records in them.

A chunk can be read without reading what comes before it, or, where compression forbids that, at the cost of
decompressing it, which is small beside the labelling. So any process anywhere can take any chunk, through fsspec.
"""

from __future__ import annotations

import json
import lzma
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import IO, Any, Literal
from urllib.parse import urlsplit

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
from fastwarc.warc import ArchiveIterator, WarcRecordType

Kind = Literal["lines", "compressed lines", "rows", "records"]
FIELDS = ("id", "date", "outlet", "paragraphs", "text", "html")
MAX_BYTES = 10_000_000  # of one article or page; a long newspaper article has a hundredth of it
_PARTS = 500  # in so many chunks an input is cut, if that makes none below _LEAST or above _MOST
_LEAST, _MOST = 250_000, 8_000_000  # bytes: a part costs 4 ms beside its labelling; a kill loses the parts in hand
_CUTS = 16  # at most so many chunks of what must be read from its start: each costs one reading more
_BATCH = 64  # rows of Parquet in memory at once
_DAMAGE = (EOFError, OSError, zlib.error, lzma.LZMAError)


@dataclass(frozen=True, slots=True)
class Chunk:
    """`start` and `stop` are bytes of the file for lines and records, else counts; `size` is in bytes."""

    number: int
    url: str
    kind: Kind
    start: int
    stop: int
    size: int

    @property
    def name(self) -> str:
        return f"part-{self.number:06d}"


@dataclass(frozen=True, slots=True)
class Record:
    """One article as it was found: `place` says where in the file, `fields` hold what FIELDS names."""

    place: str
    fields: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Rejection:
    place: str
    id: str | None
    reason: str


def plan(inputs: dict[str, int], part_bytes: int | None, fields: dict[str, str]) -> list[Chunk]:
    """Cut the inputs, given with their sizes, into chunks of about `part_bytes`; by default so many that all cores of
    a machine end at about the same time. Raises ValueError for an input that is not what its name says.
    """
    part_bytes = part_bytes or min(max(sum(inputs.values()) // _PARTS, _LEAST), _MOST)
    chunks: list[Chunk] = []
    for url in inputs:
        kind = kind_of(url)
        if kind == "rows":
            with _parquet(url) as file:
                _columns(url, file, fields)
        for start, stop, size in _CUTTERS[kind](url, part_bytes):
            chunks.append(Chunk(len(chunks), url, kind, start, stop, size))
    if not chunks:
        raise ValueError("the input is empty: there is nothing to label")
    return chunks


def sizes_of(inputs: Iterable[str]) -> dict[str, int]:
    """The bytes of each input; inputs are paths or addresses with wildcards, as fsspec takes them.

    Raises FileNotFoundError where there is none, ValueError where one is named twice.
    """
    sizes: dict[str, int] = {}
    for pattern in inputs:
        fs, path = fsspec.url_to_fs(pattern)
        found = sorted(fs.glob(path)) if any(mark in path for mark in "*?[") else [path] if fs.isfile(path) else []
        if not found:
            raise FileNotFoundError(f"no such file: {pattern}")
        for each in found:
            url = fs.unstrip_protocol(each) if "://" in pattern else each
            if url in sizes:
                raise ValueError(f"{url} is named twice")
            sizes[url] = int(fs.size(each))
    return sizes


def kind_of(url: str) -> Kind:
    name = url.lower()
    if name.endswith((".warc", ".warc.gz")):
        return "records"
    if name.endswith(".parquet"):
        return "rows"
    if name.endswith((".jsonl", ".ndjson")):
        return "lines"
    if name.endswith((".jsonl.gz", ".ndjson.gz", ".jsonl.bz2", ".jsonl.xz")):
        return "compressed lines"
    raise ValueError(f"{url}: cannot tell what this is; expected .jsonl (.gz, .bz2, .xz), .parquet or .warc (.gz)")


def _cut_lines(url: str, part_bytes: int) -> Iterator[tuple[int, int, int]]:
    size = _size(url)
    for start in range(0, size, part_bytes):
        stop = min(start + part_bytes, size)
        yield start, stop, stop - start


def _cut_compressed_lines(url: str, part_bytes: int) -> Iterator[tuple[int, int, int]]:
    with _open(url) as file:
        try:
            lines = sum(1 for _ in file)
        except _DAMAGE:
            lines = 0  # cut short or damaged: one chunk reads up to there and says so
    yield from _evenly(lines or 1, _size(url), part_bytes, last=2**62 if not lines else None)


def _cut_rows(url: str, part_bytes: int) -> Iterator[tuple[int, int, int]]:
    with _parquet(url) as file:
        first = 0
        for index in range(file.num_row_groups):
            group = file.metadata.row_group(index)
            for start, stop, size in _evenly(group.num_rows, group.total_byte_size, part_bytes):
                yield first + start, first + stop, size
            first += group.num_rows


def _cut_records(url: str, part_bytes: int) -> Iterator[tuple[int, int, int]]:
    size, start, records = _size(url), 0, 0
    with _open(url, compression=None) as file:
        try:
            for records, record in enumerate(ArchiveIterator(file, parse_http=False), 1):
                if records == 2 and _is_compressed(url) and not _begins_member(url, record.stream_pos):
                    raise ValueError(f"{url} is compressed as a whole, not record by record; unpack it with gunzip")
                if record.stream_pos - start >= part_bytes:
                    yield start, record.stream_pos, record.stream_pos - start
                    start = record.stream_pos
        except OSError:
            pass  # the chunk that reaches the damage says where it is
    if size and not records:
        raise ValueError(f"{url} is no WARC file, or is cut short within its first record")
    if size:
        yield start, size, size - start


def _is_compressed(url: str) -> bool:
    return url.lower().endswith(".gz")


def _begins_member(url: str, place: int) -> bool:
    """Whether a member of a gzip file begins at `place`, so that reading can."""
    with _open(url, compression=None) as file:
        file.seek(place)
        return bool(file.read(2) == b"\x1f\x8b")


_CUTTERS: dict[Kind, Callable[[str, int], Iterator[tuple[int, int, int]]]] = {
    "lines": _cut_lines,
    "compressed lines": _cut_compressed_lines,
    "rows": _cut_rows,
    "records": _cut_records,
}


def _evenly(count: int, size: int, part_bytes: int, last: int | None = None) -> Iterator[tuple[int, int, int]]:
    pieces = max(1, min(count, _CUTS, round(size / part_bytes)))
    bounds = [count * piece // pieces for piece in range(pieces + 1)]
    for start, stop in pairwise(bounds):
        yield start, last or stop, size // pieces


def read(chunk: Chunk, fields: dict[str, str]) -> Iterator[Record | Rejection]:
    """The records of a chunk in their order; what cannot be read is a Rejection, and reading goes on where it can."""
    yield from _READERS[chunk.kind](chunk, fields)


def _read_lines(chunk: Chunk, fields: dict[str, str]) -> Iterator[Record | Rejection]:
    """A line belongs to the chunk in which it begins."""
    with _open(chunk.url) as file:
        file.seek(max(chunk.start - 1, 0))
        if chunk.start:
            file.readline()
        while (place := file.tell()) < chunk.stop and (line := file.readline()):
            if line.strip():
                yield _decode(f"byte {place}", line, fields)


def _read_compressed_lines(chunk: Chunk, fields: dict[str, str]) -> Iterator[Record | Rejection]:
    number = 0
    with _open(chunk.url) as file:
        try:
            for number, line in enumerate(file):
                if number >= chunk.stop:
                    return
                if number >= chunk.start and line.strip():
                    yield _decode(f"line {number + 1}", line, fields)
        except _DAMAGE as error:
            yield Rejection(f"line {number + 2}", None, f"the file is cut short or damaged from here on ({error})")


def _decode(place: str, line: bytes, fields: dict[str, str]) -> Record | Rejection:
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        return Rejection(place, None, f"not UTF-8 at byte {error.start} of the line")
    except (ValueError, RecursionError) as error:
        return Rejection(place, None, f"no JSON: {error}")
    if not isinstance(row, dict):
        return Rejection(place, None, "not a JSON object")
    return Record(place, {name: row[given] for name, given in _named(fields).items() if row.get(given) is not None})


def _read_rows(chunk: Chunk, fields: dict[str, str]) -> Iterator[Record | Rejection]:
    first = 0  # the number, in the file, of the first row of the group, then of the batch
    with _parquet(chunk.url) as file:
        names = _columns(chunk.url, file, fields)
        for group in range(file.num_row_groups):
            end = first + file.metadata.row_group(group).num_rows
            if end <= chunk.start or first >= chunk.stop:
                first = end
                continue
            try:
                for batch in file.iter_batches(_BATCH, row_groups=[group], columns=list(names.values())):
                    start, stop = max(chunk.start, first), min(chunk.stop, first + len(batch))
                    rows = _decoded(batch.slice(start - first, stop - start)) if start < stop else []
                    for number, row in enumerate(rows, start):
                        if isinstance(row, Exception):
                            yield Rejection(f"row {number}", None, f"holds a value that cannot be read: {row}")
                            continue
                        found = {name: row[given] for name, given in names.items() if row[given] is not None}
                        yield Record(f"row {number}", found)
                    first += len(batch)
                    if first >= chunk.stop:
                        return
            except OSError as error:
                if error.errno is not None:
                    raise  # the file cannot be reached; pyarrow's own complaints about its content have no number
                yield Rejection(f"row {max(first, chunk.start)}", None, f"damaged from here to row {end}: {error}")
                first = end


def _decoded(batch: pa.RecordBatch) -> Iterable[dict[str, Any] | Exception]:
    """Its rows as Python values; in place of one that holds bytes that are no text, say, what is wrong with it."""
    try:
        rows: list[dict[str, Any]] = batch.to_pylist()
        return rows
    except (ValueError, OverflowError) as error:
        if len(batch) == 1:
            return [error]
    return chain.from_iterable(_decoded(batch.slice(number, 1)) for number in range(len(batch)))


def _columns(url: str, file: pq.ParquetFile, fields: dict[str, str]) -> dict[str, str]:
    """Which of our names of an article's parts stand in which column. Raises ValueError where there is no text."""
    there = file.schema_arrow.names
    names = {name: given for name, given in _named(fields).items() if given in there}
    if not {"paragraphs", "text", "html"} & {*names}:
        wanted = ", ".join(_named(fields)[each] for each in ("paragraphs", "text", "html"))
        raise ValueError(
            f"{url} has none of the columns {wanted}; it has {', '.join(there)}. Say which with --field text=NAME"
        )
    return names


def _read_records(chunk: Chunk, fields: dict[str, str]) -> Iterator[Record | Rejection]:
    """Pages that were answered with 200 and HTML; every other record of a crawl is none of ours."""
    place, found = chunk.start, None
    with _open(chunk.url, compression=None) as file:
        file.seek(chunk.start)
        try:
            for record in ArchiveIterator(file, record_types=WarcRecordType.response, auto_decode="transfer"):
                place = record.stream_pos
                if place >= chunk.stop:
                    return
                found = _page(f"byte {place}", record)
                if found:
                    yield found
        except OSError as error:
            yield Rejection(f"byte {place}", None, f"damaged from the record after this on: {error}")
            return
        if chunk.stop != _size(chunk.url):
            return
        if _is_compressed(chunk.url):
            yield from _ragged_end(file, place)
        elif not isinstance(found, Rejection):
            file.seek(max(chunk.start, chunk.stop - 4))
            if file.read() != b"\r\n\r\n":
                yield Rejection(f"byte {place}", None, "the file ends within this record or one after it")


def _page(place: str, record: Any) -> Record | Rejection | None:
    http, url = record.http_headers, record.headers.get("WARC-Target-URI")
    if http is None or http.status_code != 200 or "html" not in (record.http_content_type or "html"):
        return None
    if record.content_length > MAX_BYTES:
        return Rejection(place, url, too_large(record.content_length))
    expected, body = record.content_length, record.reader.read()
    chunked = (http.get("Transfer-Encoding") or "").lower() == "chunked"  # and so shorter once joined
    if len(body) < expected and not chunked:
        return Rejection(place, url, f"the file ends within this record: {len(body)} of {expected} bytes")
    date = (record.headers.get("WARC-Date") or "")[:10] or None
    fields = {"id": url, "date": date, "outlet": _host(url or ""), "html": body}
    return Record(place, {name: value for name, value in fields.items() if value is not None})


def _host(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None  # crawlers meet addresses that are none: "http://[news.example/"


def _ragged_end(file: IO[bytes], place: int) -> Iterator[Rejection]:
    """A record after that at `place` whose header is cut short: the WARC reader passes over it in silence."""
    file.seek(place)
    last = end = place
    member = zlib.decompressobj(31)
    while data := file.read(1 << 16):
        member.decompress(data)
        end += len(data) - len(member.unused_data)
        while member.eof and member.unused_data:
            rest, member, last = member.unused_data, zlib.decompressobj(31), end
            member.decompress(rest)
            end += len(rest) - len(member.unused_data)
    if not member.eof and last != place:
        yield Rejection(f"byte {last}", None, "the file ends within this record")


_READERS: dict[Kind, Callable[[Chunk, dict[str, str]], Iterator[Record | Rejection]]] = {
    "lines": _read_lines,
    "compressed lines": _read_compressed_lines,
    "rows": _read_rows,
    "records": _read_records,
}


def _named(fields: dict[str, str]) -> dict[str, str]:
    return {name: fields.get(name, name) for name in FIELDS}


def too_large(size: int) -> str:
    return f"{size:,} bytes; an article may have at most {MAX_BYTES:,}"


def _open(url: str, compression: str | None = "infer") -> Any:
    return fsspec.open(url, "rb", compression=compression).open()


def _size(url: str) -> int:
    fs, path = fsspec.url_to_fs(url)
    return int(fs.size(path))


@contextmanager
def _parquet(url: str) -> Iterator[pq.ParquetFile]:
    with _open(url) as file:
        try:
            opened = pq.ParquetFile(file)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            raise ValueError(f"{url} is no Parquet file, or is cut short ({error})") from None
        with opened:
            yield opened
