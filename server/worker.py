"""gunicorn's threaded worker, with two things it lacks: an end to slow requests, and problems in place of HTML."""

from __future__ import annotations

import json
import socket
import struct
import time
from http import HTTPStatus
from typing import Any

from gunicorn import util
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


class Connection(gthread.TConn):
    def init(self) -> None:
        super().init()
        self.parser.unreader.sock = PatientSocket(self.sock)
        # The kernel ends a write to a reader that takes nothing for this long.
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", _PATIENCE, 0))


class Worker(gthread.ThreadWorker):
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
