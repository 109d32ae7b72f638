"""Who looks: a client for each, at the pages with cookies and at the API with a token."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.test import Client

from colonnade.extensions import actions as extensions
from colonnade.people import actions as people
from colonnade.people.models import Person
from colonnade.web.looking import GUEST_COOKIE, sealed_ways
from tests.doors.leaks.things import (
    ANONYMOUS,
    APP,
    CRAWLER,
    EVERYBODY,
    GUEST,
    MEMBER,
    OTHER_TEAM,
    OWNER,
    PARTNER,
    SUSPENDED,
    VISITOR,
)
from tests.doors.leaks.town import Town

BACKEND = "colonnade.web.signing_in.Backend"


@dataclass
class Principal:
    """Somebody who looks. `pages` brings the session or cookie, `api` the token; `token` is "" for who has none."""

    name: str
    pages: Client
    api: Client
    token: str
    person: Person | None = None


def principals(town: Town) -> dict[str, Principal]:
    """All of them; the suspended one had a session and a token before."""
    world = town.world
    persons = {
        OWNER: world.ines,
        MEMBER: world.ana,
        OTHER_TEAM: world.lea,
        VISITOR: world.okafor,
        PARTNER: world.partner,
        SUSPENDED: town.suspended,
    }
    made = {name: _principal(town, name, persons.get(name)) for name in EVERYBODY}
    people.suspend(town.suspended, by=world.ines)
    return made


def _principal(town: Town, name: str, person: Person | None) -> Principal:
    agent: dict[str, Any] = (
        {"HTTP_USER_AGENT": "Mozilla/5.0 (compatible; Harbourbot/1.0)"} if name == CRAWLER else {}
    )
    pages = _client(**agent)
    token = ""
    if person is not None:
        pages.force_login(person.sign_in, backend=BACKEND)
        token = extensions.grant(person, ["read", "write", "cases", "admin"])
    if name == GUEST:
        pages.cookies[GUEST_COOKIE] = sealed_ways(town.asker.pk, {town.way.pk: town.way.epoch})
    if name == APP:
        token = extensions.grant(town.world.ana, ["read", "write", "cases", "admin"], places=town.ceiling())
        pages = _client(HTTP_AUTHORIZATION=f"Bearer {token}")
    assert token or name in (GUEST, ANONYMOUS, CRAWLER)
    api = _client(**agent, **({"HTTP_AUTHORIZATION": f"Bearer {token}"} if token else {}))
    return Principal(name, pages, api, token, person)


def _client(**defaults: Any) -> Client:
    return Client(raise_request_exception=False, HTTP_SEC_FETCH_SITE="same-origin", **defaults)
