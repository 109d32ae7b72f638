"""The list of another page, as it stands in a column."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.views.decorators.http import require_safe

from colonnade.deliveries import queries as deliveries
from colonnade.listening.language.mistakes import QueryError
from colonnade.primitives import ids
from colonnade.publishing import queries as publishing
from colonnade.web.guards import staff_only
from colonnade.web.listed import SEARCH, Listed
from colonnade.web.listed import asked as listed
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
THEIRS = "theirs"


@dataclass(frozen=True, slots=True)
class Asked:
    """A list, from which row on: behind the one with the id `after`, and of which group that one was (`under`: of a plan
    its day, of cases "theirs"), so that its head is not said again."""

    lists: Listed
    after: int | None
    under: str

    def rows(self, found: list[Any], last: Callable[[Any], int], under: str = "") -> dict[str, Any]:
        """As many of the rows as stand in one piece, and how to ask for the next ones where there are more."""
        rows = found[:AT_ONCE]
        return {"rows": rows} | ({"next": self.next(last(rows[-1]), under)} if len(found) > AT_ONCE else {})

    def next(self, last: int, under: str = "") -> str:
        """What an address asks that goes on behind this row."""
        return urlencode({"after": str(last)} | ({"under": under} if under else {}))


@require_safe
@staff_only
def list_of(request: HttpRequest) -> HttpResponse:
    """Rows of a list: "cases=mine", "outgoing=check", "drafts=plan", "notices=1", "found=1&q=bridge"; the first ones, or those
    that stand behind one (`after`), without the list around them."""
    lists = listed(request.GET)
    if lists is None:
        return not_found(request)
    who, after = looking(request), ids.parse(request.GET.get("after", ""))
    asked = Asked(lists, after, request.GET.get("under", ""))
    context = {"lists": lists, "view": lists.which, "asked": asked, **SHOWN[lists.kind](who, asked)}
    return page(request, f"columns/{lists.kind}.html", context)


def _cases(who: Looking, asked: Asked) -> dict[str, Any]:
    lists = asked.lists
    found = cases_in(who.viewer, lists.which, lists.owner, after=asked.after, limit=AT_ONCE + 1)
    shown = found[:AT_ONCE]
    theirs = first_of_theirs(lists.which, shown, before=asked.under == THEIRS)
    under = THEIRS if shown and shown[-1].state == "waiting" else ""
    told = {"theirs": theirs, "query": lists.page.partition("?")[2]}
    return asked.rows(found, _id_of, under) | told


def _outgoing(who: Looking, asked: Asked) -> dict[str, Any]:
    states = STATES[asked.lists.which]
    found = deliveries.deliveries_for(who.viewer, states=states, before=asked.after, limit=AT_ONCE + 1)
    return asked.rows(found, _id_of)


def _drafts(who: Looking, asked: Asked) -> dict[str, Any]:
    viewer, after, limit = who.viewer, asked.after, AT_ONCE + 1
    match asked.lists.which:
        case "plan":
            return _plan(who, asked)
        case "approval":
            lines = publishing.waits_for_approval(viewer, after=after, limit=limit)
        case "drafts":
            lines = publishing.drafts_for(viewer, after=after, limit=limit)
        case _:
            lines = publishing.went_out(viewer, before=after, limit=limit)
    return asked.rows(lines, _id_of)


def _plan(who: Looking, asked: Asked) -> dict[str, Any]:
    found = publishing.agenda(who.viewer, after=asked.after, limit=AT_ONCE + 1)
    days = by_day(found[:AT_ONCE], zone_of(who.person))
    return asked.rows(found, _id_of, days[-1].key if days else "") | {"days": days}


def _notices(who: Looking, asked: Asked) -> dict[str, Any]:
    told = workspace.notices_for(who.viewer, before=asked.after, limit=AT_ONCE + 1)
    rows = [{"notice": one, "icon": ICONS[NoticeKind(one.kind)]} for one in told]
    return asked.rows(rows, lambda row: row["notice"].id)


def _found(who: Looking, asked: Asked) -> dict[str, Any]:
    try:
        result = found(who.viewer, asked_in(QueryDict(asked.lists.query)), asked.after)
    except QueryError as error:
        return {"rows": [], "error": mistake(error).sentence}
    more = result["more"]
    return {"rows": result["results"]} | ({"next": asked.next(more)} if isinstance(more, int) else {})


def _id_of(row: Any) -> int:
    return int(row.id)


SHOWN: dict[str, Callable[[Looking, Asked], dict[str, Any]]] = {
    "cases": _cases,
    "outgoing": _outgoing,
    "drafts": _drafts,
    "notices": _notices,
    SEARCH: _found,
}
