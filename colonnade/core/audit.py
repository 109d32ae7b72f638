"""The audit log: who did what to which thing, written inside the action and chained so that a change shows.

An entry is inserted in the action's transaction without a place. `seal()`, called by the worker about once a second,
gives committed entries their place and the keyed hash over the one before. So concurrent actions never wait for each
other over the log, which a chain computed in the action would make them do on PostgreSQL until each commit. The price
is a second in which an entry is not chained yet; `verify()` counts only what is. The hash is keyed from the ring in the
home folder: whoever can write to the database alone cannot forge a chain.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

import msgspec
from django.db import connection, transaction
from django.db.models import QuerySet

from colonnade.core import db, points, secrets
from colonnade.core.models import AuditEntry, Head
from colonnade.primitives import clock

SEAL_LOCK = 0x636F6C04
_SECRET_WORDS = (
    "password",
    "passphrase",
    "secret",
    "token",
    "credential",
    "cookie",
    "authorization",
    "private_key",
    "api_key",
)
LEFT_OUT = "(left out)"


def record(what: str, *, by: int | None, subject: str, details: Mapping[str, Any] | None = None) -> None:
    """Write one entry, inside an action (RuntimeError outside).

    `what` is a verb of the room ("places.account_added"), `by` the number of the principal or None for the program
    itself, `subject` the thing ("account:17"). `details` are plain values; whatever is named like a secret is left out.
    """
    if not db.inside_action() or not connection.in_atomic_block:
        raise RuntimeError(f"{what} was recorded outside an action: put @action on the caller.")
    AuditEntry.objects.create(
        at_ms=clock.now_ms(),
        what=what,
        actor=by,
        subject=subject,
        details=msgspec.json.encode(_clean(dict(details or {})), order="sorted").decode(),
    )


def _clean(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): LEFT_OUT if _is_secret(str(key)) else _clean(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(inner) for inner in value]
    return value


def _is_secret(name: str) -> bool:
    lowered = name.lower().replace("-", "_")
    return any(word in lowered for word in _SECRET_WORDS)


def entries(
    *, what: str = "", actor: int | None = None, subject: str = "", before: int | None = None
) -> QuerySet[AuditEntry]:
    """Entries newest first: of one verb, by one principal, about a subject that begins so, older than an id."""
    rows = AuditEntry.objects.order_by("-id")
    if what:
        rows = rows.filter(what=what)
    if actor is not None:
        rows = rows.filter(actor=actor)
    if subject:
        rows = rows.filter(subject__startswith=subject)
    return rows if before is None else rows.filter(id__lt=before)


def verbs() -> list[str]:
    """All that has been recorded so far, by name."""
    return sorted(AuditEntry.objects.order_by("what").values_list("what", flat=True).distinct())


def seal(limit: int = 1000) -> int:
    """Chain up to `limit` committed entries to the ones before; returns how many. One process at a time."""
    if not AuditEntry.objects.filter(seq__isnull=True).exists():
        return 0
    points.reach("audit.before-seal")
    key_id = secrets.ring().current
    with db.machinery(), transaction.atomic():
        if db.is_postgres():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SEAL_LOCK])
        seq, before = _end()
        entries = list(AuditEntry.objects.filter(seq__isnull=True).order_by("id")[:limit])
        for entry in entries:
            seq += 1
            entry.seq, entry.key = seq, key_id
            entry.hash = before = _hash(entry, before)
            entry.save(update_fields=["seq", "key", "hash"])
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO core_head (id, seq, audit_seq, audit_hash) VALUES (1, 0, %s, %s) ON CONFLICT (id) "
                "DO UPDATE SET audit_seq = excluded.audit_seq, audit_hash = excluded.audit_hash",
                [seq, before],
            )
    return len(entries)


def _end() -> tuple[int, bytes]:
    row = Head.objects.filter(id=1).values_list("audit_seq", "audit_hash").first()
    return (0, b"") if row is None else (row[0], bytes(row[1]))


def _hash(entry: AuditEntry, before: bytes) -> bytes:
    body = msgspec.json.encode(
        [entry.seq, entry.at_ms, entry.what, entry.actor, entry.subject, entry.details, before.hex()]
    )
    return hmac.digest(secrets.derived("audit", entry.key), body, hashlib.sha256)


def verify() -> int | None:
    """The number of the first entry that was changed, moved or taken out; None when the whole chain holds.

    The chain's end is kept in a row apart: taking entries off the end shows too, unless that row is set back as well.
    """
    expected, before = 0, b""
    for entry in AuditEntry.objects.filter(seq__isnull=False).order_by("seq").iterator(chunk_size=1000):
        expected += 1
        if entry.seq != expected or not _holds(entry, before):
            return expected
        before = bytes(entry.hash)
    end = _end()
    return None if end == (expected, before) or (end[0] == 0 and expected == 0) else expected + 1


def _holds(entry: AuditEntry, before: bytes) -> bool:
    try:
        return hmac.compare_digest(bytes(entry.hash), _hash(entry, before))
    except KeyError:
        return False  # made with a key that the ring lacks: it cannot be vouched for
