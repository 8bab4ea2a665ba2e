"""Features as conjunctions of attributes, by templates in plain words, applied to all things of an article at once.

A thing (a sentence, a reporting verb, a modal …) has attributes. A template names those that make up one feature:
"kind & pattern" gives one for every pair of values that is met. Their keys are hashes, like those of n-grams.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from functools import cache
from typing import Any, NamedTuple

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
        # (_LONGEST, templates): numbers of the attributes, from 1 on; 0 where a template has no more
        self.parts = np.zeros((_LONGEST, len(pairs)), np.int64)
        for number, names in enumerate(named):
            self.parts[: len(names), number] = [attributes.index(name) + 1 for name in names]


class _Joined(NamedTuple):
    """The templates of several kinds in one row."""

    parts: Rows
    salts: npt.NDArray[np.uint64]
    groups: Groups
    counts: Rows  # of each kind: its templates,
    firsts: Rows  # the number of the first of them,
    widths: Rows  # the values of a thing


@cache
def _join(kinds: tuple[Templates, ...]) -> _Joined:
    counts = np.array([len(kind.salts) for kind in kinds])
    return _Joined(
        np.concatenate([kind.parts for kind in kinds], axis=1),
        np.concatenate([kind.salts for kind in kinds]),
        np.concatenate([kind.groups for kind in kinds]),
        counts,
        np.cumsum(counts) - counts,
        np.array([1 + len(kind.blank) for kind in kinds]),
    )


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
    kinds = list(kinds)
    values: list[Value] = []
    rows: list[int] = []
    counts: list[int] = []  # of the things of each kind
    for templates, things in kinds:
        blank, first, start = templates.blank, len(rows), len(values)
        for number, thing in things:
            rows.append(number)
            values.append(1)  # stands where a template has no more attributes
            values += (blank | thing).values()
        counts.append(len(rows) - first)
        if len(values) - start != counts[-1] * (1 + len(blank)):
            raise ValueError(f"a thing has other attributes than {', '.join(blank)}")
    if not rows:
        return np.empty(0, np.int64), np.empty(0, np.uint32), np.empty(0, np.int8)
    joined = _join(tuple([templates for templates, _ in kinds]))
    codes = np.fromiter(map(_codes.__getitem__, values), np.uint64, len(values))
    # One cell for each template of each thing: the number of its thing, of its template, and of its first value.
    kind = np.repeat(np.arange(len(kinds)), counts)
    cells, widths = joined.counts[kind], joined.widths[kind]
    thing_of = np.repeat(np.arange(len(rows)), cells)
    template = (joined.firsts[kind] - np.cumsum(cells) + cells).take(thing_of) + np.arange(len(thing_of))
    first_value = (np.cumsum(widths) - widths).take(thing_of)
    key = joined.salts.take(template)
    held = np.ones(len(key), bool)
    for attributes in joined.parts:
        part = codes.take(first_value + attributes.take(template))
        held &= part > 0
        key = key * _MULTIPLIER + part
    held_at = np.flatnonzero(held)
    return (
        np.array(rows, np.int64)[thing_of.take(held_at)],
        mix(key.take(held_at) * _MULTIPLIER),
        joined.groups.take(template.take(held_at)),
    )


def runs(values: npt.NDArray[Any]) -> Rows:
    """Where each run of equal values begins, and where the last one ends."""
    bounds = np.ones(len(values) + 1, bool)
    bounds[1:-1] = values[1:] != values[:-1]
    return np.flatnonzero(bounds)


def mix(key: npt.NDArray[np.uint64]) -> Keys:
    """The upper half of a multiplicative hash."""
    return (((key ^ (key >> np.uint64(29))) * _MULTIPLIER) >> np.uint64(32)).astype(np.uint32)
