"""Search in everything that the viewer may see, newest first."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from colonnade.conversations import queries as conversations
from colonnade.conversations.search.terms import EmptySearch
from colonnade.primitives import ids
from colonnade.web.looking import looking
from colonnade.web.pages import page

AT_ONCE = 30


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """What was found for `q`; without it, the box alone."""
    viewer, query = looking(request).viewer, request.GET.get("q", "").strip()
    context: dict[str, object] = {"q": query}
    if query:
        try:
            found = conversations.search(
                viewer, query, before=ids.parse(request.GET.get("before", "")), limit=AT_ONCE
            )
            lines = conversations.lines(viewer, found)
            context |= {"posts": lines, "more": found[-1] if len(found) == AT_ONCE else None}
        except EmptySearch as error:
            context["error"] = str(error)
    return page(request, "search/page.html", context)
