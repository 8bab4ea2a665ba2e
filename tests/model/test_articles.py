"""Whole articles against their labels, each given by hand."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "articles"


@pytest.mark.parametrize(("folder", "name", "least"), [(ROOT / "tests/data", "article", 17), (SHARED, "pokrovsk", 16)])
def test_an_article_is_labelled_almost_as_by_hand(labeller, folder, name, least):
    if not folder.is_dir():
        pytest.skip(f"{folder} is not here: the article is not Sayso's to ship")
    text = (folder / f"{name}.txt").read_text(encoding="utf-8")
    paragraphs = [line for line in text.splitlines() if line.strip()]
    rows = (folder / f"{name}.labels.tsv").read_text(encoding="utf-8").splitlines()[1:]
    expected = {int(index): label for index, label, *_ in (row.split("\t") for row in rows) if label != "-"}
    assert len(rows) == len(paragraphs)
    found = labeller.label(paragraphs).paragraphs
    wrong = [
        f"{index}: {found[index].label}, by hand {label}: {paragraphs[index][:60]}"
        for index, label in expected.items()
        if found[index].label != label
    ]
    assert len(expected) - len(wrong) >= least, "\n".join(wrong)
