"""The one place that knows what an error looks like."""

from __future__ import annotations

from live import Answer


def assert_problem(answer: Answer, status: int, name: str, *, says: str = "", pointer: str | None = None) -> None:
    """An RFC 9457 problem of this status and type, whose detail holds `says` and whose errors point at `pointer`."""
    assert answer.status == status, answer.body
    assert answer.headers["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert body["type"] == f"urn:sayso:problem:{name}"
    assert body["status"] == status
    assert set(body) <= {"type", "title", "status", "detail", "errors"}
    assert body["title"]
    assert says in body["detail"]
    assert "Traceback" not in body["detail"]
    if pointer is not None:
        assert pointer in [error["pointer"] for error in body["errors"]]
