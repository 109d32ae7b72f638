"""Small pictures of numbers, drawn on the server as SVG: shapes alone, coloured by the style sheet.

`bars` is a picture in a line of text. A `Chart` is what the chart frame (`components/chart.html`) shows: its title, the
same in words, the picture, and its figures as a table; every mark and every figure leads to its posts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext

from colonnade.web.taking.take import Take

BAR, GAP = 8, 4
LEAST, LEAST_TOP = 2, 4
HEADROOM = 1.08  # what stands highest keeps a little clear of the frame
ROUND = (1, 2, 3, 4, 5, 8, 10)


@dataclass(frozen=True, slots=True)
class Mark:
    """One number of a chart. `low` and `high` say what is usual there, where it is known; `url` leads to its posts;
    `tick` is what stands below the axis at this place; a `minor` one gives way where there is little room. `note` is what
    somebody found out about it, and `note_url` leads there; `start` is when it begins, where it stands for a time."""

    label: str
    value: int
    low: float | None = None
    high: float | None = None
    url: str = ""
    unusual: bool = False
    tick: str = ""
    minor: bool = False
    note: str = ""
    note_url: str = ""
    start: datetime | None = None

    @property
    def usual(self) -> str:
        """What is usual there, as a few letters; "" where it is not known."""
        if self.low is None or self.high is None:
            return ""
        low, high = round(self.low), round(self.high)
        return f"{high}" if low == high else gettext("%(low)d to %(high)d") % {"low": low, "high": high}

    @property
    def words(self) -> str:
        """The mark as one line."""
        told = f"{self.label}: {self.value}"
        if not self.usual:
            return told
        return gettext("%(told)s; usual %(usual)s") % {"told": told, "usual": self.usual}


@dataclass(frozen=True, slots=True)
class Chart:
    """What a chart frame shows. `key` is unique on its page; `says` tells the whole in a sentence; `kind` is "bars" or
    "line"; `counts` names the numbers; `open` says that the last mark is not over yet; `state` is "" (shown), "loading"
    or "error"; `level` is that of its heading; `take` is where it can be taken out. A chart without a number is empty and says
    `nothing`."""

    key: str
    title: str
    says: str
    marks: Sequence[Mark]
    kind: str = "bars"
    counts: str = ""
    open: bool = False
    state: str = ""
    nothing: str = ""
    level: int = 2
    take: Take | None = None

    @property
    def stands(self) -> str:
        """Which of its states the frame shows."""
        return self.state or ("" if any(mark.value for mark in self.marks) else "empty")

    @property
    def has_usual(self) -> bool:
        """Whether anything is known of what is usual."""
        return any(mark.high is not None for mark in self.marks)

    @property
    def has_unusual(self) -> bool:
        """Whether any mark is unusual."""
        return any(mark.unusual for mark in self.marks)

    @property
    def top(self) -> int:
        """The number at the upper line of the picture: a round one, and never so low that one or two look like many."""
        return round_up(max([LEAST_TOP, *(max(mark.value, mark.high or 0) for mark in self.marks)]))

    @property
    def picture(self) -> str:
        """The picture, hidden from screen readers: they have the words and the table. Places are in parts of a hundred, so
        that it fits any width without bending its words."""
        shapes = format_html(
            "{}{}{}{}{}", self._grid(), self._area(), self._band(), self._line(), self._marks()
        )
        return format_html(
            '<svg class="plot of-{}" aria-hidden="true" focusable="false">{}</svg>'
            '<svg class="ticks num" aria-hidden="true" focusable="false">{}</svg>',
            self.kind,
            shapes,
            self._ticks(),
        )

    # --- where things stand ---

    def _left(self, at: float) -> float:
        return round(at * 100 / max(len(self.marks), 1), 2)

    def _up(self, value: float) -> float:
        return up(value, self.top)

    # --- its parts ---

    def _grid(self) -> str:
        return grid(self.top)

    def _band(self) -> str:
        """What is usual, as one shape behind the numbers; where nothing is known of a mark it has no height."""
        if not self.has_usual:
            return ""
        upper, lower = [], []
        for at, mark in enumerate(self.marks):
            high, low = self._up(mark.high or 0), self._up(mark.low or 0)
            upper += [f"{self._left(at)} {high}", f"{self._left(at + 1)} {high}"]
            lower += [f"{self._left(at)} {low}", f"{self._left(at + 1)} {low}"]
        return stretched('<path class="band" d="M{}Z"/>', "L".join([*upper, *reversed(lower)]))

    def _points(self) -> list[str]:
        return [f"{self._left(at + 0.5)} {self._up(mark.value)}" for at, mark in enumerate(self.marks)]

    def _area(self) -> str:
        """What lies below the line."""
        if self.kind != "line":
            return ""
        under = [f"{self._left(0.5)} 100", *self._points(), f"{self._left(len(self.marks) - 0.5)} 100"]
        return stretched('<path class="area" d="M{}Z"/>', "L".join(under))

    def _line(self) -> str:
        if self.kind != "line":
            return ""
        line = '<polyline class="line" points="{}" vector-effect="non-scaling-stroke"/>'
        return stretched(line, " ".join(self._points()))

    def _marks(self) -> str:
        marks = ((self._mark(at, mark),) for at, mark in enumerate(self.marks))
        return format_html("{}{}", format_html_join("", "{}", marks), self._notes())

    def _notes(self) -> str:
        """What was found out stays on the chart: a sign at the upper edge that leads there."""
        notes = [
            (mark.note_url, mark.note, self._left(at + 0.5))
            for at, mark in enumerate(self.marks)
            if mark.note
        ]
        return format_html_join(
            "",
            '<a class="found" href="{}" tabindex="-1" data-says="{}"><circle class="note" cx="{}%" cy="8" r="5"/></a>',
            notes,
        )

    def _mark(self, at: int, mark: Mark) -> str:
        last = self.open and at == len(self.marks) - 1
        kind = " ".join(filter(None, ["mark", "unusual" if mark.unusual else "", "now" if last else ""]))
        wide = self._left(1)
        inside = format_html(
            '<rect class="hit" x="{}%" y="0" width="{}%" height="100%"/>{}{}',
            self._left(at),
            wide,
            self._shape(at, mark),
            self._flag(at, mark),
        )
        if not mark.url:
            return format_html('<g class="{}" data-says="{}">{}</g>', kind, mark.words, inside)
        return format_html(
            '<a class="{}" href="{}" tabindex="-1" data-says="{}">{}</a>', kind, mark.url, mark.words, inside
        )

    def _shape(self, at: int, mark: Mark) -> str:
        if self.kind == "line":
            return format_html(
                '<circle class="dot" cx="{}%" cy="{}%" r="4"/>', self._left(at + 0.5), self._up(mark.value)
            )
        if not mark.value:
            return ""
        high = max(round(100 - self._up(mark.value), 2), LEAST)
        return format_html(
            '<rect class="bar" x="{}%" y="{}%" width="{}%" height="{}%" rx="2"/>',
            self._left(at + 0.15),
            round(100 - high, 2),
            self._left(0.7),
            high,
        )

    def _flag(self, at: int, mark: Mark) -> str:
        """A sign above what is unusual: colour alone says nothing to many."""
        if not mark.unusual:
            return ""
        return format_html(
            '<circle class="flag" cx="{}%" cy="{}%" r="3"/>',
            self._left(at + 0.5),
            max(self._up(mark.value) - 6, 2),
        )

    def _ticks(self) -> str:
        return ticks(self.marks)


def up(value: float, top: int) -> float:
    """How far below the upper edge a number stands, in parts of a hundred, where `top` stands near it."""
    return round(100 - value / (top * HEADROOM) * 100, 2)


def grid(top: int) -> str:
    """The lines at the top number and at half of it, with what they stand for."""
    lines = [(up(value, top), value) for value in (top, top / 2) if value == int(value)]
    return format_html_join(
        "",
        '<line class="grid" x1="0" x2="100%" y1="{0}%" y2="{0}%"/>'
        '<text class="scale" x="0" y="{0}%" dy="-4">{1}</text>',
        [(at, int(value)) for at, value in lines],
    )


def ticks(marks: Sequence[Mark]) -> str:
    """What stands below the axis."""
    shown = [
        ("minor" if mark.minor else "", round((at + 0.5) * 100 / len(marks), 2), mark.tick)
        for at, mark in enumerate(marks)
        if mark.tick
    ]
    return format_html_join("", '<text class="{}" x="{}%" y="1em" text-anchor="middle">{}</text>', shown)


def stretched(shape: str, points: str) -> str:
    """A shape on a ground of 100 by 100 that is stretched over the picture."""
    return format_html(
        '<svg viewBox="0 0 100 100" preserveAspectRatio="none" width="100%" height="100%">'
        + shape
        + "</svg>",
        points,
    )


def round_up(value: float) -> int:
    """The next round number that is not below: 1, 2, 3, 4, 5, 8, 10, 20, 30, …"""
    if value <= 1:
        return 1
    ten = 1
    while ten * 10 < value:
        ten *= 10
    return next(step * ten for step in ROUND if step * ten >= value)


def bars(heights: Sequence[int], *, tall: int, words: str, titles: Sequence[str] = ()) -> str:
    """One bar for each number, the last marked as today; `words` say the same to whoever cannot see it. Whole numbers of `tall`
    are told apart; all is drawn in shares of the frame, so that whatever its size the corners stay round."""
    most = max([*heights, 1])
    share = 100 / (len(heights) * (BAR + GAP) - GAP)
    drawn = []
    for at, height in enumerate(heights):
        high = max(round(height / most * tall), LEAST) * 100 / tall
        kind = "now" if at == len(heights) - 1 else "some" if height else "none"
        title = titles[at] if titles else str(height)
        places = (at * (BAR + GAP) * share, 100 - high, BAR * share, high)
        drawn.append((kind, *(f"{one:.2f}%" for one in places), title))
    shapes = format_html_join(
        "",
        '<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="2"><title>{}</title></rect>',
        drawn,
    )
    return format_html('<svg class="bars" role="img" aria-label="{}">{}</svg>', words, shapes)
