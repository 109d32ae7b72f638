"""The pump: moves every subscriber along the outbox.

One turn of one subscriber is one transaction: lock its cursor, run its function for a few facts, move the cursor. Where
a fact cannot be taken the turn is undone and repeated fact by fact; the one that fails is set back, with later ones of
its subject behind it, and everything else goes on.
"""

from __future__ import annotations

from django.db import connection

from colonnade.core import db
from colonnade.core.events.hearing import Subscriber, subscribers
from colonnade.core.events.outbox import head
from colonnade.core.events.setbacks import retry_due
from colonnade.core.events.turn import Stumbled, Taken, set_back, take
from colonnade.core.models import Cursor, Outbox, Setback
from colonnade.primitives import clock

AT_ONCE = 100
IDLE_LAG = 1000


def pump(limit: int = 1000) -> int:
    """Let every subscriber hear up to `limit` facts, those that were set back and are due included.

    Returns how many times a function was run with success. Several processes may pump at the same time: a cursor that
    another one holds is passed over.
    """
    known = dict(subscribers())
    upto = head()
    done = retry_due(known, limit)
    cursors = dict(Cursor.objects.values_list("name", "seq"))
    newest = _newest_of_kinds(known)
    for one in known.values():
        at = cursors.get(one.name)
        if at is None:
            at = _begin(one, upto)
        if _last(one, newest) > at:
            done += _advance(one, limit)
        elif upto - at > IDLE_LAG:
            _pass_over(one, at, upto)
    return done


def lag() -> int:
    """How far, counted in facts of all kinds, the slowest subscriber is behind; 0 when none has anything to hear."""
    known, upto = subscribers(), head()
    newest = _newest_of_kinds(known)
    cursors = dict(Cursor.objects.values_list("name", "seq"))
    behind = [
        upto - cursors.get(name, 0)
        for name, one in known.items()
        if _last(one, newest) > cursors.get(name, 0)
    ]
    return max(behind, default=0)


def _last(one: Subscriber, newest: dict[str, int]) -> int:
    return max(newest.get(kind, 0) for kind in one.kinds)


def _newest_of_kinds(known: dict[str, Subscriber]) -> dict[str, int]:
    """The newest number of each kind: one probe of the index per kind, in one statement."""
    kinds = sorted({kind for one in known.values() for kind in one.kinds})
    if not kinds:
        return {}
    probe = "SELECT %s AS kind, (SELECT max(seq) FROM core_outbox WHERE kind = %s) AS seq"
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join([probe] * len(kinds)), [kind for kind in kinds for _ in (0, 1)])
        return {kind: seq or 0 for kind, seq in cursor.fetchall()}


def _begin(one: Subscriber, upto: int) -> int:
    at = 0 if one.from_start else upto
    with db.machinery():
        cursor, _ = Cursor.objects.get_or_create(
            name=one.name, defaults={"seq": at, "moved_ms": clock.now_ms()}
        )
    return cursor.seq


def _pass_over(one: Subscriber, at: int, upto: int) -> None:
    # `upto` was read before it was found that nothing up to it concerns this one, so nothing is passed over.
    with db.machinery():
        Cursor.objects.filter(name=one.name, seq=at).update(seq=upto, moved_ms=clock.now_ms())


def _advance(one: Subscriber, limit: int) -> int:
    done = 0
    while done < limit:
        size = min(AT_ONCE, limit - done)
        try:
            taken = take(one, size)
        except Stumbled:
            taken = _one_by_one(one, size)
        if taken is None:
            break
        done += taken.ran
        if not taken.more:
            break
    return done


def _one_by_one(one: Subscriber, count: int) -> Taken | None:
    """The same facts again, each in a transaction of its own; None when another process has taken over."""
    done = 0
    for _ in range(count):
        try:
            taken = take(one, 1)
        except Stumbled as stumbled:
            taken = Taken(0, more=True) if set_back(one, stumbled) else None
        if taken is None:
            return Taken(done, more=True) if done else None
        done += taken.ran
    return Taken(done, more=True)


# --- forgetting -------------------------------------------------------------------------------------------------------

KEEP_MS = 14 * 24 * 3600 * 1000


def forget_old(limit: int = 1000) -> int:
    """Delete facts older than 14 days that every cursor has passed and nobody set back; returns how many.

    The cursor of a subscriber that this release no longer knows stops counting after the same 14 days.
    """
    before = clock.now_ms() - KEEP_MS
    _pass_idle_over()
    with db.act():
        unknown = Cursor.objects.exclude(name__in=list(subscribers()))
        unknown.filter(moved_ms__lt=before).delete()
        passed = Cursor.objects.order_by("seq").values_list("seq", flat=True).first()
        upto = head() if passed is None else passed
        rows = Outbox.objects.filter(at_ms__lt=before, seq__lte=upto).exclude(
            id__in=Setback.objects.values("event")
        )
        old = list(rows.order_by("seq").values_list("id", flat=True)[:limit])
        Outbox.objects.filter(id__in=old).delete()
    return len(old)


def _pass_idle_over() -> None:
    """Move the cursors of those for whom nothing has come, so that what lies behind all may be forgotten."""
    known, upto = dict(subscribers()), head()
    newest = _newest_of_kinds(known)
    cursors = dict(Cursor.objects.values_list("name", "seq"))
    for one in known.values():
        at = cursors[one.name] if one.name in cursors else _begin(one, upto)
        if at < upto and _last(one, newest) <= at:
            _pass_over(one, at, upto)
