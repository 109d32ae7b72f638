"""Watches and what they caught: staff's."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Status

from colonnade.api.callers import Caller, caller
from colonnade.api.paging import FIFTY, IdText, Limit, id_in_field, id_in_path, link_next
from colonnade.api.problems import ERRORS, Problem, absent
from colonnade.api.shapes import watches as shapes
from colonnade.api.shapes.posts import post_out
from colonnade.api.shapes.watches import watch_out
from colonnade.conversations import queries as conversations
from colonnade.extensions.types import READ, WRITE
from colonnade.listening import actions, queries
from colonnade.listening.models import Watch

router = Router(tags=["watches"])


def _found(who: Caller, watch: str) -> Watch:
    found = queries.watch_for(who.viewer, id_in_path(watch))
    if found is None:
        raise absent()
    return found


@router.get("", response={200: shapes.WatchList, ERRORS: Problem}, summary="List watches")
def watches(
    request: HttpRequest, response: HttpResponse, after: IdText | None = None, limit: Limit = FIFTY
) -> shapes.WatchList:
    """What is listened for, the oldest first."""
    rows = queries.watches_for(caller(request, READ).viewer).order_by("pk")
    at = id_in_field("after", after)
    shown = list((rows if at is None else rows.filter(pk__gt=at))[:limit])
    link_next(request, response, [watch.pk for watch in shown], limit, "after")
    return shapes.WatchList(watches=[watch_out(watch) for watch in shown])


@router.post("", response={201: shapes.WatchOut, ERRORS: Problem}, summary="Listen for something")
def add(request: HttpRequest, body: shapes.WatchIn) -> Status[Any]:
    """Compare everything that arrives from now on with this search."""
    who = caller(request, WRITE)
    made = actions.add_watch(body.name, body.query, by=who.person, opens_case=body.opens_case)
    return Status(201, watch_out(made))


@router.get("/{watch}", response={200: shapes.WatchOut, ERRORS: Problem}, summary="One watch")
def watch(request: HttpRequest, watch: IdText) -> shapes.WatchOut:
    """A stored search."""
    return watch_out(_found(caller(request, READ), watch))


@router.patch("/{watch}", response={200: shapes.WatchOut, ERRORS: Problem}, summary="Change a watch")
def change(request: HttpRequest, watch: IdText, body: shapes.WatchChange) -> shapes.WatchOut:
    """Change what is asked, its name, whether it opens cases; pause it, resume it."""
    who = caller(request, WRITE)
    found = _found(who, watch)
    if any(one is not None for one in (body.query, body.name, body.opens_case)):
        found = actions.change_watch(
            found, by=who.person, query=body.query, name=body.name, opens_case=body.opens_case
        )
    if body.state is not None:
        turn = actions.pause_watch if body.state == "paused" else actions.resume_watch
        found = turn(found, by=who.person)
    return watch_out(found)


@router.get(
    "/{watch}/mentions", response={200: shapes.MentionList, ERRORS: Problem}, summary="What it caught"
)
def mentions(
    request: HttpRequest,
    response: HttpResponse,
    watch: IdText,
    before: IdText | None = None,
    limit: Limit = FIFTY,
) -> shapes.MentionList:
    """Posts that the watch caught and that you may see, newest first."""
    who = caller(request, READ)
    found = _found(who, watch)
    ids = queries.mentions_for(who.viewer, found, before=id_in_field("before", before), limit=limit)
    why = queries.why(found, ids)
    link_next(request, response, ids, limit)
    return shapes.MentionList(
        mentions=[
            shapes.MentionOut(post=post_out(line), why=why.get(line.id, []))
            for line in conversations.lines(who.viewer, ids)
        ]
    )
