"""Request bodies: read within limits."""

from __future__ import annotations

from flask import Request, current_app

from server.problems import Problem


def read(request: Request) -> bytes:
    """The whole body. Raises Problem 415 and 413."""
    if request.mimetype != "application/json":
        raise Problem(
            415,
            "unsupported-media-type",
            f"The body must be application/json, not {request.mimetype or 'unnamed'}.",
            headers=[("Accept-Post", "application/json")],
        )
    limit = current_app.extensions["settings"].max_body_bytes
    if request.content_length is not None and request.content_length > limit:
        raise too_large(limit)
    body = request.stream.read(limit + 1)
    if len(body) > limit:
        raise too_large(limit)
    return bytes(body)


def too_large(limit: int) -> Problem:
    return Problem(
        413, "too-large", f"The body is larger than {limit:,} bytes. Send the article in parts, or without its page."
    )
