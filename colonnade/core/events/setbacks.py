"""Facts that a subscriber could not take: tried again, parked after five tries, let go by a person."""

from __future__ import annotations

import logging

from django.db import DatabaseError, transaction

from colonnade.core import db, points
from colonnade.core.events.hearing import Subscriber
from colonnade.core.events.outbox import FIELDS, Heard
from colonnade.core.events.turn import BACKOFF_S, Stumbled, call, lock
from colonnade.core.models import Outbox, Setback
from colonnade.primitives import clock

log = logging.getLogger(__name__)

TRIES = 5
AT_ONCE = 100


def retry_due(known: dict[str, Subscriber], limit: int) -> int:
    """Try again what is due, up to `limit` times; returns how many were taken."""
    done = 0
    while done < limit:
        due = list(
            Setback.objects.filter(due_ms__lte=clock.now_ms(), subscriber__in=list(known))
            .order_by("due_ms", "seq")
            .values_list("id", "subscriber__name")[:AT_ONCE]
        )
        taken = sum(_retry(known[name], number) for number, name in due)
        done += taken
        if not taken:
            break
    return done


def _retry(one: Subscriber, number: int) -> bool:
    fact: Heard | None = None
    try:
        with db.machinery(), transaction.atomic():
            setback = _lock_setback(one, number)
            if setback is None:
                return False
            fact = Heard(*Outbox.objects.values_list(*FIELDS).get(id=setback.event.id))
            call(one, [fact])
            _let_go(setback)
            points.reach("pump.before-cursor")
        return True
    except Stumbled as stumbled:
        _again_later(one, number, stumbled)
    except DatabaseError as error:
        if fact is None:
            raise
        at_commit = Stumbled(fact)
        at_commit.__cause__ = error
        _again_later(one, number, at_commit)
    return False


def _lock_setback(one: Subscriber, number: int) -> Setback | None:
    if lock(one.name) is None:
        return None
    return Setback.objects.filter(id=number, due_ms__lte=clock.now_ms()).select_related("event").first()


def _let_go(setback: Setback) -> None:
    """The fact has been dealt with: the next of its subject is due now."""
    rows = Setback.objects.filter(subscriber=setback.subscriber, subject=setback.subject)
    follower = rows.filter(seq__gt=setback.seq).order_by("seq").first()
    setback.delete()
    if follower is not None:
        follower.due_ms = clock.now_ms()
        follower.save(update_fields=["due_ms"])


def _again_later(one: Subscriber, number: int, stumbled: Stumbled) -> None:
    with db.machinery(), transaction.atomic():
        setback = _lock_setback(one, number)
        if setback is None:
            return
        setback.tries += 1
        setback.error = stumbled.told
        setback.parked = setback.tries >= TRIES
        setback.due_ms = None if setback.parked else clock.now_ms() + BACKOFF_S[setback.tries - 1] * 1000
        setback.save(update_fields=["tries", "error", "parked", "due_ms"])
    if setback.parked:
        fact = stumbled.fact
        log.error("%s has failed %d times on %s of %s: parked", one.name, TRIES, fact.kind, fact.subject)


def make_up_for_clock() -> int:
    """After the clock was set back: what is due later than any pause lasts is due now; returns how many."""
    now = clock.now_ms()
    with db.act():
        return Setback.objects.filter(due_ms__gt=now + 2 * BACKOFF_S[-1] * 1000).update(due_ms=now)


def parked() -> list[Setback]:
    """What was given up after five tries, oldest first; later facts of the same subject wait behind each."""
    return list(Setback.objects.filter(parked=True).select_related("event").order_by("id"))


def retry_parked(number: int) -> bool:
    """Try a parked fact again from the start, now; False when there is no such one."""
    with db.machinery():
        rows = Setback.objects.filter(id=number, parked=True)
        return rows.update(parked=False, tries=0, due_ms=clock.now_ms()) == 1


def drop_parked(number: int) -> bool:
    """Give a parked fact up for good, for its subscriber, and let those behind it go on; False when there is none."""
    with db.machinery(), transaction.atomic():
        name = Setback.objects.filter(id=number).values_list("subscriber__name", flat=True).first()
        # Under the cursor's lock, so that no later fact lines up behind this one at the same moment.
        if name is None or lock(name, wait=True) is None:
            return False
        setback = Setback.objects.filter(id=number, parked=True).first()
        if setback is None:
            return False
        _let_go(setback)
    return True
