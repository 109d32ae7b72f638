"""The ground that a picture stands on: where a number stands in it, and how wide words are."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from django.utils.html import format_html

HEADROOM = 1.08
NARROW, SMALL, LARGE, WIDEST = (
    0.34,
    0.6,
    0.78,
    1.05,
)  # of the size of letters, a little more than they mostly are
_NOT_IN_XML = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")
_NARROW = frozenset("iljtfIr.,:;'|!()[] ")


@dataclass(frozen=True, slots=True)
class Ground:
    """A part of a picture in which `places` stand side by side below a line at `top`; `size` is that of its letters."""

    left: float
    upper: float
    width: float
    height: float
    places: int
    top: float
    size: float

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def foot(self) -> float:
        return self.upper + self.height

    @property
    def step(self) -> float:
        """How wide one place is."""
        return self.width / max(self.places, 1)

    def x(self, at: float) -> float:
        """Where a place begins."""
        return round(self.left + at * self.step, 1)

    def y(self, value: float) -> float:
        """Where a number stands."""
        return round(self.foot - value / (self.top * HEADROOM) * self.height, 1)


def plain(words: object) -> str:
    """Words without what no picture may hold: XML knows no control characters."""
    return _NOT_IN_XML.sub("", str(words))


def text(
    x: float, y: float, words: object, *, size: float, fill: str, anchor: str = "start", bold: int = 400
) -> str:
    """A line of words."""
    line = '<text x="{}" y="{}" font-size="{}" fill="{}" text-anchor="{}" font-weight="{}">{}</text>'
    return format_html(line, round(x, 1), round(y, 1), size, fill, anchor, bold, plain(words))


def wide(words: str, size: float) -> float:
    """About how wide words are, rather too much than too little: nobody knows in which letters they will be set."""
    return sum(_wide(letter) for letter in words) * size


def _wide(letter: str) -> float:
    if unicodedata.combining(letter):
        return 0.0
    if unicodedata.east_asian_width(letter) in "WF":
        return WIDEST
    if letter in _NARROW:
        return NARROW
    return LARGE if letter.isupper() or letter in "mwMW@%" else SMALL


def lines(words: str, size: float, width: float, most: int) -> list[str]:
    """Words in at most so many lines that fit a width; what is too long ends in "…"."""
    found = [""]
    for word in _parts(words, size, width):
        longer = f"{found[-1]} {word}".strip()
        if wide(longer, size) <= width:
            found[-1] = longer
        elif len(found) < most:
            found.append(word)
        else:
            return [*found[:-1], _cut(longer, size, width)]
    return [line for line in found if line]


def _parts(words: str, size: float, width: float) -> list[str]:
    """Words, those that fill a line by themselves (as in scripts without spaces) cut into such as do not."""
    found: list[str] = []
    for word in words.split():
        while wide(word, size) > width:
            fits = next(n for n in range(len(word), 0, -1) if n == 1 or wide(word[:n], size) <= width)
            found.append(word[:fits])
            word = word[fits:]
        found.append(word)
    return [word for word in found if word]


def _cut(words: str, size: float, width: float) -> str:
    while words and wide(f"{words}…", size) > width:
        words = words[:-1]
    return f"{words.rstrip()}…"
