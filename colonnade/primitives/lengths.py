"""How long a text is in the eyes of a network, and where it stops fitting.

Networks count differently: some by letters as a reader sees them (graphemes), some give each character a weight, some
count every address the same whatever its length. A `Counting` says how; a connector whose server allows more than is
usual takes one of these and replaces its limit.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import regex

from colonnade.primitives.entities import Dialect, Entity, mentions, urls
from colonnade.primitives.text import grapheme_length, graphemes

_EMOJI = regex.compile(
    r"""(?:
      \p{RI}{2}
    | [0-9\#*]\ufe0f?\u20e3
    | \U0001f3f4[\U000e0020-\U000e007e]+\U000e007f
    | (?:\p{Emoji_Presentation}|\p{Emoji}\ufe0f)\p{EMod}?\ufe0f?(?:\u200d\p{Emoji}\ufe0f?\p{EMod}?)*
    | \p{Emoji_Modifier_Base}\p{EMod}(?:\u200d\p{Emoji}\ufe0f?\p{EMod}?)*
    | (?:[\p{Emoji}--[0-9\#*]])(?:\u200d\p{Emoji}\ufe0f?\p{EMod}?)+
    )""",
    flags=regex.VERSION1 | regex.VERBOSE,
)
_REFUSED = regex.compile("[\ufffe\ufeff\uffff]")


@dataclass(frozen=True, slots=True)
class Counting:
    """How a network counts. `limit` and `max_bytes` (of UTF-8): 0 for none.

    `url`: what any address counts, 0 for as many letters as it has; `bare_urls`: addresses without a scheme too.
    `short_mentions`: of `@name@server` only `@name` counts. `light`: with ranges of code points, characters inside
    them count 1 and all others 2; without, each grapheme counts 1. `whole_emoji`: an emoji counts 2, however many code
    points it is made of.
    """

    limit: int = 0
    max_bytes: int = 0
    url: int = 0
    bare_urls: bool = False
    short_mentions: bool = False
    light: tuple[tuple[int, int], ...] = ()
    whole_emoji: bool = False


PLAIN = Counting()
BLUESKY = Counting(limit=300, max_bytes=3000)
MASTODON = Counting(limit=500, url=23, short_mentions=True)
TWITTER = Counting(
    limit=280,
    url=23,
    bare_urls=True,
    light=((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247)),
    whole_emoji=True,
)


class Measure(NamedTuple):
    """How long a text is. `length` in the units of the network; `size` in bytes of UTF-8.

    `cut`: code points from the start that fit, never inside a grapheme or an address; `fits`: the whole text does, and
    holds no noncharacter, which networks refuse. An empty text fits.
    """

    length: int
    size: int
    cut: int
    fits: bool


class _Piece(NamedTuple):
    end: int
    cost: int
    size: int


def length(text: str, how: Counting) -> int:
    """How long the text is in the eyes of `how`."""
    if not how.light and not (how.url or how.short_mentions):
        return grapheme_length(text)
    return sum(piece.cost for piece in _pieces(text, how))


def measure(text: str, how: Counting) -> Measure:
    """How long the text is, how much of it fits, and whether all of it does."""
    total = size = cut = 0
    refused = _REFUSED.search(text)
    most = refused.start() if refused else len(text)
    fits = True
    for piece in _pieces(text, how):
        total += piece.cost
        size += piece.size
        over = (how.limit and total > how.limit) or (how.max_bytes and size > how.max_bytes)
        fits = fits and not over
        if fits and piece.end <= most:
            cut = piece.end
    return Measure(total, size, cut, fits and refused is None)


def _pieces(text: str, how: Counting) -> Iterator[_Piece]:
    """The text in the smallest parts that are counted, each with where it ends and what it costs."""
    at = 0
    for entity, cost in _of_one_price(text, how):
        yield from _letters(text, at, entity.start, how)
        yield _Piece(entity.end, cost, _size(text[entity.start : entity.end]))
        at = entity.end
    yield from _letters(text, at, len(text), how)


def _of_one_price(text: str, how: Counting) -> Iterator[tuple[Entity, int]]:
    priced: list[tuple[Entity, int]] = []
    if how.url:
        priced += [(url, how.url) for url in urls(text) if how.bare_urls or not url.bare]
    if how.short_mentions:
        priced += [(one, len(f"@{one.value}")) for one in mentions(text, Dialect.FEDIVERSE) if one.host]
    end = 0
    for entity, cost in sorted(priced, key=lambda pair: pair[0].start):
        if entity.start >= end:
            yield entity, cost
            end = entity.end


def _letters(text: str, start: int, end: int, how: Counting) -> Iterable[_Piece]:
    at = start
    for letter in graphemes(text[start:end]):
        at += len(letter)
        yield _Piece(at, _weight(letter, how) if how.light else 1, _size(letter))


def _weight(letter: str, how: Counting) -> int:
    """What one grapheme counts by weights, once it is in NFC."""
    if how.whole_emoji and (emoji := _EMOJI.match(letter)):
        return 2 + sum(_weight_of_one(code, how) for code in letter[emoji.end() :])
    return sum(_weight_of_one(code, how) for code in unicodedata.normalize("NFC", letter))


def _weight_of_one(code: str, how: Counting) -> int:
    return 1 if any(low <= ord(code) <= high for low, high in how.light) else 2


def _size(text: str) -> int:
    return len(text.encode("utf-8", "replace"))
