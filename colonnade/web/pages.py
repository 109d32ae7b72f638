"""How a page is made: the frame around it, its push channel, and the same answer for hidden and for absent."""

from __future__ import annotations

from math import ceil
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import SimpleLazyObject

from colonnade.access.types import Viewer
from colonnade.core import events
from colonnade.core.push import cursors, tokens
from colonnade.people.models import Person
from colonnade.primitives import clock
from colonnade.web.appearance import appearance
from colonnade.web.house import House, house, without_asking
from colonnade.web.looking import Looking, looking
from colonnade.web.nearest import nearest
from colonnade.web.origin import stamp

NOBODY = Looking(Viewer(principal=0))


def page(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """A whole page (or, for a part, its template alone) with who looks and how far the server knew."""
    who = looking(request)
    response = render(request, template, _frame(request, who) | (context or {}), status=status)
    if who.person is not None and tokens.COOKIE not in request.COOKIES:
        give_channels(response, who)
    return response


def _frame(request: HttpRequest, who: Looking) -> dict[str, Any]:
    return {
        "looking": who,
        **_whose(),
        "appearance": appearance(request, None if who.guest else who.person),
    }


def frame(request: HttpRequest) -> dict[str, Any]:
    """The same for pages that are not made here (signing in); who looks is found out only where it is asked."""
    return {
        "looking": SimpleLazyObject(lambda: looking(request)),
        **_whose(),
        "appearance": SimpleLazyObject(lambda: appearance(request, _member(request))),
    }


def _member(request: HttpRequest) -> Person | None:
    who = looking(request)
    return None if who.guest else who.person


def _whose() -> dict[str, Any]:
    """Whose house it is, for templates that show it."""
    return {"house": SimpleLazyObject(house), "organisation": SimpleLazyObject(lambda: house().name)}


def whose_without_asking() -> dict[str, House | str]:
    """The same for a page that asks the database nothing."""
    known = without_asking()
    return {"house": known, "organisation": known.name}


def give_channels(response: HttpResponse, who: Looking) -> None:
    """The cookie with which the browser may open its push stream. It ends with the first thing that the viewer holds."""
    viewer = who.viewer
    lasts_s = _lasts_s(viewer)
    response.set_cookie(
        tokens.COOKIE,
        tokens.seal(viewer.principal, viewer.epoch, viewer.audiences, who.session, lifetime_s=lasts_s),
        max_age=ceil(lasts_s),
        path=tokens.COOKIE_PATH,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )


def _lasts_s(viewer: Viewer) -> float:
    """How long a stream of this viewer may last: what ends by its time alone turns no epoch, so no door hears of it."""
    left = (viewer.until - clock.now()).total_seconds() if viewer.until else tokens.LIFETIME_S
    return max(0.0, min(left, tokens.LIFETIME_S))


def cursor_now() -> str:
    """How far the server knows at this moment, sealed: taken before the page's posts are read, so nothing is lost."""
    return cursors.seal(events.head())


def not_found(request: HttpRequest) -> HttpResponse:
    """The one answer for what is hidden and for what is not there. Only where no page of ours answers such addresses at
    all are the nearest things shown: elsewhere nothing but the address may differ."""
    return page(
        request, "layouts/not_found.html", _ways_on(request, request.resolver_match is None), status=404
    )


def gone(request: HttpRequest) -> HttpResponse:
    """The answer for what was deleted, to those who could see it while it was there; to all others it is not found."""
    return page(request, "layouts/not_found.html", _ways_on(request, True) | {"gone": True}, status=410)


def _ways_on(request: HttpRequest, show_nearest: bool) -> dict[str, Any]:
    """What a page that says "not here" offers instead; a part of a page, or a form that was sent, offers nothing."""
    if request.method not in ("GET", "HEAD") or "part" in request.GET or "HX-Request" in request.headers:
        return {}
    who = looking(request)
    ways: dict[str, Any] = {} if who.staff else {"stamp": stamp("ask")}
    return ways | {"nearest": nearest(request, who.viewer)} if show_nearest else ways


def plain_page(
    request: HttpRequest, title: str, say: str, status: int, *, safely: bool = False
) -> HttpResponse:
    """A page that says one thing and shows a way on. `safely`: without a look at the database."""
    who = NOBODY if safely else looking(request)
    told = _frame(request, who) | {"heading": title, "say": say}
    return render(
        request, "layouts/say.html", told | (whose_without_asking() if safely else {}), status=status
    )


def is_part(request: HttpRequest, name: str) -> bool:
    """Whether only the named part of a page is asked for."""
    return request.GET.get("part") == name
