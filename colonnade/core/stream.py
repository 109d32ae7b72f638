"""A stream of messages between processes: append a batch, read from an offset, acknowledge. Kept in a table.

An offset belongs to a batch; batches of one stream become visible in the order of their offsets, so a reader that goes
on from the last one it dealt with misses nothing. What every consumer has acknowledged may be trimmed.

Where `COLONNADE_STREAM_URL` names a broker there are shared streams beside it: `share` puts a message there, and every worker
process hands what it takes to the function under `@sharing(stream)`, which calls `first_time` within the transaction of its
effects. A message is given out again when its worker dies, and its effects are there once.
"""

from __future__ import annotations

import logging
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from colonnade.core import db, points, wake
from colonnade.core.models import Acknowledgement, Batch
from colonnade.primitives import clock

if TYPE_CHECKING:
    from colonnade.core.broker import Taken

log = logging.getLogger(__name__)

_LOCK = 0x636F6C02
TAKEN_AT_ONCE, TAKE_WAIT_S, TIDY_EVERY_S = 10, 1.0, 60.0
MOST_TIMES = 5
"""So often a message is given out that fails alone each time, for other reasons than a database that is away."""


class Away(Exception):
    """The broker cannot be reached, or takes nothing: nothing is lost, try again later."""


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


# --- shared by a broker -----------------------------------------------------------------------------------------------

Take = Callable[[list[Received]], None]
_sharing: dict[str, Take] = {}
_tidied: dict[str, float] = {}


def is_shared() -> bool:
    """Whether a broker is there, by which worker processes share streams."""
    return bool(settings.COLONNADE_STREAM_URL)


def sharing(stream: str) -> Callable[[Take], Take]:
    """Register what each worker process does with what it takes from a shared stream."""

    def register(function: Take) -> Take:
        _sharing[stream] = function
        return function

    return register


def share(stream: str, message: bytes) -> int:
    """Put a message on a shared stream, kept when this returns. Raises `Away`."""
    from colonnade.core.broker import broker

    return broker().put(stream, message)


def first_time(stream: str, offsets: Sequence[int]) -> list[int]:
    """Which of these messages of a shared stream have not been dealt with; in the caller's action, with whose effects that is
    remembered. Of two who have the same message at once one waits, and finds that it was done."""
    from colonnade.core.broker import broker

    if not offsets:
        return []
    name = _remembered(stream, broker().birth(stream))
    rows = ", ".join(["(%s, %s, %s)"] * len(offsets))
    values = [value for offset in sorted(offsets) for value in (name, str(offset), offset)]
    with db.act(), connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO core_acknowledgement (stream, consumer, "offset") VALUES {rows} '
            'ON CONFLICT (stream, consumer) DO NOTHING RETURNING "offset"',
            values,
        )
        return sorted(int(offset) for (offset,) in cursor.fetchall())


def take_turns(streams: Iterable[str] = ()) -> bool:
    """Take what lies on the shared streams and hand it to who deals with it; whether there was anything. What fails is
    given out again, and after MOST_TIMES given up."""
    from colonnade.core.broker import broker

    some = False
    for name in list(streams) or list(_sharing):
        try:
            taken = broker().take(name, TAKEN_AT_ONCE, TAKE_WAIT_S)
            if not taken:
                _tidy(name)
                continue
            some = True
            _hand_over(name, taken)
        except Away as problem:
            log.warning("%s", problem)
    return some


def _hand_over(stream: str, taken: Sequence[Taken]) -> None:
    """Hand messages to who deals with them. Where that fails, and not for want of a database, each is tried alone: one that
    nobody can deal with holds up no other. Raises Away."""
    from colonnade.core.broker import broker

    try:
        _sharing[stream]([Received(one.offset, [one.body]) for one in taken])
    except Away:
        raise
    except Exception as fault:
        log.exception("What was taken from the stream %s could not be dealt with", stream)
        if not connection.in_atomic_block:
            connection.close()
        if isinstance(fault, OperationalError | InterfaceError):
            broker().put_back(taken)
        elif len(taken) > 1:
            for one in taken:
                _hand_over(stream, [one])
        else:
            _try_again_or_give_up(stream, taken[0])
        return
    points.reach("stream.before-done")
    broker().done(taken)


def _try_again_or_give_up(stream: str, one: Taken) -> None:
    from colonnade.core.broker import broker

    if one.times < MOST_TIMES:
        broker().put_back([one])
        return
    log.error(
        "Message %s of the stream %s (%s bytes) failed %s times and is given up",
        one.offset,
        stream,
        len(one.body),
        one.times,
    )
    broker().done([one])


def _tidy(stream: str) -> None:
    """Forget which messages were dealt with, as far as the broker has forgotten them too."""
    from colonnade.core.broker import broker

    now = clock.monotonic_s()
    if now - _tidied.get(stream, float("-inf")) < TIDY_EVERY_S:
        return
    _tidied[stream] = now
    name, upto = _remembered(stream, broker().birth(stream)), broker().dealt_with(stream)
    with db.act():
        Acknowledgement.objects.filter(stream=name, offset__lte=upto).delete()
        others = Acknowledgement.objects.filter(stream__startswith=_remembered(stream, ""))
        others.exclude(stream=name).delete()


def _remembered(stream: str, birth: str) -> str:
    return f"shared {stream} {birth}"
