"""Words of ASCII as numbers, counted by the hundred thousand without making a Python object of each."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from colonnade.insight.trends.sketch import GROUPS, SHORTEST
from colonnade.listening.matcher.cutting import Cut
from colonnade.listening.matcher.lookup import LONGEST

Keys: TypeAlias = npt.NDArray[np.uint64]
MOST_ROWS = 200_000
SIGN = 1
# Small letters and digits, with zeros for what parts words; the sign behind each author stays, as a word of its own.
_FOLDED = bytes(
    ord(chr(code).lower()) if code < 128 and chr(code).isalnum() else SIGN if code == SIGN else 0
    for code in range(256)
)
_LOW, _HIGH, _PERSON = (np.uint64(n) for n in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0xD6E8FEB86659FD93))
_HALF = np.uint64(32)


class Rows:
    """Which words of three to sixteen letters were said, one row for each author and word of a batch. A word is told by 64 bits
    mixed of its letters: among a million words two are taken for one once in forty million times."""

    def __init__(self) -> None:
        self.count = 0
        self._parts: list[tuple[Keys, Keys, Keys]] = []
        self._voices: list[tuple[Keys, npt.NDArray[np.int64]]] = []

    def add(self, texts: Sequence[str], groups: Sequence[int] | None) -> list[tuple[int, str]]:
        """Take in what authors say, one text each without the sign; `groups` are those to which they belong, None where that
        is not noted. Returns the longer words, with the number of their author."""
        joined = f" {chr(SIGN)} ".join([*texts, ""]).encode()
        cut = Cut(joined.translate(_FOLDED))
        signs = (cut.lengths == 1) & (cut.low == SIGN)
        people = np.cumsum(signs)
        keys = _mixed(cut.low, cut.high)
        kept = np.flatnonzero((cut.lengths >= SHORTEST) & (cut.lengths <= LONGEST))
        said = keys[kept] ^ (people[kept].astype(np.uint64) * _PERSON)
        order = np.argsort(said)
        once = kept[order[np.diff(said[order], prepend=~said[order[:1]]) != 0]]
        self._parts.append((keys[once], cut.low[once], cut.high[once]))
        self.count += len(once)
        if groups is not None:
            self._voices.append((keys[once], np.array(groups, dtype=np.int64)[people[once]]))
        longer = np.flatnonzero(cut.lengths > LONGEST).tolist()
        return [(int(people[at]), cut.word(at).decode()) for at in longer]

    def frequent(self, most: int, also: Collection[str]) -> tuple[dict[str, int], int]:
        """The `most` frequent words and those of `also` that were said, each with its count, and how many times others were
        said; then the rows are forgotten."""
        if not self._parts:
            return {}, 0
        keys, low, high = (np.concatenate(part) for part in zip(*self._parts, strict=True))
        found, counts = np.unique(keys, return_counts=True)
        chosen = np.isin(found, _keys_of(also))
        chosen[np.argsort(-counts, kind="stable")[:most]] = True
        wanted = found[chosen]
        # The letters of each: of its rows any tells them.
        place = np.minimum(np.searchsorted(wanted, keys), len(wanted) - 1)
        rows = np.flatnonzero(wanted[place] == keys)
        letters = np.zeros((len(wanted), 2), dtype="<u8")
        letters[place[rows], 0], letters[place[rows], 1] = low[rows], high[rows]
        told = letters.tobytes()
        words = [told[at : at + LONGEST].rstrip(b"\0").decode() for at in range(0, len(told), LONGEST)]
        self._parts, self.count = [], 0
        return dict(zip(words, counts[chosen].tolist(), strict=True)), int(counts[~chosen].sum())

    def voices(self, words: Sequence[str]) -> Mapping[str, int]:
        """The groups that said each of these words, one bit each, as far as that was noted; then that is forgotten."""
        short = [word for word in words if word.isascii() and len(word) <= LONGEST]
        if not self._voices or not short:
            return {}
        keys, groups = (np.concatenate(part) for part in zip(*self._voices, strict=True))
        asked, bits = _keys_of(short), np.zeros(len(short), dtype=np.int64)
        for group in range(GROUPS):
            bits |= np.isin(asked, keys[groups == group]).astype(np.int64) << group
        self._voices = []
        return dict(zip(short, bits.tolist(), strict=True))


def _keys_of(words: Collection[str]) -> Keys:
    short = [word.encode() for word in words if word.isascii() and len(word) <= LONGEST]
    padded = np.frombuffer(b"".join(word.ljust(LONGEST, b"\0") for word in short), dtype="<u8")
    return _mixed(padded[0::2].astype(np.uint64), padded[1::2].astype(np.uint64))


def _mixed(low: Keys, high: Keys) -> Keys:
    mixed = low * _LOW
    mixed ^= mixed >> _HALF
    mixed = (mixed + high) * _HIGH
    return mixed ^ (mixed >> _HALF)
