"""Posts: read them, search them, say something, take it back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status

from colonnade.access import queries as access
from colonnade.access.types import Viewer
from colonnade.api.callers import Caller, caller
from colonnade.api.paging import FIFTY, IdText, Limit, id_in_field, id_in_path, link_next, link_onward
from colonnade.api.problems import ERRORS, Problem, Wrong, absent, invalid
from colonnade.api.shapes.posts import HourList, HourOut, PostIn, PostList, PostOut, post_out
from colonnade.conversations import actions, queries, rules
from colonnade.conversations.models import Post
from colonnade.extensions.types import READ, WRITE
from colonnade.inbox import actions as inbox
from colonnade.listening import queries as listening
from colonnade.listening.language.parsing import parse
from colonnade.listening.search import finding
from colonnade.places import queries as places
from colonnade.places.models import Place, PlaceKind
from colonnade.primitives import clock, ids, text

router = Router(tags=["posts"])


@router.get("/posts", response={200: PostList, ERRORS: Problem}, summary="List posts")
def posts(
    request: HttpRequest,
    response: HttpResponse,
    place: IdText | None = None,
    author: IdText | None = None,
    before: IdText | None = None,
    limit: Limit = FIFTY,
) -> PostList:
    """The newest posts that you may see: everywhere, in one place, by one author."""
    viewer = caller(request, READ).viewer
    found = queries.newest(
        viewer,
        place=id_in_field("place", place),
        author=id_in_field("author", author),
        before=id_in_field("before", before),
        limit=limit,
    )
    link_next(request, response, found, limit)
    return PostList(posts=[post_out(line) for line in queries.lines(viewer, found)])


@router.get("/search", response={200: PostList, ERRORS: Problem}, summary="Search posts")
def search(
    request: HttpRequest,
    response: HttpResponse,
    q: Annotated[str, Query(min_length=1, max_length=1000)],
    before: IdText | None = None,
    limit: Limit = FIFTY,
) -> PostList:
    """Posts that fit a query, newest first, in the language of stored queries: words, "phrases", OR, -left out, NEAR, fields.
    A page may hold fewer than `limit`, or none, and still name a next one: then so much was looked through."""
    viewer = caller(request, READ).viewer
    tree = parse(q, listening.list_texts_for(viewer, q))
    found = finding.search(viewer, tree, before=id_in_field("before", before), limit=limit)
    if found.back_to is None:
        link_next(request, response, found.posts, limit)
    else:
        link_onward(request, response, found.back_to, limit)
    return PostList(posts=[post_out(line) for line in queries.lines(viewer, found.posts)])


@router.get("/search/hours", response={200: HourList, ERRORS: Problem}, summary="Posts by hour")
def search_by_hour(
    request: HttpRequest,
    q: Annotated[str, Query(min_length=1, max_length=1000)],
    days: Annotated[int, Query(ge=1, le=31)] = 30,
) -> HourList:
    """How many posts that you may see fit a query, by the hour, in the last days. For queries of words, phrases, beginnings and
    days: what has to be tried post by post is not counted."""
    now = clock.now()
    until, since = (
        ids.first_of(int(moment.timestamp()) * 1000)
        for moment in (now + timedelta(hours=1), now - timedelta(days=days))
    )
    viewer = caller(request, READ).viewer
    tree = parse(q, listening.list_texts_for(viewer, q))
    counted = finding.by_hour(viewer, tree, since=since, until=until)
    if counted is None:
        raise invalid("q", "This has to be tried post by post, so it is not counted. Words and phrases are.")
    hours = [
        HourOut(at=datetime.fromtimestamp(hour * 3600, UTC), posts=posts) for hour, posts in counted.items()
    ]
    return HourList(hours=hours)


@router.get("/posts/{post}", response={200: PostOut, ERRORS: Problem}, summary="One post")
def post(request: HttpRequest, post: IdText) -> PostOut:
    """A post that you may see."""
    return _shown(caller(request, READ).viewer, id_in_path(post))


def _shown(viewer: Viewer, pk: int) -> PostOut:
    lines = queries.lines(viewer, [pk])
    if not lines:
        raise absent()
    return post_out(lines[0])


@router.post("/posts", response={201: PostOut, ERRORS: Problem}, summary="Say something")
def say(request: HttpRequest, body: PostIn) -> Status[Any]:
    """Say something in a space of ours: in a conversation, or as the beginning of one. It is there when this returns."""
    who = caller(request, WRITE)
    if (body.place is None) == (body.conversation is None):
        raise invalid("place", "Name either the place or the conversation.")
    if text.is_blank(text.normalise(body.text)):
        raise invalid("text", "Write at least one word.")
    made = _answer(who, body) if body.conversation is not None else _begin(who, body)
    return Status(201, _shown(who.looks_again(), made.pk))


def _begin(who: Caller, body: PostIn) -> Post:
    place = places.place_for(who.viewer, id_in_field("place", body.place) or 0)
    if place is None:
        raise absent()
    _check_ours(place)
    if body.reply_to is not None:
        raise invalid("reply_to", "An answer belongs into the conversation of what it answers.")
    _, made = actions.start(place, by=who.identity, text=body.text, title=body.title, private=body.private)
    return made


def _answer(who: Caller, body: PostIn) -> Post:
    talk = queries.conversation_for(who.viewer, id_in_field("conversation", body.conversation) or 0)
    if talk is None:
        raise absent()
    _check_ours(talk.place)
    if not rules.can_write(who.viewer, talk):
        raise Wrong(
            403,
            "not-yours",
            "What is said next here is not for you to write: it is closed, or others read it.",
        )
    answered = None
    if body.reply_to is not None:
        answered = queries.post_for(who.viewer, id_in_field("reply_to", body.reply_to) or 0)
        if answered is None or answered.conversation_id != talk.pk:
            raise invalid("reply_to", "There is no such post in this conversation.")
    inbox.hold_back(who.identity.person, talk.pk, body.text, access.terms_of(talk.scope.audience))
    return actions.say(talk, body.text, by=who.identity, title=body.title, reply_to=answered)


def _check_ours(place: Place) -> None:
    if place.kind != PlaceKind.SPACE:
        raise Wrong(
            422, "not-here", f"{place} is not ours to write in. Answer there by a case: POST /rest/cases."
        )


@router.delete("/posts/{post}", response={204: None, ERRORS: Problem}, summary="Delete a post")
def delete(request: HttpRequest, post: IdText) -> Status[Any]:
    """Delete a post of your own (or any, as an admin). Its words go, its place in the conversation stays."""
    who = caller(request, WRITE)
    found = queries.post_for(who.viewer, id_in_path(post))
    if found is None:
        raise absent()
    actions.delete(found.pk, by=who.person)
    return Status(204, None)
