"""A label set is a file in a language's folder and a corpus: no code knows the four labels of the shipped one."""

import json
import shutil
import sys
from contextlib import contextmanager

import pyarrow.dataset
import pytest
from live import Server
from playwright.sync_api import expect
from services import need, playwright

from model import Labeller, lexicon, training
from model.card import make_card
from model.corpus import read_corpus
from model.gate import check, pin, read_floors
from model.label_set import LabelSet, read_label_set
from model.training import evaluate
from scripts import import_corpus, train
from server.app import create_app, take_up_model
from server.settings import Settings
from server.store import Correction, Store
from tests.scripts.conftest import ROOT

SET = {
    "sources": [
        {"code": "O", "label": "own_account"},
        {"code": "P", "name": "person", "label": "personal_claim", "speaker": "named"},
        {"code": "D", "name": "document", "label": "documented_claim", "speaker": "named"},
        {"code": "U", "name": "nobody", "label": "unsigned_claim", "speaker": "unnamed", "rare": True},
    ],
    "forecast": {"code": "W", "label": "outlook"},
}
LABELS = ("own_account", "personal_claim", "documented_claim", "unsigned_claim", "outlook")
ARTICLE = [
    [("A warehouse on pier {} burned down on Monday.", "O"), ("Nobody was hurt, Mara Dunne said.", "P")],
    [("The wiring was {} years old, according to the report.", "D")],
    [("The alarm had been off for {} weeks, officials said.", "U")],
    [("The owner will probably rebuild pier {}.", "OW")],
    [("Read more about pier {}", "X")],
]
MERGED = {
    "sources": [
        {"code": "N", "label": "told"},
        {"code": "C", "name": "other", "label": "claimed", "speaker": "named"},
    ]
}
TEXTS = [
    "A shed on pier 4 burned down on Sunday.",
    "The door was locked, Omar Diaz said.",
    "The roof was 40 years old, according to the report.",
    "The guard had been away for weeks, officials said.",
    "The owner will probably rebuild the shed.",
]


@contextmanager
def english_with(label_set, folder):
    """The lexicon of English, in `folder`, has this label set meanwhile."""
    shutil.copytree(ROOT / "model/lexicons/en", folder / "lexicons/en")
    (folder / "lexicons/en/labels.json").write_text(json.dumps(label_set))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lexicon, "_FOLDER", folder / "lexicons")
        lexicon.lexicon.cache_clear()
        try:
            yield patch
        finally:
            lexicon.lexicon.cache_clear()


def train_with(label_set, folder, rows=ARTICLE):
    """A model of English with a label set and a corpus of twelve such articles, made by the command in `folder`."""
    with (folder / "desk.jsonl").open("w") as file:
        for number in range(12):
            paragraphs = [[{"text": text.format(number), "code": code} for text, code in row] for row in rows]
            file.write(json.dumps({"id": f"desk/{number}", "paragraphs": paragraphs}) + "\n")
    with english_with(label_set, folder) as patch:
        patch.setattr(sys, "argv", ["train", f"{folder}/desk.jsonl", "--out", f"{folder}/model"])
        assert train.main() == 0
    return folder / "model"


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """The folder of a model with five labels; the lexicon that it is loaded beside has the four."""
    return train_with(SET, tmp_path_factory.mktemp("desk"))


@pytest.fixture(scope="module")
def labeller(desk):
    return Labeller.load(desk)


@pytest.fixture
def server(start_server, desk) -> Server:
    return start_server(model=desk)


def test_a_model_keeps_the_label_set_that_it_was_trained_with(labeller):
    found = labeller.label(TEXTS, explain=True)
    assert [paragraph.label for paragraph in found.paragraphs] == [*LABELS]
    assert all(tuple(paragraph.shares) == LABELS for paragraph in found.paragraphs)
    sentences = [paragraph.sentences[0] for paragraph in found.paragraphs]
    assert [sentence.source for sentence in sentences] == ["none", "person", "document", "nobody", "none"]
    assert [sentence.speaker and sentence.speaker.text for sentence in sentences[:4]] == [
        *(None, "Omar Diaz", "the report", "officials"),
    ]
    assert [(each.name, each.kind) for each in found.summary.sources] == [
        *(("the report", "document"), ("officials", "nobody"), ("Omar Diaz", "person")),
    ]
    assert labeller.manifest["labels"] == SET
    assert "own account, personal claim, documented claim, unsigned claim or outlook" in labeller.card


def test_two_sources_without_forecast_are_a_label_set(tmp_path):
    merge = {"O": "N", "P": "C", "D": "C", "U": "C", "OW": "N", "X": "X"}
    rows = [[(text, merge[code]) for text, code in row] for row in ARTICLE]
    labeller = Labeller.load(train_with(MERGED, tmp_path, rows))
    found = labeller.label(TEXTS, explain=True).paragraphs
    assert [paragraph.label for paragraph in found] == ["told", "claimed", "claimed", "claimed", "told"]
    assert [paragraph.shares for paragraph in found[:2]] == [{"told": 1, "claimed": 0}, {"told": 0, "claimed": 1}]
    assert not any(sentence.forecast for paragraph in found for sentence in paragraph.sentences)


def test_figures_and_floors_are_of_its_labels(desk, labeller, tmp_path):
    articles = read_corpus(desk.parent / "desk.jsonl", labeller.labels.codes)
    figures = evaluate(labeller, articles)
    assert tuple(figures["labels"]) == LABELS
    other = {"macro_f1": 0.7, "accuracy": 0.7, "labels": {"reported_fact": {"f1": 0.7}}}
    beside = {"name": "sayso-en", "figures": {"desk.jsonl": other}}
    card = make_card({**labeller.manifest, "figures": {"desk.jsonl": figures}, "beside": beside})
    assert "| documented claim | 1.000 | 1.000 | 1.000 | 12 | – |" in card
    floors = pin(labeller, {"desk": articles}, {}, lower=False)
    assert set(floors["desk"]["floors"]) == {"macro_f1", "accuracy", "worst_outlet", *LABELS}
    (tmp_path / "floors.json").write_text(json.dumps(floors))
    assert read_floors(tmp_path / "floors.json", labeller.labels) == floors
    assert check(labeller, {"desk": articles}, floors) == [
        "desk: the model was trained on this set, so its figures mean nothing"
    ]
    with pytest.raises(ValueError, match="desk has floors for what is not measured: documented_claim, outlook"):
        read_floors(tmp_path / "floors.json", lexicon.lexicon().labels)


def test_the_command_prints_and_draws_figures_of_its_labels(desk, command, tmp_path):
    result = command("evaluate", desk.parent / "desk.jsonl", "--model", desk, "--plots", tmp_path)
    assert result.returncode == 0, result.stderr
    assert "documented_claim       1.000" in result.stdout


def test_the_server_speaks_of_its_models_labels(server):
    answer = server.post("/v1/label", {"paragraphs": TEXTS}).json()
    assert [paragraph["label"] for paragraph in answer["paragraphs"]] == [*LABELS]
    assert list(answer["summary"]["shares"]) == [*LABELS]
    assert {source["kind"] for source in answer["summary"]["sources"]} == {"person", "document", "nobody"}
    assert server.get("/v1/model").json()["manifest"]["labels"] == SET
    schemas = server.get("/openapi.json").json()["components"]["schemas"]
    assert schemas["Paragraph"]["properties"]["label"]["anyOf"][0]["enum"] == [*LABELS]
    assert schemas["Sentence"]["properties"]["source"]["anyOf"][0]["enum"] == ["none", "person", "document", "nobody"]
    assert schemas["SourceSummary"]["properties"]["kind"]["enum"] == ["person", "document", "nobody"]
    assert schemas["Shares"]["required"] == [*LABELS]


def test_a_running_server_takes_up_a_model_of_other_labels(desk, tmp_path):
    def enumerated():
        document = app.test_client().get("/openapi.json", headers={"Host": "127.0.0.1"}).get_json()
        return document["components"]["schemas"]["Paragraph"]["properties"]["label"]["anyOf"][0]["enum"]

    app = create_app(Settings(state_dir=tmp_path))
    assert enumerated() == [*lexicon.lexicon().labels.names]
    app.extensions["settings"] = Settings(model=desk, state_dir=tmp_path)
    take_up_model(app)
    assert enumerated() == [*LABELS]
    app.extensions["store"].engine.dispose()


def test_corrections_are_of_its_labels_and_go_into_its_corpus(server, desk, command, tmp_path, monkeypatch):
    text = "The lease had ended in the spring, as the land register shows."
    correction = {
        "shown": "own_account",
        "given": "documented_claim",
        "model": {"name": "sayso-en", "version": "1.0.0"},
    }
    kept = {"text": text, "consent": True}
    assert server.post("/v1/feedback", correction | kept).status == 201
    for field in ("shown", "given"):
        refused = server.post("/v1/feedback", correction | {field: "attributed_claim"})
        assert (refused.status, refused.json()["errors"][0]["pointer"]) == (422, f"/{field}")
        assert "'own_account', 'personal_claim'" in refused.json()["detail"]
    older = Correction(
        id="1", key_digest="1", body_digest="", token_digest="", model_name="sayso-en"
    )  # of a model before
    older.model_version, older.shown, older.given = "1.0.0", "reported_fact", "attributed_claim"
    older.text = "The pier had been closed to lorries since the autumn before."
    store = Store(Settings(state_dir=server.state_dir))
    store.add(older, caller="203.0.113.7")
    store.engine.dispose()
    monkeypatch.setenv("SAYSO_STATE_DIR", str(server.state_dir))
    monkeypatch.setenv("SAYSO_MODEL", str(desk))
    result = command("export_feedback", tmp_path / "feedback.jsonl", "--agree", "1")
    assert result.returncode == 0, result.stderr
    assert "left out: 1 texts with a label that the model does not have" in result.stdout
    [article] = read_corpus(tmp_path / "feedback.jsonl", LabelSet(SET).codes)
    assert [sentence.code for sentence in article.paragraphs[0]] == ["D"]


@pytest.mark.parametrize("format", ["parquet", "jsonl"])
def test_an_archive_is_labelled_and_summed_up_with_its_labels(desk, command, tmp_path, format):
    (tmp_path / "in.jsonl").write_text(json.dumps({"id": "1", "date": "2026-03-01", "paragraphs": TEXTS}) + "\n")
    result = command("label_archive", tmp_path / "in.jsonl", tmp_path / "out", "--model", desk, "--format", format)
    assert result.returncode == 0, result.stderr
    table = pyarrow.dataset.dataset(tmp_path / "out/articles", format=format.replace("jsonl", "json")).to_table()
    [row] = table.to_pylist()
    assert [paragraph["label"] for paragraph in row["paragraphs"]] == [*LABELS]
    assert list(row["shares"]) == [*LABELS]
    result = command("report", tmp_path / "out", "--csv", tmp_path / "out.csv", "--plot", tmp_path / "out.png")
    assert result.returncode == 0, result.stderr
    assert (tmp_path / "out.csv").read_text().splitlines()[0] == f"outlet,month,articles,words,{','.join(LABELS)}"
    assert "document sources quoted most" in result.stdout


def test_the_page_shows_labels_that_it_has_no_shape_for(server):
    path = need(shutil.which("chromium"), "chromium")
    browser = playwright().chromium.launch(executable_path=path, args=["--no-sandbox"])
    page = browser.new_page()
    page.goto(server.url)
    assert page.locator(".legend dt").all_inner_texts() == [
        *("Own account", "Personal claim", "Documented claim", "Unsigned claim", "Outlook"),
    ]
    page.fill("#text", "\n\n".join(TEXTS))
    page.click("text=Label it")
    expect(page.locator("#article .word")).to_have_count(5)
    assert page.locator("#article .word").all_inner_texts()[2] == "Documented claim"
    assert page.locator("#shares li").count() == 4
    assert "of it is forecast" in page.inner_text("#forecast-share")
    told = json.dumps(server.post("/v1/label", {"text": TEXTS[2], "explain": True}).json())
    later = told.replace("documented_claim", "<b>_of_a_later_model")  # text of the server is text, whatever it is
    page.route("**/v1/label", lambda route: route.fulfill(body=later, content_type="application/json"))
    page.click("text=Label it")
    expect(page.locator("#article .word")).to_have_text(["<b> of a later model"])
    assert page.locator("#article .word svg path").get_attribute("d")
    browser.close()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda row: [], 'it must be an object with a list of "sources"'),
        (lambda row: row | {"colours": []}, "and nothing else"),
        (
            lambda row: row | {"sources": row["sources"][:1]},
            '"sources" must hold the outlet itself and at least one more',
        ),
        (lambda row: row["sources"].__setitem__(1, "P"), 'source 1 must be an object, not "P"'),
        (lambda row: row["sources"][1].pop("speaker"), "source 1 has no 'speaker'"),
        (lambda row: row["sources"][0].update(speaker="named"), "source 0 has an unknown field 'speaker'"),
        (lambda row: row["sources"][1].update(speaker="crowd"), 'source 1: \'speaker\' must be "named" or "unnamed"'),
        (lambda row: row["sources"][1].update(label="Claim <b>"), "source 1: 'label' must be a word of small letters"),
        (lambda row: row["sources"][1].update(code="PP"), "source 1: 'code' must be a capital letter, not \"PP\""),
        (lambda row: row["sources"][1].update(code="X"), "the code 'X' stands for two things"),
        (lambda row: row["sources"][1].update(code="W"), "the code 'W' stands for two things"),
        (lambda row: row["sources"][2].update(name="person"), "the name 'person' stands for two things"),
        (lambda row: row["sources"][2].update(name="none"), "the name 'none' stands for two things"),
        (lambda row: row["forecast"].update(label="own_account"), "the label 'own_account' stands for two things"),
        (lambda row: row["forecast"].update(rare=True), "the forecast has an unknown field 'rare'"),
        (lambda row: row["sources"][1].update(rare=2), "source 1: 'rare' must be true or false, not 2"),
    ],
)
def test_a_label_set_that_is_none_is_named(tmp_path, change, reason):
    row = json.loads(json.dumps(SET))
    changed = change(row)
    path = tmp_path / "labels.json"
    path.write_text(json.dumps(changed if isinstance(changed, dict | list) and changed is not row else row))
    with pytest.raises(ValueError, match=r"labels\.json is no label set: ") as caught:
        read_label_set(path)
    assert reason in str(caught.value)


def test_a_file_that_is_no_json_is_named(tmp_path):
    (tmp_path / "labels.json").write_text("{")
    with pytest.raises(ValueError, match=r"labels\.json is no label set: Expecting"):
        read_label_set(tmp_path / "labels.json")


def test_a_label_set_of_more_sources_than_the_model_has_is_refused(desk, tmp_path):
    shutil.copytree(desk, tmp_path / "model")
    manifest = json.loads((desk / "manifest.json").read_text())
    manifest["labels"]["sources"].pop()
    (tmp_path / "model/manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(ValueError, match="the model tells 4 sources apart, its label set has 3; train it anew"):
        Labeller.load(tmp_path / "model")


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (ARTICLE[:1] + ARTICLE[2:], "with D in its code; a model learns from examples of O, P, D, U, W and X"),
        (
            [[("It rained, they said.", "A")]],
            r'line 1: .* "code" must be one of O, P, D, U, OW, PW, DW, UW, X, not "A"',
        ),
    ],
)
def test_a_corpus_of_other_codes_or_without_some_is_refused(tmp_path, rows, reason):
    with pytest.raises(ValueError, match=reason):
        train_with(SET, tmp_path, rows)


def test_articles_of_another_set_teach_nothing(labeller, desk):
    articles = read_corpus(desk.parent / "desk.jsonl", labeller.labels.codes)
    with pytest.raises(ValueError, match="the code D is none of the label set, which has N, A, U, NF, AF, UF, X"):
        training.train(articles)


def test_annotation_is_imported_with_the_codes_of_the_set(tmp_path, capsys):
    (tmp_path / "own.conll").write_text("# newdoc id = a\nD\tIt was old, the report says.\nA\tIt was new, she said.\n")
    with english_with(SET, tmp_path) as patch:
        arguments = ["conll", f"{tmp_path}/own.conll", f"{tmp_path}/own.jsonl", "--partial"]
        patch.setattr(sys, "argv", ["import_corpus", *arguments])
        assert import_corpus.main() == 0
    assert "line 3: expected code, tab, sentence; found 'A\\tIt was new" in capsys.readouterr().err
    [article] = read_corpus(tmp_path / "own.jsonl", LabelSet(SET).codes)
    assert [sentence.code for sentence in article.paragraphs[0]] == ["D"]
