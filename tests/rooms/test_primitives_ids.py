from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.primitives import clock, ids

pytestmark = pytest.mark.corpora  # no database: run once, not once a database

LATEST_MS = (1 << 47) - 1
moments = st.integers(min_value=ids.EARLIEST_MS, max_value=LATEST_MS - 1000)


@given(st.lists(moments, min_size=2, max_size=20, unique=True))
def test_ids_sort_as_their_milliseconds_do(times: list[int]) -> None:
    made = [ids.at(ms) for ms in times]
    assert [ids.ms_of(one) for one in made] == times
    assert [ids.ms_of(one) for one in sorted(made)] == sorted(times)


@given(moments)
def test_an_id_lies_between_the_first_of_its_millisecond_and_that_of_the_next(ms: int) -> None:
    assert ids.first_of(ms) <= ids.at(ms) < ids.first_of(ms + 1)


@given(moments)
def test_an_id_fits_a_signed_column_and_is_read_back_from_its_text(ms: int) -> None:
    made = ids.at(ms)
    assert 0 < made < 2**63
    assert ids.parse(str(made)) == made


@given(st.integers(-(2**70), 2**70), st.integers(ids.EARLIEST_MS, LATEST_MS))
def test_a_senders_time_is_held_between_the_year_2000_and_its_arrival(published: int, arrived: int) -> None:
    held = ids.clamp_ms(published, arrived)
    assert ids.EARLIEST_MS <= held <= arrived
    assert held == published or published < ids.EARLIEST_MS or published > arrived


def test_a_full_millisecond_spills_into_the_next_and_no_id_comes_twice() -> None:
    ms = ids.EARLIEST_MS + 7
    made = [ids.at(ms) for _ in range(80_000)]
    assert len(set(made)) == len(made)
    assert {ids.ms_of(one) for one in made} == {ms, ms + 1, ms + 2}


def test_threads_never_get_the_same_id() -> None:
    ms = ids.EARLIEST_MS + 1_000_000
    made: list[list[int]] = [[] for _ in range(8)]

    def make(into: list[int]) -> None:
        into.extend(ids.at(ms) for _ in range(2_000))

    threads = [Thread(target=make, args=(into,)) for into in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({one for into in made for one in into}) == 16_000


def test_a_backfill_of_many_milliseconds_keeps_memory_small_and_the_latest_unique() -> None:
    start = ids.EARLIEST_MS + 10_000_000
    for ms in range(start, start + 10_000):
        ids.at(ms)
    again = [ids.at(start + 9_999) for _ in range(5_000)]
    assert len(set(again)) == 5_000
    assert len(ids._recent) <= 4_096


def test_a_new_id_is_of_this_moment() -> None:
    moment = datetime(2026, 3, 1, 8, 30, 0, 123_000, UTC)
    with clock.stopped_at(moment):
        made = ids.new()
    assert ids.moment_of(made) == moment


@given(st.datetimes(datetime(2000, 1, 1), datetime(9999, 1, 1), timezones=st.just(UTC)))
def test_the_moment_of_an_id_is_the_published_moment_to_the_millisecond(moment: datetime) -> None:
    ms = clock.ms_of(moment)
    if ms > LATEST_MS:
        return
    back = ids.moment_of(ids.first_of(ms))
    assert timedelta(0) <= moment - back < timedelta(milliseconds=1)


@given(st.text(max_size=25))
def test_only_digits_in_range_are_read_as_an_id(text: str) -> None:
    value = ids.parse(text)
    if value is None:
        assert not (text.isascii() and text.isdigit() and len(text) <= 19 and int(text) < 2**63)
    else:
        assert text.isdigit()
        assert value == int(text) < 2**63


def test_what_is_no_id_is_none() -> None:
    for text in ("", "-1", "+1", " 1", "1.0", "1e3", "²", "٣", "9223372036854775808", "9" * 5000):
        assert ids.parse(text) is None
    assert ids.parse("9223372036854775807") == 2**63 - 1
