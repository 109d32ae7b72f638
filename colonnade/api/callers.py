"""Who calls: a token stands for a person, under its ceiling and permissions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from django.http import HttpRequest
from ninja.security import HttpBearer

from colonnade.access.types import Viewer
from colonnade.api import pace
from colonnade.api.bodies import check_request
from colonnade.api.problems import UNKNOWN_TOKEN, Wrong
from colonnade.extensions import actions as extensions
from colonnade.extensions import queries
from colonnade.extensions.models import Grant
from colonnade.extensions.rules import may
from colonnade.extensions.types import PERMISSIONS
from colonnade.inbox.rules import at_the_desk
from colonnade.people import queries as people
from colonnade.people.models import Identity, Person

READING = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True, slots=True)
class Caller:
    """A program, in the name of its person. `viewer` sees what both may."""

    grant: Grant
    viewer: Viewer

    @property
    def person(self) -> Person:
        return self.grant.person

    @property
    def desk(self) -> Viewer:
        """The same at the desk, where blocks and mutes do not bind."""
        return at_the_desk(self.viewer)

    def looks_again(self) -> Viewer:
        """The viewer as it is after something was done: whoever begins a private conversation may read it then."""
        return queries.viewer_of(self.grant)

    @property
    def identity(self) -> Identity:
        """The face under which the person speaks here."""
        found = people.identity_here(self.person)
        if found is None:
            raise Wrong(403, "not-allowed", "This person has no name of their own here.")
        return found


class Bearer(HttpBearer):
    """`Authorization: Bearer cln_…`. Also the first to look at a request: what is too large is not read at all."""

    def __call__(self, request: HttpRequest) -> Any:
        check_request(request)
        return super().__call__(request)

    def authenticate(self, request: HttpRequest, token: str) -> Caller:
        """The caller. Raises Wrong for a token that opens nothing, and for one that comes too often."""
        found = queries.viewer_for_token(token.strip())
        if found is None:
            raise UNKNOWN_TOKEN
        grant, viewer = found
        if request.method in READING:
            pace.check_read(str(grant.pk))
        else:
            pace.check_write(str(grant.pk))
        extensions.note_use(grant)
        return Caller(grant, viewer)


def caller(request: HttpRequest, permission: str) -> Caller:
    """Who calls, if they may do this. Raises Wrong (403) where the token lacks the permission."""
    who = cast("Caller", request.auth)  # type: ignore[attr-defined]
    if not may(who.viewer, permission):
        raise Wrong(
            403, "permission", f"This token lacks the permission “{permission}”: {PERMISSIONS[permission]}."
        )
    return who
