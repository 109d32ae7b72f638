"""Who looks: from a request to a viewer. Signed in, a guest who asked something, a crawler, or anybody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from colonnade.access import queries as access
from colonnade.access.types import Viewer
from colonnade.inbox import queries as inbox
from colonnade.inbox.models import WayBack
from colonnade.people import queries as people
from colonnade.people.models import Identity, Person, SignIn
from colonnade.people.rules import can_administer

GUEST_COOKIE = "colonnade_guest"
GUEST_COOKIE_S = 90 * 86_400
MOST_WAYS = 40
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
        return guest
    agent = request.headers.get("User-Agent", "").lower()
    if any(word in agent for word in _CRAWLERS):
        return Looking(access.crawler())
    return Looking(access.anonymous())


def _guest(request: HttpRequest) -> Looking | None:
    """A guest whose cookie still leads to anything. Whoever has an account signs in instead."""
    person_id, ways = _brought(request)
    person = people.person_without_sign_in(person_id) if ways else None
    if person is None or person.state != "active":
        return None
    viewer = inbox.guest_viewer(person, ways)
    return Looking(viewer, person, guest=True, session=f"guest:{person.pk}") if viewer else None


def _brought(request: HttpRequest) -> tuple[int, dict[int, int]]:
    """Whose cookie it is, and the ways back that it names with their epochs; none where it is not ours or too old."""
    sealed = request.COOKIES.get(GUEST_COOKIE, "")
    if not sealed:
        return 0, {}
    try:
        told = signing.loads(sealed, salt=GUEST_COOKIE, max_age=GUEST_COOKIE_S)
    except signing.BadSignature:
        return 0, {}
    return int(told["person"]), {int(way): int(epoch) for way, epoch in told.get("ways", {}).items()}


def sealed_ways(person: int, ways: Mapping[int, int]) -> str:
    """The value of a guest's cookie: who they are, and by which ways they came (the newest, if they are very many)."""
    newest = list(ways.items())[-MOST_WAYS:]
    told = {"person": str(person), "ways": {str(way): epoch for way, epoch in newest}}
    return signing.dumps(told, salt=GUEST_COOKIE)


def remember_guest(request: HttpRequest, response: HttpResponse, way: WayBack) -> None:
    """Give somebody without an account the cookie that brings them back by this way, and by those that they had; only
    after they have sent something. It is worth what the ways are: one that is revoked leads nowhere."""
    person, ways = _brought(request)
    before = {id_: epoch for id_, epoch in ways.items() if id_ != way.pk} if person == way.person_id else {}
    response.set_cookie(
        GUEST_COOKIE,
        sealed_ways(way.person_id, {**before, way.pk: way.epoch}),
        max_age=GUEST_COOKIE_S,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )
