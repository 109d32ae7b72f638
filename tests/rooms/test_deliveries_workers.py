"""Leases, order, undo and the watchdog: who has a delivery, and what happens when somebody is gone."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from colonnade.core import db, events
from colonnade.deliveries import actions, queries, rules, work
from colonnade.deliveries.actions import worker
from colonnade.deliveries.models import Attempt, Delivery, Lane
from colonnade.deliveries.types import Patience
from colonnade.networks.base import Capabilities, Duplicate, Receipt, Uncertain
from colonnade.primitives import clock
from tests.rooms import pretend_town
from tests.rooms.pretend_town import (
    Town,
    again,
    deliver,
    dispatch,
    free_port,
    run_errands,
    send,
    target_of,
    town,
)

pytestmark = pytest.mark.django_db
SEVERAL_AT_ONCE = pytest.mark.django_db(transaction=True, serialized_rollback=True)
QUICK = Patience(quiet_s=0.0)
DEAD = Patience(lease_s=0.0)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with town(tmp_path_factory.mktemp("town"), "D") as there:
        yield there


@pytest.fixture
def there(running: Town, settings: Any) -> Town:
    pretend_town.allow_loopback(settings)
    return running.begin_anew()


@pytest.fixture
def move() -> Iterator[Callable[[float], None]]:
    with clock.stopped_at(clock.now()) as moved:
        yield moved


# --- order and leases ---------------------------------------------------------------------------------------------


def test_an_account_sends_one_at_a_time_and_in_the_order_in_which_they_are_due(
    there: Town, move: Callable[[float], None]
) -> None:
    place = there.account()
    later, first = send(place, "Second.", undo_s=5), send(place, "First.")
    move(10)
    assert [one.pk for one in actions.claim(10)] == [first.pk]
    assert actions.claim(10) == []
    assert again(later).state == "waiting"


def test_different_accounts_do_not_wait_for_each_other(there: Town) -> None:
    sent = [send(there.account(name), f"From {name}.") for name in ("harbour", "ferry", "bridge")]
    assert {one.pk for one in actions.claim(10)} == {one.pk for one in sent}


@SEVERAL_AT_ONCE
def test_two_workers_never_take_the_same_delivery(there: Town) -> None:
    places = [there.account(f"a{number}") for number in range(12)]
    for place in places:
        send(place, f"From {place.name}.")
        send(place, f"From {place.name} again.")
    barrier = threading.Barrier(4)

    def take() -> list[int]:
        try:
            barrier.wait()
            return [one.pk for _ in range(12) for one in actions.claim(1)]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        taken = [pk for pks in pool.map(lambda _: take(), range(4)) for pk in pks]
    assert len(taken) == len(set(taken)) == 12
    assert Delivery.objects.filter(state="sending").count() == 12


@SEVERAL_AT_ONCE
def test_several_workers_at_once_send_everything_exactly_once(there: Town) -> None:
    places = [there.account(f"a{number}") for number in range(5)]
    for number in range(20):
        send(places[number % 5], f"Number {number}.")

    def work_() -> None:
        try:
            work.deliver_due()
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: work_(), range(3)))
    work.deliver_due()
    assert sorted(there.texts()) == sorted(f"Number {number}." for number in range(20))
    by_account = {place.pk: [] for place in places}
    for delivery in Delivery.objects.select_related("dispatch").order_by("post__arrived_ms", "id"):
        by_account[delivery.account_id].append(delivery.dispatch.content["text"])
    for number, place in enumerate(places):
        assert by_account[place.pk] == [f"Number {n}." for n in range(number, 20, 5)]


def test_a_lease_that_ran_out_before_an_attempt_gives_the_delivery_back(there: Town) -> None:
    delivery = send(there.account(), "Nobody came to it.")
    actions.claim(lease_s=0)
    assert again(delivery).state == "sending"
    actions.reclaim()
    assert again(delivery).state == "waiting"
    deliver()
    assert there.texts() == ["Nobody came to it."]


def test_a_lease_that_ran_out_after_the_attempt_began_leaves_it_uncertain(there: Town) -> None:
    delivery = send(there.account(), "Begun, and then silence.")
    [claimed] = actions.claim(lease_s=0)
    actions.begin_attempt(claimed)
    actions.reclaim()
    assert again(delivery).state == "uncertain"
    assert Attempt.objects.get(delivery=delivery).outcome == "unknown"
    assert deliver() == 0
    assert there.texts() == []


def test_the_clock_of_the_wall_ends_no_lease_on_the_same_machine(
    there: Town, move: Callable[[float], None]
) -> None:
    delivery = send(there.account(), "In flight.")
    actions.claim(lease_s=600)
    for jump in (-86_400, 7 * 86_400):
        move(jump)
        assert actions.reclaim() == []
    assert again(delivery).state == "sending"


def test_on_another_machine_the_clock_of_the_wall_ends_a_lease(
    there: Town, move: Callable[[float], None]
) -> None:
    delivery = send(there.account(), "Far away.")
    actions.claim(lease_s=600)
    with db.machinery():
        Delivery.objects.update(lease_machine="another", leased_by="1.1.x")
    assert actions.reclaim() == []
    move(601)
    assert [one.pk for one in actions.reclaim()] == [delivery.pk]


def test_a_worker_that_died_is_noticed_at_once(there: Town) -> None:
    delivery = send(there.account(), "Left behind.")
    actions.claim()
    assert actions.reclaim() == []
    with db.machinery():
        Delivery.objects.update(leased_by="4194303.1.x")  # no such process
    assert [one.pk for one in actions.reclaim()] == [delivery.pk]


def test_a_living_process_is_not_taken_for_a_dead_one() -> None:
    token = worker.new_token()
    assert not worker.is_gone(token)
    pid, _, rest = token.partition(".")
    assert worker.is_gone(f"{pid}.{int(rest.partition('.')[0]) + 1}.x")


def test_a_receipt_counts_even_when_the_lease_was_lost(there: Town) -> None:
    place = there.account()
    delivery = send(place, "Late, but certain.")
    [claimed] = actions.claim(lease_s=0)
    attempt = actions.begin_attempt(claimed)
    actions.reclaim()
    receipt = Receipt(key=delivery.key, uri="pretend://town/posts/w9", remote_id="w9", accepted=clock.now())
    from colonnade.networks.pretend.connector import PretendConnector

    actions.finish_write(attempt, receipt, PretendConnector.capabilities)
    assert again(delivery).state == "sent"
    assert again(delivery).uri == "pretend://town/posts/w9"


CANNOT_LOOK = Capabilities(network="x", can_write=True, delivery_class="C")


def test_a_duplicate_at_the_first_try_was_not_taken(there: Town) -> None:
    delivery = send(there.account(), "Said before.")
    [claimed] = actions.claim()
    attempt = actions.begin_attempt(claimed)
    actions.finish_write(attempt, Duplicate("They have that.", "pretend://town/posts/w1"), CANNOT_LOOK)
    assert (again(delivery).state, again(delivery).post_id) == ("failed", None)


def test_where_nobody_can_look_a_duplicate_that_names_our_post_is_the_receipt(there: Town) -> None:
    delivery = send(there.account(), "Did they take it?")
    [claimed] = actions.claim()
    actions.finish_write(actions.begin_attempt(claimed), Uncertain("Broken."), CANNOT_LOOK)
    assert queries.needs_person(again(delivery)) is False
    with db.machinery():
        Delivery.objects.update(due_at=clock.now())
    [claimed] = actions.claim_errands()
    attempt = actions.begin_attempt(claimed)
    actions.finish_write(attempt, Duplicate("They have that.", "pretend://town/posts/w1"), CANNOT_LOOK)
    assert again(delivery).state == "confirmed"
    assert again(delivery).post.said.uri == "pretend://town/posts/w1"
    assert [one.settled_by for one in queries.attempts_of(delivery)] == ["network", ""]


def test_a_worker_that_was_held_up_does_not_send(there: Town) -> None:
    delivery = send(there.account(), "Too late to begin.")
    [claimed] = actions.claim(lease_s=1.0)
    work.deliver(claimed, Patience(lease_s=100.0))
    assert there.texts() == []
    assert again(delivery).state == "waiting"


def test_what_cannot_be_reached_waits_longer_each_time_and_is_given_up_in_the_end(
    there: Town, move: Callable[[float], None]
) -> None:
    place = there.account()
    actions.target_for(pretend_town.account_of(place))
    with db.machinery():
        type(place.account).objects.filter(place=place).update(address=f"http://127.0.0.1:{free_port()}/")
    delivery = send(place, "Nobody is at home.")
    waits = []
    for _ in range(15):
        assert deliver() == 1
        row, lane = again(delivery), Lane.objects.get(account=place.pk)
        waits.append((max(row.due_at, lane.not_before) - clock.now()).total_seconds())
        move(15 * 3600)
    assert waits[0] < 20 < waits[4] < waits[8] < waits[12] <= 15 * 3600
    assert deliver() == 1
    assert again(delivery).state == "failed"
    assert queries.needs_person(again(delivery))


def test_what_cannot_be_sent_holds_the_line_and_then_steps_aside(
    there: Town, move: Callable[[float], None]
) -> None:
    place = there.account()
    there.fail("busy", times=6, after_s=0)
    first, second = send(place, "First."), send(place, "Second.", undo_s=0.001)
    move(1)
    for _ in range(5):
        assert deliver() == 1
        assert again(second).tries == 0
        move(3600)
    deliver()
    assert again(first).tries == 6
    assert there.texts() == ["Second."]


# --- undo ---------------------------------------------------------------------------------------------------------


def test_within_its_time_an_undo_takes_everything_back(there: Town, move: Callable[[float], None]) -> None:
    place, other = there.account(), there.account("ferry")
    made = dispatch(place, "Not meant so.", undo_s=10, targets=[target_of(place), target_of(other)])
    assert deliver() == 0
    actions.undo(made)
    move(60)
    assert deliver() == 0
    assert there.texts() == []
    made.refresh_from_db()
    assert made.state == "undone"
    assert {one.state for one in Delivery.objects.all()} == {"recalled"}
    actions.undo(made)


def test_after_its_time_an_undo_is_refused(there: Town, move: Callable[[float], None]) -> None:
    made = dispatch(there.account(), "Too late.", undo_s=10)
    move(10)
    with pytest.raises(rules.TooLate, match="over"):
        actions.undo(made)
    assert deliver() == 1


@SEVERAL_AT_ONCE
def test_undo_and_sending_never_both_happen(there: Town) -> None:
    places = [there.account(f"a{number}") for number in range(10)]
    made = [dispatch(place, f"Raced by {place.name}.", undo_s=3600) for place in places]
    with db.machinery():
        Delivery.objects.update(due_at=clock.now())
    barrier = threading.Barrier(2)
    undone: list[int] = []

    def take_back() -> None:
        try:
            barrier.wait()
            for one in made:
                try:
                    actions.undo(one)
                    undone.append(one.pk)
                except rules.TooLate:
                    continue
        finally:
            connection.close()

    def send_out() -> None:
        try:
            barrier.wait()
            deliver(QUICK)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        for one in [pool.submit(take_back), pool.submit(send_out)]:
            one.result()
    deliver(QUICK)
    states = dict(Delivery.objects.values_list("dispatch", "state"))
    assert {pk for pk, state in states.items() if state == "recalled"} == set(undone)
    assert len(there.texts()) == 10 - len(undone)


# --- the watchdog -------------------------------------------------------------------------------------------------


def test_the_watchdog_shouts_once_about_what_nobody_tried(there: Town, move: Callable[[float], None]) -> None:
    delivery = send(there.account(), "Forgotten.")
    move(100)
    assert actions.shout() == []
    move(100)
    assert list(queries.overdue()) == [delivery]
    assert [one.pk for one in actions.shout()] == [delivery.pk]
    assert actions.shout() == []
    heard = [one.kind for one in _announced()]
    assert heard.count("deliveries.DeliveryOverdue") == 1
    deliver()
    assert not queries.overdue().exists()
    assert again(delivery).overdue_at is None


def test_what_the_network_asked_us_to_keep_back_is_not_overdue(
    there: Town, move: Callable[[float], None]
) -> None:
    there.fail("rate_limit", after_s=7200)
    send(there.account(), "Patience.")
    deliver()
    move(3600)
    assert not queries.overdue().exists()


def _announced() -> list[events.Heard]:
    events.stamp()
    return events.since(0)


def test_every_change_is_announced(there: Town) -> None:
    place = there.account()
    delivery = send(place, "Heard by others.")
    deliver()
    kinds = [one.kind for one in _announced() if one.kind.startswith("deliveries.")]
    assert kinds == ["deliveries.DispatchMade", "deliveries.DeliverySent"]
    [sent] = [one for one in _announced() if one.kind == "deliveries.DeliverySent"]
    assert sent.event.post == again(delivery).post_id
    assert sent.hints[0].audience == delivery.dispatch.scope.audience_id


@SEVERAL_AT_ONCE
def test_the_worker_is_woken_at_the_end_of_the_undo_window(
    there: Town, move: Callable[[float], None]
) -> None:
    from colonnade.core import worker as core_worker

    send(there.account(), "On time.", undo_s=10)
    core_worker.settle()
    assert there.texts() == []
    move(10.5)
    core_worker.settle()
    assert there.texts() == ["On time."]


def test_errands_of_a_paused_account_wait(there: Town, move: Callable[[float], None]) -> None:
    place = there.account()
    there.fail("cut_after")
    delivery = send(place, "Unclear.")
    deliver()
    actions.pause(pretend_town.account_of(place), "Signed out.")
    move(60)
    assert run_errands(QUICK) == 0
    actions.resume(pretend_town.account_of(place))
    assert run_errands(QUICK) == 1
    assert again(delivery).state == "confirmed"
