"""What one shift leaves the next."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from colonnade.insight import actions, queries
from colonnade.web.guards import staff_only
from colonnade.web.looking import looking
from colonnade.web.pages import page

MOST_SHOWN = 3


def handover(request: HttpRequest) -> dict[str, Any]:
    """The last notes."""
    return {"notes": list(queries.handovers_for(looking(request).viewer)[:MOST_SHOWN])}


@require_POST
@staff_only
def write(request: HttpRequest) -> HttpResponse:
    """Leave a note."""
    person = looking(request).person
    assert person is not None
    try:
        actions.write_handover(request.POST.get("text", ""), by=person)
    except ValueError as refused:
        return page(request, "today/handover.html", handover(request) | {"refused": str(refused)}, status=422)
    return HttpResponseRedirect(reverse("today"))
