"""Waking: a hint reaches whoever waits, and its loss costs a quarter of a second."""

from __future__ import annotations

import os
import select
import socket
from pathlib import Path

import pytest
from django.test import override_settings

from colonnade.core import db, events, wake
from tests.rooms.core_events import call

pytestmark = pytest.mark.django_db(transaction=True)


def woken(waiter: wake.Waiter) -> bool:
    return any(waiter.wait(wake.POLL_S) for _ in range(20))


def test_a_fact_wakes_everybody_who_waits_once_it_is_committed() -> None:
    with wake.Waiter() as one, wake.Waiter() as two:
        call("bell", 1)
        events.stamp()
        assert woken(one)
        assert woken(two)
        assert not one.wait(0.0)


def test_nobody_is_woken_by_an_action_that_failed() -> None:
    @db.action
    def fail() -> None:
        call("bell", 1)
        raise ValueError

    with wake.Waiter() as waiter:
        with pytest.raises(ValueError):
            fail()
        events.stamp()
        assert not waiter.wait(0.05)


def test_one_action_with_many_facts_wakes_once() -> None:
    @db.action
    def often() -> None:
        for number in range(20):
            call("bell", number)

    with wake.Waiter() as waiter:
        often()
        events.stamp()
        assert woken(waiter)
        assert not waiter.wait(0.05)


def test_an_event_loop_may_watch_the_descriptor() -> None:
    with wake.Waiter() as waiter:
        wake.notify()
        ready, _, _ = select.select([waiter.fileno()], [], [], 10)
        assert ready == [waiter.fileno()]
        assert waiter.clear()


def test_a_waiter_that_is_closed_leaves_nothing_behind(home: Path) -> None:
    waiter = wake.Waiter()
    waiter.close()
    waiter.close()
    wake.notify()
    assert not list((home / "wake").glob(f"{os.getpid()}-*")) if (home / "wake").exists() else True


def test_nothing_is_lost_when_a_process_that_waited_is_gone(home: Path) -> None:
    (home / "wake").mkdir(exist_ok=True)
    left = home / "wake" / "dead"
    gone = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    gone.bind(str(left))
    gone.close()
    with wake.Waiter() as waiter:
        wake.notify()
        assert woken(waiter)
    if db.is_postgres():
        left.unlink()
    assert not left.exists()


def test_a_home_folder_may_lie_deeper_than_the_name_of_a_socket_is_long(tmp_path: Path) -> None:
    deep = tmp_path / ("x" * 60) / ("y" * 60)
    deep.mkdir(parents=True)
    with override_settings(COLONNADE_HOME=deep), wake.Waiter() as waiter:
        wake.notify()
        assert woken(waiter)
