"""Who somebody is, as far as the viewer may know: through what they said."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from colonnade.conversations import queries as conversations
from colonnade.people.models import Identity, Person
from colonnade.web.guards import staff_only
from colonnade.web.looking import looking
from colonnade.web.pages import cursor_now, not_found, page
from colonnade.web.streams import AT_ONCE, Shows, posts


@require_safe
@staff_only
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """A person with all their identities, for staff who may read anything that one of them said."""
    viewer = looking(request).viewer
    said = conversations.visible_to(viewer).filter(author__person=pk).order_by("-pk")
    lines = conversations.lines(viewer, said.values_list("pk", flat=True)[:AT_ONCE])
    found = Person.objects.filter(pk=pk).prefetch_related("identities").first() if lines else None
    if found is None:
        return not_found(request)
    return page(
        request, "people/person.html", {"person": found, "identities": found.identities.all(), "posts": lines}
    )


@require_safe
def identity(request: HttpRequest, pk: int) -> HttpResponse:
    """A name on a network, and what was said under it; it exists for those who may read any of it."""
    who, cursor = looking(request), cursor_now()
    shows = Shows("identity", pk)
    lines = posts(who.viewer, shows)
    found = Identity.objects.filter(pk=pk).first() if lines else None
    if found is None:
        return not_found(request)
    more = lines[-1].id if len(lines) == AT_ONCE else None
    context = {"identity": found, "posts": lines, "shows": shows, "cursor": cursor, "more": more}
    return page(request, "people/identity.html", context)
