"""What a newcomer does wrong is told in a sentence, with the value and what to do."""

import pytest


@pytest.fixture
def files(tmp_path):
    """A folder with a corpus of no article, one that is none, and a file where a folder should be."""
    (tmp_path / "empty.jsonl").touch()
    (tmp_path / "picture.jsonl").write_bytes(b"\x89PNG\r\n")
    (tmp_path / "file").write_text("hello")
    (tmp_path / "floors.json").write_text('{"set": 1}')
    return tmp_path


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        ("train {}/gone.jsonl", "error: {}/gone.jsonl: No such file or directory"),
        ("train {}", "error: {}: Is a directory"),
        ("train {}/empty.jsonl --out {}/m", "error: fewer than two articles hold a sentence with N in its code"),
        ("train {}/picture.jsonl", "error: {}/picture.jsonl, line 1: 'utf-8' codec"),
        ("train corpora/written.jsonl --out {}/file", "error: {}/file: File exists"),
        ("train corpora/written.jsonl --language zz --out {}/m", "error: no lexicon for language 'zz'"),
        ("train corpora/written.jsonl --set folds=1 --out {}/m", "error: folds must be 2 or more"),
        ("train corpora/written.jsonl --set linear_share=25 --out {}/m", "linear_share from 0 to 1, not 3 and 25.0"),
        ("train corpora/written.jsonl --jobs 0", "argument --jobs: must be 1 or more"),
        ("train corpora/written.jsonl --seed -1", "argument --seed: must be a whole number, 0 or more, not '-1'"),
        ("train corpora/written.jsonl corpora/written.jsonl", "two corpora have the name written; rename one"),
        ("cross_validate corpora/written.jsonl corpora/written.jsonl", "two corpora have the name written;"),
        (
            "train corpora/written.jsonl --evaluate-on {}/empty.jsonl --out {}/m",
            "error: {}/empty.jsonl holds no paragraph with a label to evaluate on",
        ),
        ("evaluate {}/empty.jsonl", "error: the articles to evaluate on hold no paragraph with a label"),
        ("evaluate corpora/written.jsonl --gate {}/floors.json", "error: {}/floors.json is no floors file: make one"),
        ("evaluate corpora/written.jsonl --model {}", "error: {} holds no manifest that can be read"),
        ("cross_validate {}/empty.jsonl", "error: --folds 5: must be from 2 to the number of articles, 0"),
        ("export_feedback {}/o.jsonl --agree 0", "argument --agree: must be 1 or more"),
        ("import_corpus conll {}/picture.jsonl {}/o.jsonl", "error: {}/picture.jsonl is not UTF-8 at byte 0"),
        ("import_corpus jsonl corpora/written.jsonl {}/gone/o", "error: {}/gone/o.part: No such file or directory"),
        ("label_archive corpora/written.jsonl s3://bucket/out", "error: Install s3fs to access S3"),
        ("report {}", "error: {} holds no labelled articles"),
    ],
)
def test_a_wrong_call_is_answered_with_what_was_wrong(files, command, call, reason):
    name, *arguments = call.replace("{}", str(files)).split()
    result = command(name, *arguments)
    assert result.returncode in (1, 2)
    assert reason.replace("{}", str(files)) in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("database", "reason"),
    [
        ("mysql://x", "error: SAYSO_DATABASE: Value error, write postgresql+psycopg://"),
        ("postgresql+psycopg://u:secret@127.0.0.1:1/x", "error: the feedback store cannot be read: connection failed"),
    ],
)
def test_a_feedback_store_that_cannot_be_read_is_told_with_the_cause(tmp_path, command, monkeypatch, database, reason):
    monkeypatch.setenv("SAYSO_DATABASE", database)
    monkeypatch.setenv("SAYSO_STATE_DIR", str(tmp_path))
    result = command("export_feedback", tmp_path / "o.jsonl")
    assert result.returncode == 1
    assert reason in result.stderr
    assert "secret" not in result.stderr
    assert "Traceback" not in result.stderr
