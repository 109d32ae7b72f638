"""Every fault of a network in every delivery class: what it took, what we believe, and what we show."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from colonnade.conversations.models import Post
from colonnade.deliveries import actions, queries
from colonnade.deliveries.models import Attempt, Delivery, Lane
from colonnade.deliveries.types import Patience
from colonnade.primitives import clock
from tests.rooms import pretend_town
from tests.rooms.pretend_town import Town, account_of, again, deliver, judge, pull, run_errands, send, town

pytestmark = pytest.mark.django_db

QUICK = Patience(quiet_s=0.0)
NOTHING_TAKEN = ["timeout_before", "cut_before", "error_before"]
TAKEN = ["timeout_after", "cut_after", "cut_midway", "error_after", "wrong_json"]


@pytest.fixture(scope="module", params=["A", "B", "C", "D", "E"])
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with town(tmp_path_factory.mktemp("town"), request.param) as there:
        yield there


@pytest.fixture
def there(running: Town, settings: Any) -> Town:
    pretend_town.allow_loopback(settings)
    return running.begin_anew()


@pytest.fixture
def move() -> Iterator[Callable[[float], None]]:
    with clock.stopped_at(clock.now()) as moved:
        yield moved


def until_rest(move: Callable[[float], None], patience: Patience = QUICK, rounds: int = 4) -> None:
    """Let a worker do everything, the clock being moved on between its turns."""
    for _ in range(rounds):
        deliver(patience)
        run_errands(patience)
        move(140)


def attempts(delivery: Delivery) -> list[tuple[str, str, str]]:
    rows = Attempt.objects.filter(delivery=delivery).order_by("number")
    return [(one.kind, one.outcome, one.settled_by) for one in rows]


def test_without_a_fault_it_is_there_once_and_stands_in_our_own_place(there: Town) -> None:
    place = there.account()
    delivery = send(place, "The ferry is late today.")
    deliver()
    delivery = again(delivery)
    assert (delivery.state, there.texts()) == ("sent", ["The ferry is late today."])
    post = Post.objects.get(pk=delivery.post_id)
    assert post.place_id == place.pk
    assert post.author_id == account_of(place).identity_id
    assert post.scope_id == delivery.dispatch.scope_id
    assert delivery.dispatch.state == "done"


def test_the_attempt_is_committed_before_the_network_is_called(there: Town) -> None:
    delivery = send(there.account(), "Written down first.")
    [claimed] = actions.claim()
    attempt = actions.begin_attempt(claimed)
    assert attempts(delivery) == [("write", "open", "")]
    assert attempt.finished_at is None
    assert there.texts() == []


def test_our_own_post_coming_back_confirms_the_delivery_and_makes_no_second_post(there: Town) -> None:
    place = there.account()
    delivery = send(place, "And back by the same door.")
    deliver()
    pull(place)
    assert Post.objects.filter(said__text="And back by the same door.").count() == 1
    assert again(delivery).state == "confirmed"  # by its key in A and B, by its name at the network elsewhere


def test_what_does_not_carry_our_key_is_confirmed_by_looking(
    there: Town, move: Callable[[float], None]
) -> None:
    delivery = send(there.account(), "Seen there.")
    deliver()
    move(400)
    run_errands()
    assert again(delivery).state == ("sent" if there.rules == "E" else "confirmed")


def test_a_refusal_is_the_end_and_tells_the_reason(there: Town, move: Callable[[float], None]) -> None:
    there.fail("refuse")
    delivery = send(there.account(), "Not wanted.")
    until_rest(move)
    delivery = again(delivery)
    assert (delivery.state, there.texts()) == ("failed", [])
    assert "says no" in delivery.last_error
    assert delivery.dispatch.state == "done"


@pytest.mark.parametrize("kind", ["rate_limit", "busy"])
def test_being_asked_to_wait_is_obeyed_for_the_whole_account(
    there: Town, move: Callable[[float], None], kind: str
) -> None:
    place = there.account()
    there.fail(kind, after_s=50)
    first = send(place, "First.")
    deliver()
    move(1)
    second = send(place, "Second.")
    assert deliver() == 0
    assert again(first).state == again(second).state == "waiting"
    assert Lane.objects.get(account=place.pk).not_before is not None
    move(48)
    assert deliver() == 0
    move(2)
    assert deliver() == 2
    assert there.texts() == ["First.", "Second."]


def test_an_expired_sign_in_pauses_the_account_until_somebody_connects_it(
    there: Town, move: Callable[[float], None]
) -> None:
    place = there.account()
    there.fail("expire_token")
    delivery, other = send(place, "Signed out."), send(place, "Behind it.", undo_s=0.001)
    move(1)
    deliver()
    move(3600)
    assert deliver() == 0
    assert again(delivery).state == "waiting"
    assert [lane.account_id for lane in queries.paused()] == [place.pk]
    place.polling.refresh_from_db()
    assert place.polling.health == "sign_in_needed"
    there.sign_in()
    actions.resume(account_of(place))
    assert deliver() == 2
    assert again(other).state == "sent"
    assert there.texts() == ["Signed out.", "Behind it."]


@pytest.mark.parametrize("kind", NOTHING_TAKEN)
def test_a_break_before_it_was_taken_still_ends_with_one(
    there: Town, move: Callable[[float], None], kind: str
) -> None:
    there.fail(kind)
    delivery = send(there.account(), f"Broken by {kind}.")
    deliver(QUICK)
    assert again(delivery).state == "uncertain"
    assert delivery in queries.uncertain()
    until_rest(move)
    assert there.texts() == [f"Broken by {kind}."]
    assert again(delivery).state in ("sent", "confirmed")
    assert again(delivery).maybe_twice == (there.rules == "E")
    assert judge(there).faults == []


@pytest.mark.parametrize("kind", TAKEN)
def test_a_break_after_it_was_taken_makes_no_second_one(
    there: Town, move: Callable[[float], None], kind: str
) -> None:
    there.fail(kind)
    delivery = send(there.account(), f"Broken by {kind}.")
    deliver(QUICK)
    assert again(delivery).state == "uncertain"
    assert attempts(delivery) == [("write", "unknown", "")]
    until_rest(move)
    delivery = again(delivery)
    assert delivery.state in ("sent", "confirmed")
    assert len(there.ledger) == (2 if there.rules == "E" else 1)
    settled_by = {"A": "network", "B": "network", "C": "find", "D": "find", "E": ""}[there.rules]
    assert attempts(delivery)[0] == ("write", "unknown" if there.rules == "E" else "there", settled_by)
    assert judge(there).faults == []


def test_what_is_uncertain_is_settled_when_our_post_comes_back(there: Town) -> None:
    place = there.account()
    there.fail("cut_after")
    delivery = send(place, "It came back by itself.")
    deliver()
    pull(place)
    delivery = again(delivery)
    if there.rules in "AB":
        assert delivery.state == "confirmed"
        assert attempts(delivery) == [("write", "there", "network")]
        assert delivery.post_id is not None
    else:
        assert delivery.state == "uncertain"
    run_errands()
    assert len(there.ledger) == 1


def test_a_network_that_takes_it_late_is_not_sent_it_again_too_early(
    there: Town, move: Callable[[float], None]
) -> None:
    patience = Patience(quiet_s=2.5)
    there.fail("late", seconds=1.5)
    delivery = send(there.account(), "Slow, but it arrives.")
    deliver(patience)
    move(6)
    run_errands(patience)  # it is not there yet
    time.sleep(2.6)
    move(60)
    until_rest(move, patience)
    assert again(delivery).state in ("sent", "confirmed")
    assert there.texts().count("Slow, but it arrives.") == (2 if there.rules == "E" else 1)
    assert judge(there).faults == []


def test_when_looking_fails_as_well_it_stays_uncertain_and_is_looked_at_again(
    there: Town, move: Callable[[float], None]
) -> None:
    there.fail("cut_after", times=2)
    there.fail("cut_after", on="any", times=3)
    delivery = send(there.account(), "Everything breaks.")
    deliver(QUICK)
    move(10)
    run_errands(QUICK)
    assert again(delivery).state == "uncertain"
    assert delivery in queries.uncertain()
    move(600)
    run_errands(QUICK)
    move(3600)
    until_rest(move)
    assert judge(there).faults == []
    if there.rules == "E":
        assert again(delivery).state == "uncertain"
        assert queries.needs_person(again(delivery))
    else:
        assert again(delivery).state in ("sent", "confirmed")


def test_two_dispatches_with_the_same_words_are_two(there: Town, move: Callable[[float], None]) -> None:
    place = there.account()
    first = send(place, "Good morning!")
    deliver(QUICK)
    there.fail("cut_before")
    second = send(place, "Good morning!")
    deliver(QUICK)
    until_rest(move)
    first, second = again(first), again(second)
    assert first.state in ("sent", "confirmed")
    if there.rules in "AB":
        assert (second.state, len(there.ledger)) == ("sent", 2)
        assert first.post_id != second.post_id
    elif there.rules in "CD":
        # The words that are there are the first one's: whether ours arrived as well, only a person can tell.
        assert (second.state, len(there.ledger)) == ("uncertain", 1)
        assert queries.needs_person(second)
        assert second.post_id is None


def test_the_name_of_our_post_there_is_kept(there: Town) -> None:
    delivery = send(there.account(), "With a name.")
    deliver()
    assert again(delivery).uri == f"pretend://town/posts/{there.ledger[0].id}"


def test_many_random_faults_lose_and_double_nothing(there: Town, move: Callable[[float], None]) -> None:
    place = there.account()
    for number, kind in enumerate([*NOTHING_TAKEN, *TAKEN, "rate_limit", "busy"]):
        there.fail(kind, chance=0.6, times=2, on="any", after_s=1)
        send(place, f"Number {number}.")
        deliver(QUICK)
        move(30)
        run_errands(QUICK)
    there.fail("busy", times=0)
    until_rest(move, rounds=14)
    move(7 * 3600)
    until_rest(move, rounds=4)
    verdict = judge(there)
    assert verdict.faults == []
    assert verdict.checked == 10
    if there.rules in "AB":
        assert verdict.uncertain == 0
