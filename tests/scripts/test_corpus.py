"""The corpus format and its importers."""

import json
import shutil
from pathlib import Path
from zipfile import ZipFile

import pytest

from model.annotations import READERS
from model.corpus import Annotated, Article, digest, read_corpus, write_corpus
from model.lexicon import lexicon
from model.standoff import _detach_paragraph, join, write_standoff
from tests.scripts.conftest import NEWS, ROOT, corpus_line

ARTICLE = Article("toy/1", [[Annotated(text, code) for text, code in sentences] for sentences in NEWS])
CODES = lexicon().labels.codes
TEXTS = ["".join(f"{text}  " for text, _ in sentences).strip() for sentences in NEWS]
SHARED = ROOT.parent / "shared" / "corpora"


def detach(article: Article, file: str, layout: str) -> dict[str, object]:
    """Its standoff row."""
    paragraphs = [_detach_paragraph(sentences) for sentences in article.paragraphs]
    return {"id": article.id, "file": file, "layout": layout, "paragraphs": paragraphs}


@pytest.fixture
def corpora(tmp_path: Path) -> Path:
    """Directories as PolNeAR and NewsDiscourse are published, holding the toy article, and its labels without text."""
    polnear = tmp_path / "PolNeAR" / "data" / "train" / "text"
    polnear.mkdir(parents=True)
    (polnear / "toy.txt").write_text("\n\n".join(TEXTS) + "\n", encoding="utf-8")
    discourse = tmp_path / "Discourse_Profiling" / "data"
    discourse.mkdir(parents=True)
    lines = ["URL http://news.invalid/1", "DATE/ 2026", "H Fire in Veltry", ""]
    number = 0
    for sentences in NEWS:
        for text, _ in sentences:
            number += 1
            lines.append(f"S{number} {text}")
        lines.append(" ")
    with ZipFile(discourse / "train.zip", "w") as archive:
        archive.writestr("train/Crime/Reuters_1.txt", "\n".join(lines))
        archive.writestr("train/Politics/Reuters_1.txt", "S1 Another article altogether.\n")
    write_standoff(tmp_path / "polnear.jsonl", [detach(ARTICLE, "data/train/text/toy.txt", "lines")])
    write_standoff(tmp_path / "discourse.jsonl", [detach(ARTICLE, "data/train/Crime/Reuters_1.txt", "numbered")])
    return tmp_path


def test_a_corpus_is_read_back_as_it_was_written(tmp_path):
    write_corpus(tmp_path / "a.jsonl", [ARTICLE])
    write_corpus(tmp_path / "b.jsonl", read_corpus(tmp_path / "a.jsonl", CODES))
    assert read_corpus(tmp_path / "b.jsonl", CODES) == [ARTICLE]
    assert digest(tmp_path / "a.jsonl") == digest(tmp_path / "b.jsonl")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{", "Expecting"),
        (b"\xff\xfe", "utf-8"),
        (b"[]", "JSON object, not []"),
        (b'{"id": "", "paragraphs": []}', '"id"'),
        (b'{"id": "a", "paragraphs": []}', '"paragraphs" must be a list that is not empty'),
        (b'{"id": "a", "paragraphs": [[]]}', "paragraph 0"),
        (b'{"id": "a", "paragraphs": [[{"text": " ", "code": "N"}]]}', '"text"'),
        (b'{"id": "a", "paragraphs": [[{"text": "a", "code": "Q"}]]}', 'not "Q"'),
        (b'{"id": "a", "paragraphs": [[{"text": "\\ud800", "code": "N"}]]}', "surrogate"),
        (b'{"id": "one", "paragraphs": [[{"text": "a", "code": "N"}]]}', "line 1 too"),
    ],
)
def test_a_bad_line_is_named_with_file_and_number(tmp_path, line, reason):
    path = tmp_path / "corpus.jsonl"
    path.write_bytes(corpus_line("one").encode() + b"\n\n" + line + b"\n")
    with pytest.raises(ValueError, match=r"corpus\.jsonl, line 3: ") as caught:
        read_corpus(path, CODES)
    assert reason in str(caught.value)


@pytest.mark.parametrize(("corpus", "labels"), [("PolNeAR", "polnear"), ("Discourse_Profiling", "discourse")])
def test_labels_join_with_the_published_text(corpora, command, corpus, labels):
    result = command(
        "import_corpus", "standoff", corpora / corpus, corpora / "out.jsonl", "--labels", corpora / f"{labels}.jsonl"
    )
    assert (result.returncode, result.stderr) == (0, "")
    assert read_corpus(corpora / "out.jsonl", CODES) == [ARTICLE]


@pytest.mark.parametrize("packed_again", [True, False], ids=["both archives", "the tar alone"])
def test_the_tar_archives_of_earlier_versions_of_newsdiscourse_are_read(corpora, tmp_path, packed_again):
    data = corpora / "Discourse_Profiling/data"
    with ZipFile(data / "train.zip") as archive:
        archive.extractall(tmp_path / "unpacked")
    shutil.make_archive(str(data / "train"), "gztar", tmp_path / "unpacked", "train")
    if not packed_again:
        (data / "train.zip").unlink()
    assert list(join(corpora / "discourse.jsonl", corpora / "Discourse_Profiling", CODES)) == [(ARTICLE, [])]
    whole = (data / "train.tar.gz").read_bytes()
    (data / "train.tar.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ValueError, match=r"train\.tar\.gz is no tar archive, or is cut short"):
        list(join(corpora / "discourse.jsonl", corpora / "Discourse_Profiling", CODES))


def test_both_corpora_may_lie_in_one_folder(corpora, command):
    labels = (corpora / "polnear.jsonl", corpora / "polnear-2.jsonl")
    row = json.loads(labels[0].read_text()) | {"id": "toy/2", "file": "data/train/Crime/Reuters_1.txt"}
    write_standoff(labels[1], [row | {"layout": "numbered"}])
    result = command("import_corpus", "standoff", corpora, corpora / "out.jsonl", "--labels", *labels)
    assert (result.returncode, result.stderr) == (0, "")
    assert [article.id for article in read_corpus(corpora / "out.jsonl", CODES)] == ["toy/1", "toy/2"]


def test_standoff_labels_hold_no_word_of_the_text(corpora):
    row = (corpora / "polnear.jsonl").read_text()
    assert not any(word in row for text in TEXTS for word in text.split() if len(word) > 3)


def test_a_changed_file_is_counted_named_and_not_imported(corpora, command):
    path = corpora / "PolNeAR/data/train/text/toy.txt"
    path.write_text(path.read_text(encoding="utf-8").replace("at six", "at seven"), encoding="utf-8")
    arguments = (
        "import_corpus",
        "standoff",
        corpora / "PolNeAR",
        corpora / "out.jsonl",
        "--labels",
        corpora / "polnear.jsonl",
    )
    refused = command(*arguments)
    assert refused.returncode == 1
    assert "1 mismatches" in refused.stdout
    assert "toy/1, paragraph 1: data/train/text/toy.txt holds no such paragraph" in refused.stderr
    assert not (corpora / "out.jsonl").exists()
    assert command(*arguments, "--partial").returncode == 0
    assert read_corpus(corpora / "out.jsonl", CODES)[0].paragraphs == [ARTICLE.paragraphs[0], ARTICLE.paragraphs[2]]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda row: row["paragraphs"][0]["sentences"].pop(), "characters at the end carry no label"),
        (lambda row: row["paragraphs"][0]["sentences"][1].__setitem__(0, 3), "offset 3"),
        (lambda row: row["paragraphs"][0]["sentences"][1].__setitem__(1, 999), "length 999"),
        (lambda row: row["paragraphs"][0]["sentences"][1].__setitem__(2, "Q"), "unknown code 'Q'"),
        (lambda row: row.update(file="data/train/text/gone.txt"), "no file gone.txt"),
    ],
)
def test_a_label_that_is_off_is_named(corpora, change, reason):
    row = detach(ARTICLE, "data/train/text/toy.txt", "lines")
    change(row)
    write_standoff(corpora / "off.jsonl", [row])
    [(_, mismatches)] = join(corpora / "off.jsonl", corpora / "PolNeAR", CODES)
    assert reason in str(mismatches[0])


def test_a_standoff_file_that_is_none_is_refused_with_its_line(corpora, command):
    (corpora / "off.jsonl").write_text('{"id": "a", "file": "b", "layout": "spiral", "paragraphs": []}\n')
    result = command("import_corpus", "standoff", corpora / "PolNeAR", corpora / "o", "--labels", corpora / "off.jsonl")
    assert result.returncode == 1
    assert result.stderr.startswith("error: ")
    assert "off.jsonl, line 1" in result.stderr
    assert "spiral" in result.stderr


def test_a_zip_cut_short_is_named(corpora, command):
    archive = corpora / "Discourse_Profiling/data/train.zip"
    archive.write_bytes(archive.read_bytes()[:80])
    result = command(
        "import_corpus",
        "standoff",
        corpora / "Discourse_Profiling",
        corpora / "o",
        "--labels",
        corpora / "discourse.jsonl",
    )
    assert (result.returncode, result.stdout) == (1, "")
    assert "train.zip is no zip archive, or is cut short" in result.stderr


def test_corrected_labels_go_back_into_the_standoff_file(corpora, command):
    corrected = [[["A warehouse burned down in Veltry on Monday.", "X"], NEWS[0][1]], *NEWS[1:]]
    (corpora / "corrected.jsonl").write_text(corpus_line("toy/1", corrected), encoding="utf-8")
    result = command("detach_labels", corpora / "corrected.jsonl", corpora / "polnear.jsonl")
    assert "1 of 1 articles change" in result.stdout
    [(article, _)] = join(corpora / "polnear.jsonl", corpora / "PolNeAR", CODES)
    assert article.paragraphs[0][0].code == "X"


def test_paragraphs_that_were_not_imported_keep_their_labels(corpora, command):
    corrected = [[["A warehouse burned down in Veltry on Monday.", "X"], NEWS[0][1]]]
    (corpora / "corrected.jsonl").write_text(corpus_line("toy/1", corrected), encoding="utf-8")
    assert command("detach_labels", corpora / "corrected.jsonl", corpora / "polnear.jsonl").returncode == 0
    [(article, _)] = join(corpora / "polnear.jsonl", corpora / "PolNeAR", CODES)
    assert article.paragraphs[0][0].code == "X"
    assert article.paragraphs[1:] == ARTICLE.paragraphs[1:]
    (corpora / "corrected.jsonl").write_text(corpus_line("toy/1", [[["It never rained.", "N"]]]), encoding="utf-8")
    result = command("detach_labels", corpora / "corrected.jsonl", corpora / "polnear.jsonl")
    assert (result.returncode, result.stdout) == (1, "")
    assert "toy/1 holds 1 paragraphs whose text is not that of the labels" in result.stderr


def test_conll_lines_are_read(tmp_path):
    path = tmp_path / "own.conll"
    paragraphs = ["\n".join(f"{code}\t{text}" for text, code in sentences) for sentences in NEWS]
    path.write_text("# newdoc id = toy/1\n# editor = me\n" + "\n\n".join(paragraphs) + "\n", encoding="utf-8")
    assert list(READERS["conll"](path, CODES)) == [(ARTICLE, [])]


def test_conll_lines_without_code_or_article_are_named(tmp_path):
    path = tmp_path / "own.conll"
    path.write_text("N\tToo early.\n# newdoc id = a\nNo code here.\nN\tFine.\n# newdoc id = b\n", encoding="utf-8")
    mismatches = [str(each) for _, wrong in READERS["conll"](path, CODES) for each in wrong]
    assert [text.split(": ")[0].removeprefix(f"{path}, ") for text in mismatches] == ["line 1", "line 3", "b"]


def test_brat_files_are_read(tmp_path):
    write_brat(tmp_path)
    assert list(READERS["brat"](tmp_path, CODES)) == [(Article("own", ARTICLE.paragraphs), [])]


def test_brat_mismatches_are_named(tmp_path):
    lines = write_brat(tmp_path)
    lines[0] = lines[0].replace("warehouse", "palace")
    lines[2] = "T3\tQ 0 4\tA wa"
    lines[3] = lines[3].replace(" ", " 3;", 1)
    (tmp_path / "own.ann").write_text("\n".join(lines), encoding="utf-8")
    [(article, mismatches)] = READERS["brat"](tmp_path, CODES)
    assert len(article.paragraphs) == 2
    reasons = " ".join(map(str, mismatches))
    assert all(
        part in reasons
        for part in ("is not 'A palace", "the type must be one of", "one unbroken span", "carries no code")
    )


def write_brat(directory: Path) -> list[str]:
    text, lines = "", []
    for sentences in NEWS:
        for sentence, code in sentences:
            lines.append(f"T{len(lines) + 1}\t{code} {len(text)} {len(text) + len(sentence)}\t{sentence}")
            text += sentence + " "
        text += "\n\n"
    lines.append("#1\tAnnotatorNotes T1\tsure")
    (directory / "own.txt").write_text(text, encoding="utf-8")
    (directory / "own.ann").write_text("\n".join(lines), encoding="utf-8")
    return lines


def test_json_lines_are_judged_one_by_one(tmp_path, command):
    (tmp_path / "in.jsonl").write_text(f"{corpus_line('a')}\nnonsense\n{corpus_line('a')}\n{corpus_line('b')}\n")
    result = command("import_corpus", "jsonl", tmp_path / "in.jsonl", tmp_path / "out.jsonl", "--partial")
    assert "2 articles, 6 paragraphs fit; 2 mismatches" in result.stdout
    assert "in.jsonl, line 2" in result.stderr
    assert "an article with this id came before" in result.stderr


def test_a_dry_run_writes_nothing(tmp_path, command):
    (tmp_path / "in.jsonl").write_text(corpus_line("a"))
    result = command("import_corpus", "jsonl", tmp_path / "in.jsonl", tmp_path / "out.jsonl", "--dry-run")
    assert result.returncode == 0
    assert [path.name for path in tmp_path.iterdir()] == ["in.jsonl"]


def test_the_written_corpus_is_sound():
    assert len(read_corpus(ROOT / "corpora/written.jsonl", CODES)) >= 80
    assert len(read_corpus(ROOT / "corpora/pages.jsonl", CODES)) == 40


@pytest.mark.skipif(not SHARED.is_dir(), reason="the news corpora are not ours to ship: needs ../shared/corpora")
def test_shipped_standoff_labels_and_text_give_the_annotated_news(tmp_path):
    """The text, laid out as published, joins with the shipped labels to exactly the articles they were taken from."""
    expected = {}
    for name in ("news-train", "news-dev"):
        expected |= {article.id: article for article in read_corpus(SHARED / f"{name}.jsonl", CODES)}
    joined = {}
    for labels in sorted((ROOT / "corpora/standoff").glob("*.jsonl")):
        corpus = tmp_path / labels.stem
        for row in map(json.loads, labels.read_text().splitlines()):
            path = corpus / row["file"]
            path.parent.mkdir(parents=True, exist_ok=True)
            prefix = "S1 " if row["layout"] == "numbered" else ""
            path.write_text("\n\n".join(prefix + text for text in expected[row["id"]].texts), encoding="utf-8")
        for article, mismatches in join(labels, corpus, CODES):
            assert mismatches == []
            joined[article.id] = article
        shutil.rmtree(corpus)
    assert joined == expected
