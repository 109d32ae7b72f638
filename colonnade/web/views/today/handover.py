"""What one shift leaves the next."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from colonnade.core import paper
from colonnade.insight import actions, queries
from colonnade.primitives import clock
from colonnade.web.documents import sheets
from colonnade.web.guards import staff_only
from colonnade.web.handing_out import pdf_of
from colonnade.web.looking import looking
from colonnade.web.pages import not_found, page

MOST_SHOWN = 3


def handover(request: HttpRequest) -> dict[str, Any]:
    """The last notes."""
    notes = list(queries.handovers_for(looking(request).viewer)[:MOST_SHOWN])
    return {"notes": notes, "prints": bool(notes) and paper.can_print()}


@require_safe
@staff_only
def as_pdf(request: HttpRequest) -> HttpResponse:
    """All notes that are still there, as a document; without any there is none."""
    notes = list(queries.handovers_for(looking(request).viewer))
    if not notes:
        return not_found(request)
    here = clock.now().astimezone(timezone.get_current_timezone())
    return pdf_of(request, f"handover-{here:%Y-%m-%d}", lambda: sheets.handovers(notes))


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
