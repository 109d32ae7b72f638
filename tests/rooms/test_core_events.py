"""Facts: announced in an action, numbered in the order of commits, heard at least once and in order per subject."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from colonnade.core import db, events, points, stream
from colonnade.core.models import Cursor, Outbox, Setback
from colonnade.primitives import clock

pytestmark = pytest.mark.django_db

MORNING = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)


class FerryLeft(events.Event, frozen=True, kw_only=True):
    ferry: int
    run: int = 0


class BridgeClosed(events.Event, frozen=True, kw_only=True):
    bridge: int


@db.action
def leave(ferry: int, run: int = 0) -> None:
    events.announce(
        FerryLeft(ferry=ferry, run=run), subject=f"ferry:{ferry}", hints=[events.Hint(7, place=ferry)]
    )


@db.action
def close(bridge: int) -> None:
    events.announce(BridgeClosed(bridge=bridge), subject=f"bridge:{bridge}")


def logged() -> list[str]:
    """What subscribers have written, in order: rows, so that an undone transaction leaves nothing."""
    return [message.decode() for batch in stream.read("log", limit=1000) for message in batch.messages]


def note(text: str) -> None:
    stream.append("log", [text.encode()])


@pytest.fixture
def hear() -> Iterator[Callable[..., None]]:
    """Subscribes functions for the length of one test, and these alone."""
    others = dict(events.subscribers())
    for name in others:
        events.unsubscribe(name)

    def subscribe(function: Callable[[Any], None], *kinds: type[events.Event], **options: bool) -> None:
        events.subscriber(*kinds, **options)(function)

    yield subscribe
    for name in list(events.subscribers()):
        events.unsubscribe(name)
    events.subscribers().update(others)


def on_ferry_left(event: FerryLeft) -> None:
    note(f"{event.ferry}.{event.run}")


# --- announcing and reading -------------------------------------------------------------------------------------------


def test_a_fact_is_read_back_with_its_hints() -> None:
    with clock.stopped_at(MORNING):
        leave(3, 1)
        events.stamp()
        (heard,) = events.since(0)
    assert heard.seq == events.head() == 1
    assert (heard.event, heard.subject) == (FerryLeft(ferry=3, run=1), "ferry:3")
    assert heard.hints == [events.Hint(audience=7, place=3)]
    assert heard.at == MORNING


def test_facts_are_read_in_order_by_kind_and_in_pages() -> None:
    for number in range(4):
        leave(number)
        close(number)
    events.stamp()
    assert [heard.seq for heard in events.since(0)] == list(range(1, 9))
    bridges = events.since(2, kinds=[BridgeClosed], limit=2)
    assert [heard.event for heard in bridges] == [BridgeClosed(bridge=1), BridgeClosed(bridge=2)]


def test_a_fact_outside_an_action_is_refused() -> None:
    with pytest.raises(RuntimeError, match="outside an action"):
        events.announce(BridgeClosed(bridge=1), subject="bridge:1")


def test_a_fact_of_an_action_that_failed_is_not_heard() -> None:
    @db.action
    def fail() -> None:
        leave(1)
        raise ValueError("the engine")

    with pytest.raises(ValueError, match="the engine"):
        fail()
    close(1)
    events.stamp()
    assert [(heard.seq, heard.event) for heard in events.since(0)] == [(1, BridgeClosed(bridge=1))]


# --- hearing ----------------------------------------------------------------------------------------------------------


def test_a_subscriber_hears_each_fact_of_its_kinds_once_and_in_order(hear: Callable[..., None]) -> None:
    hear(on_ferry_left, FerryLeft)
    for run in range(5):
        leave(1, run)
        close(run)
    events.stamp()
    assert events.pump() == 5
    assert events.pump() == 0
    assert logged() == ["1.0", "1.1", "1.2", "1.3", "1.4"]
    assert events.lag() == 0


def test_who_hears_together_is_given_all_that_waits_and_only_what_fails_is_set_back(
    hear: Callable[..., None],
) -> None:
    turns: list[list[int]] = []

    def on_ferries_left(facts: list[FerryLeft]) -> None:
        turns.append([fact.ferry for fact in facts])
        if any(fact.ferry == 2 for fact in facts):
            raise ValueError("fog")
        note(" ".join(str(fact.ferry) for fact in facts))

    hear(on_ferries_left, FerryLeft, together=True)
    for ferry in range(5):
        leave(ferry)
    events.stamp()
    assert events.pump() == 4
    assert turns[0] == [0, 1, 2, 3, 4]
    assert logged() == ["0", "1", "3", "4"]
    leave(5)
    leave(2, 1)
    leave(6)
    events.stamp()
    assert events.pump() == 2
    assert logged()[4:] == ["5 6"], "what is behind one that failed waits, the others go on together"
    assert Setback.objects.count() == 2


def test_pumping_stops_at_its_limit_and_goes_on_there(hear: Callable[..., None]) -> None:
    hear(on_ferry_left, FerryLeft)
    for run in range(7):
        leave(1, run)
    events.stamp()
    counts = [events.pump(limit=3) for _ in range(3)]
    assert sum(counts) == 7
    assert logged() == [f"1.{run}" for run in range(7)]


def test_a_subscriber_that_comes_later_begins_with_the_present_if_it_says_so(
    hear: Callable[..., None],
) -> None:
    leave(1)
    events.stamp()
    hear(on_ferry_left, FerryLeft, from_start=False)
    events.pump()
    leave(2)
    events.stamp()
    events.pump()
    assert logged() == ["2.0"]


def test_effects_that_failed_are_undone_and_done_once_in_the_end(hear: Callable[..., None]) -> None:
    failures = iter([True, True, False])

    def write_then_fail(event: FerryLeft) -> None:
        on_ferry_left(event)
        if event.run == 1 and next(failures):
            raise ValueError("written, then failed")

    hear(write_then_fail, FerryLeft)
    with clock.stopped_at(MORNING) as move:
        for run in range(3):
            leave(1, run)
        leave(2)
        events.stamp()
        for _ in range(4):
            events.pump()
            move(30)
    assert sorted(logged()) == ["1.0", "1.1", "1.2", "2.0"]
    assert [entry for entry in logged() if entry.startswith("1.")] == ["1.0", "1.1", "1.2"]


@pytest.mark.parametrize("point", ["pump.after-handler", "pump.before-cursor", "pump.after-cursor"])
def test_a_pump_that_dies_before_its_commit_leaves_nothing_and_is_repeated(
    point: str, hear: Callable[..., None]
) -> None:
    class Killed(BaseException):
        pass

    def die(name: str) -> None:
        if name == point:
            raise Killed

    hear(on_ferry_left, FerryLeft)
    leave(1)
    events.stamp()
    points.install(die)
    try:
        with pytest.raises(Killed):
            events.pump()
    finally:
        points.install(None)
    assert logged() == []
    assert events.pump() == 1
    assert logged() == ["1.0"]


def test_what_fails_is_parked_after_five_tries_and_holds_back_its_own_subject_alone(
    hear: Callable[..., None],
) -> None:
    tries: list[int] = []
    broken = [True]

    def choosy(event: FerryLeft) -> None:
        if event.ferry == 1 and event.run == 0:
            tries.append(1)
            if broken[0]:
                raise ValueError("no such ferry")
        on_ferry_left(event)

    hear(choosy, FerryLeft)
    with clock.stopped_at(MORNING) as move:
        for run in range(3):
            leave(1, run)
            leave(2, run)
        events.stamp()
        for _ in range(10):
            events.pump()
            move(200)
        assert logged() == ["2.0", "2.1", "2.2"]
        (parked,) = events.parked()
        assert (parked.tries, parked.subject) == (5, "ferry:1")
        assert "no such ferry" in parked.error
        leave(1, 3)
        events.stamp()
        events.pump()
        assert logged() == ["2.0", "2.1", "2.2"]
        broken.clear()
        broken.append(False)
        assert events.retry_parked(parked.id)
        events.pump()
    assert logged()[3:] == ["1.0", "1.1", "1.2", "1.3"]
    assert events.parked() == []
    # The first try was made twice: in the batch, and alone once the batch had failed.
    assert len(tries) == 1 + 5 + 1


def test_a_parked_fact_may_be_dropped_and_those_behind_it_go_on(hear: Callable[..., None]) -> None:
    def choosy(event: FerryLeft) -> None:
        if event.run == 0:
            raise ValueError("never")
        on_ferry_left(event)

    hear(choosy, FerryLeft)
    with clock.stopped_at(MORNING) as move:
        leave(1, 0)
        leave(1, 1)
        events.stamp()
        for _ in range(6):
            events.pump()
            move(200)
        (parked,) = events.parked()
        assert not events.drop_parked(parked.id + 1000)
        assert events.drop_parked(parked.id)
        events.pump()
    assert logged() == ["1.1"]
    assert not Setback.objects.exists()


def test_a_subscriber_that_swallows_the_error_of_an_action_is_set_back_and_stops_nobody_else(
    hear: Callable[..., None],
) -> None:
    @db.action
    def fail() -> None:
        raise ValueError("inner")

    def swallow(event: FerryLeft) -> None:
        try:
            fail()
        except ValueError:
            note("swallowed")

    hear(swallow, FerryLeft)
    hear(on_ferry_left, FerryLeft)
    leave(1)
    events.stamp()
    events.pump()
    assert logged() == ["1.0"]
    (setback,) = Setback.objects.all()
    assert setback.subscriber.name.endswith("swallow")


def test_what_a_subscriber_announces_is_heard_in_turn(hear: Callable[..., None]) -> None:
    def close_when_left(event: FerryLeft) -> None:
        close(event.ferry)

    def on_bridge_closed(event: BridgeClosed) -> None:
        note(f"bridge {event.bridge}")

    hear(close_when_left, FerryLeft)
    hear(on_bridge_closed, BridgeClosed)
    leave(9)
    for _ in range(2):
        events.stamp()
        events.pump()
    assert logged() == ["bridge 9"]


# --- forgetting -------------------------------------------------------------------------------------------------------


def test_facts_are_forgotten_after_14_days_once_everybody_has_heard_them(hear: Callable[..., None]) -> None:
    hear(on_ferry_left, FerryLeft)
    with clock.stopped_at(MORNING) as move:
        close(1)
        leave(1)
        events.stamp()
        move(15 * 24 * 3600)
        assert events.forget_old() == 0  # nobody has heard them yet
        events.pump()
        leave(2)
        events.stamp()
        assert events.forget_old() == 2
        assert [row.subject for row in Outbox.objects.all()] == ["ferry:2"]
        events.pump()
    assert logged() == ["1.0", "2.0"]


def test_a_fact_that_was_set_back_is_kept_however_old(hear: Callable[..., None]) -> None:
    def never(event: FerryLeft) -> None:
        raise ValueError("never")

    hear(never, FerryLeft)
    with clock.stopped_at(MORNING) as move:
        leave(1)
        events.stamp()
        events.pump()
        move(30 * 24 * 3600)
        assert events.forget_old() == 0
    assert Outbox.objects.count() == 1


def test_the_cursor_of_a_subscriber_that_is_gone_holds_the_past_back_for_14_days_only(
    hear: Callable[..., None],
) -> None:
    hear(on_ferry_left, FerryLeft)
    with clock.stopped_at(MORNING) as move:
        events.pump()
        with db.machinery():
            Cursor.objects.create(name="old.release", seq=0, moved_ms=clock.now_ms())
        leave(1)
        events.stamp()
        events.pump()
        move(13 * 24 * 3600)
        events.forget_old()
        assert Cursor.objects.filter(name="old.release").exists()
        move(2 * 24 * 3600)
        assert events.forget_old() == 1
        assert not Cursor.objects.filter(name="old.release").exists()


def test_a_clock_set_back_leaves_nothing_set_back_for_good(hear: Callable[..., None]) -> None:
    failures = iter([True, True, False])

    def stumble(event: FerryLeft) -> None:
        if next(failures):
            raise ValueError
        on_ferry_left(event)

    hear(stumble, FerryLeft)
    with clock.stopped_at(MORNING) as move:
        leave(1)
        events.stamp()
        events.pump()
        move(-24 * 3600)
        events.pump()
        assert logged() == []
        assert events.make_up_for_clock() == 1
        events.pump()
    assert logged() == ["1.0"]
