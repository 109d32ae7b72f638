"""Who calls."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest
from ninja import Router, Schema

from colonnade.api.callers import Caller
from colonnade.api.paging import IdText
from colonnade.api.problems import ERRORS, Problem

router = Router(tags=["me"])


class MeOut(Schema):
    """The token's person, what it may do, and the places beyond which it does not reach (null: no such limit)."""

    id: IdText
    name: str
    role: str
    permissions: list[str]
    places: list[IdText] | None


@router.get("", response={200: MeOut, ERRORS: Problem}, summary="Who am I?")
def me(request: HttpRequest) -> MeOut:
    """Any token may ask."""
    who = cast("Caller", request.auth)  # type: ignore[attr-defined]
    ceiling = who.viewer.ceiling
    return MeOut(
        id=str(who.person.pk),
        name=str(who.person),
        role=who.person.role,
        permissions=sorted(who.grant.permissions),
        places=None if ceiling is None else [str(place) for place in sorted(ceiling)],
    )
