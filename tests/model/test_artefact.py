"""The model on disk: what is wrong with it is said, and nothing is deserialised before its digest was checked."""

import hashlib
import json
import pickle
import re
import shutil
from pathlib import Path

import pytest

from model import Labeller
from model.artefact import SHIPPED, load, save


class WritesAFile:
    """What a malicious pickle may do: run anything when it is read."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return Path.write_text, (self.path, "the pickle was executed")


@pytest.fixture
def folder(tmp_path):
    """A copy of the shipped model to damage."""
    return Path(shutil.copytree(SHIPPED, tmp_path / "model"))


def change_manifest(folder: Path, change) -> None:
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text())
    change(manifest)
    path.write_text(json.dumps(manifest))


def refusal(folder: Path) -> str:
    with pytest.raises(ValueError, match=re.escape(str(folder))) as caught:
        Labeller.load(folder)
    return str(caught.value)


def test_a_copy_of_the_shipped_model_labels_as_the_shipped_one(folder, labeller, article):
    assert Labeller.load(folder).label(article) == labeller.label(article)


def test_the_shipped_manifest_vouches_for_the_model_and_says_what_made_it(labeller):
    manifest = labeller.manifest
    content = (SHIPPED / "model.joblib").read_bytes()
    assert manifest["file"]["sha256"] == hashlib.sha256(content).hexdigest()
    assert manifest["file"]["bytes"] == len(content)
    assert {"python", "numpy", "scikit-learn"} <= manifest["made_with"].keys()
    assert all(re.fullmatch("[0-9a-f]{64}", corpus["sha256"]) for corpus in manifest["corpora"])
    assert labeller.version == manifest["version"]
    assert labeller.card


def test_a_model_changed_by_one_bit_is_refused_with_both_digests(folder):
    content = bytearray((folder / "model.joblib").read_bytes())
    content[len(content) // 2] ^= 1
    (folder / "model.joblib").write_bytes(content)
    message = refusal(folder)
    assert hashlib.sha256(content).hexdigest() in message
    assert json.loads((folder / "manifest.json").read_text())["file"]["sha256"] in message


def test_a_model_cut_short_is_refused(folder):
    content = (folder / "model.joblib").read_bytes()
    (folder / "model.joblib").write_bytes(content[:-1])
    assert "it was not loaded" in refusal(folder)


def test_a_pickle_whose_digest_is_wrong_is_not_executed(folder, tmp_path):
    content = pickle.dumps(WritesAFile(tmp_path / "proof"))
    (folder / "model.joblib").write_bytes(content)
    refusal(folder)
    assert not (tmp_path / "proof").exists()
    pickle.loads(content)
    assert (tmp_path / "proof").exists(), "the pickle is harmless, and the test proves nothing"


@pytest.mark.parametrize("version", ["1.8.2", "1.10.0", "2.9.1", "0.9.1"])
def test_a_model_of_another_minor_version_of_scikit_learn_is_refused_before_it_is_read(folder, tmp_path, version):
    content = pickle.dumps(WritesAFile(tmp_path / "proof"))
    (folder / "model.joblib").write_bytes(content)

    def change(manifest):
        manifest["file"]["sha256"] = hashlib.sha256(content).hexdigest()
        manifest["made_with"]["scikit-learn"] = version

    change_manifest(folder, change)
    assert f"made with scikit-learn {version}" in refusal(folder)
    assert not (tmp_path / "proof").exists()


def test_a_model_of_another_patch_version_is_loaded(folder, labeller):
    minor = ".".join(labeller.manifest["made_with"]["scikit-learn"].split(".")[:2])
    change_manifest(folder, lambda manifest: manifest["made_with"].update({"scikit-learn": f"{minor}.99"}))
    assert Labeller.load(folder).version == labeller.version


@pytest.mark.parametrize("name", ["model.joblib", "manifest.json", "card.md"])
def test_a_missing_part_is_named(folder, name):
    (folder / name).unlink()
    message = refusal(folder)
    assert name in message
    assert "scripts/train.py" in message


def test_a_folder_that_is_not_there_is_named(tmp_path):
    assert "scripts/train.py" in refusal(tmp_path / "nowhere")


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"{}", b'"text"', b"null", b"\xff\xfe", b'{"file": 1}', b'{"file": {"name": 1}}']
)
def test_a_manifest_that_is_none_is_refused(folder, content):
    (folder / "manifest.json").write_bytes(content)
    assert "that can be read" in refusal(folder)


def test_what_is_saved_is_loaded(tmp_path):
    manifest = save(tmp_path, {"weights": [1, 2]}, {"name": "toy"}, "# Toy\n")
    assert load(tmp_path) == ({"weights": [1, 2]}, manifest, "# Toy\n")


def test_the_readme_states_the_figures_of_the_shipped_model(labeller):
    figures = labeller.manifest["figures"]["news-dev.jsonl"]
    readme = " ".join((Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8").split())
    assert (
        f"Of {figures['paragraphs']} paragraphs of news that it never saw, it labels {figures['accuracy']:.0%} as "
        f"their annotators did, and {figures['certain']['accuracy']:.0%} of those it is certain of; "
        f"macro-F1 is {figures['macro_f1']:.2f}."
    ).replace("%", " %") in readme
