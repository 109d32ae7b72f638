"""Push through real sockets: a process of its own, a real database, browsers that are cut off at any byte."""

from __future__ import annotations

import contextlib
import random
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings

from colonnade.access import actions as access
from colonnade.access import queries
from colonnade.access.models import Holding, Kind, Principal
from colonnade.access.types import EVERYONE, STAFF
from colonnade.core import db, events
from colonnade.core.models import Outbox
from colonnade.core.push import cursors, tokens
from tests.doors.streaming import Door, Said, Stream

pytestmark = pytest.mark.django_db(transaction=True)


class Called(events.Event, frozen=True, kw_only=True):
    what: str = ""


def call(*hints: events.Hint) -> None:
    """Announce something, as any action does; on PostgreSQL a worker would number it."""
    with db.act():
        events.announce(Called(), subject="test:1", hints=hints)
    events.stamp()


def token_for(principal: int, session: str = "s", **options: float) -> str:
    """What a page would put into the cookie of this viewer."""
    viewer = queries.viewer(principal)
    return tokens.seal(principal, viewer.epoch, viewer.audiences, session, **options)


@pytest.fixture(autouse=True)
def _open_circles(transactional_db: None) -> None:
    """Who every database knows: an earlier test of this kind has emptied the tables."""
    with db.machinery():
        for pk in (EVERYONE, STAFF):
            Principal.objects.get_or_create(pk=pk)


@pytest.fixture
def someone() -> Principal:
    return access.make_principal(Kind.PERSON)


@pytest.fixture
def everyone() -> int:
    """The audience of everyone."""
    return access.intern(frozenset({(EVERYONE, EVERYONE)})).pk


@pytest.fixture
def open_door(child_environment: dict[str, str]) -> Iterator[Callable[..., Door]]:
    doors: list[Door] = []
    # What this process seals, that one must open.
    child_environment["COLONNADE_SECRET_KEY"] = settings.SECRET_KEY

    def start(**options: Any) -> Door:
        doors.append(Door(child_environment, **options))
        return doors[-1]

    yield start
    for door in doors:
        door.close()


def test_a_hint_reaches_the_browser_and_says_only_where_to_look(
    open_door: Callable[..., Door], someone: Principal, everyone: int
) -> None:
    door = open_door()
    stream = door.open("place=5", token_for(someone.pk)).greeted()
    assert stream.answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert stream.answer.headers["cache-control"] == "no-store"
    assert stream.answer.headers["connection"] == "close"
    call(events.Hint(everyone, 6, 60), events.Hint(everyone, 5, 50))
    said = stream.next("hint")
    assert said.hints == [{"place": "5", "conversation": "50", "watch": None}]


def test_a_hint_for_others_never_crosses_to_whoever_is_outside_their_audience(
    open_door: Callable[..., Door], someone: Principal, everyone: int
) -> None:
    door = open_door(flush_gap_s=0.0)
    colleague = access.make_principal(Kind.PERSON)
    access.hold(colleague.pk, STAFF)
    staff = access.intern(frozenset({(STAFF, STAFF)})).pk
    outside = door.open("place=5&conversation=50&all=1", token_for(someone.pk)).greeted()
    inside = door.open("place=5", token_for(colleague.pk)).greeted()
    for _ in range(20):
        call(events.Hint(staff, 5, 50, 9))
    call(events.Hint(everyone, 5, 51))
    assert [hint["conversation"] for hint in outside.next().hints] == ["51"]
    seen = Counter[str | None]()
    while not seen["51"]:
        seen.update(hint["conversation"] for hint in inside.next("hint").hints)
    assert seen["50"] >= 1


@pytest.mark.parametrize(
    ("query", "token", "status"),
    [("place=5", "", 401), ("place=5", "made-up", 401), ("", "good", 400), ("place=x", "good", 400)],
)
def test_a_stream_that_may_not_be_is_refused_with_a_sentence(
    open_door: Callable[..., Door], someone: Principal, query: str, token: str, status: int
) -> None:
    stream = open_door().open(query, token_for(someone.pk) if token == "good" else token)
    assert stream.status == status
    assert b'"detail":"' in stream.answer.read()


def test_a_token_may_come_in_the_address_where_no_cookie_can(
    open_door: Callable[..., Door], someone: Principal, everyone: int
) -> None:
    stream = open_door().open(f"all=1&channels={token_for(someone.pk)}").greeted()
    assert stream.answer.headers["access-control-allow-origin"] == "*"
    call(events.Hint(everyone, 5, 50))
    assert stream.next("hint").hints[0]["place"] == "5"


@pytest.mark.parametrize("what", ["sign-out", "suspension", "lost membership"])
def test_a_stream_ends_when_what_its_viewer_may_see_has_changed(
    open_door: Callable[..., Door], someone: Principal, everyone: int, what: str
) -> None:
    other = access.make_principal(Kind.PERSON)
    access.hold(someone.pk, STAFF)
    door = open_door()
    old = token_for(someone.pk)
    stream, bystander = (door.open("all=1", token).greeted() for token in (old, token_for(other.pk)))
    if what == "sign-out":
        access.turn_epoch(someone.pk)
    elif what == "suspension":
        access.suspend(someone.pk)
    else:
        access.let_go(someone.pk, STAFF)
    assert [said.kind for said in stream.until_the_end()] == ["end"]
    assert door.open("all=1", old).status == 401
    call(events.Hint(everyone, 5, 50))
    assert bystander.next().kind == "hint"


def test_streams_are_looked_after_often_enough_to_end_within_five_seconds() -> None:
    from colonnade.live.pace import Pace

    assert Pace().epoch_s <= 3


def test_a_stream_ends_with_renew_before_its_token_does_and_goes_on_from_there(
    open_door: Callable[..., Door], someone: Principal, everyone: int
) -> None:
    door = open_door(renew_before_s=300.5, beat_s=1)
    stream = door.open("all=1", token_for(someone.pk)).greeted()
    *_, renew = stream.until_the_end()
    assert renew.kind == "renew"
    call(events.Hint(everyone, 5, 50))
    again = door.open("all=1", token_for(someone.pk), last_id=renew.id)
    assert again.next("hint").hints[0]["conversation"] == "50"


def test_a_token_that_has_ended_opens_nothing(open_door: Callable[..., Door], someone: Principal) -> None:
    assert open_door().open("all=1", token_for(someone.pk, lifetime_s=-1)).status == 401


def test_100_cuts_lose_nothing_and_repeat_nothing(
    open_door: Callable[..., Door], someone: Principal, everyone: int
) -> None:
    """Cut after any byte, the door itself killed now and then; an event counts once its last byte was read."""
    chance = random.Random(20260504)
    door = open_door(merged=100_000, remembered=40)
    token = token_for(someone.pk)
    first = door.open("all=1", token).greeted()
    first.close()
    total, last_id, cuts = 800, first.parser.last_id, 0
    publisher = threading.Thread(target=_publish, args=(everyone, total))
    publisher.start()
    seen: Counter[str | None] = Counter()
    while cuts < 100 or len(seen) < total:
        stream = door.open("all=1", token, last_id=last_id)
        with contextlib.suppress(ConnectionError, TimeoutError, EOFError):
            for _ in range(chance.choice([0, 1, 1, 2, 3])):
                if len(seen) < total:
                    seen.update(_conversations(stream.next()))
            stream.line.settimeout(0.05)
            stream.read(chance.choice([1, 3, 17, 60, 200]))
        for said in stream.parser.events:
            seen.update(_conversations(said))
        last_id = stream.parser.last_id
        stream.close()
        cuts += 1
        if cuts % 33 == 0 and cuts < 100:
            door.kill()
            door.start()
    publisher.join()
    twice = [conversation for conversation, times in seen.items() if times > 1]
    assert (sorted(map(int, filter(None, seen))), twice) == (list(range(1, total + 1)), [])


def _publish(audience: int, total: int) -> None:
    from django.db import connection

    try:
        for number in range(1, total + 1):
            call(events.Hint(audience, 5, number), events.Hint(audience + 1, 5, total + number))
            time.sleep(0.002)
    finally:
        connection.close()


def _conversations(said: Said) -> list[str | None]:
    assert said.kind == "hint", said
    return [hint["conversation"] for hint in said.hints]


def test_two_doors_hand_a_browser_over_without_loss_or_repetition(
    open_door: Callable[..., Door], someone: Principal, everyone: int
) -> None:
    doors = [open_door(merged=100_000) for _ in range(2)]
    token = token_for(someone.pk)
    last_id = doors[0].open("all=1", token).greeted().parser.last_id
    seen: list[str | None] = []
    for number in range(1, 41):
        call(events.Hint(everyone, 5, number))
        stream = doors[number % 2].open("all=1", token, last_id=last_id)
        seen += _conversations(stream.next())
        last_id = stream.parser.last_id
        stream.close()
    assert seen == [str(number) for number in range(1, 41)]


def test_what_was_missed_is_told_at_once_and_filtered(
    open_door: Callable[..., Door], someone: Principal, everyone: int
) -> None:
    door = open_door()
    token = token_for(someone.pk)
    last_id = door.open("place=5", token).greeted().parser.last_id
    call(events.Hint(everyone, 6, 60), events.Hint(everyone + 1, 5, 50))
    call(events.Hint(everyone, 5, 51))
    door.kill()
    door.start()
    assert [h["conversation"] for h in door.open("place=5", token, last_id).next().hints] == ["51"]


def test_of_several_cursors_the_oldest_counts(
    open_door: Callable[..., Door], someone: Principal, everyone: int
) -> None:
    door = open_door()
    token = token_for(someone.pk)
    marks = []
    for number in range(1, 4):
        call(events.Hint(everyone, 5, number))
        marks.append(cursors.seal(events.head()))
    stream = door.open(f"all=1&after={marks[2]}&after={marks[0]}&after={marks[1]}", token)
    seen: list[str | None] = []
    while len(seen) < 2:  # the door may have heard of the third a moment after it let this stream in
        seen += _conversations(stream.next())
    assert seen == ["2", "3"]
    newer = door.open(f"all=1&after={marks[0]}", token, last_id=marks[1])
    assert [hint["conversation"] for hint in newer.next().hints] == ["3"]


@pytest.mark.parametrize("why", ["forgotten", "from a later time", "of another house", "too much"])
def test_a_cursor_that_cannot_be_caught_up_from_says_reload(
    open_door: Callable[..., Door], someone: Principal, everyone: int, why: str
) -> None:
    for number in range(1, 31):
        call(events.Hint(everyone, 5, number))
    cursor = cursors.seal(3)
    if why == "forgotten":
        with db.machinery():
            Outbox.objects.filter(seq__lte=10).exclude(seq=2).delete()
    elif why == "from a later time":
        cursor = cursors.seal(events.head() + 1)
    elif why == "of another house":
        cursor = cursor[:-3] + ("AAA" if cursor[-3:] != "AAA" else "BBB")
    door = open_door(remembered=5, scanned=20 if why == "too much" else 1000)
    stream = door.open("all=1", token_for(someone.pk), last_id=cursor)
    (said,) = stream.until_the_end()
    assert said.kind == "reload"
    assert cursors.open_(said.id) == events.head()


def test_an_audience_made_after_the_token_still_wakes_its_people(
    open_door: Callable[..., Door], someone: Principal, everyone: int
) -> None:
    colleague = access.make_principal(Kind.PERSON)
    access.hold(colleague.pk, STAFF)
    door = open_door()
    early, outside = (door.open("all=1", token_for(one.pk)).greeted() for one in (colleague, someone))
    old_token = token_for(colleague.pk)
    staff = access.intern(frozenset({(STAFF, STAFF)})).pk
    assert staff not in (tokens.open_(old_token).audiences or ())  # type: ignore[union-attr]
    call(events.Hint(staff, 5, 50))
    assert early.next().hints[0]["conversation"] == "50"
    late = door.open("all=1", old_token).greeted()
    call(events.Hint(staff, 5, 51), events.Hint(everyone, 5, 52))
    assert {hint["conversation"] for hint in late.next().hints} == {"51", "52"}
    assert {hint["conversation"] for hint in outside.next().hints} == {"52"}


def test_a_token_with_too_many_audiences_asks_the_database(
    open_door: Callable[..., Door], someone: Principal, everyone: int
) -> None:
    staff = access.intern(frozenset({(STAFF, STAFF)})).pk
    token = tokens.seal(someone.pk, queries.viewer(someone.pk).epoch, range(1, 90_000, 17), "s")
    stream = open_door().open("all=1", token).greeted()
    call(events.Hint(staff, 5, 50), events.Hint(everyone, 5, 51))
    assert [hint["conversation"] for hint in stream.next().hints] == ["51"]


def test_a_holding_that_has_run_out_admits_nobody(
    open_door: Callable[..., Door], someone: Principal, everyone: int
) -> None:
    from datetime import timedelta

    from colonnade.primitives import clock

    door = open_door()
    access.hold(someone.pk, STAFF, until=clock.now() - timedelta(seconds=1))
    stream = door.open("all=1", token_for(someone.pk)).greeted()
    staff = access.intern(frozenset({(STAFF, STAFF)})).pk
    assert Holding.objects.filter(holder=someone, principal_id=STAFF).exists()
    call(events.Hint(staff, 5, 50), events.Hint(everyone, 5, 51))
    assert [hint["conversation"] for hint in stream.next().hints] == ["51"]


def test_a_reader_that_never_reads_is_cut_and_the_others_hear_everything(
    open_door: Callable[..., Door], someone: Principal, everyone: int
) -> None:
    door = open_door(flush_gap_s=0.0, stuck_s=0.2, grace_s=0.2, write_buffer_bytes=2048, merged=200)
    token = token_for(someone.pk)
    swift = door.open("all=1", token).greeted()
    stuck = door.open("all=1", token, window=2048).greeted()
    number, heard = 0, 0
    while not _was_cut(stuck):
        number += 1
        assert number < 2000, "the stuck reader is still there"
        call(*(events.Hint(everyone, 5, number * 1000 + part) for part in range(100)))
        heard += len(swift.next("hint").hints)
    while heard < number * 100:
        heard += len(swift.next("hint").hints)
    assert heard == number * 100


def _was_cut(stream: Stream) -> bool:
    """Whether the server has hung up: a reset, seen without reading what waits."""
    return stream.line.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) != 0


def test_one_viewer_opens_only_so_many_streams(
    open_door: Callable[..., Door], someone: Principal, everyone: int
) -> None:
    door = open_door(per_principal=3)
    token = token_for(someone.pk)
    streams = [door.open("all=1", token).greeted() for _ in range(3)]
    refused = door.open("all=1", token)
    assert refused.status == 429
    assert refused.answer.headers["retry-after"] == "30"
    streams[0].close()
    while (more := door.open("all=1", token)).status == 429:
        more.close()
    assert more.status == 200


def test_browsers_that_go_while_they_are_let_in_leave_nothing_behind(
    open_door: Callable[..., Door], someone: Principal, everyone: int
) -> None:
    door = open_door(per_principal=5)
    token = token_for(someone.pk)
    door.open("all=1", token).greeted().close()
    for _ in range(100):
        with socket.create_connection(("127.0.0.1", door.port)) as line:
            line.sendall(f"GET /live?all=1&channels={token} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    while (stream := door.open("all=1", token)).status == 429:
        stream.close()
    assert stream.status == 200


def test_the_door_ends_its_streams_and_itself_when_it_is_asked_to(
    open_door: Callable[..., Door], someone: Principal, everyone: int
) -> None:
    door = open_door()
    streams = [door.open("all=1", token_for(someone.pk)).greeted() for _ in range(5)]
    assert door.stop() in (0, -15)
    for stream in streams:
        assert [said.kind for said in stream.until_the_end()] == []


def test_health_is_answered_by_push_and_pages_by_django_on_one_port(open_door: Callable[..., Door]) -> None:
    both, alone = open_door(pages=True), open_door()
    for door in (both, alone):
        assert door.get("/healthz") == (200, b'{"status":"alive"}')
    status, body = both.get("/no-such-page")
    assert (status, b"push" in body) == (404, False)
    assert alone.get("/no-such-page") == (404, b'{"detail":"This port serves push alone."}')
