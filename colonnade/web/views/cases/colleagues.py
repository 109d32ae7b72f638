"""To whom a case may be handed, fetched when somebody opens such a menu: there may be hundreds, and a page many menus."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from colonnade.inbox import queries
from colonnade.people import queries as people
from colonnade.primitives import ids
from colonnade.web.guards import staff_only
from colonnade.web.looking import looking
from colonnade.web.pages import not_found, page


@require_safe
@staff_only
def colleagues(request: HttpRequest) -> HttpResponse:
    """Buttons for everybody of staff, to stand in the form of one `case` or, without one, of those that were chosen;
    `from=today` for a card, whose form knows where it goes."""
    who, number = looking(request), ids.parse(request.GET.get("case", ""))
    case = queries.case_for(who.viewer, number) if number is not None else None
    if number is not None and case is None:
        return not_found(request)
    if request.GET.get("from") == "today":
        address = ""
    else:
        address = (
            reverse("case_act", args=[case.pk, "assign"])
            if case
            else reverse("cases_many", args=["hand-over"])
        )
    staff = [one for one in people.staff() if case is None or one.pk != case.owner_id]
    return page(request, "inbox/colleagues.html", {"staff": staff, "address": address})
