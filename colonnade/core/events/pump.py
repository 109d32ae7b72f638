"""The pump: moves every subscriber along the outbox.

One turn of one subscriber is one transaction: lock its cursor, run its function for a few facts, move the cursor. Where
a fact cannot be taken the turn is undone and repeated fact by fact; the one that fails is set back, with later ones of
its subject behind it, and everything else goes on.
"""

from __future__ import annotations

import logging
import traceback

from django.db import connection, transaction

from colonnade.core import db, points
from colonnade.core.events.hearing import Subscriber, subscribers
from colonnade.core.events.outbox import Heard, head, read
from colonnade.core.models import Cursor, Outbox, Setback
from colonnade.primitives import clock

log = logging.getLogger(__name__)

TRIES = 5
BACKOFF_S = (1, 5, 25, 125)
AT_ONCE = 100
BUDGET_S = 0.020
IDLE_LAG = 1000


class _Stumbled(Exception):
    """A subscriber's function raised; carries the fact."""

    def __init__(self, heard: Heard) -> None:
        super().__init__(heard.seq)
        self.heard = heard


def pump(limit: int = 1000) -> int:
    """Let every subscriber hear up to `limit` facts, those that were set back and are due included.

    Returns how many times a function was run with success. Several processes may pump at the same time: a cursor that
    another one holds is passed over.
    """
    known = subscribers()
    upto = head()
    done = _retry_due(known, limit)
    if not known:
        return done
    cursors = dict(Cursor.objects.values_list("name", "seq"))
    newest = _newest_of_kinds({kind for one in known.values() for kind in one.kinds})
    for one in list(known.values()):
        at = cursors.get(one.name)
        if at is None:
            at = _begin(one, upto)
        last = max((newest.get(kind, 0) for kind in one.kinds), default=0)
        if last > at:
            done += _advance(one, limit)
        elif upto - at > IDLE_LAG:
            _pass_over(one, at, upto)
    return done


def pass_idle_over() -> None:
    """Move the cursors of those for whom nothing has come, so that the outbox can forget what lies behind all."""
    known, upto = subscribers(), head()
    newest = _newest_of_kinds({kind for one in known.values() for kind in one.kinds})
    for name, at in Cursor.objects.values_list("name", "seq"):
        if name in known and at < upto and all(newest.get(kind, 0) <= at for kind in known[name].kinds):
            _pass_over(known[name], at, upto)


def _newest_of_kinds(kinds: set[str]) -> dict[str, int]:
    """The newest number of each kind: one probe of the index per kind, in one statement."""
    if not kinds:
        return {}
    probe = "SELECT %s AS kind, (SELECT max(seq) FROM core_outbox WHERE kind = %s) AS seq"
    with connection.cursor() as cursor:
        cursor.execute(
            " UNION ALL ".join([probe] * len(kinds)), [kind for kind in sorted(kinds) for _ in (0, 1)]
        )
        return {kind: seq or 0 for kind, seq in cursor.fetchall()}


def _begin(one: Subscriber, upto: int) -> int:
    at = 0 if one.from_start else upto
    with db.machinery():
        cursor, _ = Cursor.objects.get_or_create(
            name=one.name, defaults={"seq": at, "moved_ms": clock.now_ms()}
        )
    return cursor.seq


def _pass_over(one: Subscriber, at: int, upto: int) -> None:
    with db.machinery():
        # `upto` was read before it was found that nothing up to it concerns this one, so nothing is passed over.
        Cursor.objects.filter(name=one.name, seq=at).update(seq=upto, moved_ms=clock.now_ms())


def _advance(one: Subscriber, limit: int) -> int:
    done = 0
    while done < limit:
        try:
            heard = _turn(one, min(AT_ONCE, limit - done))
        except _Stumbled:
            heard = _one_by_one(one, AT_ONCE)
        if heard is None:
            break
        done += heard
    return done


def _one_by_one(one: Subscriber, count: int) -> int | None:
    done = None
    for _ in range(count):
        try:
            heard = _turn(one, 1)
        except _Stumbled as stumbled:
            heard = _set_back(one, stumbled)
        if heard is None:
            break
        done = (done or 0) + heard
    return done


def _turn(one: Subscriber, size: int) -> int | None:
    """One transaction for up to `size` facts; how many functions ran, None when there is nothing to do (here)."""
    with db.machinery(), transaction.atomic():
        cursor = _lock(one.name)
        if cursor is None:
            return None
        upto = head()
        facts = read(cursor.seq, names=list(one.kinds), limit=size, upto=upto)
        if not facts:
            return None
        held = set(Setback.objects.filter(subscriber=cursor).values_list("subject", flat=True).distinct())
        ran, began = 0, clock.monotonic_s()
        for fact in facts:
            cursor.seq = fact.seq
            if fact.subject in held:
                Setback.objects.create(
                    subscriber=cursor, event=Outbox(id=fact.id), seq=fact.seq, subject=fact.subject
                )
                continue
            _run(one, fact)
            ran += 1
            if clock.monotonic_s() - began >= BUDGET_S:
                break
        points.reach("pump.before-cursor")
        cursor.moved_ms = clock.now_ms()
        cursor.save(update_fields=["seq", "moved_ms"])
        points.reach("pump.after-cursor")
    points.reach("pump.after-commit")
    return ran


def _lock(name: str) -> Cursor | None:
    """The cursor, held until the transaction ends; None when another process holds it."""
    rows = Cursor.objects.filter(name=name)
    if db.is_postgres():
        rows = rows.select_for_update(skip_locked=True)
    return rows.first()


def _run(one: Subscriber, fact: Heard) -> None:
    try:
        one.function(fact.event)
    except Exception as error:
        raise _Stumbled(fact) from error
    points.reach("pump.after-handler")


def _set_back(one: Subscriber, stumbled: _Stumbled) -> int | None:
    fact = stumbled.heard
    log.warning(
        "%s could not take %s of %s: set back", one.name, fact.kind, fact.subject, exc_info=stumbled.__cause__
    )
    with db.machinery(), transaction.atomic():
        cursor = _lock(one.name)
        if cursor is None or cursor.seq >= fact.seq:
            return None
        Setback.objects.create(
            subscriber=cursor,
            event=Outbox(id=fact.id),
            seq=fact.seq,
            subject=fact.subject,
            tries=1,
            due_ms=clock.now_ms() + BACKOFF_S[0] * 1000,
            error=_told(stumbled),
        )
        cursor.seq, cursor.moved_ms = fact.seq, clock.now_ms()
        cursor.save(update_fields=["seq", "moved_ms"])
    return 0


def _told(stumbled: _Stumbled) -> str:
    cause = stumbled.__cause__ or stumbled
    return "".join(traceback.format_exception(cause))[-4000:]


# --- facts that were set back -------------------------------------------------------------------------------------------


def _retry_due(known: dict[str, Subscriber], limit: int) -> int:
    done = 0
    while done < limit:
        due = list(
            Setback.objects.filter(due_ms__lte=clock.now_ms(), subscriber__in=list(known))
            .order_by("due_ms")
            .values_list("id", "subscriber__name")[:AT_ONCE]
        )
        ran = sum(_retry(known[name], setback) for setback, name in due)
        done += ran
        if not ran:
            break
    return done


def _retry(one: Subscriber, setback_number: int) -> int:
    try:
        with db.machinery(), transaction.atomic():
            setback = _lock_setback(one, setback_number)
            if setback is None:
                return 0
            row = Outbox.objects.values_list("id", "seq", "kind", "subject", "at_ms", "payload", "hints")
            _run(one, Heard(*row.get(id=setback.event.id)))
            _let_go(setback)
            points.reach("pump.before-cursor")
        return 1
    except _Stumbled as stumbled:
        _again_later(one, setback_number, stumbled)
        return 0


def _lock_setback(one: Subscriber, number: int) -> Setback | None:
    if _lock(one.name) is None:
        return None
    return Setback.objects.filter(id=number, due_ms__lte=clock.now_ms()).select_related("event").first()


def _let_go(setback: Setback) -> None:
    """The fact has been dealt with: the next of its subject is due now."""
    behind = Setback.objects.filter(
        subscriber=setback.subscriber, subject=setback.subject, seq__gt=setback.seq
    ).order_by("seq")
    setback.delete()
    follower = behind.first()
    if follower is not None:
        follower.due_ms = clock.now_ms()
        follower.save(update_fields=["due_ms"])


def _again_later(one: Subscriber, number: int, stumbled: _Stumbled) -> None:
    with db.machinery(), transaction.atomic():
        setback = _lock_setback(one, number)
        if setback is None:
            return
        setback.tries += 1
        setback.error = _told(stumbled)
        setback.parked = setback.tries >= TRIES
        setback.due_ms = None if setback.parked else clock.now_ms() + BACKOFF_S[setback.tries - 1] * 1000
        setback.save(update_fields=["tries", "error", "parked", "due_ms"])
    if setback.parked:
        fact = stumbled.heard
        log.error("%s has failed %d times on %s of %s: parked", one.name, TRIES, fact.kind, fact.subject)


def parked() -> list[Setback]:
    """What was given up after five tries, oldest first; later facts of the same subject wait behind each."""
    return list(Setback.objects.filter(parked=True).select_related("event").order_by("id"))


def retry_parked(number: int) -> bool:
    """Try a parked fact again from the start, now; False when there is no such one."""
    with db.machinery():
        changed = Setback.objects.filter(id=number, parked=True).update(
            parked=False, tries=0, due_ms=clock.now_ms()
        )
    return changed == 1


def drop_parked(number: int) -> bool:
    """Give a parked fact up for good, for its subscriber, and let those behind it go on; False when there is none."""
    with db.machinery(), transaction.atomic():
        setback = Setback.objects.filter(id=number, parked=True).select_for_update().first()
        if setback is None:
            return False
        _let_go(setback)
    return True


# --- forgetting ---------------------------------------------------------------------------------------------------------

KEEP_MS = 14 * 24 * 3600 * 1000


def forget_old(limit: int = 1000) -> int:
    """Delete facts older than 14 days that every cursor has passed and nobody set back; returns how many.

    The cursor of a subscriber that this release no longer knows stops counting after the same 14 days.
    """
    before = clock.now_ms() - KEEP_MS
    pass_idle_over()
    with db.machinery():
        Cursor.objects.filter(moved_ms__lt=before, seq__lt=head()).exclude(
            name__in=list(subscribers())
        ).delete()
        passed = Cursor.objects.order_by("seq").values_list("seq", flat=True).first()
        rows = Outbox.objects.filter(at_ms__lt=before, seq__lte=head() if passed is None else passed)
        kept = Setback.objects.values("event")
        old = list(rows.exclude(id__in=kept).order_by("seq").values_list("id", flat=True)[:limit])
        Outbox.objects.filter(id__in=old).delete()
    return len(old)
