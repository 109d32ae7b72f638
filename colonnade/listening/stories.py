"""Which posts tell the same: near-duplicates by their words. Plain Python; nothing here is random, and nothing depends on the
order in which posts of one batch arrive."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np

from colonnade.primitives import text

BITS = 64
SHORT = 6
"""Of fewer words than this only the very same are copies: with one word changed they say something else."""
MOST_BITS_APART = 16
"""With one word of thirty changed some six bits differ; of two texts that have nothing to do with each other, thirty-two."""
LEAST_ALIKE = 0.7
"""Of all words and pairs of words of two texts, so many must be in both. Bits find who may be alike, this decides."""
LONGEST = 400

Bits: TypeAlias = "np.ndarray[Any, np.dtype[np.int64]]"

_NOT_TOLD = re.compile(r"https?://\S+|(?<!\w)@[\w.@-]+|^\s*RT\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Words:
    """What of a post tells its story: its words, single and in pairs, and the bits by which these are recognised."""

    shingles: frozenset[str]
    bits: int
    is_short: bool


def words_of(said: str) -> Words:
    """The words of a text without links, handles and the RT of who passes it on: a copy differs in those first."""
    words = text.words(_NOT_TOLD.sub(" ", said))[:LONGEST]
    if len(words) < SHORT:
        whole = " ".join(words) or " ".join(said.split())
        return Words(frozenset([whole] if whole else []), _signed(_digest(whole)), is_short=True)
    shingles = frozenset([*words, *(" ".join(pair) for pair in pairwise(words))])
    return Words(shingles, simhash(shingles), is_short=False)


def simhash(features: Iterable[str]) -> int:
    """64 bits that differ little where features do (Charikar 2002): each feature votes for the bits of its own digest. As a
    signed number, as databases keep it."""
    votes = np.zeros(BITS, dtype=np.int32)
    for feature in features:
        votes += _votes(feature)
    bits = int.from_bytes(np.packbits(votes > 0).tobytes(), "big")
    return _signed(bits)


@lru_cache(maxsize=50_000)
def _votes(feature: str) -> np.ndarray[Any, np.dtype[np.int8]]:
    bits = np.unpackbits(np.frombuffer(_digest(feature).to_bytes(8, "big"), dtype=np.uint8))
    return (bits.astype(np.int8) * 2 - 1).astype(np.int8)


def _digest(feature: str) -> int:
    return int.from_bytes(blake2b(feature.encode(), digest_size=8).digest(), "big")


def _signed(bits: int) -> int:
    return bits - (1 << BITS) if bits >> (BITS - 1) else bits


def may_be_alike(bits: int, known: Bits) -> list[int]:
    """The places in `known` that differ from these bits in few, the nearest first."""
    # Without a sign: of a negative number the bits of its amount would be counted.
    apart = np.bitwise_count((known ^ np.int64(bits)).view(np.uint64))
    near = np.flatnonzero(apart <= MOST_BITS_APART)
    return [int(at) for at in near[np.argsort(apart[near], kind="stable")]]


def as_bits(bits: Iterable[int]) -> Bits:
    """Bits as `may_be_alike` takes them."""
    return np.array(list(bits), dtype=np.int64)


def are_alike(one: Words, other: Words) -> bool:
    """Whether two texts tell the same: the resemblance of Broder (1997) of their words and pairs of words."""
    if one.is_short or other.is_short:
        return bool(one.shingles) and one.shingles == other.shingles and one.is_short == other.is_short
    both = len(one.shingles & other.shingles)
    return both >= LEAST_ALIKE * (len(one.shingles) + len(other.shingles) - both)


def grouped(fresh: Mapping[int, Words], known: Mapping[int, Words]) -> dict[int, int]:
    """For each fresh post the post whose story it tells: a known one, an earlier fresh one, or itself. They are looked at by
    their ids, which are the times at which they were published: the order in which a batch arrives changes nothing."""
    posts = [*known, *sorted(fresh)]
    words = {**known, **fresh}
    bits = as_bits(words[pk].bits for pk in posts)
    told = {pk: pk for pk in known}
    for at in range(len(known), len(posts)):
        pk = posts[at]
        firsts = (
            posts[near]
            for near in may_be_alike(words[pk].bits, bits[:at])
            if told[posts[near]] == posts[near]
        )
        told[pk] = next((first for first in firsts if are_alike(words[pk], words[first])), pk)
    return {pk: told[pk] for pk in fresh}
