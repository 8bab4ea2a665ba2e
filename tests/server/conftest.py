"""Every answer that a test of the server gets is checked against the OpenAPI document."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from live import Answer, Server

DOCUMENT = json.loads((Path(__file__).parents[2] / "docs" / "openapi.json").read_text())


def check_conformity(method: str, path: str, answer: Answer) -> None:
    """Undocumented paths and methods may answer with problems alone."""
    kind = answer.headers.get_content_type()
    template = next((known for known in DOCUMENT["paths"] if matches(known, path)), None)
    operation = DOCUMENT["paths"].get(template, {}).get(method.lower())
    if operation is None:
        assert answer.status < 400 or kind == "application/problem+json"
        return
    described = operation["responses"].get(str(answer.status))
    if described is None:
        assert answer.status in (304, 400, 405, 429, 503), f"{method} {path}: {answer.status} is not documented"
        return
    if answer.body and described.get("content"):
        assert kind in described["content"], f"{method} {path}: {kind} is not documented"
        if kind == "application/x-ndjson":
            for line in map(json.loads, answer.body.splitlines()):
                validate({"$ref": f"#/components/schemas/{'ProblemBody' if 'status' in line else 'Answer'}"}, line)
        elif kind.endswith("json"):
            validate(described["content"][kind]["schema"], answer.json())


def validate(schema: dict[str, Any], instance: Any) -> None:
    components = {"components": DOCUMENT["components"]}
    Draft202012Validator(schema | components, format_checker=FormatChecker()).validate(instance)


def matches(template: str, path: str) -> bool:
    return re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", template), path.partition("?")[0]) is not None


@pytest.fixture(autouse=True)
def every_answer_conforms(monkeypatch: pytest.MonkeyPatch) -> None:
    request = Server.request

    def checked(self: Server, method: str, path: str, **options: Any) -> Answer:
        answer = request(self, method, path, **options)
        plain = "Content-Encoding" not in answer.headers
        if plain:
            check_conformity(method, path, answer)
        return answer

    monkeypatch.setattr(Server, "request", checked)
