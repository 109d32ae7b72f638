"""What one does from a card of Today: hand over, put off, say that it is nothing."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from colonnade.inbox import actions, queries
from colonnade.inbox.models import Case
from colonnade.listening import queries as listening
from colonnade.people import queries as people
from colonnade.people.models import Person
from colonnade.primitives import clock, ids
from colonnade.web.guards import staff_only
from colonnade.web.looking import looking
from colonnade.web.pages import not_found
from colonnade.web.toasts import toast
from colonnade.web.views.today.spans import tomorrow, zone_of


@require_POST
@staff_only
def act_on_case(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Hand a case over, or put it off; answers with a toast that holds the way back."""
    who = looking(request)
    found = queries.case_for(who.viewer, pk)
    if found is None or who.person is None or what not in ("hand-over", "later"):
        return not_found(request)
    try:
        said, undo = (_hand_over if what == "hand-over" else _later)(request, found, who.person)
    except (ValueError, PermissionDenied) as error:
        return toast(request, str(error), back=reverse("today"), status=422)
    return toast(
        request, said, back=reverse("today"), undo=undo, action=reverse("today_case", args=[pk, what])
    )


Done = tuple[str, dict[str, str]]


def _hand_over(request: HttpRequest, found: Case, person: Person) -> Done:
    number, before = ids.parse(request.POST.get("to", "")), found.owner_id
    to = people.staff().filter(pk=number).first() if number is not None else None
    if to is None and request.POST.get("to") != "":
        raise ValueError(gettext("There is no such colleague."))
    actions.assign(found, to=to, by=person)
    if "undo" in request.POST:
        return gettext("It is as it was."), {}
    said = gettext("%(name)s has it now.") % {"name": to} if to else gettext("It is nobody's now.")
    return said, {"to": str(before or "")}


def _later(request: HttpRequest, found: Case, person: Person) -> Done:
    if "undo" in request.POST:
        actions.later(found, None, by=person)
        return gettext("It is as it was."), {}
    until = _until(request.POST.get("until", ""), zone_of(person))
    actions.later(found, until, by=person)
    return gettext("Put off. It comes back by itself, or when they write."), {"until": ""}


def _until(word: str, zone: ZoneInfo) -> datetime:
    """When something put off comes back: in an hour, in three, or tomorrow at eight where its reader lives."""
    now = clock.now()
    if word in ("1", "3"):
        return now + timedelta(hours=int(word))
    return tomorrow(now, zone, time(8))


@require_POST
@staff_only
def act_on_watch(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that what a watch hears is nothing, until midnight; with `undo`, that it is something after all."""
    who = looking(request)
    watch = listening.watch_for(who.viewer, pk)
    if watch is None or who.person is None:
        return not_found(request)
    if "undo" in request.POST:
        actions.quieten(watch, None, by=who.person)
        return toast(request, gettext("It is as it was."), back=reverse("today"))
    midnight = tomorrow(clock.now(), zone_of(who.person), time(0))
    actions.quieten(watch, midnight, by=who.person)
    said = gettext("Silent about “%(name)s” until tomorrow.") % {"name": watch}
    return toast(
        request,
        said,
        back=reverse("today"),
        undo={"watch": str(pk)},
        action=reverse("today_watch", args=[pk]),
    )
