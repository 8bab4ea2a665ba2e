"""Whatever a caller does wrong is answered by a problem that says what to do."""

from __future__ import annotations

import email
import json
import socket

import pytest
from live import Answer, Server
from problems import assert_problem

JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("body", "status", "name", "says", "pointer"),
    [
        (b"", 400, "not-json", "EOF", None),
        (b"nonsense", 400, "not-json", "not JSON", None),
        (b'{"text": "a', 400, "not-json", "line 1 column 11", None),
        (b'{"text": "\xff\xfe"}', 400, "not-json", "unicode", None),
        (b'{"text": "\\ud800"}', 400, "not-json", "JSON", None),
        (b"[" * 100_000, 400, "not-json", "recursion", None),
        (b"[]", 422, "invalid-body", "object", ""),
        (b"null", 422, "invalid-body", "object", ""),
        (b"{}", 422, "invalid-body", "exactly one of", ""),
        (b'{"text": "a", "html": "b"}', 422, "invalid-body", "found text and html", ""),
        (b'{"text": 3}', 422, "invalid-body", "/text", "/text"),
        (b'{"paragraphs": "a"}', 422, "invalid-body", "/paragraphs", "/paragraphs"),
        (b'{"paragraphs": ["a", null]}', 422, "invalid-body", "/paragraphs/1", "/paragraphs/1"),
        (b'{"text": "a", "offsets": "bytes"}', 422, "invalid-body", "'utf-16' or 'codepoint'", "/offsets"),
        (b'{"text": "a", "explain": "yes"}', 422, "invalid-body", "boolean", "/explain"),
        (b'{"text": "a", "a/b~c": 1}', 422, "invalid-body", "/a~1b~0c", "/a~1b~0c"),
        (b'{"paragraphs": []}', 422, "no-text", "none", None),
        (b'{"paragraphs": [" ", "\\n"]}', 422, "no-text", "blank", None),
        (b'{"text": "   "}', 422, "no-text", "no text", None),
        (json.dumps({"paragraphs": ["a"] * 2001}).encode(), 422, "too-long", "2,000", None),
        (json.dumps({"paragraphs": ["b", "a" * 20_001]}).encode(), 422, "too-long", "20,000", "/paragraphs/1"),
        (json.dumps({"paragraphs": ["a " * 9_000] * 17}).encode(), 422, "too-long", "300,000", None),
        (json.dumps({"text": "word " * 2_000_000}).encode(), 413, "too-large", "5,000,000", None),
    ],
    ids=lambda value: None if not isinstance(value, bytes) else value[:24].decode(errors="replace"),
)
def test_a_bad_body_is_answered_with_what_was_wrong(server: Server, body, status, name, says, pointer):
    assert_problem(server.post("/v1/label", data=body, headers=JSON), status, name, says=says, pointer=pointer)


def test_a_long_paragraph_without_a_space_is_labelled_in_no_time(server: Server):
    answer = server.post("/v1/label", {"paragraphs": ["a" * 20_000, '"' * 20_000, "said " * 4_000]})
    assert answer.status == 200 or answer.json()["type"] == "urn:sayso:problem:unsupported-language"


def test_a_wrong_media_type_is_refused_with_the_right_ones(server: Server):
    for kind in ("text/plain", "application/x-www-form-urlencoded", ""):
        answer = server.post("/v1/label", data=b'{"text": "a"}', headers={"Content-Type": kind})
        assert_problem(answer, 415, "unsupported-media-type", says="application/json")
        assert answer.headers["Accept-Post"] == "application/json, application/x-ndjson"


def test_an_unknown_compression_is_refused(server: Server):
    answer = server.post("/v1/label", data=b"x", headers=JSON | {"Content-Encoding": "br"})
    assert_problem(answer, 415, "unsupported-encoding", says="gzip")
    assert answer.headers["Accept-Encoding"] == "gzip"
    broken = server.post("/v1/label", data=b"x" * 99, headers=JSON | {"Content-Encoding": "gzip"})
    assert_problem(broken, 400, "not-gzip")


def test_an_answer_in_another_format_is_not_to_be_had(server: Server):
    answer = server.post("/v1/label", {"text": "a"}, headers={"Accept": "text/xml"})
    assert_problem(answer, 406, "not-acceptable", says="application/json")


def test_the_frameworks_own_errors_are_problems_too(server: Server):
    assert_problem(server.get("/v2/label"), 404, "not-found")
    refused = server.get("/v1/label")
    assert_problem(refused, 405, "method-not-allowed")
    assert "POST" in refused.headers["Allow"]
    assert_problem(server.request("BREW", "/"), 405, "method-not-allowed")


def raw(server: Server, request: bytes, *, then_wait: bool = False) -> Answer:
    with socket.create_connection(("127.0.0.1", server.port), timeout=40) as connection:
        connection.sendall(request)
        if not then_wait:
            connection.shutdown(socket.SHUT_WR)
        received = b""
        while piece := connection.recv(65536):
            received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    status, _, headers = head.decode().partition("\r\n")
    return Answer(int(status.split()[1]), email.message_from_string(headers), body)


def test_a_request_that_never_reaches_the_application_gets_a_problem(server: Server):
    assert_problem(raw(server, b"NONSENSE\r\n\r\n"), 400, "bad-request")
    assert_problem(raw(server, b"GET / HTTP/1.1\r\nHost: a\r\nbad header\r\n\r\n"), 400, "bad-request")
    long = b"GET /" + b"a" * 5_000 + b" HTTP/1.1\r\n\r\n"
    assert raw(server, long).status in (400, 414)
    many = b"GET / HTTP/1.1\r\n" + b"".join(b"X-%d: 1\r\n" % n for n in range(200)) + b"\r\n"
    assert_problem(raw(server, many), 431, "request-header-fields-too-large")


def test_a_body_cut_off_in_the_middle_is_answered(server: Server):
    head = f"POST /v1/label HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nContent-Type: application/json\r\n"
    answer = raw(server, f'{head}Content-Length: 100\r\nConnection: close\r\n\r\n{{"text"'.encode())
    assert answer.status == 400
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_badly_framed_chunks_are_a_problem_and_stay_out_of_the_log(server: Server):
    secret = "Zanzibarquux"
    head = f"POST /v1/label HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nTransfer-Encoding: chunked\r\n"
    whole = f"{head}Connection: close\r\nContent-Type: application/json\r\n\r\n{secret}\r\n"
    assert_problem(raw(server, whole.encode()), 400, "broken-body")
    line = '{"text": "The mayor apologised."}\n'
    stream = (
        f"{head}Connection: close\r\nContent-Type: application/x-ndjson\r\n\r\n{len(line):x}\r\n{line}\r\n{secret}\r\n"
    )
    answer = raw(server, stream.encode())
    assert answer.status == 200
    assert b"urn:sayso:problem:broken-body" in answer.body
    assert secret not in server.log.read_text()


def test_a_request_that_does_not_come_to_an_end_times_out(start_server):
    server = start_server(patience=1)
    head = f"POST /v1/label HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nContent-Type: application/json\r\n"
    assert_problem(raw(server, head.encode(), then_wait=True), 408, "request-timeout")
    body = f'{head}Content-Length: 100\r\nConnection: close\r\n\r\n{{"text"'
    assert_problem(raw(server, body.encode(), then_wait=True), 408, "request-timeout", says="Send it again")


def test_no_text_of_a_request_is_logged(server: Server):
    secret = "Zanzibarquux"
    for body in (b'{"text": "' + secret.encode() + b" said.", json.dumps({"text": secret, secret: 1}).encode()):
        server.post("/v1/label", data=body, headers=JSON)
    server.post("/v1/label", {"text": f"{secret} said so."})
    server.post("/v1/label", {"html": f"<p>{secret} said so."})
    server.post(f"/v1/feedback?{secret}", {"shown": None, "given": None, "model": {"name": "sayso-en", "version": "1"}})
    server.get(f"/{secret}")
    raw(server, f"NONSENSE {secret}\r\n\r\n".encode())
    raw(server, f"GET / HTTP/1.1\r\n{secret} header\r\n\r\n".encode())
    assert secret not in server.log.read_text()
    assert secret not in server.get("/metrics").body.decode()
    assert [
        file.name for file in server.state_dir.rglob("*") if file.is_file() and secret.encode() in file.read_bytes()
    ] == []
