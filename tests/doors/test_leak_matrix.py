"""Nobody sees what is not theirs to see, at any door: every surface, everybody who looks, every kind of space.

Every cell holds something visible (where there is somebody in it who may see anything) and something hidden. The
visible one must appear, the hidden one must not, and where an address names it, it must answer as if it were not there:
the same status, body, headers and number of SQL statements.
"""

from __future__ import annotations

import inspect
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.urls import URLPattern, URLResolver, get_resolver
from ninja.operation import PathView

from colonnade.access.models import Audience, Holding
from colonnade.access.rules import terms_of
from colonnade.access.types import Viewer
from colonnade.conversations import models as conversation_models
from colonnade.conversations import queries as conversations
from colonnade.conversations.events import PostsReceived
from colonnade.conversations.models import Conversation
from colonnade.conversations.queries import lists, visibility
from colonnade.core import db, events, files
from colonnade.core.models import Outbox
from colonnade.core.push import tokens
from colonnade.core.push.tokens import Channels
from colonnade.live.app import Live
from colonnade.live.client import Client
from colonnade.live.index import Index
from colonnade.live.interests import EVERYTHING
from colonnade.live.store import _heard
from colonnade.primitives import clock
from tests.doors.leaks.matrix import Matrix
from tests.doors.leaks.surfaces import NOTHING_OF_POSTS, PUSH, REST, SURFACES, WEB
from tests.doors.leaks.things import (
    ANONYMOUS,
    APP,
    CRAWLER,
    GUEST,
    MEMBER,
    NOBODY,
    OTHER_TEAM,
    OWNER,
    PARTNER,
    STAFF,
    SUSPENDED,
    VISITOR,
)
from tests.doors.leaks.things import WEB as WEB_OPEN
from tests.doors.leaks.town import Town


@pytest.fixture(scope="module")
def matrix(django_db_setup: None, django_db_blocker: Any) -> Iterator[Matrix]:
    """One town for all of this file, taken back at its end. It is noon there at first: "today" shows what is planned
    for the next hours, which late in the evening is none of today's."""
    noon = clock.now().replace(hour=12, minute=0)
    with clock.running_from(noon), django_db_blocker.unblock(), transaction.atomic():
        yield Matrix.of(Town.make())
        transaction.set_rollback(True)
    connection.close()


# --- every address is listed --------------------------------------------------------------------------------------


def addresses(patterns: Any = None, before: str = "") -> Iterator[str]:
    """Every address that the URL resolver knows, as its routes are written; the API's with their methods."""
    for one in get_resolver().url_patterns if patterns is None else patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from addresses(one.url_patterns, route)
        elif isinstance(one, URLPattern):
            view = _path_view(one.callback)
            if view is not None:
                methods = {method for operation in view.operations for method in operation.methods}
                path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route)
                yield from (f"{method} {path}" for method in sorted(methods))
            else:
                yield route


def _path_view(callback: Any) -> PathView | None:
    """django-ninja's view of one path, which its callback closes over."""
    held = inspect.getclosurevars(callback).nonlocals.values() if inspect.isfunction(callback) else ()
    return next((one for one in held if isinstance(one, PathView)), None)


def is_listed(route: str) -> bool:
    listed = {surface.route for surface in SURFACES} | NOTHING_OF_POSTS.keys()
    return route in listed or route.startswith("account/")


def test_every_address_says_what_it_shows() -> None:
    unlisted = [route for route in addresses() if not is_listed(route)]
    assert unlisted == [], (
        f"{len(unlisted)} addresses are in no row of the leak matrix: {unlisted}. Add each to `WEB` or `REST` in "
        "tests/doors/leaks/surfaces.py with what it shows to whom, or to `NOTHING_OF_POSTS` with the reason why it "
        "shows nothing of what people say."
    )


def test_no_row_speaks_of_an_address_that_is_gone() -> None:
    known = set(addresses())
    listed = {surface.route for surface in SURFACES} | NOTHING_OF_POSTS.keys() - {"account/"}
    assert listed - known == set()


def test_the_push_door_answers_no_other_address() -> None:
    source = inspect.getsource(Live.__call__)
    assert set(re.findall(r'"(/[^"]*)"', source)) == set(PUSH)


# --- every cell -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("door", ["pages", "api"])
def test_everybody_sees_what_is_theirs_to_see_and_nothing_else(
    matrix: Matrix, door: str, caplog: pytest.LogCaptureFixture
) -> None:
    """SQLite goes through all cells, PostgreSQL through every second one: everybody is still met at each surface, and
    each surface in each kind of space. The run prints how many were left out."""
    caplog.set_level(logging.CRITICAL, logger="django.request")  # "not found" is what most of it is about
    matrix.half, matrix.left_out = db.is_postgres(), 0
    matrix.outcomes.clear()
    matrix.wrong.clear()
    matrix.go_through(WEB if door == "pages" else REST)
    print(f"\n{matrix} ({door})")
    shown = "\n".join(matrix.wrong[:40])
    assert matrix.wrong == [], f"{matrix}\n{shown}"
    assert matrix.outcomes["shown"] > 100
    assert matrix.outcomes["hidden"] > 100


@pytest.mark.django_db
def test_a_file_that_also_hangs_on_a_hidden_post_keeps_the_hidden_name_to_itself(matrix: Matrix) -> None:
    hidden, seen = (
        next(t for t in matrix.town.things if t.post and t.seen_by == who) for who in (NOBODY, WEB_OPEN)
    )
    digest = files.put(b"The same words", 100)
    with db.act():
        secret, shown = (
            conversation_models.Attachment.objects.create(post_id=post, digest=digest, name=name)
            for post, name in ((hidden.post, "who-has-to-go.txt"), (seen.post, "timetable.txt"))
        )
    answer = matrix.who[ANONYMOUS].pages.get(f"/attachments/{shown.pk}", follow=True)
    assert "timetable.txt" in answer.headers["Content-Disposition"]
    assert matrix.who[ANONYMOUS].pages.get(f"/attachments/{secret.pk}", follow=True).status_code == 404


# --- the matrix itself is awake ---------------------------------------------------------------------------------------


def _everybody_is_let_in(viewer: Viewer, *, with_tombstones: bool = False) -> visibility.Predicate:
    return "1 = 1", []


def _title_for_everybody(viewer: Viewer, pk: int) -> Conversation | None:
    return Conversation.objects.select_related("place", "scope__audience").filter(pk=pk).first()


def _looks_twice(viewer: Viewer, posts: Any, *, with_tombstones: bool = False) -> list[Any]:
    """Gives the right answer, by one statement more where there is something hidden."""
    wanted = list(posts)
    right = lists.lines(viewer, wanted, with_tombstones=with_tombstones)
    if not right and conversation_models.Post.objects.filter(pk__in=wanted).exists():
        conversation_models.Post.objects.filter(pk__in=wanted).count()
    return right


PLANTED: dict[str, tuple[Any, str, Any, tuple[str, ...]]] = {
    "the audience is forgotten": (
        visibility,
        "predicate",
        _everybody_is_let_in,
        ("post", "column of all", "file"),
    ),
    "a conversation opens for everybody": (
        conversations,
        "conversation_for",
        _title_for_everybody,
        ("conversation", "talk"),
    ),
    "what is hidden costs a statement more": (conversations, "lines", _looks_twice, ("post",)),
}


@pytest.mark.django_db
@pytest.mark.parametrize("leak", PLANTED)
def test_a_planted_leak_is_found(
    matrix: Matrix, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, leak: str
) -> None:
    caplog.set_level(logging.CRITICAL, logger="django.request")
    module, name, broken, surfaces = PLANTED[leak]
    monkeypatch.setattr(module, name, broken)
    looked = Matrix(matrix.town, matrix.who)
    looked.go_through(tuple(one for one in WEB if one.name in surfaces))
    assert looked.wrong != [], f"The matrix did not notice that {leak}."


# --- push: where to look, told only to those who may see what is there ------------------------------------------------


def _channels(matrix: Matrix) -> dict[str, Channels]:
    """What is sealed in the channel cookie of each who gets one."""
    found = {}
    for name, principal in matrix.who.items():
        cookie = principal.pages.post("/live/token").cookies.get(tokens.COOKIE)
        opened = tokens.open_(cookie.value) if cookie else None
        if opened is not None:
            found[name] = opened
    return found


@pytest.mark.django_db
def test_a_channel_token_holds_exactly_the_audiences_that_admit_its_holder(matrix: Matrix) -> None:
    channels = _channels(matrix)
    assert set(channels) == {OWNER, MEMBER, OTHER_TEAM, GUEST, VISITOR, PARTNER}
    for name, opened in channels.items():
        held = set(Holding.objects.filter(holder=opened.principal).values_list("principal", flat=True))
        terms = {pk: terms_of(key) for pk, key in Audience.objects.values_list("pk", "key")}
        admitting = {pk for pk, pairs in terms.items() if any({*pair} <= held for pair in pairs)}
        assert set(opened.audiences or ()) == admitting, name
        for thing in matrix.town.things:
            if thing.post:
                audience = conversation_models.Post.objects.get(pk=thing.post).scope.audience_id
                assert (audience in admitting) == (name in thing.seen_by), f"{name}: {thing}"


@pytest.mark.django_db
def test_whoever_gets_no_channel_from_a_page_gets_none_by_asking(matrix: Matrix) -> None:
    for name in (ANONYMOUS, CRAWLER, APP, SUSPENDED):
        asked = matrix.who[name].pages.post("/live/token")
        assert (asked.status_code, tokens.COOKIE in asked.cookies) == (403, False), name


@pytest.mark.django_db
def test_a_hint_wakes_those_who_may_see_what_it_is_about_and_nobody_else(matrix: Matrix) -> None:
    streams = {name: _stream(opened) for name, opened in _channels(matrix).items()}
    assert len(streams) == 6
    index = Index()
    for stream in streams.values():
        index.enter(stream)
    by_post = {thing.post: thing for thing in matrix.town.things if thing.post}
    checked = 0
    for row in Outbox.objects.all():
        woken = {client for clients, _ in index.woken_by(_heard(row.hints), 10**6) for client in clients}
        names = {name for name, stream in streams.items() if stream in woken}
        event = events.decode(row.kind, row.payload)
        if isinstance(event, PostsReceived) and set(event.posts) & by_post.keys():
            may = set().union(*(by_post[post].seen_by for post in event.posts if post in by_post))
            assert names == may & streams.keys(), event
            checked += 1
        elif row.kind.startswith("inbox"):
            assert names <= STAFF, event
            checked += 1
    assert checked > len(by_post)


def _stream(channels: Channels) -> Client:
    assert channels.audiences is not None
    return Client(channels, channels.audiences, frozenset({EVERYTHING}), None, None)  # type: ignore[arg-type]
