"""How a paragraph is told, so that figures can say where a model errs: by what the analysis finds in it."""

from __future__ import annotations

from collections.abc import Sequence

from model.sources import Attribution
from model.subjects import NAMED, UNNAMED
from model.words import Sentence

# The first that holds.
MANNERS = (
    "a modal or another sign of the future",
    "half of it or more in quotation marks",
    "a reporting verb of a named source",
    "a reporting verb of an unnamed source",
    "a reporting verb of a source left open",
    "no reporting verb, next to a paragraph with one",
    "no reporting verb far and wide",
)


def manner_of(sentences: Sequence[Sentence], paragraphs: int) -> list[str]:
    """The manner of each paragraph of an analysed article of so many."""
    of_paragraph: list[list[Sentence]] = [[] for _ in range(paragraphs)]
    for sentence in sentences:
        of_paragraph[sentence.paragraph].append(sentence)
    reports = [[cue for sentence in each for cue in sentence.cues if cue.strong] for each in of_paragraph]
    return [MANNERS[_number(of_paragraph[at], reports, at)] for at in range(paragraphs)]


def _number(sentences: Sequence[Sentence], reports: Sequence[Sequence[Attribution]], at: int) -> int:
    if any(word.modal for sentence in sentences for word in sentence.words):
        return 0
    if 2 * sum(sentence.quoted * sentence.length for sentence in sentences) >= sum(s.length for s in sentences) > 0:
        return 1
    if reports[at]:
        refers = {cue.refers for cue in reports[at]}
        return 2 if NAMED in refers else 3 if UNNAMED in refers else 4
    return 5 if any(reports[max(0, at - 1) : at + 2]) else 6
