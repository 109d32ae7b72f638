"""Charts taken out as files: each by the code of the page on which it stands, so that it shows what that page shows, and
nothing to whom that page is not there."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from colonnade.core import paper
from colonnade.web.guards import staff_only
from colonnade.web.handing_out import as_file, not_printed
from colonnade.web.pages import not_found
from colonnade.web.taking.files import TYPES, file_of
from colonnade.web.taking.plate import Plate
from colonnade.web.views import alerts, briefings, compare, findings, forecasts, listen, trends

MAKERS: dict[str, Callable[[HttpRequest], Plate | None]] = {
    "compare": compare.plate,
    "share": compare.share_plate,
    "cases": forecasts.cases_plate,
    "trends": trends.plate,
}
MAKERS_OF: dict[str, Callable[[HttpRequest, int], Plate | None]] = {
    "hours": listen.hours_plate,
    "days": listen.days_plate,
    "forecast": forecasts.watch_plate,
    "alert": alerts.plate,
    "finding": findings.plate,
    "edition": briefings.plate,
}


@require_safe
@staff_only
def chart_file(request: HttpRequest, what: str, form: str, pk: int | None = None) -> HttpResponse:
    """A chart as PNG, SVG, PDF or CSV (`form`); `look=dark` draws it on dark ground. What is shown is said as on its page."""
    plate = _plate(request, what, pk) if form in TYPES else None
    if plate is None:
        return not_found(request)
    try:
        body = file_of(plate, form, dark=request.GET.get("look") == "dark")
    except paper.NotPrinted as why:
        return not_printed(request, why)
    return as_file(body, form, plate.name)


def _plate(request: HttpRequest, what: str, pk: int | None) -> Plate | None:
    if pk is None:
        return MAKERS[what](request) if what in MAKERS else None
    return MAKERS_OF[what](request, pk) if what in MAKERS_OF else None
