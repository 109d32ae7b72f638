"""Bubbles: one for each thing, as large as its number, packed around the largest. Shapes alone, coloured by the style
sheet; whoever cannot see them has the same as a list beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, hypot, pi, sin, sqrt
from textwrap import wrap

from django.utils.html import format_html, format_html_join

WIDE = 1.9  # the picture is so much wider than high
GAP, STEP, TURN = 1.2, 0.6, 2 * pi / 90
LEAST = 7.5  # a bubble that nobody can read from afar says nothing
SHORTEST, LONGEST, MOST_LINES = 8, 16, 4
LARGEST = 5.5  # of letters: a name is no headline
SMALLEST = 2.2
AREA = 5200.0


@dataclass(frozen=True, slots=True)
class Bubble:
    """A name with its number; `kind` is a class of the style sheet."""

    name: str
    value: int
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Round:
    """Where a bubble stands."""

    x: float
    y: float
    r: float


def bubbles(things: Sequence[Bubble]) -> str:
    """The picture of them, "" for none. The same things always give the same picture."""
    if not things:
        return ""
    placed = packed([one.value for one in things])
    left, right = min(one.x - one.r for one in placed), max(one.x + one.r for one in placed)
    upper, lower = min(one.y - one.r for one in placed), max(one.y + one.r for one in placed)
    shapes = format_html_join(
        "", "{}", ((_bubble(thing, at),) for thing, at in zip(things, placed, strict=True))
    )
    return format_html(
        '<svg class="bubbles" viewBox="{} {} {} {}" aria-hidden="true" focusable="false">{}</svg>',
        *(round(one, 1) for one in (left - 1, upper - 1, right - left + 2, lower - upper + 2)),
        shapes,
    )


def packed(values: Sequence[int]) -> list[Round]:
    """A circle for each number, its area as large as the number (but for those too small to read), none over another:
    the largest in the middle, each next one where it fits first along a flat spiral. In the order given."""
    total = max(sum(values), 1)
    radii = [max(LEAST, sqrt(AREA * value / total / pi)) for value in values]
    placed: dict[int, Round] = {}
    for at in sorted(range(len(values)), key=lambda one: (-radii[one], one)):
        placed[at] = _first_free(radii[at], list(placed.values()))
    return [placed[at] for at in range(len(values))]


def _first_free(r: float, others: Sequence[Round]) -> Round:
    angle = away = 0.0
    while True:
        x, y = away * cos(angle) * WIDE, away * sin(angle)
        if all(hypot(x - one.x, y - one.y) >= r + one.r + GAP for one in others):
            return Round(round(x, 2), round(y, 2), round(r, 2))
        angle += TURN * 7
        away += STEP * TURN


def _wrapped(name: str) -> list[list[str]]:
    """The ways to break a name into lines."""
    ways = [
        wrap(name, wide, break_on_hyphens=False, max_lines=MOST_LINES, placeholder=" …")
        for wide in range(SHORTEST, LONGEST + 1)
    ]
    return [one for one in ways if one] or [[""]]


def _is_whole(name: str, lines: Sequence[str]) -> bool:
    return " ".join(lines) == " ".join(name.split())


def _size(lines: Sequence[str], r: float) -> float:
    """How large letters may be so that lines fit into a circle."""
    longest = max(4, *(len(line) for line in lines))
    return min(r * 0.34, r * 2.7 / longest, r * 1.25 / (len(lines) + 1), LARGEST)


def _bubble(thing: Bubble, at: Round) -> str:
    ways = ((_size(lines, at.r), lines) for lines in _wrapped(thing.name))
    # Smaller letters rather than a name that is cut, or broken in a word, where there is room for them.
    size, lines = max(ways, key=lambda one: (_is_whole(thing.name, one[1]) and one[0] >= SMALLEST, one[0]))
    number = min(at.r * 0.62, size * 2.4)
    top = at.y - (len(lines) * size * 1.12 + number) / 2
    words = format_html_join(
        "",
        '<text x="{}" y="{}" font-size="{}">{}</text>',
        (
            (at.x, round(top + number + size * (1.12 * n + 0.95), 2), round(size, 2), line)
            for n, line in enumerate(lines)
        ),
    )
    return format_html(
        '<g class="bubble of-{}"><circle cx="{}" cy="{}" r="{}"/>'
        '<text class="number" x="{}" y="{}" font-size="{}">{}</text>{}</g>',
        thing.kind,
        at.x,
        at.y,
        at.r,
        at.x,
        round(top + number * 0.85, 2),
        round(number, 2),
        thing.value,
        words,
    )
