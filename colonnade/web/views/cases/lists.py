"""The list of cases, page after page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from colonnade.inbox import queries
from colonnade.inbox.types import CaseLine
from colonnade.primitives import ids
from colonnade.web.guards import staff_only
from colonnade.web.looking import looking
from colonnade.web.pages import cursor_now, page

VIEWS = ("mine", "nobody", "all", "waiting", "solved")
AT_ONCE = 40
PARTS = {"list": "inbox/list.html", "rows": "inbox/rows.html"}


@require_safe
@staff_only
def inbox(request: HttpRequest) -> HttpResponse:
    """The list of cases: mine, nobody's, all, those that wait for them, solved. Parts: `list`; `rows`, the next page
    `after` a case."""
    part = request.GET.get("part", "")
    context = {"cursor": cursor_now(), **_rows(request)}
    if part != "rows":
        context["counts"] = queries.counts(looking(request).viewer)
    return page(request, PARTS.get(part, "inbox/page.html"), context)


def _rows(request: HttpRequest) -> dict[str, Any]:
    view = request.GET.get("view", "all")
    view = view if view in VIEWS else "all"
    found = _cases(request, view)
    return {
        "view": view,
        "cases": found[:AT_ONCE],
        "last": found[AT_ONCE - 1].id if len(found) > AT_ONCE else None,
        "open_case": ids.parse(request.GET.get("case", "")),
    }


def _cases(request: HttpRequest, view: str) -> list[CaseLine]:
    """One more than a page holds, which says whether there is another page."""
    viewer, after = looking(request).viewer, ids.parse(request.GET.get("after", ""))
    match view:
        case "mine":
            return queries.cases_for(
                viewer, state="assigned", owner=viewer.person, after=after, limit=AT_ONCE + 1
            )
        case "nobody":
            return queries.cases_for(viewer, state="open", after=after, limit=AT_ONCE + 1)
        case "waiting" | "solved":
            return queries.cases_for(viewer, state=view, after=after, limit=AT_ONCE + 1)
        case _:
            return queries.cases_for(viewer, after=after, limit=AT_ONCE + 1)
