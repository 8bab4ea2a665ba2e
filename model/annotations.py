"""A newsroom's own annotation, read into the corpus format: JSON lines, CoNLL-like tables, brat.

Every reader takes the codes of the label set, and yields an article, or None, with what was wrong with it; nothing is
passed over in silence.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from model.corpus import Annotated, Article, parse_article
from model.standoff import Mismatch

Imported = tuple[Article | None, list[Mismatch]]


def read_json_lines(path: Path, codes: Collection[str]) -> Iterator[Imported]:
    """The corpus format itself, each line judged for itself."""
    for number, line in enumerate(path.read_bytes().split(b"\n"), 1):
        if line.strip():
            try:
                yield parse_article(json.loads(line.decode("utf-8")), codes), []
            except ValueError as error:
                yield None, [Mismatch(f"{path}, line {number}", str(error))]


def read_conll(path: Path, codes: Collection[str]) -> Iterator[Imported]:
    """A sentence a line, `code TAB text`; `# newdoc id = …` opens an article, an empty line closes a paragraph.

    The comment is that of CoNLL-U; other lines that begin with "#" are passed over, as they are there.
    """
    name: str | None = None
    paragraphs: list[list[Annotated]] = [[]]
    mismatches: list[Mismatch] = []

    def finished() -> Imported:
        kept = [sentences for sentences in paragraphs if sentences]
        if name is not None and not kept:
            mismatches.append(Mismatch(f"{path}, {name}", "the article holds no sentence"))
        return (Article(name, kept) if name is not None and kept else None), list(mismatches)

    for number, line in enumerate(_text(path).split("\n"), 1):
        opening = re.match(r"#\s*newdoc\s+id\s*=\s*(\S.*?)\s*$", line)
        if opening:
            if name is not None or mismatches:
                yield finished()
            name, paragraphs, mismatches = opening[1], [[]], []
        elif not line.strip():
            paragraphs.append([])
        elif not line.startswith("#"):
            code, _, text = line.rstrip("\r").partition("\t")
            if name is None:
                mismatches.append(Mismatch(f"{path}, line {number}", 'stands before the first "# newdoc id = …"'))
            elif code not in codes or not text.strip():
                mismatches.append(
                    Mismatch(f"{path}, line {number}", f"expected code, tab, sentence; found {line[:60]!r}")
                )
            else:
                paragraphs[-1].append(Annotated(text.strip(), code))
    if name is not None or mismatches:
        yield finished()


def read_brat(directory: Path, codes: Collection[str]) -> Iterator[Imported]:
    """Pairs of `name.txt` and `name.ann`: each sentence is a text-bound annotation whose type is a code.

    A paragraph is a line that is not empty. Other annotations (relations, notes) are passed over; a code on a part of
    the text that overlaps another, crosses a line or does not hold the words that brat noted is a mismatch, and so is
    text that no code covers.
    """
    files = sorted(directory.rglob("*.ann"))
    if not files:
        raise ValueError(f"{directory} holds no .ann file")
    for path in files:
        name = path.relative_to(directory).with_suffix("").as_posix()
        try:
            text, annotation = _text(path.with_suffix(".txt")), _text(path)
        except (OSError, ValueError) as error:
            yield None, [Mismatch(name, str(error))]
            continue
        yield _brat_article(name, text, annotation, codes)


def _brat_article(name: str, text: str, annotation: str, codes: Collection[str]) -> Imported:
    mismatches: list[Mismatch] = []
    spans: list[tuple[int, int, str]] = []
    known = "|".join(codes)
    for number, line in enumerate(annotation.split("\n"), 1):
        match = re.match(rf"T\d+\t({known}) (\d+) (\d+)\t(.*?)\r?$", line)
        if match:
            start, end = int(match[2]), int(match[3])
            if text[start:end] != match[4]:
                mismatches.append(
                    Mismatch(f"{name}.ann, line {number}", f"the text at {start}–{end} is not {match[4][:40]!r}")
                )
            else:
                spans.append((start, end, match[1]))
        elif re.match(rf"T\d+\t({known}) ", line):
            mismatches.append(Mismatch(f"{name}.ann, line {number}", "a sentence must be one unbroken span"))
        elif line.startswith("T"):
            mismatches.append(Mismatch(f"{name}.ann, line {number}", f"the type must be one of {', '.join(codes)}"))
    spans.sort()
    paragraphs: list[list[Annotated]] = []
    place = 0
    for line_match in re.finditer(r"[^\n]+", text):
        first, last = line_match.span()
        sentences = []
        place = first
        for start, end, code in [span for span in spans if first <= span[0] < last]:
            if start < place or end > last:
                mismatches.append(Mismatch(name, f"the sentence at {start}–{end} overlaps another or crosses a line"))
                continue
            mismatches += _uncovered(name, text, place, start)
            sentences.append(Annotated(text[start:end].strip(), code))
            place = end
        mismatches += _uncovered(name, text, place, last)
        if sentences:
            paragraphs.append(sentences)
    return (Article(name, paragraphs) if paragraphs else None), mismatches


def _uncovered(name: str, text: str, start: int, end: int) -> list[Mismatch]:
    return [Mismatch(name, f"the text at {start}–{end} carries no code")] if text[start:end].strip() else []


def _text(path: Path) -> str:
    """The file with its line ends as they are: brat counts them."""
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is not UTF-8 at byte {error.start}") from None


READERS: dict[str, Callable[[Path, Collection[str]], Iterator[Imported]]] = {
    "jsonl": read_json_lines,
    "conll": read_conll,
    "brat": read_brat,
}
