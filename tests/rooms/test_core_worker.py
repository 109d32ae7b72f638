"""The worker: one process that numbers, pumps, runs work and keeps the house; and what `/readyz` says about it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.db import connection

from colonnade.core import audit, db, events, health, stream, work, worker
from colonnade.core.models import Heartbeat
from colonnade.primitives import clock
from tests.rooms.core_events import Called, call

MORNING = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)

done = threading.Event()


@work.work()
def ring(bell: int) -> None:
    stream.append("bells", [b"%d" % bell])
    done.set()


def on_called(event: Called) -> None:
    work.enqueue(ring, event.number)


@pytest.fixture
def subscribed() -> Iterator[None]:
    events.subscriber(Called)(on_called)
    yield
    events.unsubscribe(f"{__name__}.on_called")


@pytest.fixture
def running() -> Iterator[threading.Thread]:
    stop = threading.Event()

    def run() -> None:
        try:
            worker.run(stop, "worker-1")
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    yield thread
    stop.set()
    thread.join(30)
    assert not thread.is_alive()


@pytest.mark.django_db(transaction=True)
def test_a_worker_carries_a_fact_to_its_subscriber_and_on_to_its_work(
    subscribed: None, running: threading.Thread
) -> None:
    done.clear()
    call("bell", 3)
    assert done.wait(30)
    assert [batch.messages for batch in stream.read("bells")] == [[b"3"]]


begun = threading.Event()


@work.work(queue=work.STREAMS)
def lasts_as_long_as_its_worker() -> None:
    begun.set()
    while not work.stopping():
        threading.Event().wait(0.01)
    stream.append("streams", [b"1"])


@pytest.mark.django_db(transaction=True)
def test_what_lasts_as_long_as_its_worker_leaves_off_when_that_ends() -> None:
    begun.clear()
    stop = threading.Event()
    work.enqueue(lasts_as_long_as_its_worker)
    assert work.run_due(10) == 0  # nobody's but of a thread of its own
    thread = threading.Thread(target=worker.run, args=(stop, "worker-1"))
    thread.start()
    assert begun.wait(30)
    stop.set()
    thread.join(30)
    assert not thread.is_alive()
    assert [batch.messages for batch in stream.read("streams")] == [[b"1"]]


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_ends_takes_its_heartbeat_away() -> None:
    stop = threading.Event()
    stop.set()
    worker.run(stop, "worker-1")
    assert not Heartbeat.objects.exists()


@pytest.mark.django_db
def test_settling_does_all_that_is_to_be_done_now(subscribed: None) -> None:
    @db.action
    def both() -> None:
        call("bell", 1)
        audit.record("bell.rung", by=None, subject="bell:1")

    both()
    assert worker.settle() >= 3
    assert worker.settle() == 0
    assert [batch.messages for batch in stream.read("bells")] == [[b"1"]]
    assert audit.verify() is None


# --- ready? -----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_server_with_a_worker_is_ready() -> None:
    with clock.stopped_at(MORNING):
        worker.beat("worker-1")
        state = health.ready()
    if not db.is_postgres():
        assert state["durability"] == {"journal_mode": "wal", "synchronous": "2"}
    assert state["ready"], state["reasons"]
    assert state["workers"] == {"worker-1": 0.0}
    assert (state["oldest_due_work_s"], state["parked_events"], state["unstamped_events"]) == (0.0, 0, 0)


@pytest.mark.django_db
def test_a_server_whose_worker_has_fallen_silent_is_not_ready() -> None:
    with clock.stopped_at(MORNING) as move:
        worker.beat("worker-1")
        work.enqueue(ring, 1)
        call("bell", 1)
        move(400)
        state = health.ready()
    assert not state["ready"]
    assert state["oldest_due_work_s"] == 400.0
    assert any("No worker" in reason for reason in state["reasons"])
    assert any("Work has been due for 400 seconds" in reason for reason in state["reasons"])
    assert any("their number" in reason for reason in state["reasons"]) == db.is_postgres()


@pytest.mark.django_db
def test_events_that_were_parked_are_told() -> None:
    def never(event: Called) -> None:
        raise ValueError("never")

    events.subscriber(Called)(never)
    try:
        with clock.stopped_at(MORNING) as move:
            call("bell", 1)
            events.stamp()
            assert health.ready()["event_lag"] == 1
            for _ in range(6):
                events.pump()
                move(200)
            worker.beat("worker-1")
            state = health.ready()
    finally:
        events.unsubscribe(f"{__name__}.{never.__qualname__}")
    assert state["parked_events"] == 1
    assert state["reasons"] == ["1 events were given up after five tries and are parked."]
