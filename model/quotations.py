"""Which characters of an article lie inside speech: one pass over its quotation marks, across paragraphs.

Knows double marks (curly, straight, guillemets, '' pairs) and single ones, told from apostrophes and plural
possessives; a quotation that runs on over paragraphs, reopened at each (the printers' rule) or not (as the web often
has it); marks that are never closed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

# How many paragraphs ahead a quotation left open is looked for its end: longer ones are typing errors.
_RUNS_ON_AT_MOST = 12

_Kind = Literal["open", "close", "either"]
# Patterns begin with a set of characters, then look back: ten times as fast as looking back at every character.
_MARK = re.compile(
    r"[“”„‟«»\"`'‘’](?:(?<=[“”„‟«»\"])|(?<=`)`|(?<=')'"
    r"|(?<=['‘])(?<![\w.)]['‘])(?=[\w$£€#@(\[…])"  # opens a single quotation
    r"|(?<=[\w.,!?…;)%\]—–-]['’])(?!\w))"  # closes one, or is an apostrophe at the end of a word
)
_ELISION = re.compile(r"['‘](?:\d\ds?\b|em\b|til\b|tis\b|twas\b|n\b|cause\b|cos\b|bout\b|round\b)", re.IGNORECASE)
_DOUBLE_OPENING = re.compile(r"[“„«\"`'](?:(?<=[“„«\"])|(?<=`)`|(?<=')(?<!\w')')")
_SINGLE_OPENING = re.compile(r"[‘'](?<![^\s(—–-].)(?=\w)")


class Quotation(NamedTuple):
    """A stretch of speech in one paragraph: `text[start:end]`, its marks included.

    `runs_on`: it began in an earlier paragraph. `closed`: its closing mark stands in this paragraph.
    """

    start: int
    end: int
    runs_on: bool
    closed: bool


class _Mark(NamedTuple):
    start: int
    end: int
    kind: _Kind
    single: bool


def find_quotations(paragraphs: Sequence[str]) -> list[list[Quotation]]:
    """The quotations of each paragraph of an article, in order, disjoint (one inside another is part of it)."""
    singles = _speaks_in_single_marks(paragraphs)
    marks = [_marks(text, singles) for text in paragraphs]
    found: list[list[Quotation]] = []
    carried: bool | None = None  # whether a quotation comes in from the paragraph before; if so, in single marks?
    for number, text in enumerate(paragraphs):
        row: list[Quotation] = []
        start, single, runs_on = (0, carried, True) if carried is not None else (-1, False, False)
        reopened = carried is not None and bool(marks[number]) and not text[: marks[number][0].start].strip()
        for position, mark in enumerate(marks[number]):
            if start < 0:
                if mark.kind == "close" or (mark.single and not singles and not _closes(marks[number], position)):
                    continue
                start, single, runs_on = mark.start, mark.single, False
            elif mark.single == single:
                if position == 0 and reopened and mark.kind != "close":
                    continue
                if mark.kind == "open" or (single and _is_possessive(text, marks[number], position)):
                    continue
                row.append(Quotation(start, mark.end, runs_on, True))
                start = -1
        carried = None
        if start >= 0:
            row.append(Quotation(start, len(text), runs_on, False))
            if _goes_on(paragraphs, marks, number, single):
                carried = single
        found.append(row)
    return found


def _speaks_in_single_marks(paragraphs: Sequence[str]) -> bool:
    # Whether a character stands in a text is found out far sooner than where a pattern does.
    singles = sum(len(_SINGLE_OPENING.findall(text)) for text in paragraphs if "'" in text or "‘" in text)
    return singles >= 2 and sum(len(_DOUBLE_OPENING.findall(text)) for text in paragraphs) <= singles // 2


def _marks(text: str, singles: bool) -> list[_Mark]:
    marks: list[_Mark] = []
    low_opened = False  # „ is closed by “
    for found in _MARK.finditer(text):
        start, end = found.span()
        sign = found[0]
        single = sign in "'‘’"
        before, after = text[start - 1 : start], text[end : end + 1]
        kind: _Kind
        if sign == "“" and low_opened:
            kind, low_opened = "close", False
        elif sign in "“„‟«``":
            kind, low_opened = "open", sign == "„"
        elif sign in "”»’":
            kind = "close"
        elif single:
            kind = "close" if before.isalnum() or (before and before in ".,!?…;)%]—–-") else "open"
        else:
            opens = not before or before.isspace() or before in "([—–-‘'/"
            closes = not after or after.isspace() or after in "),].;:!?—–-'’"
            kind = "either" if opens == closes else "open" if opens else "close"
            if kind == "either" and not after:
                kind = "close"
            elif kind == "either" and not before:
                kind = "open"
        if single and kind == "open" and _ELISION.match(text, start):
            continue
        marks.append(_Mark(start, end, kind, single))
    return marks


def _closes(marks: Sequence[_Mark], position: int) -> bool:
    """Whether a single mark that opens is followed by one that closes, before another opens."""
    following = next((mark for mark in marks[position + 1 : position + 6] if mark.single), None)
    return following is not None and following.kind == "close"


def _is_possessive(text: str, marks: Sequence[_Mark], position: int) -> bool:
    """The workers’ demands: an s before, a space behind, and a better end to come."""
    mark = marks[position]
    if text[mark.start - 1 : mark.start] != "s" or text[mark.end : mark.end + 1] != " ":
        return False
    following = next((mark for mark in marks[position + 1 : position + 6] if mark.single), None)
    return following is not None and following.kind == "close"


def _goes_on(paragraphs: Sequence[str], marks: Sequence[Sequence[_Mark]], number: int, single: bool) -> bool:
    """Whether a quotation open at the end of a paragraph goes on in the next: reopened there, or closed later."""
    for ahead in range(number + 1, min(number + 1 + _RUNS_ON_AT_MOST, len(paragraphs))):
        of_kind = [mark for mark in marks[ahead] if mark.single == single][:1]
        if of_kind:
            mark = of_kind[0]
            reopens = ahead == number + 1 and mark.kind == "open" and not paragraphs[ahead][: mark.start].strip()
            return reopens or mark.kind == "close"
    return False
