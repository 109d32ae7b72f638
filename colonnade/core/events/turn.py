"""One turn of one subscriber: one transaction that runs its function for a few facts and moves its cursor."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Collection, Sequence
from typing import NamedTuple

from django.db import DatabaseError, connection, transaction

from colonnade.core import db, points
from colonnade.core.events.hearing import Subscriber
from colonnade.core.events.outbox import Heard, read
from colonnade.core.models import Cursor, Outbox, Setback
from colonnade.primitives import clock

log = logging.getLogger(__name__)

BUDGET_S = 0.020
TOGETHER = 50
BACKOFF_S = (1, 5, 25, 125)


class Stumbled(Exception):
    """A fact could not be taken: the subscriber's function raised, or the database refused what it wrote."""

    def __init__(self, fact: Heard) -> None:
        super().__init__(fact.seq)
        self.fact = fact

    @property
    def told(self) -> str:
        """What happened, as a traceback, its last 4,000 characters."""
        return "".join(traceback.format_exception(self.__cause__ or self))[-4000:]


class Taken(NamedTuple):
    """How many facts a function took, and whether more are known to wait."""

    ran: int
    more: bool


def take(one: Subscriber, size: int) -> Taken | None:
    """Let a subscriber hear up to `size` facts in one transaction.

    None when there is nothing to hear or another process is at it. It ends early once it has held the transaction for
    20 ms; who hears facts together is given at most fifty. `Stumbled`, with everything undone, when a fact could not be
    taken.
    """
    size = min(size, TOGETHER) if one.together else size
    facts: list[Heard] = []
    try:
        with db.machinery(), transaction.atomic():
            cursor = lock(one.name)
            if cursor is None:
                return None
            facts = read(cursor.seq, names=list(one.kinds), limit=size)
            if not facts:
                return None
            ran = _hear(one, cursor, facts)
            more = len(facts) == size or cursor.seq < facts[-1].seq
            points.reach("pump.before-cursor")
            cursor.moved_ms = clock.now_ms()
            cursor.save(update_fields=["seq", "moved_ms"])
            points.reach("pump.after-cursor")
    except DatabaseError as error:
        # Constraints on other rows are checked at the commit: with several facts it is not known yet whose it was.
        if not facts:
            raise
        raise Stumbled(facts[0]) from error
    points.reach("pump.after-commit")
    return Taken(ran, more)


def _hear(one: Subscriber, cursor: Cursor, facts: list[Heard]) -> int:
    held = set(Setback.objects.filter(subscriber=cursor).values_list("subject", flat=True).distinct())
    if one.together:
        return _hear_together(one, cursor, facts, held)
    ran, began = 0, clock.monotonic_s()
    for fact in facts:
        cursor.seq = fact.seq
        if fact.subject in held:
            _line_up(cursor, fact)
            continue
        call(one, [fact])
        ran += 1
        if clock.monotonic_s() - began >= BUDGET_S:
            break
    return ran


def _hear_together(one: Subscriber, cursor: Cursor, facts: list[Heard], held: Collection[str]) -> int:
    free = [fact for fact in facts if fact.subject not in held]
    for fact in facts:
        if fact.subject in held:
            _line_up(cursor, fact)
    if free:
        call(one, free)
    cursor.seq = facts[-1].seq
    return len(free)


def _line_up(cursor: Cursor, fact: Heard) -> None:
    """Behind an earlier fact of its subject that was set back."""
    Setback.objects.create(subscriber=cursor, event=Outbox(id=fact.id), seq=fact.seq, subject=fact.subject)


def lock(name: str, *, wait: bool = False) -> Cursor | None:
    """The cursor, held until the transaction ends; None when another process holds it (unless told to wait)."""
    rows = Cursor.objects.filter(name=name)
    if db.is_postgres():
        rows = rows.select_for_update(skip_locked=not wait)
    return rows.first()


def call(one: Subscriber, facts: Sequence[Heard]) -> None:
    """Run the subscriber's function for a fact, or for several together; `Stumbled`, about the first, for whatever it
    raises: where there are several they are repeated one by one."""
    try:
        one.function([fact.event for fact in facts] if one.together else facts[0].event)
        if connection.needs_rollback:
            raise RuntimeError(
                f"{one.name} caught the error of an action: use db.attempt() around a step that may fail."
            )
    except Exception as error:
        raise Stumbled(facts[0]) from error
    points.reach("pump.after-handler")


def set_back(one: Subscriber, stumbled: Stumbled) -> bool:
    """Put the fact aside to be tried again in a second, and let the others go on; False when it has passed meanwhile."""
    fact = stumbled.fact
    log.warning(
        "%s could not take %s of %s: set back", one.name, fact.kind, fact.subject, exc_info=stumbled.__cause__
    )
    with db.machinery(), transaction.atomic():
        cursor = lock(one.name)
        if cursor is None or cursor.seq >= fact.seq:
            return False
        now = clock.now_ms()
        Setback.objects.create(
            subscriber=cursor,
            event=Outbox(id=fact.id),
            seq=fact.seq,
            subject=fact.subject,
            tries=1,
            due_ms=now + BACKOFF_S[0] * 1000,
            error=stumbled.told,
        )
        cursor.seq, cursor.moved_ms = fact.seq, now
        cursor.save(update_fields=["seq", "moved_ms"])
    return True
