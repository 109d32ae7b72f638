"""What a worker does about deliveries: send what is due, settle what is uncertain, take back, watch.

Here alone the network is called; what it answers goes straight to an action. Nothing is held open meanwhile: no
transaction, no lock, only the lease.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connection

from colonnade.core import points
from colonnade.core.work import every, work
from colonnade.deliveries import actions, queries, rules
from colonnade.deliveries.actions import worker
from colonnade.deliveries.models import Attempt, AttemptKind, Delivery
from colonnade.deliveries.types import PATIENCE, Patience
from colonnade.networks.base import Connector, Receipt, Unreachable
from colonnade.places import queries as places
from colonnade.primitives import clock

log = logging.getLogger(__name__)
R = TypeVar("R")

AT_ONCE = 8
CLAIMING_S = 20.0
SHARE_FOR_THE_CALL = 0.8
REST_BEFORE_NOTING_AGAIN_S = (0.1, 0.5, 1.0, 2.0, 4.0, 8.0)


@every(1)
@work(lease_s=360, tries=1000)
def deliver_due() -> None:
    """Send everything that is due, several accounts at a time, one delivery an account."""
    actions.reclaim()
    _several(lambda: actions.claim(1), deliver)


@every(5)
@work(lease_s=360, tries=1000)
def settle_uncertain() -> None:
    """Find out about what is uncertain, look after what has not come back, take back what was recalled."""
    actions.reclaim()
    _several(lambda: actions.claim_errands(1), run_errand)


@every(30)
@work(tries=1000)
def watchdog() -> None:
    """Shout about what was due and was not tried."""
    actions.shout()


def _several(claim: Callable[[], list[Delivery]], run: Callable[[Delivery], None]) -> None:
    """Run what can be claimed in a few threads, until there is nothing left or the time for claiming is over."""
    first = claim()
    if not first:
        return
    until = clock.monotonic_s() + CLAIMING_S
    with ThreadPoolExecutor(AT_ONCE, "delivery") as pool:
        running = {pool.submit(_alone, run, one) for one in first}
        while running:
            while len(running) < AT_ONCE and clock.monotonic_s() < until and (more := claim()):
                running |= {pool.submit(_alone, run, one) for one in more}
            done: set[Future[None]]
            done, running = wait(running, timeout=1.0, return_when=FIRST_COMPLETED)
            for one in done:
                one.result()


def _alone(run: Callable[[Delivery], None], delivery: Delivery) -> None:
    """In a thread of its own, with a connection of its own; what goes wrong with one must not stop the others."""
    try:
        run(delivery)
    except Exception:
        log.exception("Delivery %d was left as it is; its lease will run out", delivery.pk)
    finally:
        connection.close()


# --- one delivery -------------------------------------------------------------------------------------------------


def deliver(delivery: Delivery, patience: Patience = PATIENCE) -> None:
    """Send one claimed delivery."""
    points.reach("delivery.claimed")
    try:
        connector = places.connection(delivery.account.place)
    except Exception as error:
        log.exception("No connection for delivery %d", delivery.pk)
        actions.put_off(delivery, rules.sentence(error), patience)
        return
    _write(delivery, connector, patience)


def run_errand(delivery: Delivery, patience: Patience = PATIENCE) -> None:
    """Do what is to be done about one claimed delivery that has been sent, or may have been."""
    points.reach("delivery.claimed")
    connector = places.connection(delivery.account.place)
    if delivery.recall_asked_at is not None and delivery.state != "uncertain":
        _recall(delivery, connector, patience)
    elif delivery.state != "uncertain":
        _find(delivery, connector, patience)
    else:
        _settle(delivery, connector, patience)


def _settle(delivery: Delivery, connector: Connector, patience: Patience) -> None:
    step = rules.next_step(connector.capabilities, queries.past_of(delivery), worker.this_moment())
    if step == "repeat":
        _write(delivery, connector, patience)
    elif step == "find":
        _find(delivery, connector, patience)
    else:
        _note(delivery, lambda: actions.leave_to_person(delivery))


def _write(delivery: Delivery, connector: Connector, patience: Patience) -> None:
    attempt = _begin(delivery, AttemptKind.WRITE, patience)
    if attempt is None:
        return
    outgoing = queries.outgoing_of(delivery)

    def write() -> Receipt:
        # As late as can be: a process that stood still may find that another one has long taken over.
        if actions.seconds_left(delivery) < patience.lease_s * SHARE_FOR_THE_CALL:
            raise Unreachable("The worker was held up before it could send.")
        return connector.write(outgoing, delivery.key)

    answer = _call(write)
    _note(delivery, lambda: actions.finish_write(attempt, answer, connector.capabilities, patience))


def _find(delivery: Delivery, connector: Connector, patience: Patience) -> None:
    attempt = _begin(delivery, AttemptKind.FIND, patience)
    if attempt is None:
        return
    outgoing = queries.outgoing_of(delivery)
    answer = _call(lambda: connector.find(outgoing, delivery.key))
    _note(delivery, lambda: actions.finish_find(attempt, answer, connector.capabilities, patience))


def _recall(delivery: Delivery, connector: Connector, patience: Patience) -> None:
    attempt = _begin(delivery, AttemptKind.RECALL, patience)
    if attempt is None:
        return
    answer = _call(lambda: connector.recall(queries.receipt_of(delivery)))
    _note(delivery, lambda: actions.finish_recall(attempt, answer, patience))


def _begin(delivery: Delivery, kind: str, patience: Patience) -> Attempt | None:
    """The attempt, committed; None if another worker has the delivery by now."""
    try:
        attempt = actions.begin_attempt(delivery, kind)
    except rules.LostLease:
        return None
    points.reach("delivery.attempt-committed")
    return attempt


def _call(call: Callable[[], R]) -> R | Exception:
    """What the network answers; an error is an answer too."""
    points.reach("delivery.before-call")
    try:
        answer: R | Exception = call()
    except Exception as error:
        answer = error
    points.reach("delivery.after-call")
    return answer


def _note(delivery: Delivery, note: Callable[[], object]) -> None:
    """Write down what the network said. A database that is away for a moment is waited for: the answer is too dear."""
    points.reach("delivery.before-result")
    rests = iter(REST_BEFORE_NOTING_AGAIN_S)
    while True:
        try:
            note()
            break
        except rules.LostLease:
            log.warning("Delivery %d is no longer ours", delivery.pk)
            return
        except (OperationalError, InterfaceError):
            rest = next(rests, None)
            if rest is None or connection.in_atomic_block:
                raise
            connection.close()
            time.sleep(rest)
    points.reach("delivery.after-result")
