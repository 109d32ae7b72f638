"""A stream of messages between processes: append a batch, read from an offset, acknowledge. Kept in a table.

An offset belongs to a batch; batches of one stream become visible in the order of their offsets, so a reader that goes
on from the last one it dealt with misses nothing. What every consumer has acknowledged may be trimmed.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from django.db import connection

from colonnade.core import db, points, wake
from colonnade.core.models import Acknowledgement, Batch

_LOCK = 0x636F6C02


@dataclass(frozen=True, slots=True)
class Received:
    """One batch read: its offset and its messages, in the order they were appended."""

    offset: int
    messages: list[bytes]


def append(stream: str, messages: Sequence[bytes]) -> int:
    """Append messages as one batch, in the caller's action or in one of its own; returns the batch's offset."""
    with db.act():
        if db.is_postgres():
            # Ids are given before the commit: without taking turns a lower one could become visible after a higher one.
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, zlib.crc32(stream.encode()) - 2**31]
                )
        batch = Batch.objects.create(stream=stream, body=msgspec.msgpack.encode(list(messages)))
        points.reach("stream.after-append")
        wake.after_commit()
    return batch.id


def read(stream: str, after: int = 0, limit: int = 10) -> list[Received]:
    """Up to `limit` batches with an offset greater than `after`, oldest first."""
    rows = Batch.objects.filter(stream=stream, id__gt=after).order_by("id").values_list("id", "body")[:limit]
    return [Received(offset, msgspec.msgpack.decode(bytes(body), type=list[bytes])) for offset, body in rows]


def acknowledge(stream: str, consumer: str, offset: int) -> None:
    """Note that `consumer` has dealt with everything up to `offset`, in the caller's action; never backwards."""
    with db.act(), connection.cursor() as cursor:
        cursor.execute(
            'INSERT INTO core_acknowledgement (stream, consumer, "offset") VALUES (%s, %s, %s) '
            'ON CONFLICT (stream, consumer) DO UPDATE SET "offset" = excluded."offset" '
            'WHERE core_acknowledgement."offset" < excluded."offset"',
            [stream, consumer, offset],
        )


def acknowledged(stream: str, consumer: str) -> int:
    """The offset up to which `consumer` has dealt with the stream, 0 before the first."""
    row = (
        Acknowledgement.objects.filter(stream=stream, consumer=consumer)
        .values_list("offset", flat=True)
        .first()
    )
    return row or 0


def trim(stream: str, limit: int = 1000) -> int:
    """Delete up to `limit` batches that every known consumer has acknowledged; returns how many."""
    behind = (
        Acknowledgement.objects.filter(stream=stream)
        .order_by("offset")
        .values_list("offset", flat=True)
        .first()
    )
    if not behind:
        return 0
    with db.act():
        old = list(
            Batch.objects.filter(stream=stream, id__lte=behind)
            .order_by("id")
            .values_list("id", flat=True)[:limit]
        )
        Batch.objects.filter(id__in=old).delete()
    return len(old)


def streams() -> list[str]:
    """The names of all streams that hold something."""
    return list(Batch.objects.order_by("stream").values_list("stream", flat=True).distinct())
