"""The list of another page, as it stands in a column."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.views.decorators.http import require_safe

from colonnade.deliveries import queries as deliveries
from colonnade.listening.language.mistakes import QueryError
from colonnade.publishing import queries as publishing
from colonnade.web.guards import staff_only
from colonnade.web.listed import SEARCH, Listed, asked
from colonnade.web.looking import Looking, looking
from colonnade.web.mistakes import mistake
from colonnade.web.pages import not_found, page
from colonnade.web.views.cases.lists import cases_in, first_of_theirs
from colonnade.web.views.deliveries import VIEWS as STATES
from colonnade.web.views.notices import ICONS
from colonnade.web.views.publish.lists import by_day, zone_of
from colonnade.web.views.search import asked_in, found
from colonnade.workspace import queries as workspace
from colonnade.workspace.models import NoticeKind

AT_ONCE = 30


@require_safe
@staff_only
def list_of(request: HttpRequest) -> HttpResponse:
    """The first rows of a list: "cases=mine", "outgoing=check", "drafts=plan", "notices=1", "found=1&q=bridge". What there
    is more of it stands on its own page, to which the last row leads."""
    lists = asked(request.GET)
    if lists is None:
        return not_found(request)
    who = looking(request)
    context = {"lists": lists, "view": lists.which, **SHOWN[lists.kind](who, lists)}
    return page(request, f"columns/{lists.kind}.html", context)


def _first(rows: list[Any]) -> dict[str, Any]:
    return {"rows": rows[:AT_ONCE], "more": len(rows) > AT_ONCE}


def _cases(who: Looking, lists: Listed) -> dict[str, Any]:
    found = cases_in(who.viewer, lists.which, lists.owner, limit=AT_ONCE + 1)
    theirs = first_of_theirs(lists.which, found[:AT_ONCE])
    return _first(found) | {"theirs": theirs, "query": lists.page.partition("?")[2]}


def _outgoing(who: Looking, lists: Listed) -> dict[str, Any]:
    return _first(deliveries.deliveries_for(who.viewer, states=STATES[lists.which], limit=AT_ONCE + 1))


def _drafts(who: Looking, lists: Listed) -> dict[str, Any]:
    match lists.which:
        case "plan":
            lines = publishing.agenda(who.viewer, limit=AT_ONCE + 1)
        case "approval":
            lines = publishing.waits_for_approval(who.viewer, limit=AT_ONCE + 1)
        case "drafts":
            lines = publishing.drafts_for(who.viewer, limit=AT_ONCE + 1)
        case _:
            lines = publishing.went_out(who.viewer, limit=AT_ONCE + 1)
    shown = _first(lines)
    if lists.which == "plan":
        shown["days"] = by_day(shown["rows"], zone_of(who.person))
    return shown


def _notices(who: Looking, lists: Listed) -> dict[str, Any]:
    told = workspace.notices_for(who.viewer, limit=AT_ONCE + 1)
    return _first([{"notice": one, "icon": ICONS[NoticeKind(one.kind)]} for one in told])


def _found(who: Looking, lists: Listed) -> dict[str, Any]:
    try:
        result = found(who.viewer, asked_in(QueryDict(lists.query)))
    except QueryError as error:
        return {"rows": [], "error": mistake(error).sentence}
    return {"rows": result["results"], "more": result["more"]}


SHOWN: dict[str, Callable[[Looking, Listed], dict[str, Any]]] = {
    "cases": _cases,
    "outgoing": _outgoing,
    "drafts": _drafts,
    "notices": _notices,
    SEARCH: _found,
}
