"""What if: staff against cases, by sums that can be checked by hand and by a queue that is played."""

from __future__ import annotations

import heapq
import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.insight.forecast import erlang_wait, erlang_waits, staff_needed, what_if

pytestmark = pytest.mark.corpora


def test_what_cannot_be_answered_waits_and_the_sums_say_so() -> None:
    first, second, third = what_if([50, 30, 10], minutes=6, staff=[4, 4, 4])
    assert (first.capacity, first.waiting, first.busy) == (40, 10, 1)
    assert (second.waiting, third.waiting) == (0, 0)
    # In the middle of the first hour five stand ahead: 5 ÷ 40 × 60 minutes, and six for the case itself.
    assert first.answer_minutes == pytest.approx(7.5 + 6)
    assert [str(step) for step in first.steps] == [
        "capacity: 4 × 60 ÷ 6 = 40 cases",
        "waiting: max(0, 0 + 50 − 40) = 10 cases",
        "ahead: max(0, 0 + (50 − 40) ÷ 2) = 5 cases",
        "queue_wait: 5 ÷ 40 × 60 = 7.5 minutes",
        "answer: 7.5 + 6 = 13.5 minutes",
    ]
    assert [step.what for step in third.steps] == [
        "capacity",
        "waiting",
        "ahead",
        "load",
        "chance_wait",
        "answer",
    ]


def test_nobody_at_night_means_waiting_for_the_morning() -> None:
    night, empty, morning = what_if([4, 0, 0], minutes=10, staff=[0, 0, 2])
    assert (night.waiting, empty.waiting, morning.waiting) == (4, 4, 0)
    # Half an hour of the first, an hour of the second, then the two ahead at twelve an hour.
    assert night.answer_minutes == pytest.approx(30 + 60 + 10 + 10)
    assert night.steps[-2].sum == "90 + 2 ÷ 12 × 60"


def test_a_case_whose_turn_does_not_come_has_no_time() -> None:
    (only,) = what_if([100], minutes=30, staff=[1])
    assert (only.waiting, only.answer_minutes) == (98, None)


def test_erlang_c_gives_the_figures_of_the_tables() -> None:
    assert erlang_waits(1, 2) == pytest.approx(1 / 3)  # by hand: a²/2 ÷ (1 − a/2) over 1 + a + that
    assert erlang_waits(8, 10) == pytest.approx(0.4092, abs=1e-4)
    assert erlang_waits(0, 3) == 0
    assert (erlang_waits(3, 3), erlang_wait(60, 1, 1)) == (1, 60)


def test_erlang_c_agrees_with_a_queue_that_is_played() -> None:
    rng = random.Random(3)
    arriving, people, minutes = 20.0, 3, 6.0
    free_at, clock, waited, cases = [0.0] * people, 0.0, 0.0, 150_000
    for _ in range(cases):
        clock += rng.expovariate(arriving / 60)
        begins = max(clock, free_at[0])
        waited += begins - clock
        heapq.heapreplace(free_at, begins + rng.expovariate(1 / minutes))
    assert erlang_wait(arriving, people, minutes) == pytest.approx(waited / cases, rel=0.05)


@given(
    st.lists(st.tuples(st.integers(0, 200), st.integers(0, 30)), min_size=1, max_size=30),
    st.floats(0.5, 120),
    st.integers(0, 50),
)
def test_no_case_is_lost_and_more_people_never_make_it_worse(
    hours: list[tuple[int, int]], minutes: float, waiting: int
) -> None:
    arrivals, staff = [one for one, _ in hours], [one for _, one in hours]
    plan = what_if(arrivals, minutes=minutes, staff=staff, waiting=waiting)
    more = what_if(arrivals, minutes=minutes, staff=[one + 1 for one in staff], waiting=waiting)
    assert plan[-1].waiting >= sum(arrivals) + waiting - sum(hour.capacity for hour in plan) - 1e-6
    for one, other in zip(plan, more, strict=True):
        assert other.waiting <= one.waiting
        if one.answer_minutes is not None:
            assert one.answer_minutes >= minutes
            assert other.answer_minutes is not None
        assert 0 <= one.busy <= 1


@given(st.lists(st.integers(0, 100), min_size=1, max_size=24), st.floats(1, 30), st.floats(1.1, 4))
def test_the_fewest_people_are_enough_and_one_fewer_is_not(
    arrivals: list[int], minutes: float, times: float
) -> None:
    needed = staff_needed(arrivals, minutes=minutes, answer_minutes=minutes * times)
    for arriving, people in zip(arrivals, needed, strict=True):
        assert (people == 0) == (arriving == 0)
        if arriving:
            assert erlang_wait(arriving, people, minutes) + minutes <= minutes * times
            fewer = people - 1
            assert (
                fewer <= arriving * minutes / 60
                or erlang_wait(arriving, fewer, minutes) + minutes > minutes * times
            )


@pytest.mark.parametrize(
    ("arrivals", "minutes", "staff", "waiting", "said"),
    [
        ([], 5, [], 0, "at least one hour"),
        ([1] * 1500, 5, [1] * 1500, 0, "at most"),
        ([1, 2], 5, [1], 0, "2 hours of arrivals and 1 of staff"),
        ([1], 0, [1], 0, "more than 0 minutes"),
        ([1], math.nan, [1], 0, "more than 0 minutes"),
        ([-1], 5, [1], 0, "0 or more"),
        ([1], 5, [1], math.inf, "0 or more"),
        ([1], 5, [-1], 0, "whole people"),
        ([1], 5, [1.5], 0, "whole people"),
    ],
)
def test_a_plan_that_is_none_is_refused_with_a_sentence(
    arrivals: list[float], minutes: float, staff: list[int], waiting: float, said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        what_if(arrivals, minutes=minutes, staff=staff, waiting=waiting)


def test_answering_sooner_than_the_work_takes_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be answered in 5"):
        staff_needed([10], minutes=6, answer_minutes=5)
