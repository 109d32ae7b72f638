"""Our accounts and what we read: list, add, health. For staff; adding is for those who may administer."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import Router, Status

from colonnade.api.callers import Caller, caller
from colonnade.api.paging import FIFTY, IdText, Limit, id_in_field, id_in_path, link_next
from colonnade.api.problems import ERRORS, Problem, absent, invalid
from colonnade.api.shapes.elsewhere import (
    AccountIn,
    AccountList,
    ElsewhereOut,
    FeedIn,
    FeedList,
    FeedTaken,
    OneAddress,
    elsewhere_out,
)
from colonnade.extensions.types import ADMIN
from colonnade.networks import registry
from colonnade.networks.base import Author
from colonnade.places import actions, queries
from colonnade.places.models import Place, PlaceKind
from colonnade.places.rules import can_add_place
from colonnade.primitives import text

FEEDS = "feeds"

router = Router()


def _page(
    request: HttpRequest, response: HttpResponse, rows: QuerySet[Place], after: str | None, limit: int
) -> list[ElsewhereOut]:
    at = id_in_field("after", after)
    shown = list((rows if at is None else rows.filter(pk__gt=at))[:limit])
    link_next(request, response, [place.pk for place in shown], limit, "after")
    return [_shown(caller(request, ADMIN), place) for place in shown]


def _one(who: Caller, kind: str, place: str) -> ElsewhereOut:
    found = queries.elsewhere_for(who.viewer, kind).filter(pk=id_in_path(place)).first()
    if found is None:
        raise absent()
    return _shown(who, found)


def _shown(who: Caller, place: Place) -> ElsewhereOut:
    pushes = place.kind == PlaceKind.ACCOUNT and can_add_place(who.person)
    return elsewhere_out(place, queries.hook_address(place.pk, "in") if pushes else None)


def _line(where: str, value: str) -> str:
    line = " ".join(text.normalise(value).split())
    if value and not line:
        raise invalid(where, "There is nothing to read in it.")
    return line


@router.get(
    "/accounts", response={200: AccountList, ERRORS: Problem}, tags=["accounts"], summary="List accounts"
)
def accounts(
    request: HttpRequest, response: HttpResponse, after: IdText | None = None, limit: Limit = FIFTY
) -> AccountList:
    """Our accounts on networks, with how they are."""
    rows = queries.elsewhere_for(caller(request, ADMIN).viewer, PlaceKind.ACCOUNT)
    return AccountList(accounts=_page(request, response, rows, after, limit))


@router.get(
    "/accounts/{account}",
    response={200: ElsewhereOut, ERRORS: Problem},
    tags=["accounts"],
    summary="One account and how it is",
)
def account(request: HttpRequest, account: IdText) -> ElsewhereOut:
    """An account of ours, with its health."""
    return _one(caller(request, ADMIN), PlaceKind.ACCOUNT, account)


@router.post(
    "/accounts",
    response={201: ElsewhereOut, ERRORS: Problem},
    tags=["accounts"],
    summary="Connect an account",
)
def add_account(request: HttpRequest, body: AccountIn) -> Status[Any]:
    """Connect our presence on a network; it is read for the first time at once."""
    who = caller(request, ADMIN)
    can = registry.capabilities_of(body.connector)
    place = actions.add_account(
        body.connector,
        _line("address", body.address),
        name=_line("name", body.name),
        credentials=body.credentials,
        identity=Author(
            network=can.network,
            address=_line("face.address", body.face.address),
            name=_line("face.name", body.face.name),
            url=_line("face.url", body.face.url),
        ),
        by=who.person,
    )
    return Status(201, _made(who, place))


@router.get("/feeds", response={200: FeedList, ERRORS: Problem}, tags=["feeds"], summary="List feeds")
def feeds(
    request: HttpRequest,
    response: HttpResponse,
    url: OneAddress | None = None,
    after: IdText | None = None,
    limit: Limit = FIFTY,
) -> FeedList:
    """What is only read, with how it is; with `url` only the feed at that address."""
    rows = queries.elsewhere_for(caller(request, ADMIN).viewer, PlaceKind.SOURCE)
    if url is not None:
        rows = rows.filter(source__connector=FEEDS, source__address=_line("url", url))
    return FeedList(feeds=_page(request, response, rows, after, limit))


@router.get(
    "/feeds/{feed}",
    response={200: ElsewhereOut, ERRORS: Problem},
    tags=["feeds"],
    summary="One feed and how it is",
)
def feed(request: HttpRequest, feed: IdText) -> ElsewhereOut:
    """Something that is only read, with its health."""
    return _one(caller(request, ADMIN), PlaceKind.SOURCE, feed)


@router.post("/feeds", response={202: FeedTaken, ERRORS: Problem}, tags=["feeds"], summary="Add a feed")
def add_feed(request: HttpRequest, body: FeedIn) -> Status[Any]:
    """Read a feed from now on; ask for it with `GET /rest/feeds?url=…`. An address is read once: the answer is the same
    where it is read already, also where that is in a place which you may not see, and which then stays out of sight."""
    address = _line("url", body.url)
    actions.add_source(FEEDS, address, name=_line("name", body.name), by=caller(request, ADMIN).person)
    return Status(202, FeedTaken(url=address))


def _made(who: Caller, place: Place) -> ElsewhereOut:
    """What was just made, as its maker sees it, even where their token's ceiling ends before it."""
    return _shown(who, queries.place_by_id(place.pk))
