"""Closed by default: who may call, from where, and how much."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from live import ROOT, Server
from problems import assert_problem

EXTENSIONS = [
    "chrome-extension://abcdefghijklmnopabcdefghijklmnop",
    "moz-extension://8a7c1f3e-0000-4000-8000-000000000001",
]
ARTICLE = {"text": "The bridge is open, Anna Smith said."}


def tokens(server_or_folder, *arguments: str) -> str:
    folder = getattr(server_or_folder, "state_dir", server_or_folder)
    environment = os.environ | {"SAYSO_STATE_DIR": str(folder)}
    command = [sys.executable, "-m", "server.tokens", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout.strip()


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:7297", "localhost.", "", "[::2]:80"])
def test_a_foreign_host_name_is_refused(server: Server, host: str):
    assert_problem(server.get("/livez", headers={"Host": host}), 400, "untrusted-host", says="SAYSO_TRUSTED_HOSTS")


@pytest.mark.parametrize("host", ["127.0.0.1:1", "LOCALHOST", "[::1]:7297", "localhost:80"])
def test_loopback_names_are_trusted(server: Server, host: str):
    assert server.get("/livez", headers={"Host": host}).status == 200


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "chrome-extension://a/b", "http://127.0.0.1:1", "file://"]
)
def test_other_origins_are_refused(server: Server, origin: str):
    answer = server.post("/v1/label", ARTICLE, headers={"Origin": origin})
    assert_problem(answer, 403, "refused-origin", says="SAYSO_ALLOWED_ORIGINS")
    assert answer.headers["Access-Control-Allow-Origin"] is None
    preflight = server.request(
        "OPTIONS", "/v1/label", headers={"Origin": origin, "Access-Control-Request-Method": "POST"}
    )
    assert preflight.headers["Access-Control-Allow-Origin"] is None


@pytest.mark.parametrize("origin", EXTENSIONS)
def test_extensions_may_call(server: Server, origin: str):
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    preflight = server.request("OPTIONS", "/v1/label", headers=asked)
    assert preflight.headers["Access-Control-Allow-Origin"] == origin
    assert "POST" in preflight.headers["Access-Control-Allow-Methods"]
    answer = server.post("/v1/label", ARTICLE, headers={"Origin": origin})
    assert answer.status == 200
    assert answer.headers["Access-Control-Allow-Origin"] == origin
    assert answer.headers["Access-Control-Allow-Credentials"] is None


def test_the_page_itself_may_call(server: Server):
    assert server.post("/v1/label", ARTICLE, headers={"Origin": server.url}).status == 200


def test_an_origin_on_the_list_may_call(start_server):
    server = start_server(allowed_origins="https://news.example")
    answer = server.post("/v1/label", ARTICLE, headers={"Origin": "https://news.example"})
    assert answer.headers["Access-Control-Allow-Origin"] == "https://news.example"
    assert_problem(server.post("/v1/label", ARTICLE, headers={"Origin": EXTENSIONS[0]}), 403, "refused-origin")


@pytest.mark.parametrize("settings", [{"host": "0.0.0.0"}, {"trusted_hosts": "127.0.0.1,sayso.example"}])
def test_beyond_loopback_the_server_refuses_to_start_without_a_token(start_server, settings):
    with pytest.raises(RuntimeError, match="has no access token"):
        start_server(**settings)


def test_tokens_are_demanded_beyond_loopback_and_stop_working_when_revoked(start_server, tmp_path):
    secret = tokens(tmp_path / "server-0", "create", "newsroom")
    server = start_server(trusted_hosts="127.0.0.1,sayso.example")
    refused = server.post("/v1/label", ARTICLE)
    assert_problem(refused, 401, "token-needed", says="Authorization: Bearer")
    assert refused.headers["WWW-Authenticate"] == "Bearer"
    for wrong in (bearer("sayso_wrong"), {"Authorization": f"Basic {secret}"}, bearer("")):
        assert_problem(server.post("/v1/label", ARTICLE, headers=wrong), 401, "token-needed")
    assert_problem(server.get("/metrics"), 401, "token-needed")
    assert server.get("/livez").status == server.get("/").status == server.get("/static/page.js").status == 200
    assert server.post("/v1/label", ARTICLE, headers=bearer(secret)).status == 200

    kept = (server.state_dir / "tokens.json").read_text()
    assert secret not in kept
    assert secret not in server.log.read_text()
    assert (server.state_dir / "tokens.json").stat().st_mode & 0o077 == 0

    other = tokens(server, "create", "another")
    token_id = tokens(server, "list").split("\t")[0]
    tokens(server, "revoke", token_id)
    assert_problem(server.post("/v1/label", ARTICLE, headers=bearer(secret)), 401, "token-needed")
    assert server.post("/v1/label", ARTICLE, headers=bearer(other)).status == 200
    with pytest.raises(subprocess.CalledProcessError):
        tokens(server, "revoke", token_id)


def test_words_are_what_is_limited(start_server):
    server = start_server(rate_words="100 per minute", workers=1)
    first = server.post("/v1/label", {"text": "The bridge is open. " * 10})
    assert (first.headers["X-RateLimit-Limit"], first.headers["X-RateLimit-Remaining"]) == ("100", "60")
    refused = server.post("/v1/label", {"text": "The bridge is open. " * 20})
    assert_problem(refused, 429, "too-many-requests", says="100 per 1 minute")
    assert 0 <= int(refused.headers["Retry-After"]) <= 60
    lines = b'{"text": "The bridge is open."}\n' * 20
    answer = server.post("/v1/label", data=lines, headers={"Content-Type": "application/x-ndjson"})
    assert b'"status":429' in answer.body


def test_several_machines_count_together_in_redis(start_server, redis_url: str):
    first, second = (start_server(rate_words="100 per minute", rate_store=redis_url) for _ in range(2))
    assert first.post("/v1/label", {"text": "The bridge is open. " * 15}).headers["X-RateLimit-Remaining"] == "40"
    assert_problem(second.post("/v1/label", {"text": "The bridge is open. " * 15}), 429, "too-many-requests")


def test_labelling_goes_on_when_redis_is_gone(start_server):
    server = start_server(rate_store="redis://127.0.0.1:1")
    assert server.post("/v1/label", ARTICLE).status == 200


def test_answers_carry_headers_that_protect_the_page(server: Server):
    policy = server.get("/").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for path in ("/", "/v1/model", "/nowhere", "/static/page.css"):
        headers = server.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Content-Security-Policy"] == policy


def test_a_request_id_is_kept_when_it_is_harmless(server: Server):
    assert server.get("/livez", headers={"X-Request-ID": "abc-123"}).headers["X-Request-ID"] == "abc-123"
    assert len(server.get("/livez", headers={"X-Request-ID": "a b"}).headers["X-Request-ID"]) == 32
