"""Labels survive what says nothing about sources: other names, other quotation marks, other space and Unicode forms."""

import random
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from model.corpus import read_corpus

ROOT = Path(__file__).parents[2]
WRITTEN = ROOT / "corpora/written.jsonl"
NEWS = ROOT.parent / "shared/corpora/news-dev.jsonl"
LEAST = 0.97

FIRST_NAMES = """
Aaron Abdul Adam Ahmed Alan Alex Alexander Alice Amanda Amy Ana Andrea Andrew Angela Anita Ann Anna Anne Anthony Barack
Barbara Ben Bernie Beth Bill Bob Brian Carla Carlos Carol Caroline Charles Chris Christina Christopher Claire Cynthia
Dan Daniel David Deborah Dennis Diana Diane Donald Doris Douglas Ed Edward Elena Elizabeth Ellen Emily Emma Eric Erik
Evan Eva Frank Fatima Gary George Grace Greg Hannah Harry Hassan Helen Henry Hillary Ian Ibrahim Ingrid Ivan Jack Jacob
James Jamie Jane Janet Jason Jay Jean Jeb Jeff Jeffrey Jennifer Jeremy Jerry Jessica Jim Joan Joe John Johanna Jon
Jonathan Jose Joseph Josh Joshua Juan Julia Julian Julie Justin Karen Kate Katherine Kathy Keith Kelly Ken Kevin Kim
Larry Laura Lauren Lee Leila Linda Lisa Lucy Luis Maria Marco Margaret Maria Marie Mark Martha Martin Mary Matt Matthew
Megan Melissa Michael Michelle Miguel Mike Mohamed Mohammed Monica Nadia Nancy Nick Nicole Nina Olga Oscar Otto Pamela
Patricia Patrick Paul Pedro Peter Phil Philip Priya Rachel Rahul Ralph Rand Raj Rebecca Richard Rick Robert Robin Roger
Ron Rosa Roy Russell Ruth Ryan Sam Samuel Sandra Sara Sarah Scott Sean Sergei Sharon Simon Sofia Sonia Stephanie Stephen
Steve Steven Stuart Susan Tara Ted Teresa Terry Thomas Tim Todd Tom Tony Ursula Vera Victor Victoria Vladimir Walter
Wendy William Yusuf Zoe
""".split()
GIVEN_INSTEAD = "Thandiwe Rutger Noor Kwame Birgit Anselm Ottoline Dragan Mireille Tomasz Saoirse Ikechukwu".split()
FAMILY_INSTEAD = "Vandermeer Okonjo Lindqvist Petrosyan Achterberg Nakamura Delacroix Szymborski Farrokhzad".split()
FULL_NAME = re.compile(rf"\b({'|'.join(FIRST_NAMES)})\s((?:[A-Z]\.\s)?)([A-Z][a-z]+(?:[A-Z][a-z]+)?)\b")


def other_names(paragraphs: list[str]) -> list[str]:
    """Everybody who is given a first name and a surname gets others, wherever the article names them."""
    instead: dict[str, str] = {}
    for text in paragraphs:
        for given, _, family in FULL_NAME.findall(text):
            instead.setdefault(given, GIVEN_INSTEAD[len(instead) % len(GIVEN_INSTEAD)])
            instead.setdefault(family, FAMILY_INSTEAD[len(instead) % len(FAMILY_INSTEAD)])
    if not instead:
        return paragraphs
    name = re.compile(rf"\b({'|'.join(map(re.escape, instead))})\b")
    return [name.sub(lambda found: instead[found[0]], text) for text in paragraphs]


def straight(text: str) -> str:
    return text.translate(str.maketrans("“”‘’", "\"\"''")).replace("''", '"')


def curly(text: str) -> str:
    text = re.sub(r"(?:^|(?<=[\s(\[—–‘']))\"(?=\S)", "“", straight(text)).replace('"', "”")
    return re.sub(r"(?:^|(?<=[\s(\[—–“]))'(?=\w)(?!\d0s|tis|til|em\b)", "‘", text).replace("'", "’")


def single(text: str) -> str:
    """British: single marks for speech, double ones inside it."""
    text = re.sub(r"‘([^‘’“”]*)’(?!\w)", "\u0001\\1\u0002", curly(text))
    return text.translate(str.maketrans("“”\u0001\u0002", "‘’“”"))


def doubled_spaces(text: str) -> str:
    return re.sub(r"(?<=[.!?”]) ", "  ", text)


def hard_spaces(text: str) -> str:
    chance = random.Random(0)
    return re.sub(" ", lambda _: "\u00a0" if chance.random() < 0.3 else " ", text)


def each(change: Callable[[str], str]) -> Callable[[list[str]], list[str]]:
    return lambda paragraphs: [change(text) for text in paragraphs]


CHANGES = {
    "other names": other_names,
    "straight marks": each(straight),
    "curly marks": each(curly),
    "single marks": each(single),
    "single straight marks": each(lambda text: straight(single(text))),
    "guillemets": each(lambda text: curly(text).translate(str.maketrans("“”", "«»"))),
    "hard spaces": each(hard_spaces),
    "doubled spaces": each(doubled_spaces),
    "space around": each(lambda text: f"\n  {text}\u00a0 "),
    "decomposed": each(lambda text: unicodedata.normalize("NFD", text)),
    "composed": each(lambda text: unicodedata.normalize("NFKC", text)),
    "invisible characters": each(lambda text: "\ufeff" + text.replace("-", "\u2010")),
}


@pytest.fixture(scope="module", params=[WRITTEN, NEWS], ids=lambda path: path.stem)
def labelled(request, labeller):
    """Articles with the labels that they get as they stand."""
    if not request.param.is_file():
        pytest.skip(f"{request.param} is not here: news text is not Sayso's to ship")
    articles = [article.texts for article in read_corpus(request.param, labeller.labels.codes)]
    articles = articles[:: max(1, len(articles) // 60)]
    return [(texts, labels(labeller, texts)) for texts in articles]


def labels(labeller, texts: list[str]) -> list[str | None]:
    return [paragraph.label for paragraph in labeller.label(texts).paragraphs]


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_labels_survive(labelled, labeller, change):
    total, changed, lost = 0, 0, []
    for texts, before in labelled:
        others = change(texts)
        changed += sum(text != other for text, other in zip(texts, others, strict=True))
        after = labels(labeller, others)
        total += len(texts)
        lost += [f"{old} → {new}: {text}" for old, new, text in zip(before, after, others, strict=True) if old != new]
    assert changed
    assert len(lost) <= (1 - LEAST) * total, f"{1 - len(lost) / total:.3f} kept of {total}\n" + "\n".join(lost)
