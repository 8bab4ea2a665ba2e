"""Features as conjunctions of attributes, by templates in plain words, applied to all things of an article at once.

A thing (a sentence, a reporting verb, a modal …) has attributes. A template names those that make up one feature:
"kind & pattern" gives one for every pair of values that is met. Their keys are hashes, like those of n-grams.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from model.hashes import MULTIPLIER, Keys, Rows, mix

Groups = npt.NDArray[np.int8]
Value = str | int
Thing = dict[str, Value]  # by attribute; no template applies that names another
Things = Iterable[tuple[int, Thing]]  # each with the number of its sentence, in their order

# What each feature belongs to: the n-grams of words, then the groups of the templates.
GROUPS = (
    "words", "place", "edge", "speech", "cue", "memory", "coverage", "lexical", "speaker", "frame", "object", "follow",
)  # fmt: skip

_LONGEST = 4  # attributes in a template
_CACHED_VALUES_AT_MOST, _CACHED_CELLS_AT_MOST = 100_000, 2000


class Templates:
    """The templates of one kind of thing: in each line a group, and the conjunctions that belong to it.

    Raises ValueError for a group that is not in GROUPS, or for too long a conjunction.
    """

    def __init__(self, text: str) -> None:
        lines = [line.strip().partition(":") for line in text.strip().splitlines()]
        pairs = [(group, each.strip()) for group, _, templates in lines for each in templates.split(",")]
        named = [template.split(" & ") for _, template in pairs]
        if max(map(len, named)) > _LONGEST:
            raise ValueError(f"a template may name {_LONGEST} attributes at most")
        self.attributes = {name for names in named for name in names}
        self.cells = _Cells(self)
        self.templates = [
            (zlib.crc32(f"{group}:{template}".encode()), GROUPS.index(group), names)
            for (group, template), names in zip(pairs, named, strict=True)
        ]


class _Cells(dict[tuple[str, ...], Rows]):
    """For things with certain attributes, in their order: the templates that apply, (cells, 2 + _LONGEST).

    Of each its salt, its group, and where the values that it joins stand: from 1 on, 0 where it has no more of them.
    Bounded: they are cheap to make again.
    """

    def __init__(self, templates: Templates) -> None:
        super().__init__()
        self.of = templates

    def __missing__(self, having: tuple[str, ...]) -> Rows:
        if not self.of.attributes.issuperset(having):
            raise ValueError(f"a thing has other attributes than {', '.join(sorted(self.of.attributes))}")
        places = [
            (salt, group, *(having.index(name) + 1 for name in names), *[0] * (_LONGEST - len(names)))
            for salt, group, names in self.of.templates
            if set(names) <= set(having)
        ]
        if len(self) >= _CACHED_CELLS_AT_MOST:
            self.clear()
        self[having] = cells = np.array(places, np.int64).reshape(-1, 2 + _LONGEST)
        return cells


class _Codes(dict[Value, int]):
    """Values as integers; bounded: they are cheap to make again."""

    def __missing__(self, value: Value) -> int:
        if len(self) >= _CACHED_VALUES_AT_MOST:
            self.clear()
        code = zlib.crc32(value.encode()) + 1 if isinstance(value, str) else int(value) + 1
        self[value] = code
        return code


_codes = _Codes()


def conjoin(kinds: Iterable[tuple[Templates, Things]]) -> tuple[Rows, Keys, Groups]:
    """(sentence number, hashed feature, group) of every feature of the things, repetitions included.

    Takes the things one by one, so that only their values are ever held. Raises ValueError where one has an attribute
    that no template of its kind names.
    """
    values: list[Value] = []
    firsts: list[int] = []  # of the values of each thing
    rows: list[int] = []
    parts = [np.empty((0, 2 + _LONGEST), np.int64)]
    for templates, things in kinds:
        for number, thing in things:
            rows.append(number)
            firsts.append(len(values))
            parts.append(templates.cells[tuple(thing)])
            values.append(1)  # stands where a template has no more attributes
            values += thing.values()
    codes = np.fromiter(map(_codes.__getitem__, values), np.uint64, len(values))
    counts = list(map(len, parts[1:]))
    first = np.repeat(np.array(firsts, np.int64), counts)
    salts, groups, *places = np.concatenate(parts).T
    key = salts.astype(np.uint64)
    for place in places:
        key = key * MULTIPLIER + codes.take(first + place)
    return np.repeat(np.array(rows, np.int64), counts), mix(key * MULTIPLIER), groups.astype(np.int8)
