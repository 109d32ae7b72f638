"""A word about what was just done, with its way back where there is one; whoever has no JavaScript is led back instead."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from colonnade.web.pages import page


def toast(request: HttpRequest, say: str, *, back: str, status: int = 200, **more: Any) -> HttpResponse:
    """The toast, after which the living parts of the page look again; `back` is the address for everybody else. `more`:
    `undo` (fields of a form) and the `action` that takes it."""
    if not getattr(request, "htmx", False):
        return HttpResponseRedirect(back)
    response = page(request, "components/told.html", {"say": say, **more}, status=status)
    response["HX-Trigger"] = "colonnade:changed"
    return response
