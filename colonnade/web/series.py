"""Pictures of several rows of numbers at once: bars that stand on each other, or lines side by side.

Drawn as `drawing.Chart` draws one row: parts of a hundred, coloured by the style sheet, the same as a table beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext

from colonnade.web.drawing import LEAST_TOP, Mark, grid, round_up, stretched, ticks, up
from colonnade.web.taking.take import Take


@dataclass(frozen=True, slots=True)
class Series:
    """One row of numbers: its `name`, its `look` (a class `look-…` of `components/series.css`), a number and an address for each place."""

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
    take: Take | None = None

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
