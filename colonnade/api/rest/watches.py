"""Watches and what they caught: staff's."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status

from colonnade.api.callers import Caller, caller
from colonnade.api.paging import FIFTY, IdText, Limit, id_in_field, id_in_path, link_next
from colonnade.api.problems import ERRORS, Problem, absent, invalid
from colonnade.api.shapes import watches as shapes
from colonnade.api.shapes.watches import watch_out
from colonnade.conversations import queries as conversations
from colonnade.extensions.types import READ, WRITE
from colonnade.insight import queries as insight
from colonnade.listening import actions, queries
from colonnade.listening.models import Watch
from colonnade.listening.types import Narrowing
from colonnade.people import queries as people
from colonnade.people.models import Person
from colonnade.places import queries as places
from colonnade.places.models import Aim
from colonnade.primitives import clock

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
    made = actions.add_watch(
        body.name,
        body.query,
        by=who.person,
        opens_case=body.opens_case,
        case_query=body.case_query,
        aim=_aim(who, body.aim),
    )
    return Status(201, watch_out(made))


def _aim(who: Caller, aim: str | None) -> Aim | None:
    """The Aim with this id; whoever is not of staff knows of none."""
    pk = id_in_field("aim", aim)
    if pk is None:
        return None
    aims = places.aims() if who.viewer.is_staff else []
    found = next((one for one in aims if one.pk == pk), None)
    if found is None:
        raise invalid("aim", "There is no such Aim.")
    return found


@router.get("/{watch}", response={200: shapes.WatchOut, ERRORS: Problem}, summary="One watch")
def watch(request: HttpRequest, watch: IdText) -> shapes.WatchOut:
    """A stored search."""
    return watch_out(_found(caller(request, READ), watch))


@router.patch("/{watch}", response={200: shapes.WatchOut, ERRORS: Problem}, summary="Change a watch")
def change(request: HttpRequest, watch: IdText, body: shapes.WatchChange) -> shapes.WatchOut:
    """Change what is asked, its name, what opens cases, what it serves; pause it, resume it."""
    who = caller(request, WRITE)
    found = _found(who, watch)
    aim = _aim(who, body.aim) if "aim" in body.model_fields_set else ...
    said = (body.query, body.name, body.opens_case, body.case_query)
    if aim is not ... or any(one is not None for one in said):
        found = actions.change_watch(
            found,
            by=who.person,
            query=body.query,
            name=body.name,
            opens_case=body.opens_case,
            case_query=body.case_query,
            aim=aim,
        )
    if body.state is not None:
        turn = actions.pause_watch if body.state == "paused" else actions.resume_watch
        found = turn(found, by=who.person)
    return watch_out(found)


@router.delete("/{watch}", response={204: None, ERRORS: Problem}, summary="Listen for it no more")
def remove(request: HttpRequest, watch: IdText) -> Status[None]:
    """Forget a watch, and what it caught; the posts stay, and so do cases."""
    who = caller(request, WRITE)
    actions.remove_watch(_found(who, watch), by=who.person)
    return Status(204, None)


@router.get(
    "/{watch}/hours",
    response={200: shapes.CaughtList, ERRORS: Problem},
    summary="How much it caught, by hour",
)
def hours(
    request: HttpRequest, watch: IdText, days: Annotated[int, Query(ge=1, le=31)] = 7
) -> shapes.CaughtList:
    """How many posts that you may see it caught in each hour of the last days, this one included."""
    who = caller(request, READ)
    found = _found(who, watch)
    now = clock.now()
    counted = insight.counts(who.viewer, [found], since=now - timedelta(days=days), before=now)[found.pk]
    return shapes.caught_list(counted)


@router.get(
    "/{watch}/versions", response={200: shapes.VersionList, ERRORS: Problem}, summary="The forms that it had"
)
def versions(request: HttpRequest, watch: IdText) -> shapes.VersionList:
    """What it asked for, and who wrote it so."""
    who = caller(request, READ)
    found = _found(who, watch)
    return shapes.VersionList(
        versions=[shapes.version_out(line) for line in queries.versions_of(who.viewer, found)]
    )


@router.get(
    "/{watch}/mentions", response={200: shapes.MentionList, ERRORS: Problem}, summary="What it caught"
)
def mentions(
    request: HttpRequest,
    response: HttpResponse,
    watch: IdText,
    state: shapes.Standing | None = None,
    owner: IdText | Literal["me", "nobody"] | None = None,
    tag: shapes.Tag = "",
    before: IdText | None = None,
    limit: Limit = FIFTY,
) -> shapes.MentionList:
    """Posts that the watch caught and that you may see, newest first; of one `state`, one `owner` (an id, "me", "nobody"), with
    one `tag`."""
    who = caller(request, READ)
    found = _found(who, watch)
    whose = str(who.person.pk) if owner == "me" else owner or ""
    narrowed = Narrowing(state=state or "", owner=whose, tag=tag)
    posts = queries.mentions_for(
        who.viewer, found, before=id_in_field("before", before), limit=limit, narrowed=narrowed
    )
    link_next(request, response, posts, limit)
    return shapes.MentionList(mentions=_shown(who, found, posts))


def _shown(who: Caller, watch: Watch, posts: list[int]) -> list[shapes.MentionOut]:
    stands = queries.standing_of(who.viewer, watch, posts)
    stories = queries.stories_of(who.viewer, watch, posts)
    return [
        shapes.mention_out(line, stands[line.id], stories[line.id])
        for line in conversations.lines(who.viewer, posts)
        if line.id in stands and line.id in stories
    ]


@router.patch(
    "/{watch}/mentions/{post}", response={200: shapes.MentionOut, ERRORS: Problem}, summary="Sort a mention"
)
def sort(request: HttpRequest, watch: IdText, post: IdText, body: shapes.MentionChange) -> shapes.MentionOut:
    """Say what became of a mention, whose it is, how it is tagged, and whether it is what the watch looks for."""
    who = caller(request, WRITE)
    found, pk = _found(who, watch), id_in_path(post)
    if not queries.is_mention(who.viewer, found, pk):
        raise absent()
    said = body.model_fields_set
    owner = _colleague(who, body.owner) if "owner" in said else ...
    try:
        actions.sort_mention(found, pk, by=who.person, state=body.state, owner=owner, tags=body.tags)
    except ValueError as error:
        raise invalid("owner", str(error)) from None
    if "relevant" in said:
        actions.label_post(found, pk, body.relevant, by=who.person)
    shown = _shown(who, found, [pk])
    if not shown:
        raise absent()
    return shown[0]


def _colleague(who: Caller, owner: str | None) -> Person | None:
    if owner is None or owner == "me":
        return who.person if owner else None
    person = people.staff().filter(pk=id_in_field("owner", owner) or 0).first()
    if person is None:
        raise invalid("owner", "There is no such colleague.")
    return person
