"""Reports on labelled archives."""

import csv
import json

import pytest

from model.lexicon import lexicon


def row(
    number: int, date: str | None, outlet: str | None, words: int, forecast: float, source: str
) -> dict[str, object]:
    shares = {"reported_fact": 0.25, "attributed_claim": 0.75, "anonymous_claim": 0.0, "forecast": forecast}
    sources = [{"name": source, "kind": "named", "words": words, "paragraphs": [0]}]
    return {"id": f"{number}", "date": date, "outlet": outlet, "words": words, "shares": shares, "sources": sources}


@pytest.fixture
def labels(tmp_path):
    """Two parts; the last row repeats an id."""
    (tmp_path / "articles").mkdir()
    parts = [
        [row(1, "2026-01-02", "Post", 100, 0.0, "Ann"), row(2, "2026-01-30", "Post", 300, 1.0, "Bob")],
        [
            row(3, "2026-02-01", "Post", 50, 0.5, "Ann"),
            row(4, None, None, 10, 0.0, "Cy"),
            row(1, "2026-01-02", "Post", 999, 1, "Di"),
        ],
    ]
    for number, rows in enumerate(parts):
        (tmp_path / f"articles/part-{number:06d}.jsonl").write_text("".join(json.dumps(each) + "\n" for each in rows))
    (tmp_path / "duplicates.jsonl").write_text('{"row": 4, "id": "1"}\n')
    return tmp_path


def test_shares_are_of_words_by_outlet_and_month_and_repeated_rows_count_once(labels, command):
    result = command("report", labels, "--csv", labels / "table.csv")
    assert (result.returncode, result.stderr) == (0, "")
    with (labels / "table.csv").open() as file:
        header, *table = csv.reader(file)
    assert header == ["outlet", "month", "articles", "words", *lexicon().labels.names]
    assert table == [
        ["Post", "2026-01", "2", "400", "0.25", "0.75", "0.0", "0.75"],
        ["Post", "2026-02", "1", "50", "0.25", "0.75", "0.0", "0.5"],
        ["–", "–", "1", "10", "0.25", "0.75", "0.0", "0.0"],
    ]
    assert result.stdout.index("300  Bob") < result.stdout.index("150  Ann") < result.stdout.index("10  Cy")
    assert "Di" not in result.stdout


def test_a_plot_is_drawn(labels, command):
    assert command("report", labels, "--plot", labels / "plot.png").returncode == 0
    assert (labels / "plot.png").read_bytes().startswith(b"\x89PNG")


def test_a_folder_without_labels_is_a_clear_error(tmp_path, command):
    result = command("report", tmp_path)
    assert result.returncode == 1
    assert "holds no labelled articles" in result.stderr
