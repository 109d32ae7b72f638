"""Limits on how often somebody may do something, shared by all processes, without keeping who it was.

A count is kept under a keyed hash of the bucket and whoever asks; its key changes hourly and is not kept beyond two
hours (`core.secrets.hourly_hash`). No address is stored, and after two hours nobody can tell whose counts they were.
"""

from __future__ import annotations

from django.db import connection, transaction
from django.db.models import Sum

from colonnade.core import db, secrets
from colonnade.core.models import LimitCount
from colonnade.primitives import clock

SLICES = 10
LONGEST_S = 3600
_LOCK = 0x636F6C03


def allow(bucket: str, who: str, *, limit: int, per_s: int) -> bool:
    """Whether `who` may do this once more: True, and counted, while fewer than `limit` were counted in `per_s` seconds.

    The window slides in tenths. `per_s` is at most an hour, since older hashes cannot be told to be the same person's
    (ValueError). What was refused is not counted. Ask before the action, so that a failing one is counted too.
    """
    if not 0 < per_s <= LONGEST_S:
        raise ValueError(f"a limit looks back 1 to {LONGEST_S} seconds, not {per_s}")
    hashes = secrets.hourly_hashes(f"{bucket}\0{who}")
    slice_ms = max(1, per_s * 1000 // SLICES)
    slot = clock.now_ms() // slice_ms
    if _counted(hashes, slot) >= limit:
        # Whoever hammers on a closed door takes no lock and writes nothing.
        return False
    with db.machinery(), transaction.atomic():
        _take_turns(hashes[0])
        if _counted(hashes, slot) >= limit:
            return False
        _count(hashes[0], slot, (slot + SLICES) * slice_ms)
    return True


def _counted(hashes: list[bytes], slot: int) -> int:
    rows = LimitCount.objects.filter(who__in=hashes, slot__gt=slot - SLICES, slot__lte=slot)
    return rows.aggregate(n=Sum("hits"))["n"] or 0


def _take_turns(who: bytes) -> None:
    # Two requests at once must not both find room for one. SQLite lets one writer in anyway.
    if db.is_postgres():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, int.from_bytes(who[:4], "big", signed=True)]
            )


def _count(who: bytes, slot: int, ends_ms: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_limitcount (who, slot, hits, ends_ms) VALUES (%s, %s, 1, %s) "
            "ON CONFLICT (who, slot) DO UPDATE SET hits = core_limitcount.hits + 1",
            [who, slot, ends_ms],
        )


def forget() -> int:
    """Delete the counts that no window reaches any more; returns how many."""
    with db.machinery():
        count, _ = LimitCount.objects.filter(ends_ms__lt=clock.now_ms()).delete()
    return count
