"""The article on a web page. The page is only ever text here: nothing on it is fetched, run or shown."""

from __future__ import annotations

from trafilatura import extract


def extract_paragraphs(page: str) -> list[str]:
    """The main text without comments, tables and links, as trafilatura finds it; empty where it finds none."""
    text = extract(page, include_comments=False, include_tables=False) or ""
    return [line.removeprefix("- ").strip() for line in text.split("\n") if line.strip()]
