"""What the tests run against: a real PostgreSQL and Redis from the system's packages, and Playwright."""

from __future__ import annotations

import atexit
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from functools import cache
from pathlib import Path

import pytest
from live import free_port
from playwright.sync_api import Playwright, sync_playwright


def need(program: str | None, package: str) -> str:
    """In CI a missing package is a failure."""
    if program is None:
        message = f"{package} is not installed: run tests/install-system-packages.sh"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return program


def wait_for_port(port: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"nothing listens on port {port}")


class Service:
    """A process that can be stopped and started again on the same port."""

    port: int
    command: list[str]
    stop_signal = signal.SIGTERM
    user: str | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(
            self.command, user=self.user, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/"
        )
        wait_for_port(self.port)

    def stop(self) -> None:
        self.process.send_signal(self.stop_signal)
        self.process.wait(20)


class Redis(Service):
    def __init__(self) -> None:
        self.port = free_port()
        program = need(shutil.which("redis-server"), "redis-server")
        self.command = [program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", "/tmp"]
        self.url = f"redis://127.0.0.1:{self.port}"


class Postgres(Service):
    """PostgreSQL refuses to run as root, who becomes the user that the package made."""

    stop_signal = signal.SIGINT  # fast: connected clients are not waited for

    def __init__(self) -> None:
        self.port = free_port()
        programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
        binaries = Path(need(str(programs[-1]) if programs else shutil.which("postgres"), "postgresql")).parent
        self.user = "postgres" if os.getuid() == 0 else None
        self.folder = Path(tempfile.mkdtemp(prefix="sayso-postgres-"))
        if self.user:
            os.chown(self.folder, pwd.getpwnam(self.user).pw_uid, -1)
        made = [
            str(binaries / "initdb"),
            "-D",
            str(self.folder / "data"),
            "-U",
            "sayso",
            "--auth=trust",
            "-E",
            "UTF8",
            "-N",
        ]
        subprocess.run(made, user=self.user, check=True, capture_output=True, cwd="/")
        options = ["-p", str(self.port), "-c", "listen_addresses=127.0.0.1", "-k", str(self.folder)]
        self.command = [str(binaries / "postgres"), "-D", str(self.folder / "data"), *options]
        self.is_ready = [str(binaries / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        self.url = f"postgresql+psycopg://sayso@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """It listens before it has recovered, and until then turns everybody away."""
        super().start()
        deadline = time.monotonic() + 20
        while subprocess.run(self.is_ready, check=False).returncode:
            if time.monotonic() > deadline:
                raise RuntimeError("PostgreSQL does not get ready")
            time.sleep(0.05)

    def remove(self) -> None:
        shutil.rmtree(self.folder)


@cache
def playwright() -> Playwright:
    """One for the whole run: a process can have no second."""
    started = sync_playwright().start()
    atexit.register(started.stop)
    return started
