"""Hashes of words and features: mixed well, and looked up in a table of those that were learnt."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Keys = npt.NDArray[np.uint32]
Rows = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]

MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)


def mix(key: Hashes) -> Keys:
    """The upper half of a multiplicative hash."""
    return (((key ^ (key >> np.uint64(29))) * MULTIPLIER) >> np.uint64(32)).astype(np.uint32)


def runs(values: npt.NDArray[Any]) -> Rows:
    """Where each run of equal values begins, and where the last one ends."""
    bounds = np.ones(len(values) + 1, bool)
    bounds[1:-1] = values[1:] != values[:-1]
    return np.flatnonzero(bounds)


class KeyTable:
    """Which place each of some different hashes has among them, in their order.

    Looked up by its first bits, of which there are about as many prefixes as hashes: a few steps for all at once, where
    a binary search takes many for each.
    """

    def __init__(self, keys: Keys) -> None:
        """`keys` rise."""
        bits = max(1, len(keys).bit_length())
        self._shift = np.uint32(32 - bits)
        self._count = len(keys)
        self._bounded = np.append(keys, np.uint32(0xFFFFFFFF))
        prefixes = np.arange(1 << bits, dtype=np.uint32) << self._shift
        self._first = np.searchsorted(keys, prefixes).astype(np.int32)

    def find(self, keys: Keys) -> npt.NDArray[np.int32]:
        """The place of each hash; of one that is not among them, how many they are."""
        places = self._first.take(keys >> self._shift)
        while (short := self._bounded.take(places) < keys).any():
            places += short
        places[self._bounded.take(places) != keys] = self._count
        return places
