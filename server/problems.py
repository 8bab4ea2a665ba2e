"""Errors as RFC 9457 problems, on every path: ours, the validation's and the framework's own."""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Iterable, Sequence
from typing import Any

from flask import Flask, Response
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES

log = logging.getLogger("sayso")


class Problem(Exception):
    """`name` is the stable part of the type; `errors` are {"pointer", "detail"} with JSON pointers into the body."""

    def __init__(
        self,
        status: int,
        name: str,
        detail: str,
        *,
        errors: Sequence[dict[str, str]] = (),
        headers: Iterable[tuple[str, str]] = (),
    ):
        super().__init__(detail)
        self.status, self.name, self.detail, self.errors = status, name, detail, list(errors)
        self.headers = list(headers)

    def body(self) -> dict[str, Any]:
        body: dict[str, Any] = {
            "type": f"urn:sayso:problem:{self.name}",
            "title": HTTP_STATUS_CODES[self.status],
            "status": self.status,
            "detail": self.detail,
        }
        return body | {"errors": self.errors} if self.errors else body

    def response(self) -> Response:
        response = Response(json.dumps(self.body()), self.status, mimetype="application/problem+json")
        response.headers.extend(self.headers)
        return response


def problem_of(error: Exception) -> Problem:
    """The problem that tells of any exception; what nobody foresaw is logged without its words, which may be text."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, ValidationError):
        return invalid(error)
    if isinstance(error, HTTPException):
        return from_framework(error)
    where = "".join(traceback.format_tb(error.__traceback__))
    log.error("unexpected %s", type(error).__name__, extra={"traceback": where})
    return Problem(500, "internal-server-error", "Something went wrong here, not with your request.")


def invalid(error: ValidationError) -> Problem:
    """A body that is no JSON is a 400; JSON of the wrong shape is a 422 with a pointer to each fault."""
    faults = error.errors(include_url=False, include_input=False)
    if faults[0]["type"] == "json_invalid":
        return Problem(400, "not-json", f"The body is not JSON: {faults[0]['ctx']['error']}.")
    errors = [{"pointer": pointer(fault["loc"]), "detail": sentence(fault)} for fault in faults[:20]]
    return Problem(422, "invalid-body", errors[0]["detail"], errors=errors)


def from_framework(error: HTTPException) -> Problem:
    """Also for Flask-Limiter's 429, whose description is the limit."""
    status = error.code or 500
    detail = error.description or HTTP_STATUS_CODES[status]
    if status == 429:
        detail = f"More than the limit of {detail}. Wait as long as Retry-After says, or send less at a time."
    headers = [(k, v) for k, v in error.get_headers() if k.lower() not in ("content-type", "content-length")]
    return Problem(status, HTTP_STATUS_CODES[status].lower().replace(" ", "-"), detail, headers=headers)


def pointer(location: Iterable[str | int]) -> str:
    """RFC 6901."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in location)


def sentence(fault: ErrorDetails) -> str:
    message = fault["msg"].removeprefix("Value error, ")
    if fault["loc"] and fault["type"] != "value_error":
        message = f"{pointer(fault['loc'])}: {message}"
    return message if message.endswith(".") else message + "."


def register(app: Flask) -> None:
    app.register_error_handler(Exception, lambda error: problem_of(error).response())
