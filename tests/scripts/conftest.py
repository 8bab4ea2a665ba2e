"""What the tests of the commands share: a way to run one as a person does, and a little news of our own."""

import json
import os
import subprocess
import sys
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
            env={**os.environ, "TQDM_DISABLE": "1"},
        )

    return run


def corpus_line(name: str, paragraphs: list[list[list[str]]] = NEWS) -> str:
    rows = [[{"text": text, "code": code} for text, code in sentences] for sentences in paragraphs]
    return json.dumps({"id": name, "paragraphs": rows}, ensure_ascii=False)
