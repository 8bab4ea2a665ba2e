"""Logs as JSON lines, one a request: its id, route, status, time and size; never text, tokens, addresses or queries."""

from __future__ import annotations

import logging
import re
import time
import uuid
from typing import Any

from flask import Flask, Response, g, request

access = logging.getLogger("sayso.access")


def without_request(record: logging.LogRecord) -> bool:
    """gunicorn quotes the line, header or chunk that it could not read, and the caller's address."""
    for start in ("Invalid request", "Error handling request"):
        if str(record.msg).startswith(start):
            record.msg, record.args, record.exc_info, record.exc_text = start.lower(), (), None, None
    return True


CONFIG: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "fmt": "%(asctime)s %(levelname)s %(name)s %(process)d %(message)s",
            "rename_fields": {"asctime": "time", "levelname": "level", "name": "logger"},
        }
    },
    "filters": {"without_request": {"()": lambda: without_request}},
    "handlers": {
        "out": {
            "class": "logging.StreamHandler",
            "formatter": "json",
            "filters": ["without_request"],
            "stream": "ext://sys.stderr",
        }
    },
    "root": {"level": "WARNING", "handlers": ["out"]},
    "loggers": {
        "sayso": {"level": "INFO"},
        "gunicorn.error": {"level": "INFO", "handlers": ["out"], "propagate": False},
        "gunicorn.access": {"level": "CRITICAL", "handlers": [], "propagate": False},
        "trafilatura": {"level": "CRITICAL"},  # quotes the page it reads
        "flask-limiter": {"level": "WARNING"},
    },
}


def register(app: Flask) -> None:
    @app.before_request
    def name() -> None:
        given = request.headers.get("X-Request-ID", "")
        g.request_id = given if re.fullmatch(r"[A-Za-z0-9_-]{1,64}", given) else uuid.uuid4().hex

    @app.after_request
    def log(response: Response) -> Response:
        response.headers["X-Request-ID"] = g.request_id
        access.info(
            "request",
            extra={
                "request_id": g.request_id,
                "method": request.method if request.url_rule else "",
                "route": request.url_rule.rule if request.url_rule else "unknown",
                "status": response.status_code,
                "ms": round((time.perf_counter() - g.started) * 1000, 2),
                "bytes_in": request.content_length,
                "bytes_out": response.content_length,
                "words": g.get("words"),
                "token": g.get("token_id"),
            },
        )
        return response
