"""What an operator relies on: reloads, metrics, logs, settings, checks of health."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from live import ROOT, Server
from pydantic import ValidationError

from server.settings import Settings

ARTICLE = {"text": "The ferry stops for the winter, Ine Solvang said on Monday."}


def wait_until(condition, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


def workers_of(server: Server) -> set[str]:
    found = subprocess.run(["pgrep", "-P", str(server.process.pid)], capture_output=True, text=True, check=False)
    return set(found.stdout.split())


class Load:
    """Requests, one after the other from each of some threads, until the block ends; `statuses` are the answers'."""

    def __init__(self, server: Server, threads: int = 3):
        self.server, self.pool, self.over = server, ThreadPoolExecutor(threads), threading.Event()
        self.threads, self.statuses, self.failures = threads, [], []

    def work(self) -> None:
        while not self.over.is_set():
            try:
                self.statuses.append(self.server.post("/v1/label", ARTICLE).status)
            except OSError as error:
                self.failures.append(error)

    def __enter__(self):
        for _ in range(self.threads):
            self.pool.submit(self.work)
        return self

    def __exit__(self, *_):
        self.over.set()
        self.pool.shutdown()


def test_a_reload_takes_up_a_new_model_loses_no_request_and_refuses_a_broken_one(start_server, tmp_path):
    shipped = ROOT / "model/artefacts"
    shutil.copytree(shipped, tmp_path / "model")
    server = start_server(model=tmp_path / "model")
    manifest = tmp_path / "model/manifest.json"

    def version() -> str:
        return server.post("/v1/label", ARTICLE).json()["model"]["version"]

    old = version()
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"version": "9.9.9"}))
    before = workers_of(server)
    with Load(server) as load:
        server.process.send_signal(signal.SIGHUP)
        wait_until(lambda: not before & workers_of(server))
        assert version() == "9.9.9" != old
    assert load.failures == []
    assert set(load.statuses) == {200}

    (tmp_path / "model/model.joblib").write_bytes(b"not the bytes of the manifest's digest")
    before = workers_of(server)
    server.process.send_signal(signal.SIGHUP)
    wait_until(lambda: not before & workers_of(server))
    assert version() == "9.9.9"
    assert "the new model was refused" in server.log.read_text()


def test_a_killed_worker_is_replaced_and_the_others_go_on(start_server):
    server = start_server(workers=2)
    before = workers_of(server)
    with Load(server, threads=2) as load:
        victim = min(before)
        os.kill(int(victim), signal.SIGKILL)
        wait_until(lambda: victim not in workers_of(server) and len(workers_of(server)) == 2)
        done = len(load.statuses)
        wait_until(lambda: len(load.statuses) > done + 20)
    assert set(load.statuses) == {200}
    assert len(load.failures) <= 2  # what the victim had in hand
    metrics = server.get("/metrics").body.decode()
    assert 'sayso_requests_total{method="POST",route="/v1/label",status="200"}' in metrics


def test_metrics_count_over_all_workers(server: Server):
    def count() -> float:
        lines = server.get("/metrics").body.decode().splitlines()
        return sum(float(line.split()[-1]) for line in lines if line.startswith('sayso_paragraphs_total{label="attr'))

    before = count()
    for _ in range(12):
        server.post("/v1/label", ARTICLE)
    assert count() == before + 12


def test_each_request_is_one_line_of_json_in_the_log(server: Server):
    server.post("/v1/label", ARTICLE, headers={"X-Request-ID": "one-line"})
    lines = [json.loads(line) for line in server.log.read_text().splitlines()]
    (line,) = [line for line in lines if line.get("request_id") == "one-line"]
    assert (line["method"], line["route"], line["status"], line["words"]) == ("POST", "/v1/label", 200, 11)
    assert {"time", "level", "ms", "bytes_in", "bytes_out", "process"} <= set(line)


def test_no_worker_computes_with_more_threads_than_those_that_answer(start_server):
    """A thread pool of the linear algebra's own would fight the other workers for the cores."""
    server = start_server(workers=1, threads=1)
    server.post("/v1/label", {"text": "The ferry stops, she said. " * 200})
    [worker] = workers_of(server)
    time.sleep(0.5)  # the thread that cleans up after the first charge ends
    assert len([*Path(f"/proc/{worker}/task").iterdir()]) == 2  # gunicorn's own and the one that answers


def test_the_server_stops_gracefully(start_server):
    server = start_server()
    assert server.stop() == 0


def test_live_and_ready(server: Server):
    assert server.get("/livez").json() == {"status": "alive"}
    assert server.get("/readyz").json() == {"status": "ready"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", "0"),
        ("port", "http"),
        ("workers", "0"),
        ("rate_words", "many"),
        ("rate_store", "memcached://a"),
        ("database", "mysql://a/b"),
        ("allowed_origins", "*"),
        ("allowed_origins", "https://*"),
        ("allowed_origins", "https://a.example/path"),
        ("feedback_days", "0"),
    ],
)
def test_a_wrong_setting_is_named_before_the_server_starts(name, value, monkeypatch):
    monkeypatch.setenv(f"SAYSO_{name.upper()}", value)
    with pytest.raises(ValidationError, match=name):
        Settings()


@pytest.mark.parametrize("name", ["SAYSO_PORT", "SAYSO_PROT"])
def test_gunicorn_tells_a_wrong_or_unknown_setting_without_a_traceback(tmp_path, name):
    command = [sys.executable, "-m", "gunicorn", "--config", "server/gunicorn.conf.py"]
    environment = os.environ | {name: "http", "SAYSO_STATE_DIR": str(tmp_path)}
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode != 0
    assert name in ended.stderr
    assert "Traceback" not in ended.stderr


def test_the_table_of_settings_is_complete():
    table = (ROOT / "README.md").read_text()
    for name, field in Settings.model_fields.items():
        default = ",".join(field.default) if isinstance(field.default, tuple) else field.default
        shown = "" if default in (None, "") else f"`{default}`"
        assert f"| `SAYSO_{name.upper()}` | {shown} | {field.description} |" in table


def test_each_route_and_problem_is_documented(server: Server):
    docs = (ROOT / "docs/http.md").read_text()
    for path in json.loads((ROOT / "docs/openapi.json").read_text())["paths"]:
        assert f"{path}`" in docs
    source = "".join(file.read_text() for file in (ROOT / "server").glob("*.py"))
    for name in re.findall(r'Problem\(\s*\d{3},\s*"([a-z-]+)"', source):
        assert f"| `{name}` |" in docs


def test_the_committed_openapi_document_is_what_the_server_serves(server: Server):
    committed = json.loads((ROOT / "docs/openapi.json").read_text())
    hint = "write it anew: curl -s http://127.0.0.1:7297/openapi.json | python -m json.tool > docs/openapi.json"
    assert server.get("/openapi.json").json() == committed, hint
