"""Requests made from the OpenAPI document, right and wrong: no error of the server, every answer as documented."""

from __future__ import annotations

import json

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from live import ROOT, Server
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

document = schemathesis.openapi.from_path(str(ROOT / "docs/openapi.json"))
QUIET = settings(max_examples=25, deadline=None, database=None, suppress_health_check=list(HealthCheck))


@pytest.mark.filterwarnings("ignore:Skipped test cases")  # JSON lines: test_any_bytes_are_answered
@document.parametrize()
@QUIET
def test_every_operation_answers_as_documented(case, server: Server):
    case.call_and_validate(
        base_url=server.url, checks=(not_a_server_error, content_type_conformance, response_schema_conformance)
    )


@given(st.text(max_size=300) | st.lists(st.text(max_size=80), max_size=6))
@QUIET
def test_any_text_is_labelled_or_refused_with_a_reason(server: Server, text):
    form = "text" if isinstance(text, str) else "paragraphs"
    answer = server.post("/v1/label", {form: text})
    assert answer.status in (200, 400, 422)
    if answer.status != 200:
        return
    paragraphs = answer.json()["paragraphs"]
    if form == "paragraphs":
        assert len(paragraphs) == len(text)
    for paragraph in paragraphs:
        units = (paragraph["text"] if form == "text" else text[paragraph["index"]]).encode("utf-16-le")
        for sentence in paragraph["sentences"]:
            assert 0 <= sentence["start"] <= sentence["end"] <= len(units) // 2


@given(st.binary(max_size=200))
@QUIET
def test_any_bytes_are_answered(server: Server, body):
    answer = server.post("/v1/label", data=body, headers={"Content-Type": "application/json"})
    assert answer.status in (200, 400, 422)
    for line in server.post("/v1/label", data=body, headers={"Content-Type": "application/x-ndjson"}).body.splitlines():
        assert json.loads(line)
