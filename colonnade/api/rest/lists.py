"""Lists that queries name: staff's."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Status

from colonnade.api.callers import Caller, caller
from colonnade.api.paging import FIFTY, IdText, Limit, id_in_field, id_in_path, link_next
from colonnade.api.problems import ERRORS, Problem, absent, invalid
from colonnade.api.shapes import lists as shapes
from colonnade.api.shapes.lists import list_out
from colonnade.api.shapes.watches import VersionList, version_out
from colonnade.extensions.types import READ, WRITE
from colonnade.listening import actions, queries
from colonnade.listening.models import NamedList
from colonnade.listening.rules import BadName

router = Router(tags=["lists"])


def _found(who: Caller, pk: str) -> NamedList:
    found = queries.list_for(who.viewer, id_in_path(pk))
    if found is None:
        raise absent()
    return found


@router.get("", response={200: shapes.ListList, ERRORS: Problem}, summary="List lists")
def lists(
    request: HttpRequest, response: HttpResponse, after: IdText | None = None, limit: Limit = FIFTY
) -> shapes.ListList:
    """The blocks of words that queries may name, the oldest first."""
    rows = queries.lists_for(caller(request, READ).viewer).order_by("pk")
    at = id_in_field("after", after)
    shown = list((rows if at is None else rows.filter(pk__gt=at))[:limit])
    link_next(request, response, [one.pk for one in shown], limit, "after")
    return shapes.ListList(lists=[list_out(one) for one in shown])


@router.post("", response={201: shapes.ListOut, ERRORS: Problem}, summary="Keep a list")
def add(request: HttpRequest, body: shapes.ListIn) -> Status[Any]:
    """Let queries name this from now on."""
    who = caller(request, WRITE)
    try:
        made = actions.add_list(body.name, body.query, by=who.person, description=body.description)
    except BadName as error:
        raise invalid("name", str(error)) from None
    return Status(201, list_out(made))


@router.get("/{list_id}", response={200: shapes.ListOut, ERRORS: Problem}, summary="One list")
def one(request: HttpRequest, list_id: IdText) -> shapes.ListOut:
    """A block of words under a name."""
    return list_out(_found(caller(request, READ), list_id))


@router.get(
    "/{list_id}/versions", response={200: VersionList, ERRORS: Problem}, summary="The forms that a list had"
)
def versions(request: HttpRequest, list_id: IdText) -> VersionList:
    """What it stood for, and who wrote it so."""
    who = caller(request, READ)
    found = _found(who, list_id)
    return VersionList(versions=[version_out(line) for line in queries.list_versions_of(who.viewer, found)])


@router.patch("/{list_id}", response={200: shapes.ListOut, ERRORS: Problem}, summary="Change a list")
def change(request: HttpRequest, list_id: IdText, body: shapes.ListChange) -> shapes.ListOut:
    """Have it stand for something else; what names it asks for that from the next post on. While anything names it, it keeps its
    name (409), and a change with which a watch could no longer be read is refused (422)."""
    who = caller(request, WRITE)
    found = _found(who, list_id)
    try:
        found = actions.change_list(
            found, by=who.person, query=body.query, name=body.name, description=body.description
        )
    except BadName as error:
        raise invalid("name", str(error)) from None
    return list_out(found)


@router.delete("/{list_id}", response={204: None, ERRORS: Problem}, summary="Remove a list")
def remove(request: HttpRequest, list_id: IdText) -> Status[Any]:
    """Take away a list that nothing names (409 while anything does)."""
    who = caller(request, WRITE)
    actions.remove_list(_found(who, list_id), by=who.person)
    return Status(204, None)
