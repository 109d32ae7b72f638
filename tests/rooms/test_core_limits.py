"""Limits: shared by all processes, sliding, and without a trace of who it was."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest
from django.db import connection

from colonnade.core import limits
from colonnade.core.models import LimitCount
from colonnade.primitives import clock

MORNING = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
OKAFOR, TROLL = "192.0.2.7", "198.51.100.9"


def ask(who: str = OKAFOR, bucket: str = "ask", limit: int = 3, per_s: int = 60) -> bool:
    return limits.allow(bucket, who, limit=limit, per_s=per_s)


@pytest.mark.django_db
def test_so_many_are_allowed_and_no_more() -> None:
    with clock.stopped_at(MORNING):
        assert [ask() for _ in range(5)] == [True, True, True, False, False]
        assert ask(TROLL)
        assert ask(bucket="sign in")


@pytest.mark.django_db
def test_the_window_slides() -> None:
    with clock.stopped_at(MORNING) as move:
        assert [ask(limit=2), ask(limit=2), ask(limit=2)] == [True, True, False]
        move(30)
        assert not ask(limit=2)
        move(31)
        assert ask(limit=2)


@pytest.mark.django_db
def test_a_window_reaches_over_the_change_of_the_hour() -> None:
    with clock.stopped_at(datetime(2026, 3, 1, 8, 59, 50, tzinfo=UTC)) as move:
        assert [ask(), ask(), ask()] == [True, True, True]
        move(20)
        assert not ask()


@pytest.mark.django_db
def test_what_was_refused_is_not_counted() -> None:
    with clock.stopped_at(MORNING) as move:
        ask(limit=1)
        for _ in range(20):
            ask(limit=1)
            move(2)
        move(25)
        assert ask(limit=1)


@pytest.mark.django_db
def test_no_row_holds_an_address() -> None:
    ask()
    row = LimitCount.objects.get()
    assert OKAFOR.encode() not in bytes(row.who)
    assert len(row.who) == 16


@pytest.mark.django_db
def test_counts_are_forgotten_once_no_window_reaches_them() -> None:
    with clock.stopped_at(MORNING) as move:
        ask()
        assert limits.forget() == 0
        move(70)
        assert limits.forget() == 1


def test_a_window_longer_than_the_hashes_live_is_refused() -> None:
    with pytest.raises(ValueError, match="3600"):
        ask(per_s=7200)


@pytest.mark.django_db(transaction=True)
def test_many_at_once_get_no_more_than_one_after_the_other() -> None:
    allowed: list[bool] = []

    def hurry() -> None:
        try:
            allowed.extend(ask(limit=10) for _ in range(5))
        finally:
            connection.close()

    with clock.stopped_at(MORNING):
        ask(who="warm")
        threads = [threading.Thread(target=hurry) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert (len(allowed), sum(allowed)) == (20, 10)
