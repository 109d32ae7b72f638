"""The wall as it hangs: a head, panels that take turns, and an alert that comes before all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from colonnade.insight import queries as insight
from colonnade.insight.rules import LOOKS
from colonnade.insight.types import Arrangement
from colonnade.primitives import clock
from colonnade.web.appearance import appearance
from colonnade.web.guards import staff_only
from colonnade.web.looking import looking
from colonnade.web.pages import cursor_now, not_found, page
from colonnade.web.views.wall import glance, panels

Part = Callable[[HttpRequest, Arrangement], dict[str, Any]]

TITLES: dict[str, str | Promise] = {
    "glance": _("At a glance"),
    "volume": _("How much is said"),
    "mood": _("Mood"),
    "share": _("Share of voice"),
    "posts": _("Told most"),
    "clocks": _("Cases and clocks"),
    "networks": _("Where it is said"),
}


@require_safe
@staff_only
def wall(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """The wall that hangs where nothing was arranged, or one that was; `look=light|dark` whatever one's own pages look
    like. Each panel is a part that is fetched by itself; those of the first are `desk`, `answers`, `unusual`, `talk`,
    `out`, `health`."""
    arranged = insight.arrangement(looking(request).viewer, pk)
    if arranged is None:
        return not_found(request)
    part = request.GET.get("part", "")
    if part in PARTS:
        return page(request, f"wall/{part}.html", PARTS[part](request, arranged))
    context: dict[str, Any] = {
        "wall": arranged,
        "panels": [(name, TITLES[name]) for name in arranged.panels],
        "cursor": cursor_now(),
        "now": clock.now(),
    }
    if "glance" in arranged.panels:
        context |= glance.desk(request, arranged)
    return page(request, "wall/page.html", context | _look(request, arranged))


def _look(request: HttpRequest, arranged: Arrangement) -> dict[str, Any]:
    look = request.GET.get("look", "") or arranged.look
    own = appearance(request, looking(request).person)
    return {"appearance": replace(own, theme=look if look in LOOKS else own.theme)}


PARTS: dict[str, Part] = {
    "desk": glance.desk,
    "answers": glance.answers,
    "unusual": glance.unusual,
    "talk": glance.talk,
    "out": glance.out,
    "health": glance.health,
    "volume": panels.volume,
    "mood": panels.mood,
    "share": panels.share,
    "posts": panels.posts,
    "clocks": panels.clocks,
    "networks": panels.networks,
    "alerts": panels.alerts,
}
