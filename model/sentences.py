"""Sentence boundaries with offsets: sentencex, with its two weak spots mended.

sentencex splits nothing between a pair of quotation marks, and one mark left open silences it for the rest of the
paragraph, yet news quotes several sentences at a time. So it is shown the text with the marks blanked out, and the
marks that close a sentence are given back to it. It also takes some abbreviations for the end of a sentence.
"""

from __future__ import annotations

import re

import sentencex

_MARKS = '“”„«»‘"'
# Begins with a set of characters, then looks back: ten times as fast as looking back at every character.
_MARK_PAIRS = re.compile(r"['’`)](?:(?<=')'|(?<=`)`|(?<=[.!?…,]['’])(?=\s|$)|(?<=[.!?]\))(?=\s+['(]?[A-Z]))")
_CLOSING = re.compile(r"(?:[”»’\"')\]]|'')+")
_GOES_ON = re.compile(r"(?:(?:^|[\s(\[“\"‘'-])(?:Ms|Messrs|Mx|Nos?|St|vs|[A-Z])|^\W*\d{1,2})\.$")


def split_sentences(text: str) -> list[tuple[int, int]]:
    """Half-open code-point offsets of the sentences of one paragraph, without the space around them, in order.

    The spans are disjoint and together hold every character that is not white space.
    """
    shown = text
    for mark in _MARKS:
        shown = shown.replace(mark, " ")
    shown = _MARK_PAIRS.sub(lambda mark: " " * len(mark[0]), shown)
    spans: list[tuple[int, int]] = []
    start = end = seen = 0
    worded = False  # whether there is a letter or a digit in what was seen since the start
    pieces = sentencex.segment("en", shown)
    for number, piece in enumerate(pieces, 1):
        cut = end + len(piece.rstrip())
        end += len(piece)
        if number == len(pieces):
            cut = len(text)
        elif cut <= start:
            continue
        else:
            if closing := _CLOSING.match(text, cut):
                cut = closing.end()
            worded = worded or any(map(str.isalnum, text[seen:cut]))
            seen = cut
            if not worded or _GOES_ON.search(text, max(start, cut - 16), cut):
                continue
        sentence = text[start:cut]
        first = cut - len(sentence.lstrip())
        last = start + len(sentence.rstrip())
        if first < last:
            spans.append((first, last))
        start, worded = cut, False
    return spans
