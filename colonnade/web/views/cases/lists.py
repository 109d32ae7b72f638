"""The list of cases, page after page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from colonnade.access.types import Viewer
from colonnade.inbox import queries
from colonnade.inbox.types import CaseLine
from colonnade.people import queries as people
from colonnade.people.models import Person
from colonnade.primitives import ids
from colonnade.web.guards import staff_only
from colonnade.web.looking import looking
from colonnade.web.pages import cursor_now, page

VIEWS = ("mine", "nobody", "all", "waiting", "solved")
OF_ONE = ("all", "waiting", "solved")
AT_ONCE = 25  # more than a screen holds; the next ones come before the last is reached
PARTS = {"list": "inbox/list.html", "rows": "inbox/rows.html"}


@dataclass(frozen=True, slots=True)
class Asked:
    """Which cases an address asks for: a part of the inbox, and of whom; "mine" and "nobody" say that themselves."""

    view: str
    owner: Person | None = None

    @property
    def query(self) -> str:
        """The same as fields of an address."""
        return urlencode({"view": self.view} | ({"owner": str(self.owner.pk)} if self.owner else {}))

    @property
    def part(self) -> str:
        """The part that shows the cases of anybody: this one, or all."""
        return self.view if self.view in OF_ONE else "all"

    @property
    def of_everybody(self) -> bool:
        """Whether nobody's cases are left out."""
        return self.owner is None and self.view in OF_ONE

    @property
    def whose(self) -> str:
        """The owner as a field, to be put behind another view; "" for everybody."""
        return f"&owner={self.owner.pk}" if self.owner else ""


def asked_in(request: HttpRequest) -> Asked:
    """Which cases an address asks for. Somebody who is no colleague owns nothing, and is not named."""
    view = request.GET.get("view", "all")
    view = view if view in VIEWS else "all"
    number = ids.parse(request.GET.get("owner", "")) if view in OF_ONE else None
    return Asked(view, people.staff().filter(pk=number).first() if number is not None else None)


@require_safe
@staff_only
def inbox(request: HttpRequest) -> HttpResponse:
    """The list of cases: mine, nobody's, all, those that wait for them, solved; of one `owner`. Parts: `list`; `rows`, the
    next page `after` a case; `owners`, of whom one may see the cases."""
    part, asked = request.GET.get("part", ""), asked_in(request)
    viewer = looking(request).viewer
    if part == "owners":
        desk = queries.desk_now(viewer)
        return page(
            request, "inbox/owners.html", {"asked": asked, "desk": desk, "people": [*desk.loads, *desk.free]}
        )
    context = {"cursor": cursor_now(), "asked": asked, **_rows(request, asked)}
    if part != "rows":
        context["counts"] = queries.counts(viewer, owner=asked.owner.pk if asked.owner else None)
    return page(request, PARTS.get(part, "inbox/page.html"), context)


def _rows(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    after = ids.parse(request.GET.get("after", ""))
    found = cases_in(
        looking(request).viewer,
        asked.view,
        asked.owner.pk if asked.owner else None,
        after=after,
        limit=AT_ONCE + 1,
    )
    shown = found[:AT_ONCE]
    return {
        "view": asked.view,
        "cases": shown,
        "theirs": first_of_theirs(asked.view, shown, before="theirs" in request.GET),
        "last": shown[-1] if len(found) > AT_ONCE else None,
        "open_case": ids.parse(request.GET.get("case", "")),
    }


def first_of_theirs(view: str, cases: list[CaseLine], *, before: bool = False) -> int | None:
    """The case above which a list of all says that from here on we wait for them; None where none does, or where that
    was said `before`."""
    if view != "all" or before:
        return None
    return next((line.id for line in cases if line.state == "waiting"), None)


def cases_in(
    viewer: Viewer, view: str, owner: int | None = None, *, after: int | None = None, limit: int
) -> list[CaseLine]:
    """The cases of one part of the inbox, of one `owner` where the part does not say whose they are."""
    state: str | None
    match view:
        case "mine":
            state, owner = "assigned", viewer.person
        case "nobody":
            state, owner = "open", None
        case "waiting" | "solved":
            state = view
        case _:
            state = None
    return queries.cases_for(viewer, state=state, owner=owner, after=after, limit=limit)
