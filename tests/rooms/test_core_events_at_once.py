"""Facts announced by many at once: nothing is skipped, each is heard once, in order per subject."""

from __future__ import annotations

import random
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator

import pytest
from django.db import connection

from colonnade.core import db, events, stream
from colonnade.core.models import Batch

pytestmark = pytest.mark.django_db(transaction=True)

WRITERS, EACH, SUBJECTS = 4, 40, 5


class TideTurned(events.Event, frozen=True, kw_only=True):
    pier: int
    writer: int
    turn: int


class Undone(Exception):
    pass


def on_tide_turned(event: TideTurned) -> None:
    stream.append(f"pier {event.pier}", [f"{event.writer}.{event.turn}".encode()])


@pytest.fixture
def subscribed() -> Iterator[None]:
    others = dict(events.subscribers())
    for name in others:
        events.unsubscribe(name)
    events.subscriber(TideTurned)(on_tide_turned)
    yield
    events.unsubscribe(f"{__name__}.on_tide_turned")
    events.subscribers().update(others)


def in_thread(function: Callable[[], None]) -> threading.Thread:
    def run() -> None:
        try:
            function()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_a_fact_that_is_committed_late_is_not_skipped() -> None:
    announced, may_commit = threading.Event(), threading.Event()

    @db.action
    def slow() -> None:
        events.announce(TideTurned(pier=1, writer=1, turn=1), subject="pier:1")
        announced.set()
        assert may_commit.wait(30)

    @db.action
    def quick() -> None:
        events.announce(TideTurned(pier=2, writer=2, turn=1), subject="pier:2")

    late = in_thread(slow)
    assert announced.wait(30)
    early = in_thread(quick)
    if db.is_postgres():
        # The later row is committed first, and read, while the earlier one is still open.
        early.join()
        events.stamp()
        assert [heard.subject for heard in events.since(0)] == ["pier:2"]
    may_commit.set()
    late.join()
    early.join()
    events.stamp()
    first, second = events.since(0)
    assert {first.subject, second.subject} == {"pier:1", "pier:2"}
    assert (first.seq, second.seq) == (1, 2)


def test_many_writers_and_two_pumps_lose_double_and_disorder_nothing(subscribed: None) -> None:
    committed: dict[int, list[str]] = defaultdict(list)
    piers = [threading.Lock() for _ in range(SUBJECTS)]
    ended = threading.Event()

    def write(writer: int) -> None:
        chance = random.Random(writer)
        for turn in range(EACH):
            pier = chance.randrange(SUBJECTS)
            # Stands for the lock of the subject's row, which every action takes before it announces.
            with piers[pier]:
                try:
                    announce(pier, writer, turn, undo=chance.random() < 0.1)
                except Undone:
                    continue
                committed[pier].append(f"{writer}.{turn}")

    @db.action
    def announce(pier: int, writer: int, turn: int, *, undo: bool) -> None:
        events.announce(TideTurned(pier=pier, writer=writer, turn=turn), subject=f"pier:{pier}")
        if undo:
            raise Undone

    def pump() -> None:
        while not ended.is_set():
            if not events.stamp() + events.pump():
                ended.wait(0.005)

    writers = [in_thread(lambda number=number: write(number)) for number in range(WRITERS)]  # type: ignore[misc]
    pumps = [in_thread(pump) for _ in range(2)]
    for thread in writers:
        thread.join()
    ended.set()
    for thread in pumps:
        thread.join()
    while events.stamp() + events.pump():
        continue
    heard = {
        pier: [
            message.decode()
            for batch in stream.read(f"pier {pier}", limit=1000)
            for message in batch.messages
        ]
        for pier in range(SUBJECTS)
    }
    assert heard == {pier: committed[pier] for pier in range(SUBJECTS)}
    numbers = [fact.seq for fact in events.since(0)]
    assert numbers == list(range(1, sum(map(len, committed.values())) + 1))


def test_batches_of_a_stream_become_visible_in_the_order_of_their_offsets() -> None:
    appended, may_commit = threading.Event(), threading.Event()

    @db.action
    def slow() -> None:
        stream.append("news", [b"first"])
        appended.set()
        assert may_commit.wait(30)

    first = in_thread(slow)
    assert appended.wait(30)
    second = in_thread(lambda: stream.append("news", [b"second"]))  # type: ignore[arg-type]
    assert not Batch.objects.exists()
    may_commit.set()
    first.join()
    second.join()
    assert [batch.messages for batch in stream.read("news")] == [[b"first"], [b"second"]]
