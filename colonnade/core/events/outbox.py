"""The outbox: announcing a fact, numbering it, reading facts in the order of their numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec
from django.db import connection, transaction

from colonnade.core import db, points, wake
from colonnade.core.events.kinds import Event, Hint, decode, kind_of
from colonnade.core.models import Head, Outbox
from colonnade.primitives import clock

SEQUENCER_LOCK = 0x636F6C01
STAMP_AT_ONCE = 2000

_encode = msgspec.json.Encoder().encode
_decode_hints = msgspec.json.Decoder(list[Hint]).decode


@dataclass(frozen=True, slots=True)
class Heard:
    """A stamped fact. `seq` is its place in the order of arrival; `event` is decoded when asked for."""

    id: int
    seq: int
    kind: str
    subject: str
    at_ms: int
    payload: str
    raw_hints: str

    @property
    def event(self) -> Event:
        return decode(self.kind, self.payload)

    @property
    def hints(self) -> list[Hint]:
        return _decode_hints(self.raw_hints)

    @property
    def at(self) -> datetime:
        return datetime.fromtimestamp(self.at_ms / 1000, UTC)


FIELDS = ("id", "seq", "kind", "subject", "at_ms", "payload", "hints")


def announce(event: Event, *, subject: str, hints: Iterable[Hint] = ()) -> None:
    """Write down a fact, in the transaction that makes it true; those who subscribe hear it after the commit.

    `subject` ("conversation:17", "place:4") orders: the caller holds that row's lock, and facts of one subject are
    heard in the order announced. `hints` tell the push door which audiences should look again, and where.
    RuntimeError outside an action.
    """
    if not db.inside_action() or not connection.in_atomic_block:
        raise RuntimeError(
            f"{type(event).__name__} was announced outside an action: put @action on the caller."
        )
    _write(kind_of(type(event)), subject, _encode(event).decode(), _encode(list(hints)).decode())
    points.reach("event.after-announce")
    wake.after_commit()


def _write(kind: str, subject: str, payload: str, hints: str) -> None:
    # Every action writes one, so it is written out: the ORM takes ten times as long to compose it.
    seq = None if db.is_postgres() else _next_seq()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_outbox (seq, kind, subject, at_ms, payload, hints) VALUES (%s, %s, %s, %s, %s, %s)",
            [seq, kind, subject, clock.now_ms(), payload, hints],
        )


def _next_seq() -> int:
    # SQLite lets one writer in at a time, so numbers are given in the order of commits; a rollback takes them back.
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_head (id, seq, audit_seq, audit_hash) VALUES (1, 1, 0, x'') "
            "ON CONFLICT (id) DO UPDATE SET seq = core_head.seq + 1 RETURNING seq"
        )
        return int(cursor.fetchone()[0])


_STAMP = """
WITH waiting AS (
    SELECT id, row_number() OVER (ORDER BY id) AS place FROM core_outbox WHERE seq IS NULL ORDER BY id LIMIT %s
), stamped AS (
    UPDATE core_outbox SET seq = core_head.seq + waiting.place FROM waiting, core_head
    WHERE core_outbox.id = waiting.id AND core_head.id = 1 RETURNING core_outbox.seq
)
UPDATE core_head SET seq = (SELECT max(seq) FROM stamped) WHERE id = 1 AND EXISTS (SELECT 1 FROM stamped)
RETURNING seq, (SELECT count(*) FROM stamped)
"""


def stamp() -> int:
    """PostgreSQL: number the committed facts that have no number yet; returns how many. Nothing to do on SQLite.

    Ids are given when a row is inserted and commits overtake one another, so a cursor over ids would skip; numbers are
    given here, to committed rows alone, by one process at a time. NOTIFY goes out with the commit.
    """
    if not db.is_postgres() or not Outbox.objects.filter(seq__isnull=True).exists():
        return 0
    points.reach("event.before-stamp")
    with db.machinery(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SEQUENCER_LOCK])
        cursor.execute(
            "INSERT INTO core_head (id, seq, audit_seq, audit_hash) VALUES (1, 0, 0, '') ON CONFLICT (id) DO NOTHING"
        )
        cursor.execute(_STAMP, [STAMP_AT_ONCE])
        row = cursor.fetchone()
        if row is None:
            return 0
        cursor.execute("SELECT pg_notify(%s, '')", [wake.CHANNEL])
        points.reach("event.after-stamp")
    return int(row[1])


def head() -> int:
    """The number of the newest stamped fact, 0 before the first."""
    return Head.objects.filter(id=1).values_list("seq", flat=True).first() or 0


def since(seq: int, *, kinds: Iterable[type[Event]] | None = None, limit: int = 1000) -> list[Heard]:
    """Facts after number `seq`, in order, at most `limit`; of all kinds unless some are named."""
    return read(seq, names=None if kinds is None else [kind_of(kind) for kind in kinds], limit=limit)


def read(seq: int, *, names: list[str] | None, limit: int) -> list[Heard]:
    """`since` by the names of kinds."""
    rows = Outbox.objects.filter(seq__gt=seq)
    if names is not None:
        rows = rows.filter(kind__in=names)
    return [Heard(*row) for row in rows.order_by("seq").values_list(*FIELDS)[:limit]]


@dataclass(frozen=True, slots=True)
class Lately:
    """The number of the newest fact, and all facts after another one, in order; None where they are not all told, since they
    are more than asked for, or some are forgotten."""

    head: int
    facts: list[Heard] | None


_LATELY = """
SELECT h.seq, o.id, o.seq, o.kind, o.subject, o.at_ms, o.payload, o.hints
FROM core_head h LEFT JOIN core_outbox o ON o.seq > %s
WHERE h.id = 1 AND NOT EXISTS (SELECT 1 FROM core_outbox u WHERE u.seq IS NULL)
ORDER BY o.seq LIMIT %s
"""


def lately(after: int, *, limit: int = 50) -> Lately | None:
    """What has come true since fact number `after`, for whoever remembers what they read: read since an earlier `head` it
    holds as long as no fact after that concerns it. One statement.

    None where nobody can know: inside a transaction, whose facts may yet be undone and their numbers given to others; and
    while something is committed that has no number yet.
    """
    if connection.in_atomic_block:
        return None
    with connection.cursor() as cursor:
        cursor.execute(_LATELY, [after, limit])
        rows = cursor.fetchall()
    if not rows:
        return None
    head = int(rows[0][0])
    facts = [Heard(*row[1:]) for row in rows if row[1] is not None]
    # Numbers are given without gaps: where one is missing, or `after` lies ahead, this is not all that has happened.
    return Lately(head, facts if len(facts) == head - after else None)
