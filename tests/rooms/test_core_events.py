"""Facts: announced in an action, numbered in the order of commits, heard at least once and in order per subject."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from colonnade.core import db, events
from colonnade.primitives import clock

pytestmark = pytest.mark.django_db


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


@pytest.fixture
def hear() -> Iterator[Callable[..., None]]:
    """Subscribes functions for the length of one test."""
    names: list[str] = []

    def subscribe(function: Callable[[Any], None], *kinds: type[events.Event], **options: bool) -> None:
        events.subscriber(*kinds, **options)(function)
        names.append(f"{function.__module__}.{function.__qualname__}")

    yield subscribe
    for name in names:
        events.unsubscribe(name)


def test_a_fact_is_read_back_with_its_hints() -> None:
    with clock.stopped_at(datetime(2026, 3, 1, 8, 30, tzinfo=UTC)):
        leave(3, 1)
        events.stamp()
        (heard,) = events.since(0)
    assert heard.seq == events.head() == 1
    assert (heard.event, heard.subject) == (FerryLeft(ferry=3, run=1), "ferry:3")
    assert heard.hints == [events.Hint(audience=7, place=3)]
    assert heard.at == datetime(2026, 3, 1, 8, 30, tzinfo=UTC)


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
    events.stamp()
    assert events.since(0) == []


def test_a_subscriber_hears_each_fact_of_its_kinds_once(hear: Callable[..., None]) -> None:
    heard: list[events.Event] = []

    def on_ferry_left(event: FerryLeft) -> None:
        heard.append(event)

    hear(on_ferry_left, FerryLeft)
    for run in range(5):
        leave(1, run)
    events.stamp()
    assert events.pump() == 5
    assert events.pump() == 0
    assert heard == [FerryLeft(ferry=1, run=run) for run in range(5)]


def test_what_fails_is_parked_after_five_tries_and_holds_back_its_own_subject_alone(
    hear: Callable[..., None],
) -> None:
    heard: list[tuple[int, int]] = []
    broken = {1}

    def on_ferry_left(event: FerryLeft) -> None:
        if event.ferry in broken:
            raise ValueError("no such ferry")
        heard.append((event.ferry, event.run))

    hear(on_ferry_left, FerryLeft)
    with clock.stopped_at(datetime(2026, 3, 1, tzinfo=UTC)) as move:
        for run in range(3):
            leave(1, run)
            leave(2, run)
        events.stamp()
        for _ in range(10):
            events.pump()
            move(200)
        heard.sort()
        assert heard == sorted([(2, 0), (2, 1), (2, 2)] + heard[6:])
        (parked,) = events.parked()
        assert (parked.tries, parked.subject) == (5, "ferry:1")
        broken.clear()
        assert events.retry_parked(parked.id)
        heard.clear()
        events.pump()
    assert heard == [(1, 0), (1, 1), (1, 2)]
    assert events.parked() == []
