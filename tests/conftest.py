"""Fixtures shared by all tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from live import ROOT, Server, launch_server
from services import Postgres, Redis


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server with default settings for the whole run."""
    running = launch_server(tmp_path_factory.mktemp("server"))
    yield running
    running.stop()


@pytest.fixture
def start_server(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Start further servers with settings of their own: `start_server(max_body_bytes=1000)`."""
    started: list[Server] = []

    def start(**settings: Any) -> Server:
        started.append(launch_server(tmp_path / f"server-{len(started)}", **settings))
        return started[-1]

    yield start
    for running in started:
        running.stop()


@pytest.fixture(scope="session")
def article() -> list[str]:
    """The paragraphs of the article in tests/data."""
    return (ROOT / "tests/data/article.txt").read_text().strip().split("\n\n")


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    redis = Redis()
    redis.start()
    yield redis.url
    redis.stop()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    postgres = Postgres()
    postgres.start()
    yield postgres
    postgres.stop()
    postgres.remove()
