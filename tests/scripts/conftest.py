"""What the tests of the commands share: a way to run one as a person does, and a little news of our own."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NEWS = [
    [["A warehouse burned down in Veltry on Monday.", "N"], ["Nobody was hurt, the fire brigade said.", "A"]],
    [
        ["“We saw smoke at six,” said Mara Dunne, who lives nearby.", "A"],
        ["Officials said the cause was unclear.", "U"],
    ],
    [["The owner will probably rebuild.", "NF"]],
]


@pytest.fixture
def command() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs `scripts/NAME.py` with arguments, in a process of its own; the status is not checked."""

    def run(name: str, *arguments: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, ROOT / "scripts" / f"{name}.py", *map(str, arguments)],
            capture_output=True,
            text=True,
            timeout=120,
            cwd=ROOT,
            env={**os.environ, "TQDM_DISABLE": "1"},
        )

    return run


def corpus_line(name: str, paragraphs: list[list[list[str]]] = NEWS) -> str:
    rows = [[{"text": text, "code": code} for text, code in sentences] for sentences in paragraphs]
    return json.dumps({"id": name, "paragraphs": rows}, ensure_ascii=False)


def wait_for(condition, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


class Cluster:
    """A real Dask scheduler and two workers, each a process of its own."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.address = f"tcp://127.0.0.1:{probe.getsockname()[1]}"
        dask, port = Path(sys.executable).with_name("dask"), self.address.rpartition(":")[2]
        self.scheduler = self._start(
            folder, [dask, "scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard"]
        )
        worker = [
            dask,
            "worker",
            self.address,
            "--nthreads",
            "1",
            "--no-nanny",
            "--no-dashboard",
            "--local-directory",
            folder,
        ]
        self.workers = [self._start(folder, worker) for _ in range(2)]
        wait_for(lambda: (folder / "dask.log").read_text().count("Registered to") == 2)

    def _start(self, folder: Path, arguments: list[object]) -> subprocess.Popen[bytes]:
        with (folder / "dask.log").open("ab") as log:
            return subprocess.Popen(list(map(str, arguments)), stdout=log, stderr=log)

    def close(self) -> None:
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()


@pytest.fixture
def cluster(tmp_path):
    started = Cluster(tmp_path)
    yield started
    started.close()
