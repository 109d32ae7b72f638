"""Pictures of several rows of numbers at once: bars that stand on each other, or lines side by side.

Drawn as `drawing.Chart` draws one row: parts of a hundred, coloured by the style sheet, the same as a table beside it. As a
file (`as_file`) the same numbers are drawn once more with their colours and words in them, for wherever no style sheet is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext

from colonnade.web.drawing import LEAST_TOP, Mark, grid, round_up, stretched, ticks, up

WIDE, TALL, EDGE = 960, 360, 48
COLOURS = {
    "s0": "#0b6a72", "s1": "#8d4a25", "s2": "#7a3a76", "s3": "#33518f", "s4": "#41672b",
    "negative": "#a8382a", "neutral": "#8b929b", "positive": "#2f6d3a", "unsure": "#d5cfc2", "unread": "#e7e3da",
}  # fmt: skip
DASHES = {"s0": "", "s1": "8 3", "s2": "2 3", "s3": "10 3 2 3", "s4": "5 2"}


@dataclass(frozen=True, slots=True)
class Series:
    """One row of numbers: its `name`, its `look` (a key of COLOURS), a number and an address for each place."""

    name: str
    look: str
    values: Sequence[int]
    urls: Sequence[str]

    @property
    def total(self) -> int:
        """All its numbers together."""
        return sum(self.values)


@dataclass(frozen=True, slots=True)
class Row:
    """One place of a chart as a row of its table."""

    label: str
    cells: Sequence[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class SeriesChart:
    """Several rows of numbers in one frame; `places` say what stands at the axis, `kind` is "stack" or "lines"."""

    key: str
    title: str
    says: str
    places: Sequence[Mark]
    series: Sequence[Series]
    kind: str
    nothing: str
    level: int = 2

    @property
    def is_empty(self) -> bool:
        """Whether there is no number in it."""
        return not any(one.total for one in self.series)

    @property
    def rows(self) -> list[Row]:
        """The figures, the newest first."""
        found = [
            Row(place.label, [(one.values[at], one.urls[at]) for one in self.series])
            for at, place in enumerate(self.places)
        ]
        return found[::-1]

    @property
    def top(self) -> int:
        """The number at the upper line."""
        columns = [[one.values[at] for one in self.series] for at in range(len(self.places))]
        highest = [sum(one) if self.kind == "stack" else max(one) for one in columns if one]
        return round_up(max([LEAST_TOP, *highest]))

    @property
    def picture(self) -> str:
        """The picture, hidden from screen readers: they have the words and the table."""
        lines = format_html_join("", "{}", ((self._line(one),) for one in self.series))
        columns = format_html_join("", "{}", ((self._column(at),) for at in range(len(self.places))))
        return format_html(
            '<svg class="plot of-{}" aria-hidden="true" focusable="false">{}{}{}</svg>'
            '<svg class="ticks num" aria-hidden="true" focusable="false">{}</svg>',
            self.kind,
            grid(self.top),
            lines if self.kind == "lines" else "",
            columns,
            ticks(self.places),
        )

    def _left(self, at: float) -> float:
        return round(at * 100 / len(self.places), 2)

    def _line(self, one: Series) -> str:
        points = " ".join(
            f"{self._left(at + 0.5)} {up(value, self.top)}" for at, value in enumerate(one.values)
        )
        shape = f'<polyline class="line look-{one.look}" points="{{}}" vector-effect="non-scaling-stroke"/>'
        return stretched(shape, points)

    def _column(self, at: int) -> str:
        """What stands at one place: a ground that tells its numbers, and on it a mark for each that opens its posts."""
        return format_html(
            '<g class="mark" data-says="{}"><rect class="hit" x="{}%" y="0" width="{}%" height="100%"/>{}</g>',
            self._words(at),
            self._left(at),
            self._left(1),
            self._bars(at) if self.kind == "stack" else self._dots(at),
        )

    def _words(self, at: int) -> str:
        told = [
            gettext("%(name)s %(n)d") % {"name": one.name, "n": one.values[at]}
            for one in self.series
            if one.values[at]
        ]
        return gettext("%(when)s: %(told)s") % {
            "when": self.places[at].label,
            "told": ", ".join(told) or "0",
        }

    def _bars(self, at: int) -> str:
        below, shown = 0, []
        for one in self.series:
            if value := one.values[at]:
                upper, lower = up(below + value, self.top), up(below, self.top)
                place = (self._left(at + 0.15), upper, self._left(0.7), round(lower - upper, 2))
                shown.append((one.urls[at], one.look, *place))
                below += value
        return format_html_join(
            "",
            '<a href="{}" tabindex="-1"><rect class="bar look-{}" x="{}%" y="{}%" width="{}%" height="{}%"/></a>',
            shown,
        )

    def _dots(self, at: int) -> str:
        shown = [
            (one.urls[at], one.look, self._left(at + 0.5), up(one.values[at], self.top))
            for one in self.series
            if one.values[at]
        ]
        return format_html_join(
            "", '<a href="{}" tabindex="-1"><circle class="dot look-{}" cx="{}%" cy="{}%" r="4"/></a>', shown
        )


# --- as a file --------------------------------------------------------------------------------------------------------


def as_file(chart: SeriesChart) -> str:
    """The chart as an SVG file that stands by itself: colours, words and legend in it, on white."""
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {1}" width="{0}" height="{1}" '
        'font-family="system-ui, sans-serif" font-size="13" fill="#1e242c" role="img" aria-label="{2}">'
        '<rect width="100%" height="100%" fill="#ffffff"/><text x="{3}" y="28" font-size="18">{4}</text>{5}{6}{7}{8}</svg>',
        WIDE,
        TALL + 3 * EDGE,
        chart.says,
        EDGE,
        chart.title,
        _file_grid(chart),
        format_html_join("", "{}", ((one,) for one in _file_shapes(chart))),
        _file_ticks(chart),
        _file_legend(chart),
    )


def _x(chart: SeriesChart, at: float) -> float:
    return round(EDGE + at * (WIDE - 2 * EDGE) / max(len(chart.places), 1), 1)


def _y(chart: SeriesChart, value: float) -> float:
    return round(EDGE + up(value, chart.top) / 100 * TALL, 1)


def _file_grid(chart: SeriesChart) -> str:
    lines = [0, chart.top / 2, chart.top]
    return format_html_join(
        "",
        '<line x1="{0}" x2="{1}" y1="{2}" y2="{2}" stroke="#d5cfc2"/><text x="{3}" y="{4}" text-anchor="end">{5}</text>',
        [(EDGE, WIDE - EDGE, _y(chart, n), EDGE - 6, _y(chart, n) + 4, f"{n:g}") for n in lines],
    )


def _file_shapes(chart: SeriesChart) -> Sequence[str]:
    if chart.kind == "lines":
        line = '<polyline points="{}" fill="none" stroke="{}" stroke-width="2.5" stroke-dasharray="{}"/>'
        return [
            format_html(
                line,
                " ".join(f"{_x(chart, at + 0.5)},{_y(chart, value)}" for at, value in enumerate(one.values)),
                COLOURS[one.look],
                DASHES.get(one.look, ""),
            )
            for one in chart.series
        ]
    bar = '<rect x="{}" y="{}" width="{}" height="{}" fill="{}"/>'
    below = [0] * len(chart.places)
    shapes: list[str] = []
    for one in chart.series:
        for at, value in enumerate(one.values):
            upper, lower = _y(chart, below[at] + value), _y(chart, below[at])
            below[at] += value
            wide = round(_x(chart, 0.7) - EDGE, 1)
            if value:
                place = (_x(chart, at + 0.15), upper, wide, round(lower - upper, 1))
                shapes.append(format_html(bar, *place, COLOURS[one.look]))
    return shapes


def _file_ticks(chart: SeriesChart) -> str:
    shown = [(_x(chart, at + 0.5), place.tick) for at, place in enumerate(chart.places) if place.tick]
    return format_html_join(
        "",
        '<text x="{0}" y="{1}" text-anchor="middle">{2}</text>',
        [(x, EDGE + TALL + 20, words) for x, words in shown],
    )


def _file_legend(chart: SeriesChart) -> str:
    wide = (WIDE - 2 * EDGE) / max(len(chart.series), 1)
    return format_html_join(
        "",
        '<rect x="{0}" y="{1}" width="12" height="12" fill="{2}"/><text x="{3}" y="{4}">{5}</text>',
        [
            (
                round(EDGE + at * wide, 1),
                EDGE + TALL + 48,
                COLOURS[one.look],
                round(EDGE + at * wide + 18, 1),
                EDGE + TALL + 59,
                f"{one.name[:24]} ({one.total})",
            )
            for at, one in enumerate(chart.series)
        ],
    )
