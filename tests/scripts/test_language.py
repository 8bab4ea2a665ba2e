"""A language is a folder of words and a corpus: no code knows this one."""

import json
import sys

import pytest

from model import Labeller, lexicon
from scripts import train
from server.app import create_app
from server.settings import Settings

WORDS = {
    "reporting_verbs": "# who says\nsay: dir\n",
    "irregular_verbs": "# forms\ndir: diris diras dirante\n",
    "strong": "dir\n",
    "roles_plural": "oficistoj\n",
}
ARTICLE = [
    [("La ponto {} falis en Veltro lunde.", "N"), ("Neniu mortis, diris Mara Dun.", "A")],
    [("La kauzo estas {}, diris oficistoj.", "U")],
    [("Morgau pluvos en Veltro {}.", "NF")],
    [("Legu pli {}", "X")],
]


@pytest.fixture
def toy(tmp_path, monkeypatch):
    """The folder of a model of the language xx."""
    folder = tmp_path / "lexicons/xx"
    folder.mkdir(parents=True)
    for name, words in WORDS.items():
        (folder / f"{name}.txt").write_text(words)
    monkeypatch.setattr(lexicon, "_FOLDER", folder.parent)
    with (tmp_path / "toy.jsonl").open("w") as file:
        for number in range(12):
            rows = [[{"text": text.format(number), "code": code} for text, code in each] for each in ARTICLE]
            file.write(json.dumps({"id": f"toy/{number}", "paragraphs": rows}) + "\n")
    out = tmp_path / "model"
    monkeypatch.setattr(sys, "argv", ["train", f"{tmp_path}/toy.jsonl", "--language", "xx", "--out", f"{out}"])
    assert train.main() == 0
    return out


def test_a_new_language_is_trained_and_labelled_from_a_folder_of_words_and_a_corpus(toy):
    labeller = Labeller.load(toy)
    assert labeller.name == "sayso-xx"
    found = labeller.label(["La domo brulis, diris Mara Dun.", "La kauzo estas fajro, diris oficistoj."])
    assert [paragraph.label for paragraph in found.paragraphs] == ["attributed_claim", "anonymous_claim"]
    assert found.paragraphs[0].sentences[0].speaker.text == "Mara Dun"
    assert "language: xx" in labeller.card


def test_the_server_labels_the_language_of_its_model(toy, tmp_path):
    app = create_app(Settings(model=toy, state_dir=tmp_path))
    body = {"paragraphs": ["La domo brulis, diris Mara Dun."]}
    answer = app.test_client().post("/v1/label", json=body, headers={"Host": "127.0.0.1"}).get_json()
    assert answer["language"] == "xx"
    assert answer["paragraphs"][0]["label"] == "attributed_claim"
    app.extensions["store"].engine.dispose()
