"""A whole picture as SVG, 16 by 9 as a slide is: what it is of, its title and the same in words, the chart, its legend,
where its numbers come from, and whose it is. Nothing in it needs a style sheet; it tells everything to whoever pastes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.translation import gettext

from colonnade.web.drawing import Chart
from colonnade.web.ranks import Ranks
from colonnade.web.series import SeriesChart
from colonnade.web.taking.ground import Ground, lines, plain, text, wide
from colonnade.web.taking.paint import DASHES, Paint
from colonnade.web.taking.plate import Plate, whose
from colonnade.web.taking.shapes import Drawn, joined, shapes

WIDE, TALL, EDGE = 1280, 720, 56
LETTERS = "'Noto Sans', 'Liberation Sans', 'DejaVu Sans', system-ui, sans-serif"
TITLE, SAYS, KICKER, FOOT, TICK, LEGEND = 32, 19, 17, 14, 15, 16
MOST_FOUND = 3
NARROW_INSET, WIDE_INSET = (360, 130, 10.5), (720, 220, 12.0)  # width, height, size of letters


@dataclass(frozen=True, slots=True)
class Sign:
    """An entry of a legend: a shape in a colour, and words; `shape` is "box", "line", "band", "dot" or a number."""

    shape: str
    colour: str
    words: str
    dashes: str = ""


def sheet(plate: Plate, paint: Paint) -> str:
    """The picture by itself."""
    head, below_head = _head(plate, paint)
    legend, above_legend = _legend(_signs(plate.chart, paint), paint, TALL - EDGE - 54)
    upper, foot = below_head + 34, above_legend - 52
    inset = 0 if isinstance(plate.chart, Ranks) else 44
    ground = Ground(
        EDGE + inset, upper, WIDE - 2 * EDGE - inset, foot - upper, len(plate.marks), _top(plate.chart), TICK
    )
    middle = _nothing(plate, paint) if plate.is_empty else shapes(plate.chart, ground, paint)
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {1}" width="{0}" height="{1}" role="img" '
        'font-family="{2}"><title>{3}</title><desc>{4}</desc><rect width="100%" height="100%" fill="{5}"/>{6}</svg>',
        WIDE,
        TALL,
        LETTERS,
        plain(f"{plate.of}: {plate.chart.title}" if plate.of else plate.chart.title),
        plain(plate.chart.says),
        paint["surface"],
        joined([head, middle, "" if plate.is_empty else legend, _foot(plate, paint)]),
    )


def inset(chart: Chart, paint: Paint, *, alone: bool = False) -> str:
    """The chart by itself, as it stands in a document beside its own words: half as wide as a page, or `alone` whole."""
    width, height, size = WIDE_INSET if alone else NARROW_INSET
    left = size * 2.2
    ground = Ground(left, size * 1.4, width - left, height - size * 3.4, len(chart.marks), chart.top, size)
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {1}" width="{0}" height="{1}" font-family="{2}">{3}</svg>',
        width,
        height,
        LETTERS,
        shapes(chart, ground, paint),
    )


def _top(chart: Drawn) -> int:
    return 1 if isinstance(chart, Ranks) else chart.top


def _head(plate: Plate, paint: Paint) -> tuple[str, float]:
    """Its words above, and where they end."""
    room, y = WIDE - 2 * EDGE, EDGE + KICKER * 0.8
    found = []
    if plate.of:
        of = lines(plate.of, KICKER, room, 1)[0]
        found.append(text(EDGE, y, of, size=KICKER, fill=paint["accent"], bold=700))
        y += TITLE * 1.25
    for words, size, colour, bold, most in (
        (plate.chart.title, TITLE, "ink", 700, 2),
        (plate.chart.says, SAYS, "ink-2", 400, 2),
    ):
        for line in lines(str(words), size, room, most):
            found.append(text(EDGE, y, line, size=size, fill=paint[colour], bold=bold))
            y += size * 1.3
        y -= 2
    return joined(found), y - SAYS * 0.6


def _foot(plate: Plate, paint: Paint) -> str:
    """Where its numbers come from and of which time they are; whose picture it is."""
    ours = lines(whose(), LEGEND, WIDE / 3, 1)[0]
    room = WIDE - 2 * EDGE - wide(ours, LEGEND) - EDGE
    upper = TALL - EDGE - 26
    rule = '<line x1="{}" x2="{}" y1="{}" y2="{}" stroke="{}"/>'
    told = [*lines(plate.source, FOOT, room, 1), *lines(plate.when, FOOT, room, 1)]
    return joined(
        [
            format_html(rule, EDGE, WIDE - EDGE, upper, upper, paint["line-strong"]),
            *(
                text(EDGE, upper + 26 + at * FOOT * 1.5, line, size=FOOT, fill=paint["ink-3"])
                for at, line in enumerate(told)
            ),
            text(WIDE - EDGE, upper + 30, ours, size=LEGEND, fill=paint["ink"], anchor="end", bold=700),
        ]
    )


def _nothing(plate: Plate, paint: Paint) -> str:
    return text(WIDE / 2, TALL / 2, plate.chart.nothing, size=SAYS, fill=paint["ink-3"], anchor="middle")


# --- the legend -------------------------------------------------------------------------------------------------------


def _signs(chart: Drawn, paint: Paint) -> list[Sign]:
    match chart:
        case Ranks():
            usual = [Sign("mark", paint["ink"], gettext("usual"))] if chart.has_usual else []
            return [Sign("box", paint["accent"], chart.counts), *usual] if usual else []
        case SeriesChart():
            shape = "line" if chart.kind == "lines" else "box"
            return [
                Sign(shape, paint.look(one.look), f"{one.name} ({one.total})", DASHES.get(one.look, ""))
                for one in chart.series
            ]
        case _:
            return _signs_of(chart, paint)


def _signs_of(chart: Chart, paint: Paint) -> list[Sign]:
    found = [Sign("line" if chart.kind == "line" else "box", paint["accent"], chart.counts)]
    if chart.has_usual:
        found.append(Sign("band", paint["ink-3"], gettext("usual")))
    if chart.has_unusual:
        found.append(Sign("box", paint["bad"], gettext("unusual")))
    notes = [mark.note for mark in chart.marks if mark.note][:MOST_FOUND]
    return [*found, *(Sign(str(at), paint["accent"], note) for at, note in enumerate(notes, start=1))]


def _legend(signs: Sequence[Sign], paint: Paint, last: float) -> tuple[str, float]:
    """Entries in rows, the last of them at a height, and where the first row begins."""
    room, x = WIDE - 2 * EDGE, 0.0
    rows: list[list[tuple[float, Sign, str]]] = [[]] if signs else []
    for sign in signs:
        words = lines(sign.words, LEGEND, room - 40, 1)[0]
        long = wide(words, LEGEND) + 60
        if x and x + long > room:
            rows.append([])
            x = 0.0
        rows[-1].append((EDGE + x, sign, words))
        x += long
    upper = last - (len(rows) - 1) * LEGEND * 1.6
    found = [
        _entry(x, upper + at * LEGEND * 1.6, sign, words, paint)
        for at, row in enumerate(rows)
        for x, sign, words in row
    ]
    return joined(found), upper - LEGEND if rows else last + LEGEND


def _entry(x: float, y: float, sign: Sign, words: str, paint: Paint) -> str:
    return joined([_swatch(x, y, sign, paint), text(x + 30, y, words, size=LEGEND, fill=paint["ink-2"])])


def _swatch(x: float, y: float, sign: Sign, paint: Paint) -> str:
    """The shape before its words; `y` is where those stand."""
    middle = y - LEGEND * 0.36
    match sign.shape:
        case "line":
            line = '<line x1="{}" x2="{}" y1="{}" y2="{}" stroke="{}" stroke-width="3"{}/>'
            dashes = format_html(' stroke-dasharray="{}"', sign.dashes) if sign.dashes else ""
            return format_html(line, x, x + 22, middle, middle, sign.colour, dashes)
        case "box" | "band":
            box = '<rect x="{}" y="{}" width="14" height="14" rx="2" fill="{}" fill-opacity="{}"/>'
            return format_html(box, x + 4, middle - 7, sign.colour, 0.25 if sign.shape == "band" else 1)
        case "mark":
            return format_html(
                '<rect x="{}" y="{}" width="3" height="18" fill="{}"/>', x + 9, middle - 9, sign.colour
            )
        case _:
            circle = format_html('<circle cx="{}" cy="{}" r="10" fill="{}"/>', x + 11, middle, sign.colour)
            number = text(
                x + 11, middle + 4.5, sign.shape, size=12, fill=paint["accent-ink"], anchor="middle", bold=700
            )
            return joined([circle, number])
