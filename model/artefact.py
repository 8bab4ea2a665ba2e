"""The model on disk: `model.joblib`, `manifest.json` that vouches for its bytes, `card.md` generated from both."""

from __future__ import annotations

import hashlib
import io
import json
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

import joblib

# Of what is stored; raised when the code can no longer read what it wrote before.
FORMAT = 7
_MADE_WITH = ("numpy", "scipy", "scikit-learn")  # asked of the packages, not imported: serving needs no scikit-learn
SHIPPED = Path(__file__).parent / "artefacts"


def save(folder: Path, model: Any, manifest: dict[str, Any], card: str) -> dict[str, Any]:
    """Write model, manifest and card; returns the manifest with digest, size and versions added."""
    folder.mkdir(parents=True, exist_ok=True)
    packed = io.BytesIO()
    joblib.dump(model, packed, compress=("zlib", 6))
    content = packed.getvalue()
    manifest = {
        **manifest,
        "file": {"name": "model.joblib", "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)},
        "format": FORMAT,
        "made_with": {
            "python": platform.python_version(),
            **{name: version(name) for name in _MADE_WITH},
        },
    }
    (folder / "model.joblib").write_bytes(content)
    describe(folder, manifest, card)
    return manifest


def describe(folder: Path, manifest: dict[str, Any], card: str) -> None:
    """Write manifest and card beside the model that is there."""
    (folder / "card.md").write_text(card, encoding="utf-8")
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def read_manifest(folder: Path) -> dict[str, Any]:
    """Raises ValueError where the folder holds no manifest."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        if isinstance(manifest, dict):
            return manifest
        raise ValueError("no JSON object")
    except (OSError, ValueError) as error:
        raise ValueError(
            f"{folder} holds no manifest that can be read ({error}); train one with scripts/train.py"
        ) from error


def load(folder: Path) -> tuple[Any, dict[str, Any], str]:
    """The model, its manifest and its card.

    Nothing is deserialised before its digest was checked. Raises ValueError where a part is missing or damaged, or was
    made with another minor version of scikit-learn.
    """
    manifest = read_manifest(folder)
    try:
        content = (folder / manifest["file"]["name"]).read_bytes()
        card = (folder / "card.md").read_text(encoding="utf-8")
        expected, made_with = manifest["file"]["sha256"], manifest["made_with"]["scikit-learn"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ValueError(
            f"{folder} holds no model that can be read ({error}); train one with scripts/train.py"
        ) from error
    if manifest.get("format") != FORMAT:
        raise ValueError(
            f"{folder}: the model has format {manifest.get('format')}, this version reads {FORMAT}; train it anew"
        )
    found = hashlib.sha256(content).hexdigest()
    if found != expected:
        raise ValueError(f"{folder}: the model's SHA-256 is {found}, the manifest says {expected}; it was not loaded")
    if made_with.split(".")[:2] != (installed := version("scikit-learn")).split(".")[:2]:
        raise ValueError(
            f"{folder}: the model was made with scikit-learn {made_with}, here is {installed}; "
            "install the version of the lock file or train the model anew"
        )
    return joblib.load(io.BytesIO(content)), manifest, card
