"""gunicorn's threaded worker, with three things it lacks: bodies read as they come in, an end to slow requests, and
problems in place of HTML."""

from __future__ import annotations

import io
import json
import socket
import struct
import time
from http import HTTPStatus
from typing import Any

from gunicorn import util
from gunicorn.http.body import Body, ChunkedReader, LengthReader
from gunicorn.workers import gthread

from server.settings import Settings

_PATIENCE = Settings().patience
_SLOWEST = 500  # bytes a second, once a request's time has run out


class TooSlow(Exception):
    """Not an OSError, so that gunicorn hands it to handle_error."""


class PatientSocket:
    """Counts only the time spent waiting, so that a stream may take as long as its labelling takes."""

    def __init__(self, sock: socket.socket):
        self._socket, self._waited, self._received = sock, 0.0, 0

    def recv(self, size: int) -> bytes:
        left = _PATIENCE + self._received / _SLOWEST - self._waited
        started = time.monotonic()
        try:
            self._socket.settimeout(max(left, 0.001))
            data = self._socket.recv(size)
        except TimeoutError:
            raise TooSlow("The request came in too slowly.") from None
        finally:
            self._socket.settimeout(None)
            self._waited += time.monotonic() - started
        self._received += len(data)
        return data


class PromptBody(Body):
    """Gives what has come in. gunicorn's waits for all that was asked for, so a line would wait for those after it."""

    buf: io.BytesIO

    def read(self, size: int | None = None) -> bytes:
        if size is None or size < 0:
            return bytes(super().read(size))
        held: bytes = self.buf.getvalue()
        if size and not held:
            try:
                held = arrived(self.reader, size)
            except Exception:
                self.failed = True  # as gunicorn's: the connection cannot be used again
                raise
        self.buf = io.BytesIO()
        self.buf.write(held[size:])
        return held[:size]


def arrived(reader: LengthReader | ChunkedReader, size: int) -> bytes:
    """At least one byte, where the body has not ended; waits for no more."""
    if isinstance(reader, LengthReader):
        data = bytes(reader.unreader.read(None, read_ahead=min(size, reader.length))) if reader.length else b""
        if len(data) > reader.length:  # the next request on this connection
            reader.unreader.unread(data[reader.length :])
            data = data[: reader.length]
        reader.length -= len(data)
        return data
    while reader.parser:
        try:
            if data := bytes(next(reader.parser)):
                return data
        except StopIteration:
            reader.parser = None
    return b""


class Connection(gthread.TConn):
    def init(self) -> None:
        super().init()
        self.parser.unreader.sock = PatientSocket(self.sock)
        # The kernel ends a write to a reader that takes nothing for this long.
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", _PATIENCE, 0))


class Worker(gthread.ThreadWorker):
    def handle_request(self, req: Any, conn: Any) -> Any:
        if isinstance(req.body.reader, LengthReader | ChunkedReader):
            req.body = PromptBody(req.body.reader)
        return super().handle_request(req, conn)

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Exception) -> None:
        if isinstance(exc, TooSlow):
            write_problem(client, 408, "Request Timeout", str(exc))
        else:
            super().handle_error(req, client, addr, exc)


def write_problem(client: socket.socket, status: int, reason: str, message: str) -> None:
    """For requests so broken that they never reach the application."""
    problem = {
        "type": f"urn:sayso:problem:{HTTPStatus(status).phrase.lower().replace(' ', '-')}",
        "title": reason,
        "status": status,
        "detail": message or reason,
    }
    body = json.dumps(problem).encode()
    head = (
        f"HTTP/1.1 {status} {reason}\r\nConnection: close\r\nContent-Type: application/problem+json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    util.write_nonblock(client, head.encode("latin-1") + body)


gthread.TConn = Connection  # ThreadWorker.accept makes its connections by this name
util.write_error = write_problem  # every error that gunicorn answers itself is written by this function
