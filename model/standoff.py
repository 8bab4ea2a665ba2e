"""Labels kept apart from the text they belong to, for corpora whose text is not ours to pass on.

A row of a standoff file is an article: its id, the file of the published corpus that holds its text, how that file is
laid out, and for each labelled paragraph a digest of its text with the place and code of every sentence:

    {"id": "…", "file": "data/train/text/….txt", "layout": "lines",
     "paragraphs": [{"digest": "16 hexadecimal digits", "sentences": [[offset, length, "A"], …]}]}

Offset and length count the characters of the paragraph that are no white space, since copies of a corpus differ in
white space alone. A paragraph is found by its digest, wherever in its file it stands; what is not found is reported,
never guessed.
"""

from __future__ import annotations

import hashlib
import json
import re
import tarfile
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from zipfile import BadZipFile, ZipFile

from model.corpus import Annotated, Article

Layout = Callable[[str], list[str]]


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Something that could not be imported: `where` names article, file or line, `reason` what is wrong with it."""

    where: str
    reason: str

    def __str__(self) -> str:
        return f"{self.where}: {self.reason}"


def corrected(row: dict[str, Any], article: Article) -> dict[str, Any]:
    """The standoff row with the codes of the article; paragraphs that the article was imported without stay.

    Raises ValueError where the article holds a paragraph that the row does not.
    """
    codes: dict[str, list[dict[str, Any]]] = {}
    for sentences in reversed(article.paragraphs):
        paragraph = _detach_paragraph(sentences)
        codes.setdefault(paragraph["digest"], []).append(paragraph)
    paragraphs = [codes[each["digest"]].pop() if codes.get(each["digest"]) else each for each in row["paragraphs"]]
    if left := sum(map(len, codes.values())):
        raise ValueError(
            f"{row['id']} holds {left} paragraphs whose text is not that of the labels; correct codes alone"
        )
    return {**row, "paragraphs": paragraphs}


def join(labels: Path, corpus: Path, codes: Collection[str]) -> Iterator[tuple[Article | None, list[Mismatch]]]:
    """Each article of the standoff file `labels` with its text from the directory `corpus`, and what did not fit.

    Sentences have one of the `codes`. The article holds the paragraphs that fit; it is None where none does. Zip and
    tar archives in `corpus` are read as directories. Raises ValueError where `labels` is no standoff file or `corpus`
    holds no text file.
    """
    rows = read_standoff(labels)
    files = TextFiles(corpus)
    for row in rows:
        try:
            paragraphs = LAYOUTS[row["layout"]](files.read(row["file"]))
        except (OSError, ValueError) as error:
            yield None, [Mismatch(row["id"], str(error))]
            continue
        yield _join_article(row, paragraphs, codes)


def _join_article(
    row: dict[str, Any], paragraphs: list[str], codes: Collection[str]
) -> tuple[Article | None, list[Mismatch]]:
    by_digest: dict[str, list[str]] = {}
    for paragraph in reversed(paragraphs):
        by_digest.setdefault(_digest(paragraph), []).append(paragraph)
    found: list[list[Annotated]] = []
    mismatches = []
    for index, labelled in enumerate(row["paragraphs"]):
        where = f"{row['id']}, paragraph {index}"
        if not by_digest.get(labelled["digest"]):
            mismatches.append(Mismatch(where, f"{row['file']} holds no such paragraph; it was changed or left out"))
            continue
        try:
            found.append(_attach(by_digest[labelled["digest"]].pop(), labelled["sentences"], codes))
        except ValueError as error:
            mismatches.append(Mismatch(where, str(error)))
    return (Article(row["id"], found) if found else None), mismatches


def _detach_paragraph(sentences: list[Annotated]) -> dict[str, Any]:
    spans, offset = [], 0
    for sentence in sentences:
        length = len(_bare(sentence.text))
        spans.append([offset, length, sentence.code])
        offset += length
    return {"digest": _digest("".join(sentence.text for sentence in sentences)), "sentences": spans}


def _attach(paragraph: str, spans: list[Any], codes: Collection[str]) -> list[Annotated]:
    places = [index for index, character in enumerate(paragraph) if not character.isspace()]
    sentences, end = [], 0
    for offset, length, code in spans:
        if offset != end or length < 1 or offset + length > len(places):
            raise ValueError(f"the sentence at offset {offset}, length {length}, does not fit {len(places)} characters")
        if code not in codes:
            raise ValueError(f"unknown code {code!r} at offset {offset}")
        end = offset + length
        sentences.append(Annotated(paragraph[places[offset] : places[end - 1] + 1], code))
    if end != len(places):
        raise ValueError(f"{len(places) - end} characters at the end carry no label")
    return sentences


def _bare(text: str) -> str:
    return "".join(text.split())


def _digest(paragraph: str) -> str:
    return hashlib.sha256(_bare(paragraph).encode()).hexdigest()[:16]


def paragraphs_of_lines(text: str) -> list[str]:
    """PolNeAR: a paragraph is a line that is not empty."""
    return [line.strip() for line in text.split("\n") if line.strip()]


def paragraphs_of_numbered_lines(text: str) -> list[str]:
    """NewsDiscourse: lines "S1 …" are sentences, empty lines part paragraphs; others are headline and date."""
    paragraphs = []
    for block in re.split(r"\n[^\S\n]*\n", text):
        sentences = [match[1].strip() for match in re.finditer(r"^\s*S\d+\s+(.*\S)", block, re.MULTILINE)]
        if sentences:
            paragraphs.append(" ".join(sentences))
    return paragraphs


LAYOUTS: dict[str, Layout] = {"lines": paragraphs_of_lines, "numbered": paragraphs_of_numbered_lines}


class TextFiles:
    """The text files below a directory, those in its archives included, found by the end of their path."""

    def __init__(self, directory: Path) -> None:
        if not directory.is_dir():
            raise ValueError(f"{directory} is no directory; give the folder of the corpus as published")
        self._readers: dict[str, list[tuple[PurePosixPath, Callable[[], bytes]]]] = {}
        for path in sorted(directory.rglob("*.txt")):
            self._add(PurePosixPath(path.relative_to(directory).as_posix()), path.read_bytes)
        for path in sorted(directory.rglob("*.zip")):
            self._add_archive(PurePosixPath(path.relative_to(directory).as_posix()), path)
        for path in sorted(directory.rglob("*.tar.gz")):
            self._add_tar(PurePosixPath(path.relative_to(directory).as_posix()), path)
        if not self._readers:
            raise ValueError(f"{directory} holds no .txt file, nor a .zip or .tar.gz file with one")

    def read(self, name: str) -> str:
        """The text of the file whose path is most like `name`. Raises FileNotFoundError, ValueError."""
        wanted = PurePosixPath(name)
        candidates = self._readers.get(wanted.name, [])
        if not candidates:
            raise FileNotFoundError(f"the corpus holds no file {wanted.name}")
        # Copies differ in how they are unpacked ("train.zip", "train/train/"), so the folders in common decide.
        likeness = [len({*path.with_suffix("").parts} & {*wanted.parts}) for path, _ in candidates]
        best = max(likeness)
        try:
            contents = {read() for (_, read), score in zip(candidates, likeness, strict=True) if score == best}
        except (BadZipFile, zlib.error) as error:
            raise ValueError(f"{name} cannot be unpacked ({error}); fetch the corpus anew") from None
        if len(contents) > 1:
            raise ValueError(f"the corpus holds {len(contents)} differing files like {name}")
        try:
            return contents.pop().decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            raise ValueError(f"{name} is not UTF-8 at byte {error.start}") from None

    def _add(self, path: PurePosixPath, read: Callable[[], bytes]) -> None:
        self._readers.setdefault(path.name, []).append((path, read))

    def _add_archive(self, relative: PurePosixPath, path: Path) -> None:
        try:
            archive = ZipFile(path)
        except BadZipFile:
            raise ValueError(f"{path} is no zip archive, or is cut short; fetch it anew") from None
        for name in archive.namelist():
            if name.endswith(".txt") and not name.startswith("__MACOSX/"):
                self._add(relative.with_suffix("") / name, lambda name=name: archive.read(name))  # type: ignore[misc]

    def _add_tar(self, relative: PurePosixPath, path: Path) -> None:
        folder = relative.with_suffix("").with_suffix("")
        try:
            with tarfile.open(path, "r:gz") as archive:  # read whole: a file in it can be reached only in order
                for member in archive:
                    if member.name.endswith(".txt") and (file := archive.extractfile(member)):
                        content = file.read()
                        self._add(folder / member.name, lambda content=content: content)  # type: ignore[misc]
        except (tarfile.TarError, EOFError, OSError, zlib.error) as error:
            raise ValueError(f"{path} is no tar archive, or is cut short ({error}); fetch it anew") from None


def read_standoff(labels: Path) -> list[dict[str, Any]]:
    """The rows of a standoff file. Raises ValueError, naming file and line, for whatever is none."""
    rows = []
    with labels.open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            try:
                row = json.loads(line)
                _check_row(row)
            except (ValueError, KeyError, TypeError) as error:
                raise ValueError(f"{labels}, line {number}: no standoff row ({error})") from None
            rows.append(row)
    return rows


def _check_row(row: dict[str, Any]) -> None:
    if row["layout"] not in LAYOUTS:
        raise ValueError(f"layout must be one of {', '.join(LAYOUTS)}, not {row['layout']!r}")
    if not isinstance(row["id"], str) or not isinstance(row["file"], str):
        raise ValueError("id and file must be strings")
    for paragraph in row["paragraphs"]:
        if not isinstance(paragraph["digest"], str):
            raise ValueError("digest must be a string")
        for offset, length, code in paragraph["sentences"]:
            if not isinstance(offset, int) or not isinstance(length, int) or not isinstance(code, str):
                raise ValueError("a sentence is [offset, length, code]")


def write_standoff(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    """Write a standoff file. Same rows, same bytes."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{json.dumps(row, separators=(',', ':'))}\n" for row in rows)
