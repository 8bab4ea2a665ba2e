"""Features as conjunctions of attributes, by templates in plain words, applied to all things of an article at once.

A thing (a sentence, a reporting verb, a modal …) has attributes. A template names those that make up one feature:
"kind & pattern" gives one for every pair of values that is met. Their keys are hashes, like those of n-grams.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

Keys = npt.NDArray[np.uint32]
Rows = npt.NDArray[np.int64]
Groups = npt.NDArray[np.int8]
Value = str | int | None  # None, like no value at all: no template that names the attribute applies to the thing
Thing = dict[str, Value]
Things = Iterable[tuple[int, Thing]]  # each with the number of its sentence, in their order

# What each feature belongs to: the three channels of n-grams, then the groups of the templates.
GROUPS = (
    "words", "classes", "future", "place", "edge", "speech", "cue", "subject", "memory", "coverage", "lexical",
    "chain", "speaker", "sign", "frame", "object", "follow",
)  # fmt: skip

_LONGEST = 4  # attributes in a template
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_CACHED_VALUES_AT_MOST = 100_000


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
        attributes = sorted({name for names in named for name in names})
        self.blank: Thing = dict.fromkeys(attributes)  # a thing without any
        self.groups = np.array([GROUPS.index(group) for group, _ in pairs], np.int8)
        self.salts = np.array([zlib.crc32(f"{group}:{template}".encode()) for group, template in pairs], np.uint64)
        # (_LONGEST, templates): numbers of the attributes, -1 where a template has no more
        self.parts = np.full((_LONGEST, len(pairs)), -1)
        for number, names in enumerate(named):
            self.parts[: len(names), number] = [attributes.index(name) for name in names]


class _Codes(dict[Value, int]):
    """Values as integers, zero for None; bounded: they are cheap to make again."""

    def __missing__(self, value: Value) -> int:
        if len(self) >= _CACHED_VALUES_AT_MOST:
            self.clear()
        code = zlib.crc32(value.encode()) + 1 if isinstance(value, str) else 0 if value is None else int(value) + 1
        self[value] = code
        return code


_codes = _Codes()


def conjoin(kinds: Iterable[tuple[Templates, Things]]) -> tuple[Rows, Keys, Groups]:
    """(sentence number, hashed feature, group) of every feature of the things, repetitions included.

    Takes the things one by one, so that only their values are ever held. Raises ValueError where one has an attribute
    that no template of its kind names.
    """
    values: list[Value] = [1]  # stands where a template has no more attributes
    places, rows, salts, groups = [], [], [], []
    for templates, things in kinds:
        start, row = len(values), []
        for number, thing in things:
            row.append(number)
            values += (templates.blank | thing).values()
        if row:
            if len(values) - start != len(row) * len(templates.blank):
                raise ValueError(f"a thing has other attributes than {', '.join(templates.blank)}")
            place = templates.parts[..., None] + np.arange(start, len(values), len(templates.blank))
            place[templates.parts < 0] = 0
            places.append(place.reshape(_LONGEST, -1))
            rows.append(np.tile(row, len(templates.salts)))
            salts.append(np.repeat(templates.salts, len(row)))
            groups.append(np.repeat(templates.groups, len(row)))
    if not places:
        return np.empty(0, np.int64), np.empty(0, np.uint32), np.empty(0, np.int8)
    parts = np.fromiter(map(_codes.__getitem__, values), np.uint64, len(values))[np.concatenate(places, axis=1)]
    held = parts.all(axis=0)
    key = np.concatenate(salts)
    for part in parts:
        key = key * _MULTIPLIER + part
    return np.concatenate(rows)[held], mix(key[held] * _MULTIPLIER), np.concatenate(groups)[held]


def mix(key: npt.NDArray[np.uint64]) -> Keys:
    """The upper half of a multiplicative hash."""
    return (((key ^ (key >> np.uint64(29))) * _MULTIPLIER) >> np.uint64(32)).astype(np.uint32)
