"""What a grant is worth. Pure functions."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime

from colonnade.access.types import Viewer
from colonnade.extensions.models import Grant
from colonnade.extensions.types import PERMISSIONS
from colonnade.people.models import Person
from colonnade.people.rules import can_administer

PREFIX = "cln_"
LONGEST_TOKEN = 100


class UnknownPermission(ValueError):
    """There is no such permission. `str(error)` names those that there are."""


def checked(permissions: Iterable[str]) -> list[str]:
    """The permissions, each once, in the order of the list of permissions. Raises UnknownPermission."""
    wanted = set(permissions)
    unknown = sorted(wanted - PERMISSIONS.keys())
    if unknown or not wanted:
        named = f"There is no permission “{unknown[0]}”" if unknown else "A token needs a permission"
        raise UnknownPermission(f"{named}; there are: {', '.join(PERMISSIONS)}.")
    return [one for one in PERMISSIONS if one in wanted]


def hash_of(token: str) -> str:
    """SHA-256 of a token, in hex. A token has 256 random bits, so no slower hash is needed."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def looks_like_a_token(text: str) -> bool:
    """Whether it is worth asking the database."""
    return text.startswith(PREFIX) and len(text) <= LONGEST_TOKEN


def is_alive(grant: Grant, now: datetime) -> bool:
    """Whether the token opens anything: not revoked, not over, its person active."""
    if grant.revoked_at is not None or grant.person.state != "active":
        return False
    return grant.expires_at is None or grant.expires_at > now


def may(viewer: Viewer, permission: str) -> bool:
    """Whether the viewer may do this as far as their grant goes; somebody without a grant is not bound by one."""
    return viewer.permissions is None or permission in viewer.permissions


def can_revoke(by: Person, grant: Grant) -> bool:
    """One's own, or anybody's as an admin."""
    return grant.person_id == by.pk or can_administer(by)
