"""The files: the drawn picture itself, the same as pixels or on a page, and its figures as a table."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

from django.utils import timezone
from django.utils.translation import get_language, gettext

from colonnade.core import paper
from colonnade.web.drawing import Chart, Mark
from colonnade.web.house import house
from colonnade.web.ranks import Ranks
from colonnade.web.series import SeriesChart
from colonnade.web.taking.paint import paint
from colonnade.web.taking.plate import Plate, whose
from colonnade.web.taking.sheet import TALL, WIDE, sheet

TYPES = {
    "png": "image/png",
    "svg": "image/svg+xml",
    "pdf": "application/pdf",
    "csv": "text/csv; charset=utf-8",
}
TWICE = 2.0
_PICTURE = Path(__file__).with_name("picture.typ")


def file_of(plate: Plate, form: str, *, dark: bool = False) -> bytes:
    """A chart as a file of one of TYPES: PNG of 2560 by 1440 points. Raises paper.NotPrinted for PNG and PDF."""
    if form == "csv":
        return table(plate).encode()
    drawn = sheet(plate, paint(house().accent, dark=dark))
    if form == "svg":
        return drawn.encode()
    told = {
        "title": f"{plate.of}: {plate.chart.title}" if plate.of else plate.chart.title,
        "author": whose(),
        "lang": (get_language() or "en")[:2],
        "alt": plate.chart.says,
        "address": plate.address,
        "svg": drawn,
        "width": WIDE,
        "height": TALL,
    }
    return paper.printed(_PICTURE, told, kind="pdf" if form == "pdf" else "png", times=TWICE)


def table(plate: Plate) -> str:
    """Its figures for other programs, in UTF-8 with the mark that spreadsheets need to see that."""
    out = StringIO()
    out.write("\ufeff")
    csv.writer(out).writerows(_rows(plate.chart))
    return out.getvalue()


def _rows(chart: Chart | SeriesChart | Ranks) -> Iterator[list[object]]:
    match chart:
        case Ranks():
            yield ["", cell(chart.counts), *([gettext("usual")] if chart.has_usual else [])]
            for one in chart.ranks:
                yield [cell(one.name), f"{one.value:g}", *([one.usual] if chart.has_usual else [])]
        case SeriesChart():
            yield [gettext("When"), *(cell(one.name) for one in chart.series)]
            for at, place in enumerate(chart.places):
                yield [_when(place), *(one.values[at] for one in chart.series)]
        case _:
            yield from _rows_of(chart)


def _rows_of(chart: Chart) -> Iterator[list[object]]:
    band = [gettext("usual from"), gettext("usual to")] if chart.has_usual else []
    loud = [gettext("unusual")] if chart.has_unusual else []
    found = [gettext("Finding")] if any(mark.note for mark in chart.marks) else []
    yield [gettext("When"), cell(chart.counts), *band, *loud, *found]
    for mark in chart.marks:
        edges = [_edge(mark.low), _edge(mark.high)] if band else []
        yield [
            _when(mark),
            mark.value,
            *edges,
            *([gettext("yes") if mark.unusual else ""] if loud else []),
            *([cell(mark.note)] if found else []),
        ]


def _edge(number: float | None) -> str:
    return "" if number is None else f"{number:.1f}"


def _when(mark: Mark) -> str:
    """When a mark begins, as programs read it, in the zone of whoever looks."""
    if mark.start is None:
        return mark.label
    return mark.start.astimezone(timezone.get_current_timezone()).isoformat(timespec="minutes")


def cell(value: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{value}" if value.startswith(("=", "+", "-", "@", "\t", "\r")) else value
