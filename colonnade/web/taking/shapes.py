"""What stands on the ground: bars, lines, what is stacked, what stands under each other; each from what its page draws."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from django.utils.html import format_html, format_html_join

from colonnade.web.drawing import Chart, Mark
from colonnade.web.ranks import Ranks
from colonnade.web.series import Series, SeriesChart
from colonnade.web.taking.ground import Ground, lines, text, wide
from colonnade.web.taking.paint import DASHES, Paint

Drawn = Chart | SeriesChart | Ranks

LEAST = 2.0
NAMES = 0.35
TALLEST = 56.0


def shapes(chart: Drawn, ground: Ground, paint: Paint) -> str:
    """Everything inside the frame."""
    match chart:
        case Ranks():
            return _ranks(chart, ground, paint)
        case SeriesChart():
            parts = [_grid(ground, paint), _series(chart, ground, paint), _ticks(chart.places, ground, paint)]
        case _:
            parts = [
                _grid(ground, paint),
                _band(chart.marks, ground, paint),
                _line(chart, ground, paint) if chart.kind == "line" else _bars(chart, ground, paint),
                _peaks(chart.marks, ground, paint),
                _notes(chart.marks, ground, paint),
                _ticks(chart.marks, ground, paint),
            ]
    return joined(parts)


def joined(parts: Sequence[str]) -> str:
    """Shapes one after another."""
    return format_html_join("", "{}", ((part,) for part in parts))


def _grid(ground: Ground, paint: Paint) -> str:
    levels = [n for n in (0, ground.top / 2, ground.top) if n == int(n)]
    line = '<line x1="{}" x2="{}" y1="{}" y2="{}" stroke="{}"/>'
    drawn = [
        format_html(
            line,
            ground.left,
            ground.right,
            ground.y(n),
            ground.y(n),
            paint["line-strong" if not n else "line"],
        )
        for n in levels
    ]
    size = ground.size
    told = [
        text(
            ground.left - size * 0.7,
            ground.y(n) + size * 0.35,
            int(n),
            size=size,
            fill=paint["ink-3"],
            anchor="end",
        )
        for n in levels
    ]
    return joined([*drawn, *told])


def _band(marks: Sequence[Mark], ground: Ground, paint: Paint) -> str:
    if all(mark.high is None for mark in marks):
        return ""
    upper, lower = [], []
    for at, mark in enumerate(marks):
        for edge in (at, at + 1):
            upper.append(f"{ground.x(edge)} {ground.y(mark.high or 0)}")
            lower.append(f"{ground.x(edge)} {ground.y(mark.low or 0)}")
    path = "L".join([*upper, *reversed(lower)])
    return format_html('<path d="M{}Z" fill="{}" fill-opacity="0.18"/>', path, paint["ink-3"])


def _bars(chart: Chart, ground: Ground, paint: Paint) -> str:
    bar = '<rect x="{}" y="{}" width="{}" height="{}" rx="{}" fill="{}"{}/>'
    found = []
    for at, mark in enumerate(chart.marks):
        if not mark.value:
            continue
        colour, soft = ("bad", "bad-soft") if mark.unusual else ("accent", "accent-soft")
        runs = chart.open and at == len(chart.marks) - 1
        edge = (
            format_html(' stroke="{}" stroke-width="1.5" stroke-dasharray="4 3"', paint[colour])
            if runs
            else ""
        )
        high = max(ground.foot - ground.y(mark.value), LEAST)
        place = (
            ground.x(at + 0.15),
            round(ground.foot - high, 1),
            round(ground.step * 0.7, 1),
            round(high, 1),
        )
        found.append(format_html(bar, *place, min(2, ground.step / 6), paint[soft if runs else colour], edge))
    return joined(found)


def _line(chart: Chart, ground: Ground, paint: Paint) -> str:
    points = [f"{ground.x(at + 0.5)} {ground.y(mark.value)}" for at, mark in enumerate(chart.marks)]
    under = [f"{ground.x(0.5)} {ground.foot}", *points, f"{ground.x(len(points) - 0.5)} {ground.foot}"]
    line = (
        '<path d="M{}Z" fill="{}" fill-opacity="0.75"/>'
        '<polyline points="{}" fill="none" stroke="{}" stroke-width="{}" stroke-linejoin="round" stroke-linecap="round"/>'
    )
    drawn = format_html(
        line, "L".join(under), paint["accent-soft"], " ".join(points), paint["accent"], ground.size / 5
    )
    dot = '<circle cx="{}" cy="{}" r="{}" fill="{}"/>'
    loud = [
        format_html(dot, ground.x(at + 0.5), ground.y(mark.value), ground.size / 3, paint["bad"])
        for at, mark in enumerate(chart.marks)
        if mark.unusual
    ]
    return joined([drawn, *loud])


def _peaks(marks: Sequence[Mark], ground: Ground, paint: Paint) -> str:
    """The numbers of what is unusual and of the highest, as far as they do not stand in each other's way."""
    order = sorted(range(len(marks)), key=lambda at: (-marks[at].value, at))
    told: list[int] = []
    for at in order:
        wanted = marks[at].value and (marks[at].unusual or not told)
        if wanted and all(abs(at - other) * ground.step > ground.size * 3.2 for other in told):
            told.append(at)
    size = ground.size
    return joined(
        [
            text(
                min(max(ground.x(at + 0.5), ground.left + size), ground.right - size),
                ground.y(marks[at].value) - size * 0.55,
                marks[at].value,
                size=size,
                fill=paint["bad" if marks[at].unusual else "ink"],
                anchor="middle",
                bold=700,
            )
            for at in told
        ]
    )


def _notes(marks: Sequence[Mark], ground: Ground, paint: Paint) -> str:
    """What was found out: a number at the upper edge, which the legend tells in words."""
    size, y = ground.size * 0.72, ground.upper - ground.size * 0.2
    found: list[str] = []
    for number, at in enumerate([at for at, mark in enumerate(marks) if mark.note], start=1):
        x = ground.x(at + 0.5)
        found.append(
            format_html('<circle cx="{}" cy="{}" r="{}" fill="{}"/>', x, y, size * 0.9, paint["accent"])
        )
        found.append(
            text(x, y + size * 0.36, number, size=size, fill=paint["accent-ink"], anchor="middle", bold=700)
        )
    return joined(found)


def _ticks(marks: Sequence[Mark], ground: Ground, paint: Paint) -> str:
    """What stands below the axis; the less important gives way where it would stand in its neighbour."""
    shown = [(at, mark) for at, mark in enumerate(marks) if mark.tick]
    widest = max((wide(mark.tick, ground.size) for _, mark in shown), default=0)
    gaps = [b[0] - a[0] for a, b in pairwise(shown)]
    tight = bool(gaps) and min(gaps) * ground.step < widest + ground.size * 0.6
    y = ground.foot + ground.size * 1.7
    return joined(
        [
            text(ground.x(at + 0.5), y, mark.tick, size=ground.size, fill=paint["ink-3"], anchor="middle")
            for at, mark in shown
            if not (tight and mark.minor)
        ]
    )


def _series(chart: SeriesChart, ground: Ground, paint: Paint) -> str:
    if chart.kind == "lines":
        return joined([_one_line(one, ground, paint) for one in chart.series])
    bar = '<rect x="{}" y="{}" width="{}" height="{}" fill="{}"/>'
    below = [0] * len(chart.places)
    found: list[str] = []
    for one in chart.series:
        for at, value in enumerate(one.values):
            upper, lower = ground.y(below[at] + value), ground.y(below[at])
            below[at] += value
            if value:
                place = (ground.x(at + 0.15), upper, round(ground.step * 0.7, 1), round(lower - upper, 1))
                found.append(format_html(bar, *place, paint.look(one.look)))
    return joined(found)


def _one_line(one: Series, ground: Ground, paint: Paint) -> str:
    points = " ".join(f"{ground.x(at + 0.5)} {ground.y(value)}" for at, value in enumerate(one.values))
    line = '<polyline points="{}" fill="none" stroke="{}" stroke-width="{}" stroke-linejoin="round"{}/>'
    dashes = format_html(' stroke-dasharray="{}"', DASHES[one.look]) if one.look in DASHES else ""
    return format_html(line, points, paint.look(one.look), ground.size / 5, dashes)


def _ranks(chart: Ranks, ground: Ground, paint: Paint) -> str:
    """Names at the left, bars beside them with what they say; a thin mark where it is usually."""
    size = ground.size * 1.15
    names = min(max((wide(one.name, size) for one in chart.ranks), default=0) + size, ground.width * NAMES)
    begin, room = ground.left + names, ground.width - names - size * 8
    step = min(ground.height / max(len(chart.ranks), 1), TALLEST * 1.8)
    most = max([1.0, *(max(one.value, one.usual or 0) for one in chart.ranks)])
    bar = '<rect x="{}" y="{}" width="{}" height="{}" rx="2" fill="{}"/>'
    found: list[str] = []
    for at, one in enumerate(chart.ranks):
        tall, upper = step * 0.56, ground.upper + at * step
        y, long = upper + step / 2 + size * 0.36, max(one.value / most * room, LEAST)
        found.append(
            text(
                begin - size,
                y,
                lines(one.name, size, names - size, 1)[0],
                size=size,
                fill=paint["ink"],
                anchor="end",
            )
        )
        found.append(
            format_html(
                bar,
                *(round(n, 1) for n in (begin, upper + (step - tall) / 2, long, tall)),
                paint.look(one.look),
            )
        )
        found.append(text(begin + long + size * 0.6, y, one.words, size=size, fill=paint["ink"], bold=700))
        if one.usual is not None:
            x = round(begin + one.usual / most * room, 1)
            usual = '<rect x="{}" y="{}" width="3" height="{}" fill="{}"/>'
            found.append(
                format_html(
                    usual, x, round(upper + (step - tall) / 2 - 4, 1), round(tall + 8, 1), paint["ink"]
                )
            )
    return joined(found)
