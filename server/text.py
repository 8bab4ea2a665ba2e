"""Paragraphs out of plain text: a paragraph a line, or parted by blank lines, hard-wrapped lines joined."""

from __future__ import annotations

import re
from itertools import pairwise

_BLANK = re.compile(r"\n\s*\n")
_SENTENCE_END = re.compile(r"[.!?…:][\"'”’»)\]]*$")
_WIDEST_WRAP = 120


def split_paragraphs(text: str) -> list[str]:
    """Blank paragraphs are left out."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2029", "\n\n").replace("\u2028", "\n").strip("\n")
    blocks = [[line for line in block.split("\n") if line.strip()] for block in _BLANK.split(text)]
    width = wrap_width(blocks)
    return [" ".join(part.split()) for block in blocks for part in joined(block, width)]


def wrap_width(blocks: list[list[str]]) -> int:
    """The column at which the text is wrapped, or 0: wrapped lines end where the next word won't fit, mid-sentence."""
    width = max((len(line.rstrip()) for block in blocks for line in block), default=0)
    breaks = [pair for block in blocks for pair in pairwise(block)]
    forced = [line for line, following in breaks if is_forced(line, following, width)]
    mid_sentence = [line for line in forced if not _SENTENCE_END.search(line.rstrip())]
    if not breaks or width > _WIDEST_WRAP or len(forced) < 0.6 * len(breaks) or len(mid_sentence) <= len(forced) / 2:
        return 0
    return width


def is_forced(line: str, following: str, width: int) -> bool:
    return len(line.rstrip()) + 1 + len(following.split()[0]) > width


def joined(block: list[str], width: int) -> list[str]:
    paragraphs = block[:1]
    for line, following in pairwise(block):
        if width and is_forced(line, following, width) and not following[0].isspace():
            paragraphs[-1] += "\n" + following
        else:
            paragraphs.append(following)
    return paragraphs
