"""Words to their terms, all words of a batch at once.

A word of up to sixteen bytes is two numbers of 64 bits, exactly; a table with open addressing finds their term without making
a single Python object. Longer words are few: they are looked up one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Keys: TypeAlias = npt.NDArray[np.uint64]
Numbers: TypeAlias = npt.NDArray[np.int64]
LONGEST = 16
_ROOM = 4
"""Slots for each word: with a quarter of them taken most words are found at the first look."""
_LOW, _HIGH = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)
NOT_THERE = -1


class Lookup:
    """The terms of words, by their bytes. What it knows is brought up to date by `learn`."""

    def __init__(self) -> None:
        self._make_room(1024)
        self._known = 0

    def _make_room(self, slots: int) -> None:
        self._slots = slots
        self._shift = np.uint64(64 - (slots.bit_length() - 1))
        # The three stand side by side, so that what is asked of one slot is one walk to the memory.
        self._rows: Keys = np.zeros((slots, 3), dtype=np.uint64)
        self._low, self._high, self._terms = self._rows.T
        self._taken = np.zeros(slots, dtype=np.bool_)

    def learn(self, words: Sequence[bytes], terms: Sequence[int]) -> None:
        """From now on these words have these terms; longer ones than sixteen bytes are passed over."""
        short = [(word, term) for word, term in zip(words, terms, strict=True) if 0 < len(word) <= LONGEST]
        if not short:
            return
        padded = np.frombuffer(b"".join(word.ljust(LONGEST, b"\0") for word, _ in short), dtype="<u8")
        low, high = padded[0::2].astype(np.uint64), padded[1::2].astype(np.uint64)
        if (self._known + len(short)) * _ROOM > self._slots:
            old = self._low[self._taken], self._high[self._taken], self._terms[self._taken]
            self._make_room(1 << ((self._known + len(short)) * 2 * _ROOM - 1).bit_length())
            self._put(*old)
        self._put(low, high, np.array([term for _, term in short], dtype=np.uint64))
        self._taken = self._low != 0
        self._known = int(np.count_nonzero(self._taken))

    def _put(self, low: Keys, high: Keys, terms: Keys) -> None:
        """Write into the first free slot of each word, or over the word itself. Of two words after one slot the one written
        last has it, and the other goes on."""
        slot = self._first_slots(low, high)
        while len(slot):
            free = self._low[slot] == 0
            self._low[slot[free]] = low[free]
            written = free & (self._low[slot] == low)
            self._high[slot[written]] = high[written]
            own = (self._low[slot] == low) & (self._high[slot] == high)
            self._terms[slot[own]] = terms[own]
            left = ~own
            slot, low, high, terms = slot[left], low[left], high[left], terms[left]
            slot = (slot + 1) & (self._slots - 1)

    def _first_slots(self, low: Keys, high: Keys) -> Numbers:
        return ((low * _LOW ^ high * _HIGH) >> self._shift).astype(np.int64)

    def terms(self, low: Keys, high: Keys) -> Numbers:
        """The term of each word, NOT_THERE for what was never learned."""
        found = np.full(len(low), NOT_THERE, dtype=np.int64)
        slot = self._first_slots(low, high)
        # Of few queries the table is mostly empty, and a byte says so for most words of a stream.
        asked = np.flatnonzero(self._taken[slot])
        slot, low, high = slot[asked], low[asked], high[asked]
        while len(asked):
            here, there, terms = self._rows.take(slot, axis=0).T
            own = (here == low) & (there == high)
            known = np.flatnonzero(own)  # numbers choose much faster than masks
            found[asked[known]] = terms[known]
            left = np.flatnonzero(~own & (here != 0))
            slot, asked, low, high = (slot[left] + 1) & (self._slots - 1), asked[left], low[left], high[left]
        return found
