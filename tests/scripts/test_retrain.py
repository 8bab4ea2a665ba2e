"""Retraining: the page that explains it, run as it stands, and what guards it."""

import json
import os
import random
import re
import runpy
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from model import Labeller
from model.card import without_pictures
from model.corpus import Annotated, Article, digest_of, read_corpus
from model.gate import by_outlet, check, outlet_of, pin, read_floors
from model.lexicon import lexicon
from model.network import WORD_SIZE
from model.promotion import promote, roll_back
from model.variants import WORD, read_lessons, swap, write_lessons
from scripts import teach
from scripts.feedback import agree, annotate
from tests.scripts.conftest import ROOT

LABELS = lexicon().labels
HELD_OUT = read_corpus(ROOT / "corpora/written.jsonl", LABELS.codes)[-5:]


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    """The page docs/retrain.md, each block run in a fresh copy of what it needs; yields what each block printed."""
    home = tmp_path_factory.mktemp("retrain")
    for name in ("scripts", "corpora", "model", "server"):
        (home / name).symlink_to(ROOT / name)
    page = (ROOT / "docs/retrain.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```sh(.*?)\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "TQDM_DISABLE": "1"}
    printed = []
    for manner, block in blocks[1:]:
        if "skip" in manner:
            continue
        script = f"set -e\nexport SAYSO_STATE_DIR=var/toy/state PYTHONPATH=.\n{block}"
        result = subprocess.run(
            ["bash", "-c", script], cwd=home, env=environment, capture_output=True, text=True, timeout=120
        )
        assert (result.returncode != 0) == ("fails" in manner), f"{block}\n{result.stdout}\n{result.stderr}"
        assert "Traceback" not in result.stderr
        printed.append(result.stdout + result.stderr)
    return home, printed


def test_the_page_on_retraining_runs_as_it_stands(walked):
    home, printed = walked
    said = "\n".join(printed)
    for sentence in (
        "1 articles, 2 paragraphs fit; 0 mismatches",
        "1 texts agreed on",
        "gate: open",
        "held-out: no set with digest",
        "own: the model was trained on this set",
        "error: not promoted",
        "is now sayso-en 0.2",
    ):
        assert sentence in said
    assert printed[-1].count("is now sayso-en 0.1") == 1
    assert Labeller.load(home / "var/toy/served").version == "0.1"
    assert {path.name for path in (home / "var/toy/plots").iterdir()} == {
        "held-out-calibration.png",
        "held-out-outlets.png",
    }


def test_training_again_gives_the_same_model_and_figures(walked, command, tmp_path):
    home, _ = walked
    toy = home / "var/toy"
    held_out = ("--evaluate-on", toy / "held-out.jsonl")
    result = command("train", toy / "train.jsonl", toy / "own.jsonl", "--out", tmp_path, "--version", "0.2", *held_out)
    assert result.returncode == 0, result.stderr
    again, before = (json.loads((folder / "manifest.json").read_text()) for folder in (tmp_path, toy / "second"))
    assert again == {name: value for name, value in before.items() if name != "learning_curve"}
    assert again["seed"] == 0


def test_the_card_shows_the_pictures_that_lie_beside_it_and_loses_no_figure_without_them(walked):
    folder = walked[0] / "var/toy/second"
    card = (folder / "card.md").read_text()
    shown = set(re.findall(r"!\[[^\]]+\]\(([^)]+)\)", card))
    assert shown == {"held-out-calibration.png", "held-out-outlets.png", "learning-curve.png"}
    assert all((folder / name).read_bytes().startswith(b"\x89PNG") for name in shown)
    bare = without_pictures(card)
    assert "![" not in bare
    assert card.count("| ") == bare.count("| ")
    for heading in ("| mean confidence | right | labels |", "## What more articles would bring"):
        assert heading in bare


def test_the_learning_curve_ends_with_the_model_itself(walked, command):
    toy = walked[0] / "var/toy"
    manifest = json.loads((toy / "second/manifest.json").read_text())
    curve = manifest["learning_curve"]
    assert curve["on"] == "held-out.jsonl"
    assert [point["articles"] for point in curve["points"]] == [6, 13]
    assert curve["points"][-1]["macro_f1"] == manifest["figures"]["held-out.jsonl"]["macro_f1"]


@pytest.mark.parametrize(
    ("corpora", "more", "reason"),
    [
        (["train"], [], "the model was trained on own.jsonl as well"),
        (["train", "held-out"], [], "the model was not trained on this corpus"),
        (["train", "own"], ["--steps", "9"], "--steps 9: the smallest part must have 6 articles"),
    ],
)
def test_a_learning_curve_of_another_models_corpora_is_refused(walked, command, corpora, more, reason):
    toy = walked[0] / "var/toy"
    paths = [toy / f"{name}.jsonl" for name in corpora]
    result = command("learning_curve", toy / "second", *paths, "--on", toy / "held-out.jsonl", *more, "--dry-run")
    assert result.returncode == 1
    assert reason in result.stderr


def test_a_model_names_the_variants_that_it_learnt_from(walked, command):
    toy = walked[0] / "var/toy"
    manifest = json.loads((toy / "taught/manifest.json").read_text())
    assert manifest["variants"]["name"] == "variants.jsonl.gz"
    assert 24 < manifest["variants"]["articles"] <= 36
    assert "began with what words mean to it (`variants.jsonl.gz`" in (toy / "taught/card.md").read_text()
    arguments = [toy / "taught", toy / "train.jsonl", "--on", toy / "held-out.jsonl", "--steps", "1", "--dry-run"]
    result = command("learning_curve", *arguments, "--variants", ROOT / "corpora/variants.jsonl.gz")
    assert result.returncode == 0, result.stderr
    result = command("learning_curve", *arguments)
    assert result.returncode == 1
    assert "--variants (not given): the model learnt from variants.jsonl.gz" in result.stderr


def test_teaching_without_what_it_needs_says_so(command, tmp_path):
    encoder = tmp_path / "encoder"
    encoder.mkdir()
    result = command("teach", ROOT / "corpora/written.jsonl", "--encoder", encoder, "--out", tmp_path / "v.jsonl.gz")
    assert result.returncode == 1
    if find_spec("torch") and find_spec("transformers"):
        assert f"{encoder} holds no encoder" in result.stderr
    else:
        assert "docs/retrain.md says how to install what a teacher needs" in result.stderr
    assert "Traceback" not in result.stderr


class StandIn:
    """A teacher of arithmetic, since PyTorch is not installed where the tests run."""

    def vectors(self, words):
        return np.array([[1.0, len(word), *np.sin(np.arange(WORD_SIZE) * len(word))] for word in words], np.float32)

    def lines(self, sentences):
        return [text for _, text in sentences]

    def say(self, articles):
        return [
            np.array([[1.5, 0.5, 0.0, -2.0, len(text) % 10 - 5] for text in texts]).reshape(-1, 5) for texts in articles
        ]


def test_what_a_teacher_says_of_variants_can_be_learnt_from(tmp_path):
    articles, words, teacher = HELD_OUT, lexicon(), StandIn()
    labeller = Labeller.load()
    first, again = (teach.Variation(teacher, articles, words, random.Random(3)) for _ in range(2))
    varied = [first(article) for article in articles]
    assert varied == [again(article) for article in articles]
    assert varied != [first(article) for article in articles]
    swapped = [
        WORD.findall(article.texts[number])[at].lower()
        for article, of_it in zip(articles, varied, strict=True)
        for number, new_words in of_it
        for at in new_words
    ]
    total = sum(len(text.split()) for article in articles for text in article.texts)
    assert 0.05 < len(swapped) / total < 0.25
    assert not set(swapped) & (words.modals | words.auxiliaries)
    path = tmp_path / "variants.jsonl.gz"
    meanings = [*teach.meant(teacher, articles, words)]
    write_lessons(path, [*teach.ask(teacher, labeller, articles, varied), *meanings])
    lessons = read_lessons(path, articles, LABELS)
    assert lessons.vectors.keys() == {each["word"] for each in meanings} > set(words.common)
    assert 0.1 < np.std(np.array([*lessons.vectors.values()])) < 10
    for variant, article, of_it in zip(lessons.variants, articles, varied, strict=True):
        assert variant.of == article.id
        assert 0 < len(variant.texts) <= len(article.texts)
        assert variant.texts == [swap(article.texts[number], new_words) for number, new_words in of_it]
        found = labeller.analyse(variant.texts)
        targets = variant.targets(found, LABELS, 1.0)
        lengths = [sentence.end - sentence.start for sentence in found]
        assert targets.forecasts == pytest.approx([1 / (1 + np.exp(5 - length % 10)) for length in lengths])
        odds = np.exp([1.5, 0.5, 0.0, -2.0])
        assert targets.sources == pytest.approx(np.array([odds / odds.sum()] * len(found)))


def test_a_cluster_trains_a_model_with_the_figures_of_one_machine(walked, cluster, command, tmp_path):
    toy = walked[0] / "var/toy"
    corpora = [toy / "train.jsonl", toy / "own.jsonl", "--evaluate-on", toy / "held-out.jsonl"]
    result = command("train", *corpora, "--out", tmp_path, "--scheduler", cluster.address)
    assert result.returncode == 0, result.stderr
    here, there = (json.loads((path / "manifest.json").read_text()) for path in (toy / "second", tmp_path))
    assert here["figures"] == there["figures"]


@pytest.mark.parametrize(
    "name", sorted(path.stem for path in (ROOT / "scripts").glob("*.py") if "def main" in path.read_text())
)
def test_every_command_explains_itself(monkeypatch, capsys, name):
    monkeypatch.setattr(sys, "argv", [name, "--help"])
    with pytest.raises(SystemExit) as stopped:
        runpy.run_path(str(ROOT / "scripts" / f"{name}.py"), run_name="__main__")
    assert stopped.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: {name}")


@pytest.mark.parametrize(
    ("evaluate_on", "corpora", "reason"),
    [([], ["own", "own-copy"], "stand in two corpora"), (["own"], ["own-copy"], "would be trained and evaluated on")],
)
def test_training_refuses_articles_that_would_count_twice(walked, command, tmp_path, evaluate_on, corpora, reason):
    home, _ = walked
    for name in ("own", "own-copy"):
        shutil.copyfile(home / "var/toy/own.jsonl", tmp_path / f"{name}.jsonl")
    paths = [tmp_path / f"{name}.jsonl" for name in corpora]
    held_out = [tmp_path / f"{name}.jsonl" for name in evaluate_on]
    result = command("train", *paths, "--out", tmp_path / "model", "--evaluate-on", *held_out)
    assert result.returncode == 1
    assert reason in result.stderr
    assert not (tmp_path / "model").exists()


def test_cross_validation_scores_every_setting_best_first(walked, command):
    home, _ = walked
    corpora = (home / "var/toy/train.jsonl", home / "var/toy/held-out.jsonl")
    weights = ("--weight", "train.jsonl=0.01,1")
    result = command("cross_validate", *corpora, *weights, "--on", "held-out.jsonl", "--folds", 2)
    assert result.returncode == 0, result.stderr
    table = [line.split() for line in result.stdout.splitlines() if "train.jsonl=" in line]
    assert sorted(line[-1] for line in table) == ["train.jsonl=0.01", "train.jsonl=1"]
    assert float(table[0][0]) >= float(table[1][0]) > 0


def test_the_search_tries_every_value_of_a_parameter(walked, command):
    toy = walked[0] / "var/toy"
    searched = ("--search", "folds=2,3", "--on", "train.jsonl", "--folds", 2)
    result = command("cross_validate", toy / "train.jsonl", toy / "held-out.jsonl", *searched)
    assert result.returncode == 0, result.stderr
    table = [line.split() for line in result.stdout.splitlines() if "folds=" in line]
    assert sorted(line[-1] for line in table) == ["folds=2", "folds=3"]


@pytest.mark.parametrize("name", ["train", "cross_validate"])
@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("depth=3", "no parameter 'depth'; there are C, folds, least, linear_share"),
        ("folds=many", "folds takes int values, such as 3"),
        ("folds", "folds takes int values"),
        ("seed=3", "no parameter 'seed'"),
    ],
)
def test_a_parameter_that_is_none_is_named(walked, command, tmp_path, name, given, reason):
    option, more = ("--set", ["--out", tmp_path]) if name == "train" else ("--search", [])
    result = command(name, walked[0] / "var/toy/train.jsonl", option, given, *more)
    assert result.returncode == 1
    assert result.stderr.startswith(f"error: {option} {given}: ")
    assert reason in result.stderr


def test_a_model_keeps_the_parameters_it_was_trained_with(walked, command, tmp_path):
    result = command("train", walked[0] / "var/toy/train.jsonl", "--set", "folds=2", "--out", tmp_path)
    assert result.returncode == 0, result.stderr
    assert Labeller.load(tmp_path).classifier.folds == 2
    assert Labeller.load(tmp_path).manifest["parameters"] == {"folds": 2}


@pytest.mark.parametrize("weight", ["nothing=1", "train.jsonl=much", "train.jsonl=-1"])
def test_a_weight_that_is_none_is_named(walked, command, weight):
    home, _ = walked
    result = command("cross_validate", home / "var/toy/train.jsonl", "--weight", weight)
    assert result.returncode == 1
    assert result.stderr.startswith(f"error: --weight {weight}: ")


# --- the gate


@pytest.fixture(scope="module")
def labeller():
    return Labeller.load()


def test_floors_at_what_a_model_reaches_let_it_pass(labeller):
    floors = pin(labeller, {"set": HELD_OUT}, {}, lower=False)
    assert set(floors["set"]["floors"]) >= {"macro_f1", "accuracy", "worst_outlet", "forecast", "anonymous_claim"}
    against = check(labeller, {"under another name": HELD_OUT[::-1]}, floors)
    trained_on = [sentence for sentence in against if "was trained on" in sentence]
    assert against == trained_on


def test_the_gate_names_every_figure_below_its_floor(labeller):
    floors = {
        "set": {"articles": digest_of(HELD_OUT), "floors": {"forecast": 1.0, "worst_outlet": 1.0, "accuracy": 0.0}}
    }
    against = [sentence for sentence in check(labeller, {"set": HELD_OUT}, floors) if "below its floor" in sentence]
    assert len(against) <= 2
    floors["set"]["floors"] = {"macro_f1": 1.0}
    changed = [Article("x", [[Annotated("It will probably rain.", "A")], [Annotated("It rained, he said.", "NF")]])]
    floors["set"]["articles"] = digest_of(changed)
    assert "set: macro_f1 is 0.0000, below its floor 1.0000" in check(labeller, {"set": changed}, floors)


def test_the_gate_is_closed_where_a_set_was_changed(labeller):
    floors = {"set": {"articles": digest_of(HELD_OUT), "floors": {}}}
    assert "missing or was changed" in check(labeller, {"set": HELD_OUT[1:]}, floors)[0]


def test_the_gate_is_closed_for_a_model_trained_on_the_set(labeller):
    floors = {"set": {"articles": digest_of(HELD_OUT), "floors": {}}}
    manifest = {**labeller.manifest, "corpora": [{"articles_sha256": digest_of(HELD_OUT)}]}
    cheat = Labeller(labeller.classifier, manifest)
    assert check(cheat, {"set": HELD_OUT}, floors) == [
        "set: the model was trained on this set, so its figures mean nothing"
    ]


def test_a_floor_falls_only_when_told_to(labeller):
    old = {"set": {"articles": "", "floors": {"macro_f1": 1.0}}}
    with pytest.raises(ValueError, match=r"set: this would lower macro_f1 from 1.0 to 0\.\d+; pass --lower"):
        pin(labeller, {"set": HELD_OUT}, old, lower=False)
    assert pin(labeller, {"set": HELD_OUT}, old, lower=True)["set"]["floors"]["macro_f1"] < 1


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "[]",
        "{}",
        '{"a": {"articles": "x", "floors": {}}}',
        '{"a": {}}',
        '{"a": {"articles": "x", "floors": {"f1": 1}}}',
        '{"a": {"articles": 1, "floors": {}}}',
    ],
)
def test_a_floors_file_that_is_none_is_refused(tmp_path, content):
    (tmp_path / "floors.json").write_text(content)
    with pytest.raises(ValueError, match=r"floors\.json is no floors file"):
        read_floors(tmp_path / "floors.json", LABELS)


@pytest.mark.parametrize(
    ("name", "outlet"),
    [
        ("polnear-dev/usa-today_2016-09-08_laws", "usa-today"),
        ("nd-validation/CReuters/CReuters_18", "reuters"),
        ("nd-train2/Crime/Xinhua_25", "xinhua"),
        ("nd-validation/NYT/NYT_ENG_20090707.0014", "nyt"),
        ("written/001", "written"),
        ("a17", "others"),
    ],
)
def test_an_articles_id_tells_its_outlet(name, outlet):
    assert outlet_of(Article(name, [])) == outlet


def test_an_outlet_without_a_labelled_paragraph_has_no_figures(labeller):
    caption = Article("gallery_1", [[Annotated("Photo: a bridge.", "X")]])
    assert list(by_outlet(labeller, [*HELD_OUT, caption])) == ["written"]


# --- promotion


def test_a_promoted_model_is_served_and_the_one_before_comes_back(walked, tmp_path):
    home, _ = walked
    first, second = home / "var/toy/first", home / "var/toy/second"
    promote(first, tmp_path / "place")
    promote(second, tmp_path / "place")
    assert Labeller.load(tmp_path / "place").version == "0.2"
    promote(second, tmp_path / "place")
    assert Labeller.load(tmp_path / "place/previous").version == "0.1"
    roll_back(tmp_path / "place")
    assert Labeller.load(tmp_path / "place").version == "0.1"
    assert not list((tmp_path / "place").glob("*.png"))
    roll_back(tmp_path / "place")
    assert Labeller.load(tmp_path / "place").version == "0.2"
    assert (tmp_path / "place/learning-curve.png").read_bytes() == (second / "learning-curve.png").read_bytes()
    assert len(list((tmp_path / "place").glob("model*.joblib"))) <= 2


def test_a_damaged_candidate_changes_nothing(walked, tmp_path):
    home, _ = walked
    promote(home / "var/toy/first", tmp_path / "place")
    shutil.copytree(home / "var/toy/second", tmp_path / "broken")
    with (tmp_path / "broken/model.joblib").open("ab") as file:
        file.write(b"!")
    before = {path: path.read_bytes() for path in (tmp_path / "place").rglob("*") if path.is_file()}
    with pytest.raises(ValueError, match="SHA-256"):
        promote(tmp_path / "broken", tmp_path / "place")
    assert before == {path: path.read_bytes() for path in (tmp_path / "place").rglob("*") if path.is_file()}


@pytest.mark.parametrize(("name", "content"), [("manifest.json", b"{"), ("manifest.json", b"{}"), ("card.md", None)])
def test_a_damaged_place_is_mended_by_a_promotion_and_is_none_to_go_back_to(walked, tmp_path, name, content):
    home, _ = walked
    place = tmp_path / "place"
    promote(home / "var/toy/first", place)
    if content is None:
        (place / name).unlink()
    else:
        (place / name).write_bytes(content)
    promote(home / "var/toy/second", place)
    assert Labeller.load(place).version == "0.2"
    assert len(list(place.glob("model*.joblib"))) == 1
    with pytest.raises(ValueError, match="keeps no previous model"):
        roll_back(place)


@pytest.mark.parametrize("moment", range(6))
def test_a_promotion_cut_off_at_any_write_leaves_a_whole_model(walked, tmp_path, monkeypatch, moment):
    home, _ = walked
    place = tmp_path / "place"
    promote(home / "var/toy/first", place)
    replace, calls = Path.replace, []

    def fail_at_moment(self, target):
        calls.append(target)
        if len(calls) > moment:
            raise KeyboardInterrupt
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", fail_at_moment)
    with pytest.raises(KeyboardInterrupt) if moment < 4 else monkeypatch.context():
        promote(home / "var/toy/second", place)
    monkeypatch.undo()
    assert Labeller.load(place).version == ("0.1" if moment < 2 else "0.2")
    promote(home / "var/toy/second", place)
    assert Labeller.load(place).version == "0.2"


def test_there_is_no_way_back_from_the_first_model(tmp_path, command):
    result = command("promote", "--back", "--to", tmp_path)
    assert result.returncode == 1
    assert "keeps no previous model" in result.stderr


# --- readers' corrections


@dataclass
class Correction:
    text: str
    given: str | None
    created: datetime
    origin: str | None = None


def corrections(*rows: tuple[str, str | None, float] | tuple[str, str | None, float, str]) -> list[Correction]:
    return [
        Correction(text, given, datetime(2026, 1, 1) + timedelta(hours=hours), *origin)
        for text, given, hours, *origin in rows
    ]


TEXT = "The bridge had been unsafe for years, people close to the inquiry said."


@pytest.mark.parametrize(
    ("rows", "taken"),
    [
        ([(TEXT, "anonymous_claim", 0), (TEXT, "anonymous_claim", 5)], True),
        ([(TEXT, "anonymous_claim", 0), (TEXT.upper() + " ", "anonymous_claim", 5)], True),
        ([(TEXT, "anonymous_claim", 0)], False),
        ([(TEXT, "anonymous_claim", 0), (TEXT, "forecast", 5)], False),
        ([(TEXT, "anonymous_claim", minutes / 60) for minutes in range(50)], False),
        ([(TEXT, "anonymous_claim", 3 * n) for n in range(4)] + [(TEXT, "forecast", 3 * n) for n in range(4)], False),
        ([(TEXT, "anonymous_claim", 3 * n) for n in range(4)] + [(TEXT, "forecast", 3 * n) for n in range(2)], True),
        ([("Too short.", "forecast", 3 * n) for n in range(4)], False),
        ([(TEXT, "made_up", 3 * n) for n in range(4)], False),
        ([(TEXT, None, 0), (TEXT, None, 2)], True),
        ([(TEXT, "anonymous_claim", 3 * n, "one caller") for n in range(9)], False),
        ([(TEXT, "anonymous_claim", 3 * n, f"caller {n}") for n in range(2)], True),
        (
            [(TEXT, "anonymous_claim", 3 * n, f"caller {n}") for n in range(2)]
            + [(TEXT, "forecast", 10, "caller 0")],
            False,
        ),
    ],
    ids=[
        "two agree", "spelling apart", "one alone", "two disagree", "one burst", "four against four",
        "four against two", "too short", "unknown label", "no statement", "one caller again and again",
        "two callers", "one of two thinks again",
    ],
)  # fmt: skip
def test_only_what_enough_readers_agree_on_is_taken(rows, taken):
    agreed, left_out = agree(corrections(*rows), LABELS, needed=2, most=10, per_origin=10)
    assert [each.given for each in agreed] == ([rows[0][1]] if taken else [])
    assert left_out.total() == (not taken)


def test_no_more_texts_are_taken_than_asked_for():
    rows = [
        (f"The {n} bridges were unsafe, they said.", "anonymous_claim", hours) for n in range(5) for hours in (n, n + 2)
    ]
    agreed, left_out = agree(corrections(*rows), LABELS, needed=2, most=3, per_origin=10)
    assert [each.text[4] for each in agreed] == ["0", "1", "2"]
    assert left_out == {"texts beyond the first 3": 2}


def test_a_caller_is_heard_on_no_more_texts_than_asked_for():
    rows = [(f"The {n} bridges were unsafe, they said.", "anonymous_claim", n, "flood") for n in range(5)]
    rows += [(rows[0][0], "anonymous_claim", 9, "flood"), (TEXT, "anonymous_claim", 9, "another caller")]
    agreed, left_out = agree(corrections(*rows), LABELS, needed=1, most=10, per_origin=2)
    assert [each.text for each in agreed] == [rows[0][0], rows[1][0], TEXT]
    assert left_out == {"corrections beyond the first 2 texts of a caller": 3}


@pytest.mark.parametrize(
    ("given", "codes"),
    [
        ("reported_fact", {"N"}),
        ("attributed_claim", {"A"}),
        ("anonymous_claim", {"U"}),
        ("forecast", {"NF", "AF", "UF"}),
        (None, {"X"}),
    ],
)
def test_a_correction_becomes_a_paragraph_with_the_readers_label(labeller, given, codes):
    [agreed], _ = agree(corrections((TEXT, given, 0)), LABELS, needed=1, most=1, per_origin=1)
    article = annotate(agreed, labeller)
    assert " ".join(sentence.text for sentence in article.paragraphs[0]) == TEXT
    [sentence] = article.paragraphs[0]
    assert sentence.code in codes


def test_without_a_store_the_export_says_where_it_looked(tmp_path, command, monkeypatch):
    monkeypatch.setenv("SAYSO_STATE_DIR", str(tmp_path / "nowhere"))
    result = command("export_feedback", tmp_path / "out.jsonl")
    assert result.returncode == 1
    assert "there is no feedback store at" in result.stderr
    assert not (tmp_path / "nowhere").exists()
