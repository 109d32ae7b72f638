from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.primitives import clock

pytestmark = pytest.mark.corpora  # no database: run once, not once a database

aware = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))


@given(aware)
def test_a_stopped_clock_stands_and_its_three_faces_agree(moment: datetime) -> None:
    with clock.stopped_at(moment):
        assert clock.now() == clock.now()
        assert abs(clock.now() - moment) <= timedelta(microseconds=1)
        assert clock.now_ms() == clock.ms_of(clock.now())
        assert clock.now_s() == moment.timestamp()


@given(aware.map(lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000)))
def test_a_whole_millisecond_is_that_millisecond(moment: datetime) -> None:
    with clock.stopped_at(moment):
        assert clock.now_ms() == clock.ms_of(moment)


@given(aware, st.floats(-1e7, 1e7), st.floats(-1e7, 1e7))
def test_a_stopped_clock_moves_both_ways(moment: datetime, first: float, then: float) -> None:
    with clock.stopped_at(moment) as move:
        move(first)
        move(then)
        assert clock.now_s() == pytest.approx(moment.timestamp() + first + then)


def test_the_clock_goes_on_after_it_was_stopped_even_when_the_test_fails() -> None:
    with pytest.raises(ZeroDivisionError), clock.stopped_at(datetime(2001, 1, 1, tzinfo=UTC)):
        raise ZeroDivisionError
    assert clock.now() > datetime(2020, 1, 1, tzinfo=UTC)


def test_stops_inside_each_other_end_in_order() -> None:
    outer, inner = datetime(2001, 1, 1, tzinfo=UTC), datetime(2002, 1, 1, tzinfo=UTC)
    with clock.stopped_at(outer):
        with clock.stopped_at(inner):
            assert clock.now() == inner
        assert clock.now() == outer


def test_now_is_aware_and_in_utc() -> None:
    assert clock.now().tzinfo is UTC


def test_a_moment_of_another_zone_has_the_same_milliseconds() -> None:
    moment = datetime(2026, 7, 1, 12, tzinfo=timezone(timedelta(hours=2)))
    assert clock.ms_of(moment) == clock.ms_of(datetime(2026, 7, 1, 10, tzinfo=UTC))
    assert clock.moment_of(clock.ms_of(moment)) == moment
    assert clock.ms_of(datetime(1970, 1, 1, tzinfo=UTC)) == 0
    assert clock.ms_of(datetime(1969, 12, 31, 23, 59, 59, 999_500, UTC)) == -1


def test_the_monotonic_clock_never_goes_back() -> None:
    readings = [clock.monotonic_s() for _ in range(100)]
    assert readings == sorted(readings)


def test_a_clock_that_runs_from_a_moment_goes_on_and_is_put_right_again() -> None:
    moment = datetime(2001, 1, 1, 12, tzinfo=UTC)
    with clock.running_from(moment):
        first = clock.now()
        while (second := clock.now()) == first:
            pass
        assert (first.year, first >= moment, second > first) == (2001, True, True)
    assert clock.now().year > 2001
