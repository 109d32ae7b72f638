"""What goes out: what waits, what is uncertain, what failed, and what a person says about it."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from colonnade.deliveries import actions, queries
from colonnade.deliveries.models import Delivery
from colonnade.deliveries.rules import Unfit
from colonnade.people.models import Person
from colonnade.primitives import ids
from colonnade.primitives.states import NotAllowed
from colonnade.web.guards import staff_only
from colonnade.web.looking import looking
from colonnade.web.pages import cursor_now, is_part, not_found, page

VIEWS = {
    "open": ("waiting", "sending", "uncertain", "failed"),
    "check": ("uncertain", "failed"),
    "done": ("sent", "confirmed", "recalled"),
}
AT_ONCE = 50


@require_safe
@staff_only
def deliveries(request: HttpRequest) -> HttpResponse:
    """The list: what is open, what a person must look at, what is done. With `part=list` only that."""
    view = request.GET.get("view", "open")
    view = view if view in VIEWS else "open"
    cursor, before = cursor_now(), ids.parse(request.GET.get("before", ""))
    lines = queries.deliveries_for(
        looking(request).viewer, states=VIEWS[view], before=before, limit=AT_ONCE + 1
    )
    asked = {"part": "list", "view": view} | ({"before": str(before)} if before is not None else {})
    context = {
        "lines": lines[:AT_ONCE],
        "more": lines[AT_ONCE - 1].id if len(lines) > AT_ONCE else None,
        "view": view,
        "here": f"{reverse('deliveries')}?{urlencode(asked)}",
        "cursor": cursor,
    }
    template = "deliveries/list.html" if is_part(request, "list") else "deliveries/page.html"
    return page(request, template, context)


@require_safe
@staff_only
def delivery(request: HttpRequest, pk: int) -> HttpResponse:
    """One delivery with every attempt."""
    found = queries.delivery_for(looking(request).viewer, pk)
    if found is None:
        return not_found(request)
    return page(request, "deliveries/delivery.html", {"line": found.delivery, "attempts": found.attempts})


@require_POST
@staff_only
def act(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """A person settles what nobody else can."""
    who = looking(request)
    row, person = queries.to_act_on(who.viewer, pk), who.person
    if row is None or person is None or what not in ACTS:
        return not_found(request)
    try:
        ACTS[what](row, person)
    except (NotAllowed, Unfit) as error:
        return page(request, "deliveries/refused.html", {"say": str(error), "delivery": pk}, status=409)
    return HttpResponseRedirect(_onward(request, pk))


def _onward(request: HttpRequest, pk: int) -> str:
    onward = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(onward, allowed_hosts={request.get_host()})
    return onward if safe else reverse("delivery", args=[pk])


def _there(row: Delivery, person: Person) -> None:
    actions.settle(row, "confirmed", by=person)


def _not_there(row: Delivery, person: Person) -> None:
    actions.settle(row, "not_there", by=person)


def _leave(row: Delivery, person: Person) -> None:
    actions.settle(row, "failed", by=person)


def _again(row: Delivery, person: Person) -> None:
    actions.try_again(row, by=person)


def _recall(row: Delivery, person: Person) -> None:
    actions.recall(row, by=person)


ACTS = {"there": _there, "not-there": _not_there, "leave": _leave, "again": _again, "recall": _recall}
