"""The shipped model keeps what its floors promise."""

import pytest

from model import Labeller
from model.corpus import read_corpus
from model.gate import check, read_floors
from tests.scripts.conftest import ROOT

SHARED = ROOT.parent / "shared" / "corpora"


@pytest.mark.skipif(not SHARED.is_dir(), reason="the news corpora are not ours to ship: needs ../shared/corpora")
def test_the_shipped_model_lies_above_every_pinned_floor():
    labeller = Labeller.load()
    floors = read_floors(ROOT / "corpora/floors.json", labeller.labels)
    sets = {name: read_corpus(SHARED / f"{name}.jsonl", labeller.labels.codes) for name in floors}
    assert check(labeller, sets, floors) == []
