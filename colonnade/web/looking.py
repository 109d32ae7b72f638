"""Who looks: from a request to a viewer. Signed in, a guest who asked something, a crawler, or anybody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from colonnade.access import queries as access
from colonnade.access.types import Viewer
from colonnade.people import queries as people
from colonnade.people.models import Identity, Person, SignIn
from colonnade.people.rules import can_administer

GUEST_COOKIE = "colonnade_guest"
GUEST_COOKIE_S = 90 * 86_400
_CRAWLERS = ("bot", "crawler", "spider", "slurp")


@dataclass(frozen=True, slots=True)
class Looking:
    """Who looks at a page. `person` is None for anybody; `guest` says that they never signed in."""

    viewer: Viewer
    person: Person | None = None
    guest: bool = False
    session: str = ""

    @property
    def staff(self) -> bool:
        return self.viewer.is_staff

    @property
    def admin(self) -> bool:
        return self.person is not None and can_administer(self.person)

    @property
    def identity(self) -> Identity | None:
        return people.identity_here(self.person) if self.person else None


def looking(request: HttpRequest) -> Looking:
    """Who makes this request; found out once a request."""
    known: Looking | None = getattr(request, "_looking", None)
    if known is None:
        known = _find(request)
        request._looking = known  # type: ignore[attr-defined]
    return known


def _find(request: HttpRequest) -> Looking:
    user: Any = request.user if settings.SESSION_COOKIE_NAME in request.COOKIES else None
    if isinstance(user, SignIn) or (user is not None and user.is_authenticated):
        person = user.person  # read together with the sign-in by `signing_in.Backend`
        return Looking(people.viewer_for(person), person, session=request.session.session_key or "")
    guest = _guest(request)
    if guest is not None:
        return Looking(people.viewer_for(guest), guest, guest=True, session=f"guest:{guest.pk}")
    agent = request.headers.get("User-Agent", "").lower()
    if any(word in agent for word in _CRAWLERS):
        return Looking(access.crawler())
    return Looking(access.anonymous())


def _guest(request: HttpRequest) -> Person | None:
    sealed = request.COOKIES.get(GUEST_COOKIE, "")
    if not sealed:
        return None
    try:
        told = signing.loads(sealed, salt=GUEST_COOKIE, max_age=GUEST_COOKIE_S)
    except signing.BadSignature:
        return None
    person = people.person_by_id(int(told["person"]))
    return person if person is not None and person.state == "active" else None


def remember_guest(response: HttpResponse, person: Person) -> None:
    """Give somebody without an account the cookie that brings them back; only after they have sent something."""
    response.set_cookie(
        GUEST_COOKIE,
        signing.dumps({"person": str(person.pk)}, salt=GUEST_COOKIE),
        max_age=GUEST_COOKIE_S,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )
