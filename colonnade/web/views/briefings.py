"""Briefings: set up in a minute, read as a page, printed, taken along as a table."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import time
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from colonnade.core import paper
from colonnade.core.db import act as acting
from colonnade.core.work import enqueue
from colonnade.insight import actions
from colonnade.insight import queries as insight
from colonnade.insight.models import Briefing, Edition
from colonnade.listening import queries as listening
from colonnade.people import queries as people
from colonnade.people.models import Person
from colonnade.primitives import ids
from colonnade.web import work
from colonnade.web.documents import sheets
from colonnade.web.editions import file_name, period_words, volume_chart
from colonnade.web.guards import staff_only
from colonnade.web.handing_out import pdf_of
from colonnade.web.looking import looking
from colonnade.web.pages import is_part, not_found, page
from colonnade.web.taking.files import cell
from colonnade.web.taking.plate import Plate, caught_by

MOST_WATCHES, MOST_EDITIONS = 200, 40
NINE = time(9)


@dataclass(frozen=True, slots=True)
class Form:
    """A briefing as its form shows it: as it stands, or as somebody typed it who was refused."""

    briefing: Briefing | None
    reader: int
    name: str
    every: str
    weekday: int
    at: time
    by_mail: bool
    with_pdf: bool
    watches: frozenset[int]


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def briefings(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """One's briefings with their newest editions, and the form of one: of a new one, or of the one that is named."""
    person = _person(request)
    found = insight.briefing_for(person, pk) if pk is not None else None
    if pk is not None and found is None:
        return not_found(request)
    if request.method != "POST":
        return _shown(request, _standing(found, person))
    typed = _typed(request, found, person)
    reader = people.staff().filter(pk=typed.reader).first() or person
    chosen = listening.watches_for(looking(request).viewer).filter(pk__in=typed.watches)
    try:
        kept = actions.set_briefing(
            found,
            by=person,
            reader=reader,
            name=typed.name,
            every=typed.every,
            weekday=typed.weekday,
            at=typed.at,
            by_mail=typed.by_mail,
            with_pdf=typed.with_pdf,
            watches=chosen,
        )
    except ValueError as error:
        return _shown(request, typed, error=str(error))
    return HttpResponseRedirect(reverse("briefing", args=[kept.pk]))


@require_POST
@staff_only
def act(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Make one now (and send it, `mail=pdf` with its document, where it goes by mail), pause, resume, remove."""
    found = insight.briefing_for(_person(request), pk)
    if found is None or what not in ("now", "pause", "resume", "remove"):
        return not_found(request)
    match what:
        case "now":
            return _now(request, found)
        case "remove":
            actions.remove_briefing(found)
            return HttpResponseRedirect(reverse("briefings"))
        case _:
            actions.pause_briefing(found, what == "pause")
    return HttpResponseRedirect(reverse("briefing", args=[pk]))


def _now(request: HttpRequest, found: Briefing) -> HttpResponse:
    with acting():
        made = actions.make_one_now(found)
        if "mail" in request.POST:
            with_pdf = request.POST["mail"] == "pdf"
            enqueue(work.send_briefing, made.pk, with_pdf, key=f"briefing:{made.pk}")
    if found.reader_id != _person(request).pk:
        return HttpResponseRedirect(reverse("briefing", args=[found.pk]))
    return HttpResponseRedirect(reverse("edition", args=[found.pk, made.pk]))


@require_safe
@staff_only
def edition(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """One edition, for its reader alone; printed it is a sheet of paper, or a PDF. Part `wanting`: what of it still waits."""
    found = _edition(request, pk, number)
    if found is None:
        return not_found(request)
    if is_part(request, "wanting"):
        still = insight.wanting(looking(request).viewer, found)
        return page(request, "briefings/wanting.html", {"still": still})
    told = insight.told(looking(request).viewer, found)
    context = {
        "edition": found,
        "told": told,
        "period": period_words(found),
        "prints": paper.can_print(),
        "volumes": [(one, volume_chart(found, one)) for one in told.volumes],
    }
    return page(request, "briefings/edition.html", context)


@require_safe
@staff_only
def edition_csv(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """The numbers of an edition as a table for other programs."""
    found = _edition(request, pk, number)
    if found is None:
        return not_found(request)
    response = HttpResponse(
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="briefing-{found.before:%Y-%m-%d}.csv"'},
    )
    response.write("\ufeff")  # without it spreadsheets take UTF-8 for something else
    rows = csv.writer(response)
    rows.writerow([gettext("Watch"), gettext("From"), gettext("Mentions"), gettext("Usual")])
    for one in insight.told(looking(request).viewer, found).volumes:
        for span in one.spans:
            usual = f"{span.usual.middle:g}" if span.usual else ""
            rows.writerow([cell(one.name), span.start.isoformat(timespec="minutes"), span.posts, usual])
    return response


@require_safe
@staff_only
def edition_pdf(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """An edition as a document, with what its reader may see at this moment."""
    found = _edition(request, pk, number)
    if found is None:
        return not_found(request)
    return pdf_of(request, file_name(found), lambda: sheets.briefing(looking(request).viewer, found))


def _edition(request: HttpRequest, pk: int, number: int) -> Edition | None:
    return insight.editions_for(_person(request)).filter(briefing=pk, pk=number).first()


def plate(request: HttpRequest, pk: int) -> Plate | None:
    """How much of one watch (`watch`) stands in an edition of one's own, to be taken out."""
    found = insight.editions_for(_person(request)).filter(pk=pk).first()
    if found is None:
        return None
    asked = ids.parse(request.GET.get("watch", ""))
    told = insight.told(looking(request).viewer, found)
    one = next((one for one in told.volumes if one.watch == asked), None)
    if one is None:
        return None
    page = reverse("edition", args=[found.briefing_id, pk])
    return Plate(volume_chart(found, one), found.briefing.name, caught_by(one.name), page)


def _person(request: HttpRequest) -> Person:
    person = looking(request).person
    assert person is not None  # of staff, or a guard has answered
    return person


# --- the form ---------------------------------------------------------------------------------------------------------


def _standing(found: Briefing | None, person: Person) -> Form:
    if found is None:
        return Form(None, person.pk, gettext("Morning briefing"), "day", 0, NINE, True, False, frozenset())
    watches = frozenset(found.watches.values_list("pk", flat=True))
    return Form(
        found,
        found.reader_id,
        found.name,
        found.every,
        found.weekday,
        found.at,
        found.by_mail,
        found.with_pdf,
        watches,
    )


def _typed(request: HttpRequest, found: Briefing | None, person: Person) -> Form:
    said = request.POST
    weekday = said.get("weekday", "0")
    return Form(
        found,
        ids.parse(said.get("reader", "")) or person.pk,
        said.get("name", "")[:100],
        said.get("every", "day"),
        int(weekday) if weekday in "0123456" and weekday else 0,
        _time(said.get("at", "")),
        "by_mail" in said,
        "with_pdf" in said,
        frozenset(ids.parse(one) or 0 for one in said.getlist("watch")),
    )


def _time(said: str) -> time:
    try:
        return time.fromisoformat(said[:5])
    except ValueError:
        return NINE


def _shown(request: HttpRequest, form: Form, error: str = "") -> HttpResponse:
    person, viewer = _person(request), looking(request).viewer
    editions = insight.editions_for(person)
    if form.briefing is not None:
        editions = editions.filter(briefing=form.briefing)
    context: dict[str, Any] = {
        "form": form,
        "error": error,
        "briefings": list(insight.briefings_for(person)),
        "editions": [(one, period_words(one)) for one in editions[:MOST_EDITIONS]],
        "watches": list(listening.watches_for(viewer).filter(state="active")[:MOST_WATCHES]),
        "staff": list(people.staff()),
        "weekdays": list(WEEKDAYS.items()),
        "prints": paper.can_print(),
    }
    return page(request, "briefings/page.html", context, status=422 if error else 200)
