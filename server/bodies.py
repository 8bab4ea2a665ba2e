"""Bodies in and out: read piece by piece within a limit, gzip both ways, JSON lines."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress

from flask import Request, Response, current_app, request
from gunicorn.http.errors import ParseException
from werkzeug.exceptions import HTTPException

from server.problems import Problem
from server.worker import TooSlow

_PIECE = 65_536  # bytes at most in one reading
_DRAINED = 25_000_000  # bytes
_GZIP = 31  # zlib's window bits for the gzip format


def read(mimetype: str = "application/json") -> bytes:
    """The whole body. Raises Problem 400, 408, 413 and 415."""
    check_mimetype([mimetype])
    return b"".join(pieces(request, current_app.extensions["settings"].max_body_bytes))


def read_lines() -> Iterator[bytes]:
    """The lines of the body, blank ones left out, never more of it in memory than the longest. Raises as `read`."""
    settings = current_app.extensions["settings"]
    held, size = [], 0
    for piece in pieces(request, settings.max_stream_bytes):
        first, *others = piece.split(b"\n")
        held.append(first)
        for start in others:
            if (line := b"".join(held)).strip():
                yield line
            held, size = [start], 0
        size += len(held[-1])
        if size > settings.max_body_bytes:
            raise too_large(settings.max_body_bytes, "A line of the body")
    if (line := b"".join(held)).strip():
        yield line


def check_mimetype(allowed: list[str]) -> str:
    """The body's media type. Raises Problem 415."""
    if request.mimetype not in allowed:
        named = request.mimetype or "of no named type"
        raise Problem(
            415,
            "unsupported-media-type",
            f"The body must be {' or '.join(allowed)}, but is {named}. Set the header Content-Type.",
            headers=[("Accept-Post", ", ".join(allowed))],
        )
    return request.mimetype


def check_accepted(mimetype: str) -> None:
    """Raises Problem 406 where the caller takes no answer of this media type."""
    if request.accept_mimetypes and not request.accept_mimetypes[mimetype]:
        raise Problem(406, "not-acceptable", f"The answer is {mimetype}, which the header Accept rules out.")


def pieces(request: Request, limit: int) -> Iterator[bytes]:
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in ("identity", "gzip"):
        detail = f"The body may be compressed with gzip or not at all, not with {encoding!r}."
        raise Problem(415, "unsupported-encoding", detail, headers=[("Accept-Encoding", "gzip")])
    if (request.content_length or 0) > limit:
        raise too_large(limit)
    received = iter(receive, b"")
    total = 0
    for piece in gunzip(received) if encoding == "gzip" else received:
        total += len(piece)
        if total > limit:
            raise too_large(limit)
        yield piece


def receive() -> bytes:
    try:
        return bytes(request.stream.read(_PIECE))
    except TooSlow as error:
        raise Problem(408, "request-timeout", f"{error} Send it again.", headers=[("Connection", "close")]) from None
    except (OSError, ParseException):
        detail = "The body breaks off, or its chunks are not framed as HTTP has it. Send it again."
        raise Problem(400, "broken-body", detail, headers=[("Connection", "close")]) from None


def gunzip(compressed: Iterable[bytes]) -> Iterator[bytes]:
    """Piece by piece, so that a small body that unpacks to a huge one is found out early."""
    unpacker = zlib.decompressobj(_GZIP)
    try:
        for data in compressed:
            while data:
                if unpacker.eof:
                    unpacker = zlib.decompressobj(_GZIP)
                yield unpacker.decompress(data, _PIECE)
                data = unpacker.unconsumed_tail or unpacker.unused_data
    except zlib.error as error:
        raise Problem(400, "not-gzip", f"The body is announced as gzip but does not unpack: {error}.") from None
    if not unpacker.eof:
        raise Problem(400, "not-gzip", "The gzip body ends too early.")


def too_large(limit: int, what: str = "The body") -> Problem:
    detail = (
        f"{what} is larger than {limit:,} bytes, counted after decompression. Send fewer or shorter articles at a time."
    )
    return Problem(413, "too-large", detail)


def drain(response: Response) -> Response:
    """After each refusal: read the rest of the body; many clients read no answer before they have sent all."""
    if response.status_code >= 400 and request.method == "POST":
        with suppress(TooSlow, HTTPException, OSError, ParseException):
            left = _DRAINED
            while left > 0 and (piece := request.stream.read(_PIECE)):
                left -= len(piece)
    return response


def gzip_answer(response: Response) -> Response:
    """After each request: compress what is worth it, for those who accept it."""
    response.vary.add("Accept-Encoding")
    worthwhile = response.is_streamed or (response.content_length or 0) > 1000
    if not worthwhile or response.status_code < 200 or "Content-Encoding" in response.headers:
        return response
    if request.method == "HEAD" or not request.accept_encodings["gzip"]:
        return response
    response.headers["Content-Encoding"] = "gzip"
    if response.is_streamed:
        response.headers.pop("Content-Length", None)  # a file's, as it lies on the disk
        response.response = gzip_stream(response.iter_encoded())
    else:
        packer = zlib.compressobj(1, wbits=_GZIP)
        response.set_data(packer.compress(response.get_data()) + packer.flush())
    return response


def gzip_stream(answers: Iterable[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(1, wbits=_GZIP)
    for answer in answers:
        yield packer.compress(answer) + packer.flush(zlib.Z_SYNC_FLUSH)
    yield packer.flush()
