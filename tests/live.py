"""A real gunicorn on a free port of 127.0.0.1, run as `make run` runs it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent


@dataclass
class Answer:
    status: int
    headers: Message
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Server:
    """A running gunicorn; `log` is the file that its output goes to."""

    url: str
    port: int
    state_dir: Path
    log: Path
    process: subprocess.Popen[bytes]

    def request(
        self,
        method: str,
        path: str,
        *,
        data: bytes | None = None,
        send: Any = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """`send` is an object to send as JSON; `data` are bytes to send as they are."""
        headers = dict(headers or {})
        if send is not None:
            data = json.dumps(send).encode()
            headers.setdefault("Content-Type", "application/json")
        request = urllib.request.Request(self.url + path, data=data, headers=headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return Answer(response.status, response.headers, response.read())
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.headers, error.read())

    def get(self, path: str, **options: Any) -> Answer:
        return self.request("GET", path, **options)

    def post(self, path: str, send: Any = None, **options: Any) -> Answer:
        return self.request("POST", path, send=send, **options)

    def stop(self) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=40)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def launch_server(state_dir: Path, port: int | None = None, **settings: Any) -> Server:
    """Start gunicorn as `make run` does, with settings given as `max_body_bytes=1000`; waits until it is ready."""
    port = port or free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SAYSO_")}
    environment |= {"SAYSO_PORT": str(port), "SAYSO_STATE_DIR": str(state_dir)}
    environment |= {f"SAYSO_{name.upper()}": str(value) for name, value in settings.items()}
    state_dir.mkdir(parents=True, exist_ok=True)
    log = state_dir / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--config", "server/gunicorn.conf.py"],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    server = Server(f"http://127.0.0.1:{port}", port, state_dir, log, process)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if server.get("/livez").status == 200:
                return server
        except OSError:
            time.sleep(0.05)
    server.process.kill()
    raise RuntimeError(f"the server did not start:\n{log.read_text()}")
