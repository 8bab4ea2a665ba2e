"""Put a model in the place from which it is served, and take it back.

The manifest is what is swapped: it names the model's file, so a reader finds either the old pair or the new one, never
a mixture. The model that was there before is kept, whole, in the folder `previous`.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

from model import artefact
from model.card import pictures_of
from model.labeller import Labeller

PREVIOUS = "previous"


def promote(candidate: Path, place: Path) -> dict[str, Any]:
    """Serve `candidate` from the folder `place` from now on; returns its manifest.

    Raises ValueError where the candidate cannot be loaded or does not label; the place is then as it was.
    """
    labeller = Labeller.load(candidate)
    labeller.label(["The bridge is open, the mayor said."])
    place.mkdir(parents=True, exist_ok=True)
    old = _served(place)
    # One that is served already takes nobody's place: the previous model stays the one to go back to.
    rotates = old is not None and old["file"]["sha256"] != labeller.manifest["file"]["sha256"]
    incoming = place / f".{PREVIOUS}"
    if old is not None and rotates:
        shutil.rmtree(incoming, ignore_errors=True)
        incoming.mkdir()
        for name in (old["file"]["name"], "manifest.json", "card.md", *pictures_of(place)):
            shutil.copyfile(place / name, incoming / name)

    content = (candidate / labeller.manifest["file"]["name"]).read_bytes()
    name = f"model-{labeller.manifest['file']['sha256'][:16]}.joblib"
    manifest = {**labeller.manifest, "file": {**labeller.manifest["file"], "name": name}}
    _replace(place / name, content)
    _replace(place / "manifest.json", f"{json.dumps(manifest, indent=1, ensure_ascii=False)}\n".encode())
    _replace(place / "card.md", labeller.card.encode())
    for picture in pictures_of(candidate):
        shutil.copyfile(candidate / picture, place / picture)
    for picture in {*pictures_of(place)} - {*pictures_of(candidate)}:
        (place / picture).unlink()

    if rotates:
        shutil.rmtree(place / PREVIOUS, ignore_errors=True)
        incoming.replace(place / PREVIOUS)
    # Whoever read the old manifest a moment ago still needs its file, so that goes only with the next promotion.
    for path in place.glob("model*.joblib"):
        if path.name not in (name, old and old["file"]["name"]):
            path.unlink()
    return manifest


def roll_back(place: Path) -> dict[str, Any]:
    """Serve the previous model again; the present one becomes the previous. Raises ValueError where there is none."""
    if not (place / PREVIOUS / "manifest.json").is_file():
        raise ValueError(f"{place} keeps no previous model to go back to")
    return promote(place / PREVIOUS, place)


def _served(place: Path) -> dict[str, Any] | None:
    """The manifest of the model that is there; None where it could not be served, and so is none to go back to."""
    try:
        return artefact.load(place)[1]
    except ValueError:
        return None


def _replace(path: Path, content: bytes) -> None:
    unfinished = path.with_name(f".{path.name}.new")
    with unfinished.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
