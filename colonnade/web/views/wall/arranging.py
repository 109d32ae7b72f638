"""Arranging a wall: which panels, of which watches, for how long, light or dark; each with an address of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from colonnade.insight import actions, rules
from colonnade.insight import queries as insight
from colonnade.insight.models import Wall
from colonnade.listening import queries as listening
from colonnade.primitives import ids
from colonnade.web.guards import staff_only
from colonnade.web.looking import looking
from colonnade.web.pages import not_found, page
from colonnade.web.views.wall.page import TITLES

MOST = 200


@dataclass(frozen=True, slots=True)
class Form:
    """A wall as its form shows it: as it stands, or as somebody typed it who was refused."""

    wall: Wall | None
    name: str
    panels: frozenset[str]
    watches: frozenset[int]
    seconds: int
    look: str


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def arrange(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """The walls there are, and the form of one: of a new one, or of the one that is named."""
    viewer, person = looking(request).viewer, looking(request).person
    found = insight.wall_for(viewer, pk) if pk is not None else None
    if person is None or (pk is not None and found is None):
        return not_found(request)
    if request.method != "POST":
        return _shown(request, _standing(found))
    typed = _typed(request, found)
    try:
        chosen = listening.watches_for(viewer).filter(pk__in=typed.watches)
        kept = actions.arrange_wall(
            found,
            by=person,
            name=typed.name,
            panels=typed.panels,
            watches=chosen,
            seconds=typed.seconds,
            look=typed.look,
        )
    except ValueError as error:
        return _shown(request, typed, error=str(error))
    return HttpResponseRedirect(f"{reverse('wall_arranged', args=[kept.pk])}?kept=1")


@require_POST
@staff_only
def take_down(request: HttpRequest, pk: int) -> HttpResponse:
    """A wall is no more."""
    who = looking(request)
    found = insight.wall_for(who.viewer, pk)
    if found is None or who.person is None:
        return not_found(request)
    actions.take_down_wall(found, by=who.person)
    return HttpResponseRedirect(reverse("wall_arrange"))


def _standing(found: Wall | None) -> Form:
    if found is None:
        return Form(None, "", frozenset(rules.PANELS), frozenset(), rules.USUAL_SECONDS, "dark")
    watches = frozenset(found.watches.values_list("pk", flat=True))
    return Form(found, found.name, frozenset(found.panels), watches, found.seconds, found.look)


def _typed(request: HttpRequest, found: Wall | None) -> Form:
    said = request.POST
    return Form(
        found,
        said.get("name", "")[:100],
        frozenset(said.getlist("panel")) & frozenset(rules.PANELS),
        frozenset(ids.parse(one) or 0 for one in said.getlist("watch")),
        ids.parse(said.get("seconds", "")) or rules.USUAL_SECONDS,
        said.get("look", ""),
    )


def _shown(request: HttpRequest, form: Form, error: str = "") -> HttpResponse:
    viewer = looking(request).viewer
    context: dict[str, Any] = {
        "form": form,
        "error": error,
        "walls": list(insight.walls_for(viewer)),
        "watches": list(listening.watches_for(viewer).filter(state="active")[:MOST]),
        "panels": [(name, TITLES[name]) for name in rules.PANELS],
        "seconds": rules.SECONDS,
        "home": settings.COLONNADE_PUBLIC_URL,
        "kept": "kept" in request.GET,
    }
    return page(request, "wall/arrange.html", context, status=422 if error else 200)
