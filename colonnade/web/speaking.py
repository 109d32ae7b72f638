"""In which language and zone a page speaks: the member's own; a visitor's by what their browser asks for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

_SPEAKING = {code for code, _ in settings.LANGUAGES}
_WORDLESS = ("/assets/", "/live", "/rest/", "/healthz", "/readyz", "/hooks/")


class Speaking:
    """Middleware: activates the language and the zone of whoever is signed in. Visitors' language was found before."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        person = _member(request)
        if person is None:
            return self.get_response(request)
        if person.language in _SPEAKING:
            translation.activate(person.language)
            request.LANGUAGE_CODE = translation.get_language()
        with timezone.override(_zone(person.time_zone)):
            return self.get_response(request)


def _member(request: HttpRequest) -> Any:
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or request.path.startswith(_WORDLESS):
        return None
    user: Any = request.user
    return user.person if user.is_authenticated else None


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return None
