"""Corrections by readers, in SQLite and in PostgreSQL."""

from __future__ import annotations

import contextlib
import hmac
import os
import sqlite3
import subprocess
import uuid
from collections.abc import Iterator

import pytest
from live import Server
from problems import assert_problem
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url

from server.limits import network
from server.settings import Settings
from server.store import Correction, Store

CORRECTION = {"shown": "reported_fact", "given": "forecast", "model": {"name": "sayso-en", "version": "1.0.0"}}
PATH = "/v1/feedback"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def store_server(request, tmp_path_factory) -> Server:
    if request.param == "sqlite":
        yield request.getfixturevalue("server")
        return
    from live import launch_server

    running = launch_server(tmp_path_factory.mktemp("postgres"), database=request.getfixturevalue("postgres").url)
    yield running
    running.stop()


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def file_correction(server: Server, **more) -> dict:
    answer = server.post(PATH, CORRECTION | more)
    assert answer.status == 201, answer.body
    assert answer.headers["Location"] == f"{PATH}/{answer.json()['id']}"
    return answer.json()


def test_a_correction_is_read_and_deleted_with_its_token(store_server: Server):
    receipt = file_correction(store_server)
    path = f"{PATH}/{receipt['id']}"
    stored = store_server.get(path, headers=bearer(receipt["token"])).json()
    assert {name: stored[name] for name in CORRECTION} == CORRECTION
    assert stored["text"] is None
    assert stored["expires"] == receipt["expires"]
    other = file_correction(store_server)
    assert_problem(store_server.get(path), 401, "token-needed")
    assert_problem(store_server.get(path, headers=bearer(other["token"])), 404, "no-such-feedback")
    assert_problem(store_server.request("DELETE", path, headers=bearer(other["token"])), 404, "no-such-feedback")
    assert store_server.request("DELETE", path, headers=bearer(receipt["token"])).status == 204
    assert_problem(store_server.get(path, headers=bearer(receipt["token"])), 404, "no-such-feedback")


def test_text_is_kept_only_with_consent(store_server: Server):
    refused = store_server.post(PATH, CORRECTION | {"text": "The ferry stops."})
    assert_problem(refused, 422, "invalid-body", says="consent: true")
    receipt = file_correction(store_server, text="The ferry 🚢 stops.", consent=True)
    stored = store_server.get(f"{PATH}/{receipt['id']}", headers=bearer(receipt["token"])).json()
    assert stored["text"] == "The ferry 🚢 stops."


def test_no_statement_may_be_shown_and_given(store_server: Server):
    receipt = file_correction(store_server, shown=None, given=None)
    stored = store_server.get(f"{PATH}/{receipt['id']}", headers=bearer(receipt["token"])).json()
    assert (stored["shown"], stored["given"]) == (None, None)


def test_a_repeated_key_stores_nothing_twice(store_server: Server):
    key = {"Idempotency-Key": str(uuid.uuid4())}
    first = store_server.post(PATH, CORRECTION, headers=key)
    assert store_server.post(PATH, CORRECTION, headers=key).json() == first.json()
    assert_problem(store_server.post(PATH, CORRECTION | {"given": None}, headers=key), 422, "key-used")
    path = f"{PATH}/{first.json()['id']}"
    assert store_server.get(path, headers=bearer(first.json()["token"])).status == 200


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"given": "lie"}, "/given"),
        ({"model": {"name": "sayso-en"}}, "/model/version"),
        ({"model": {"name": "", "version": "1"}}, "/model/name"),
        ({"text": "a" * 20_001, "consent": True}, "/text"),
        ({"url": "https://news.example/"}, "/url"),
    ],
)
def test_a_bad_correction_is_answered_with_what_was_wrong(server: Server, change, pointer):
    assert_problem(server.post(PATH, CORRECTION | change), 422, "invalid-body", pointer=pointer)


def test_a_guessable_key_is_refused(server: Server):
    for key in ("1", "x" * 65, "a key with spaces in it"):
        answer = server.post(PATH, CORRECTION, headers={"Idempotency-Key": key})
        assert_problem(answer, 400, "bad-idempotency-key", says="16 to 64")


def test_a_nul_in_the_text_is_refused_and_not_an_error_of_the_database(store_server: Server):
    answer = store_server.post(PATH, CORRECTION | {"text": "a\0b", "consent": True})
    assert_problem(answer, 422, "invalid-body", pointer="/text")


def test_tokens_and_keys_are_not_in_the_database(server: Server):
    key = str(uuid.uuid4())
    receipt = server.post(PATH, CORRECTION, headers={"Idempotency-Key": key}).json()
    kept = b"".join(file.read_bytes() for file in server.state_dir.glob("feedback.db*"))
    assert receipt["id"].encode() in kept
    assert receipt["token"].encode() not in kept
    assert key.encode() not in kept


def test_other_users_of_the_machine_cannot_read_what_the_server_keeps(start_server):
    server = start_server(workers=1)
    file_correction(server, text="The ferry stops.", consent=True)
    kept = [path for path in server.state_dir.rglob("*") if path != server.log]
    assert {"feedback.db", "feedback.db-wal", "origins.key", "metrics"} <= {path.name for path in kept}
    assert [path.name for path in kept if path.stat().st_mode & 0o077] == []


def test_a_deleted_text_is_gone_from_the_file(start_server):
    server = start_server(workers=1)
    secret = "Zanzibarquux, the harbour master said."
    receipt = file_correction(server, text=secret, consent=True)
    server.request("DELETE", f"{PATH}/{receipt['id']}", headers=bearer(receipt["token"]))
    server.stop()
    assert secret.encode() not in b"".join(file.read_bytes() for file in server.state_dir.glob("feedback.db*"))


def test_what_has_outlived_its_retention_is_neither_shown_nor_kept(server: Server):
    receipt = file_correction(server)
    with sqlite3.connect(server.state_dir / "feedback.db") as database:
        database.execute("UPDATE corrections SET expires = '2000-01-01 00:00:00' WHERE id = ?", (receipt["id"],))
    path = f"{PATH}/{receipt['id']}"
    assert_problem(server.get(path, headers=bearer(receipt["token"])), 404, "no-such-feedback")
    assert server.get("/readyz").status == 200
    with sqlite3.connect(server.state_dir / "feedback.db") as database:
        assert database.execute("SELECT count(*) FROM corrections WHERE id = ?", (receipt["id"],)).fetchone() == (0,)
    database.close()


def test_while_the_database_is_down_labelling_goes_on_and_feedback_says_try_again(start_server, postgres):
    server = start_server(database=postgres.url)
    receipt = file_correction(server)
    path = f"{PATH}/{receipt['id']}"
    postgres.stop()
    try:
        refused = server.post(PATH, CORRECTION)
        assert_problem(refused, 503, "store-unavailable", says="Try again")
        assert refused.headers["Retry-After"] == "5"
        assert_problem(server.get(path, headers=bearer(receipt["token"])), 503, "store-unavailable")
        assert_problem(server.get("/readyz"), 503, "store-unavailable")
        assert server.get("/livez").status == server.post("/v1/label", {"text": "The ferry stops."}).status == 200
        started_without = start_server(database=postgres.url)
        assert started_without.post("/v1/label", {"text": "The ferry stops."}).status == 200
    finally:
        postgres.start()
    for running in (server, started_without):
        assert running.get("/readyz").status == 200
        assert running.get(path, headers=bearer(receipt["token"])).status == 200


@pytest.mark.skipif(os.getuid() != 0, reason="mounting a small disk needs root")
def test_a_full_disk_is_told_by_feedback_and_by_readyz(start_server, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk], check=False).returncode:
        pytest.skip("this machine does not let root mount")
    try:
        server = start_server(database=f"sqlite:///{disk}/feedback.db")
        receipt = file_correction(server)
        with contextlib.suppress(OSError):
            (disk / "filler").write_bytes(bytes(2_000_000))
        assert_problem(server.post(PATH, CORRECTION), 503, "store-unavailable")
        assert_problem(server.get("/readyz"), 503, "store-unavailable")
        assert server.post("/v1/label", {"text": "The ferry stops."}).status == 200
        (disk / "filler").unlink()
        assert server.get("/readyz").status == 200
        assert server.get(f"{PATH}/{receipt['id']}", headers=bearer(receipt["token"])).status == 200
        server.stop()
    finally:
        subprocess.run(["umount", "--lazy", disk], check=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request, tmp_path) -> Iterator[Store]:
    url = ""
    if request.param == "postgresql":
        server, name = make_url(request.getfixturevalue("postgres").url), f"db_{uuid.uuid4().hex}"
        engine = create_engine(server, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
        engine.dispose()
        url = server.set(database=name).render_as_string(hide_password=False)
    opened = Store(Settings(state_dir=tmp_path, database=url))
    yield opened
    opened.engine.dispose()


def correction(number: int, text: str | None = "The ferry stops.") -> Correction:
    digests = dict.fromkeys(("id", "key_digest", "body_digest", "token_digest"), f"{number}")
    return Correction(**digests, model_name="sayso-en", model_version="1.0.0", given="forecast", text=text)


def test_corrections_of_one_caller_are_told_from_those_of_others_without_a_word_on_who_it_is(store, tmp_path):
    for number, caller in enumerate(["203.0.113.7", "203.0.113.7", "203.0.113.8"]):
        store.add(correction(number), caller)
    one, same, other = (each.origin for each in store.with_text())
    assert one == same != other
    key = (tmp_path / "origins.key").read_text().split()[1]
    assert (tmp_path / "origins.key").stat().st_mode & 0o077 == 0
    assert hmac.new(bytes.fromhex(key), b"203.0.113.7", "sha256").hexdigest().startswith(one)
    assert "203.0.113" not in one


def test_a_correction_without_a_text_keeps_no_trace_of_its_caller(store, tmp_path):
    assert store.add(correction(1, text=None), "203.0.113.7").origin is None
    assert not (tmp_path / "origins.key").exists()


def test_a_months_key_is_gone_with_the_month(store, tmp_path):
    store.add(correction(1), "203.0.113.7")
    key = tmp_path / "origins.key"
    month, old = key.read_text().split()
    key.write_text(f"2026-01 {old}\n")
    another = Store(Settings(state_dir=tmp_path, database=store.url))  # as the next process has it
    another.touch()
    assert key.read_text().split()[0] == month
    assert old not in key.read_text()
    another.add(correction(2), "203.0.113.7")
    first, second = (each.origin for each in another.with_text())
    assert first != second
    another.engine.dispose()


def test_corrections_from_before_the_hash_of_callers_are_kept_when_the_schema_is_brought_up_to_date(store):
    store.migrate("0001")
    with store.engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO corrections (id, key_digest, body_digest, token_digest, created, expires, model_name, "
            "model_version, text) VALUES ('a', 'a', 'a', 'a', '2026-01-01', '2999-01-01', 'sayso-en', '1', 'Old.')"
        )
    store.prepare()
    assert [(each.text, each.origin) for each in store.with_text()] == [("Old.", None)]


@pytest.mark.parametrize(
    ("address", "caller"),
    [("203.0.113.7", "203.0.113.7"), ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"), ("unix", "unix")],
)
def test_a_network_of_ipv6_is_one_caller(address, caller):
    assert network(address) == caller


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_the_migrations_make_the_tables_that_the_code_expects(kind, tmp_path, request):
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from server.store import Base

    url = f"sqlite:///{tmp_path}/a.db" if kind == "sqlite" else request.getfixturevalue("postgres").url
    store = Store(Settings(state_dir=tmp_path, database=url))
    store.prepare()
    with store.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    store.engine.dispose()
