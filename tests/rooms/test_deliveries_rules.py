"""The rules by which what is uncertain is settled, as a table, and the clocks that they trust."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from colonnade.deliveries import rules
from colonnade.deliveries.types import PATIENCE, Moment, Past
from colonnade.networks.base import (
    Capabilities,
    Duplicate,
    NetworkError,
    Outgoing,
    Refused,
    SignInNeeded,
    TryLater,
    Uncertain,
    Unreachable,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
THEN = Moment(wall=NOON, machine="harbour", ticks=1000.0)


def after(seconds: float, *, ticks: float | None = None, machine: str = "harbour") -> Moment:
    """A later moment; `ticks` where the machine's own count says otherwise than the wall."""
    return Moment(
        wall=NOON + timedelta(seconds=seconds),
        machine=machine,
        ticks=1000.0 + (seconds if ticks is None else ticks),
    )


def can(delivery_class: str, **more: object) -> Capabilities:
    return Capabilities(
        network="x", **{"can_find": True, "delivery_class": delivery_class, "key_life_s": 3600, **more}
    )


OPEN = Past(open_writes=(THEN,))
TWICE = Past(open_writes=(THEN, after(60)))


@pytest.mark.parametrize(
    ("network", "past", "now", "step"),
    [
        (can("A"), OPEN, after(10 * 86_400), "repeat"),
        (can("A", can_find=False), OPEN, after(60), "repeat"),
        (can("A"), Past(open_writes=(THEN,), answered_no=True), after(60), "find"),
        (can("B"), OPEN, after(2999), "repeat"),
        (can("B"), OPEN, after(3001), "find"),
        (can("B", can_find=False), OPEN, after(3001), "ask"),
        (can("B", key_life_s=0), OPEN, after(1), "find"),
        (can("C"), OPEN, after(1), "find"),
        (can("C", can_find=False), OPEN, after(1), "ask"),
        (can("D"), OPEN, after(1), "find"),
        (can("D", can_find=False), OPEN, after(1), "ask"),
        (can("E", can_find=False), OPEN, after(1), "repeat"),
        (can("E", can_find=False), TWICE, after(61), "ask"),
        (can("E", can_find=False), Past(open_writes=(THEN,), answered_no=True), after(61), "ask"),
    ],
)
def test_each_class_is_settled_in_its_own_way(
    network: Capabilities, past: Past, now: Moment, step: str
) -> None:
    assert rules.next_step(network, past, now) == step


@pytest.mark.parametrize(
    ("now", "step"),
    [
        (
            after(600, ticks=4000),
            "find",
        ),  # the wall was set back: the machine's count says that the key is old
        (after(-600, ticks=10), "repeat"),  # set back a little, and ten seconds have gone
        (after(4000, ticks=10), "find"),  # set forward, or the machine slept: nobody knows, so look
        (after(600, machine="ferry"), "repeat"),
        (after(-600, machine="ferry"), "find"),  # another machine, and a clock that cannot be right
    ],
)
def test_a_key_is_trusted_only_if_no_clock_says_that_it_may_be_old(now: Moment, step: str) -> None:
    assert rules.next_step(can("B"), OPEN, now) == step


@pytest.mark.parametrize(
    ("now", "quiet"),
    [
        (after(61), True),
        (after(59), False),
        (after(86_400, ticks=5), False),  # the wall jumped: the call may still be going on
        (after(-600, ticks=61), True),
        (after(61, machine="ferry"), True),
        (after(-600, machine="ferry"), False),
    ],
)
def test_not_being_there_counts_only_after_a_while_that_no_clock_can_shorten(
    now: Moment, quiet: bool
) -> None:
    assert rules.is_quiet(OPEN, now, PATIENCE) is quiet


def test_the_last_call_decides_how_long_to_be_quiet() -> None:
    assert not rules.is_quiet(TWICE, after(100), PATIENCE)
    assert rules.is_quiet(TWICE, after(121), PATIENCE)


def test_waits_grow_are_bounded_and_spread() -> None:
    waits = [rules.wait_s(tries, PATIENCE, 0.5) for tries in range(1, 17)]
    assert waits == sorted(waits)
    assert waits[0] == 16.0
    assert waits[-1] == PATIENCE.longest_wait_s
    assert rules.wait_s(3, PATIENCE, 0.0) < rules.wait_s(3, PATIENCE, 1.0)
    assert sum(waits[:15]) > 86_400


def test_a_network_without_an_answer_is_not_asked_again() -> None:
    assert rules.looks_allowed(NetworkError("It does not say."), PATIENCE) == 1
    assert rules.looks_allowed(Refused("No."), PATIENCE) == 1
    assert rules.looks_allowed(Uncertain("Broken."), PATIENCE) == 6
    for error in (Unreachable("x"), TryLater("x"), SignInNeeded("x")):
        assert rules.looks_allowed(error, PATIENCE) == 16
    assert rules.looks_allowed(Duplicate("x"), PATIENCE) == 6


def test_a_key_stands_for_one_delivery_and_does_not_show_its_number() -> None:
    keys = {rules.key_of(number) for number in range(1000)}
    assert len(keys) == 1000
    assert rules.key_of(7) == rules.key_of(7)
    assert all(len(key) == 32 and key.isalnum() for key in keys)


def test_what_is_stored_comes_back_as_it_was() -> None:
    outgoing = Outgoing(
        text="Good morning", html="<p>Good morning</p>", reply_to="https://a.example/1", sent_at=NOON
    )
    stored = rules.content_of(outgoing)
    assert rules.outgoing_of(stored) == outgoing
    assert rules.outgoing_of(stored, "okafor@example.org").to == "okafor@example.org"
    assert rules.hash_of(outgoing) != rules.hash_of(rules.at_moment(outgoing, NOON + timedelta(seconds=1)))


def test_a_post_from_long_before_is_not_ours() -> None:
    assert rules.may_be_ours(NOON, NOON)
    assert rules.may_be_ours(None, NOON)
    assert not rules.may_be_ours(NOON - timedelta(days=1), NOON)


def test_a_wait_without_end_is_a_year() -> None:
    assert rules.later(NOON, 1e300) == NOON + timedelta(days=366)
    assert rules.later(NOON, -5) == NOON
