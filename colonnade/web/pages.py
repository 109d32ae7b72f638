"""How a page is made: the frame around it, its push channel, and the same answer for hidden and for absent."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from colonnade.core import events
from colonnade.live import cursors, tokens
from colonnade.web.looking import Looking, looking


def page(request: HttpRequest, template: str, context: dict[str, Any] | None = None, status: int = 200) -> HttpResponse:
    """A whole page (or, for a part, its template alone) with who looks and how far the server knew."""
    who = looking(request)
    response = render(request, template, {"looking": who, **(context or {})}, status=status)
    if who.person is not None and "colonnade_channels" not in request.COOKIES:
        give_channels(response, who)
    return response


def give_channels(response: HttpResponse, who: Looking) -> None:
    """The cookie with which the browser may open its push stream."""
    response.set_cookie(
        tokens.COOKIE,
        tokens.seal(who.viewer.principal, who.viewer.epoch, who.viewer.audiences, who.session),
        max_age=tokens.LIFETIME_S,
        path=tokens.COOKIE_PATH,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )


def cursor_now() -> str:
    """How far the server knows at this moment, sealed: taken before the page's posts are read, so nothing is lost."""
    return cursors.seal(events.head())


def not_found(request: HttpRequest) -> HttpResponse:
    """The one answer for what is hidden and for what is not there."""
    return page(request, "layouts/not_found.html", status=404)
