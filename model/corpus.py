"""The one format of every corpus: JSON lines, an article a line, every sentence with its code.

    {"id": "written/001", "paragraphs": [[{"text": "Three people died, police said.", "code": "A"}]]}

A code is one of the label set; of the shipped one it names the source (N none, A named, U unnamed), with F behind it
where the sentence is a forecast; X is no statement.
Further keys of an article ("topic", "style") are allowed and not read.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Annotated:
    """A sentence and its code."""

    text: str
    code: str


@dataclass(frozen=True, slots=True)
class Article:
    id: str
    paragraphs: list[list[Annotated]]

    @property
    def texts(self) -> list[str]:
        """The paragraphs as a reader would send them: sentences joined by a space."""
        return [" ".join(sentence.text for sentence in paragraph) for paragraph in self.paragraphs]


def read_corpus(path: Path | str, codes: Collection[str]) -> list[Article]:
    """Read a corpus file of sentences with these codes; blank lines are skipped.

    Raises ValueError, naming file and line, for whatever is not the format: bad UTF-8 or JSON, a missing or empty part,
    an unknown code, an id that stands twice. Raises OSError where the file cannot be read.
    """
    articles: list[Article] = []
    lines: dict[str, int] = {}
    with Path(path).open("rb") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                article = parse_article(json.loads(line.decode("utf-8")), codes)
                if article.id in lines:
                    raise ValueError(f"the id {article.id!r} stands in line {lines[article.id]} too; ids must differ")
            except ValueError as error:
                raise ValueError(f"{path}, line {number}: {error}") from None
            lines[article.id] = number
            articles.append(article)
    return articles


def parse_article(row: Any, codes: Collection[str]) -> Article:
    """One decoded line of sentences with these codes. Raises ValueError saying which part is wrong."""
    if not isinstance(row, dict):
        raise ValueError(f"an article is a JSON object, not {_shown(row)}")
    if not isinstance(row.get("id"), str) or not row["id"]:
        raise ValueError(f'"id" must be a string that is not empty, not {_shown(row.get("id"))}')
    paragraphs = row.get("paragraphs")
    if not isinstance(paragraphs, list) or not paragraphs:
        raise ValueError(f'"paragraphs" must be a list that is not empty, not {_shown(paragraphs)}')
    return Article(row["id"], [_paragraph(index, sentences, codes) for index, sentences in enumerate(paragraphs)])


def read_corpora(paths: Iterable[Path], codes: Collection[str]) -> dict[Path, list[Article]]:
    """The articles of several files. Raises ValueError where two have one name, by which figures are told apart."""
    corpora: dict[Path, list[Article]] = {}
    for path in paths:
        if any(path.stem == other.stem for other in corpora):
            raise ValueError(f"{path}: two corpora have the name {path.stem}; rename one")
        corpora[path] = read_corpus(path, codes)
    return corpora


def all_of(corpora: Iterable[Sequence[Article]]) -> list[Article]:
    """Their articles one after the other. Raises ValueError where an article stands in two."""
    articles = [article for each in corpora for article in each]
    ids = Counter(article.id for article in articles)
    if repeated := [name for name, count in ids.items() if count > 1]:
        raise ValueError(f"{len(repeated)} articles stand in two corpora, {repeated[0]} for one")
    return articles


def write_corpus(path: Path | str, articles: Iterable[Article]) -> None:
    """Write a corpus file whole or not at all. Same articles, same bytes."""
    target = Path(path)
    unfinished = target.with_name(target.name + ".part")
    with unfinished.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{json.dumps(as_row(article), ensure_ascii=False)}\n" for article in articles)
    unfinished.replace(target)


def as_row(article: Article) -> dict[str, Any]:
    """The article as it is written to a line."""
    paragraphs = [[{"text": sentence.text, "code": sentence.code} for sentence in each] for each in article.paragraphs]
    return {"id": article.id, "paragraphs": paragraphs}


def digest(path: Path | str) -> str:
    """SHA-256 of the file's bytes, in hexadecimal."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digest_of(articles: Iterable[Article]) -> str:
    """SHA-256 of what the articles say, whatever their order and the file they come from."""
    rows = sorted(json.dumps(as_row(article), sort_keys=True) for article in articles)
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def _paragraph(index: int, sentences: Any, codes: Collection[str]) -> list[Annotated]:
    if not isinstance(sentences, list) or not sentences:
        raise ValueError(f"paragraph {index} must be a list of sentences that is not empty, not {_shown(sentences)}")
    return [_sentence(f"paragraph {index}, sentence {number}", row, codes) for number, row in enumerate(sentences)]


def _sentence(where: str, row: Any, codes: Collection[str]) -> Annotated:
    if not isinstance(row, dict):
        raise ValueError(f"{where} must be an object with text and code, not {_shown(row)}")
    text, code = row.get("text"), row.get("code")
    if not isinstance(text, str) or not text.strip():
        raise ValueError(f'{where}: "text" must be a string that is not blank, not {_shown(text)}')
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError(f'{where}: "text" holds half of a surrogate pair; mend the encoding')
    if not isinstance(code, str) or code not in codes:
        raise ValueError(f'{where}: "code" must be one of {", ".join(codes)}, not {_shown(code)}')
    return Annotated(text, code)


def _shown(value: Any) -> str:
    text = "nothing" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}..."
