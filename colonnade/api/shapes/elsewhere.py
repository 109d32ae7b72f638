"""Accounts and feeds on the wire, with how they are."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, cast

from ninja import Query, Schema
from pydantic import Field

from colonnade.api.paging import IdText
from colonnade.places.models import Place

Line = Annotated[str, Field(min_length=1, max_length=200)]
Address = Annotated[str, Field(min_length=1, max_length=2000)]
OneAddress = Annotated[str, Query(min_length=1, max_length=2000)]


class HealthOut(Schema):
    """How a place elsewhere is. `next_read` is empty where nothing is asked of it any more."""

    state: Literal["new", "well", "failing", "sign_in_needed", "gone"]
    failures: int
    last_error: str
    last_read: datetime | None
    next_read: datetime | None


class ElsewhereOut(Schema):
    """An account of ours on a network, or a source that is only read. `push_to` is where its network may push to us;
    whoever knows it can, so only administrators are told."""

    id: IdText
    kind: Literal["account", "source"]
    name: str
    slug: str
    connector: str
    address: str
    health: HealthOut | None
    push_to: str | None = None


class AccountList(Schema):
    """Our accounts, oldest first."""

    accounts: list[ElsewhereOut]


class FeedList(Schema):
    """What is only read, oldest first."""

    feeds: list[ElsewhereOut]


class FaceIn(Schema):
    """Under which name we speak there."""

    address: Annotated[str, Field(min_length=1, max_length=500)]
    name: Annotated[str, Field(max_length=200)] = ""
    url: Annotated[str, Field(max_length=2000)] = ""


class AccountIn(Schema):
    """An account of ours to be connected. The credentials are encrypted and never given out."""

    connector: Annotated[str, Field(min_length=1, max_length=32)]
    address: Address
    name: Line
    face: FaceIn
    credentials: dict[str, Any] = {}


class FeedIn(Schema):
    """A feed to be read: its own address, http or https."""

    url: Annotated[str, Field(min_length=1, max_length=2000, pattern=r"^[hH][tT][tT][pP][sS]?://[^\s/]")]
    name: Annotated[str, Field(max_length=200)] = ""


class FeedTaken(Schema):
    """A feed is read from now on. The answer never says whether it was before, which may be nobody's business."""

    url: str


def elsewhere_out(place: Place, push_to: str | None = None) -> ElsewhereOut:
    """An account or source on the wire."""
    there = place.account if place.kind == "account" else place.source
    polling = getattr(place, "polling", None)
    health = polling and HealthOut(
        state=polling.health,
        failures=polling.failures,
        last_error=polling.last_error,
        last_read=polling.read_at,
        next_read=polling.due_at,
    )
    return ElsewhereOut(
        id=str(place.pk),
        kind=cast("Any", place.kind),
        name=place.name,
        slug=place.slug,
        connector=there.connector,
        address=there.address,
        health=health,
        push_to=push_to,
    )
