"""The machinery's tables: outbox and cursors, jobs and schedules, audit, stream, limits.

Moments are whole milliseconds since 1970 UTC (`…_ms`): the same number, comparison and SQL on both databases.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

# --- events -----------------------------------------------------------------------------------------------------------


class Head(models.Model):
    """One row: the last number given to an event, and to an entry of the audit log."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    seq = models.BigIntegerField(default=0)
    audit_seq = models.BigIntegerField(default=0)
    audit_hash = models.BinaryField(default=b"")


class Outbox(models.Model):
    """A fact announced, written in the transaction that made it true. `seq` is empty until it is stamped."""

    id = models.BigAutoField(primary_key=True)
    seq = models.BigIntegerField(null=True, unique=True)
    kind = models.CharField(max_length=100)
    subject = models.CharField(max_length=200)
    at_ms = models.BigIntegerField()
    payload = models.TextField()
    hints = models.TextField(default="[]")

    class Meta:
        indexes = [
            models.Index(fields=["kind", "seq"], name="core_outbox_kind_seq"),
            models.Index(fields=["id"], condition=Q(seq__isnull=True), name="core_outbox_unstamped"),
        ]


class Cursor(models.Model):
    """How far one subscriber has come. Its row is locked while the subscriber works, so there is one at a time."""

    name = models.CharField(max_length=200, primary_key=True)
    seq = models.BigIntegerField(default=0)
    moved_ms = models.BigIntegerField()


class Setback(models.Model):
    """An event that one subscriber could not take yet.

    The first of a subject has failed `tries` times and is due again at `due_ms`, or is parked after five; those behind
    it have neither failed nor a time, and wait until it has passed.
    """

    id = models.BigAutoField(primary_key=True)
    subscriber = models.ForeignKey(Cursor, on_delete=models.CASCADE, related_name="setbacks")
    event = models.ForeignKey(Outbox, on_delete=models.PROTECT, related_name="+")
    seq = models.BigIntegerField()
    subject = models.CharField(max_length=200)
    tries = models.PositiveSmallIntegerField(default=0)
    due_ms = models.BigIntegerField(null=True)
    parked = models.BooleanField(default=False)
    error = models.TextField(default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subscriber", "seq"], name="core_setback_once")]
        indexes = [
            models.Index(fields=["subscriber", "subject", "seq"], name="core_setback_subject"),
            models.Index(fields=["due_ms"], condition=Q(due_ms__isnull=False), name="core_setback_due"),
        ]


# --- work -------------------------------------------------------------------------------------------------------------


class Job(models.Model):
    """A piece of work: waiting, taken under a lease, or given up.

    `next_ms` is when it may be taken: the due moment while it waits, the end of the lease once it is taken. `since_ms`
    is when it came into its state, and `fixed` says that the due moment was named by somebody and is no mere pause: with
    these a clock that is set back can be made up for. `token` changes with each lease, so that a worker which lost its
    lease cannot finish what another has begun.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        TAKEN = "taken"
        FAILED = "failed"

    id = models.BigAutoField(primary_key=True)
    function = models.CharField(max_length=200)
    args = models.TextField(default="[]")
    queue = models.CharField(max_length=50, default="default")
    key = models.CharField(max_length=200, default="")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    next_ms = models.BigIntegerField()
    token = models.CharField(max_length=32, default="")
    tries = models.PositiveSmallIntegerField(default=0)
    since_ms = models.BigIntegerField()
    fixed = models.BooleanField(default=False)
    error = models.TextField(default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["function", "key"],
                condition=Q(state="waiting") & ~Q(key=""),
                name="core_job_one_waiting",
            )
        ]
        indexes = [
            models.Index(fields=["next_ms", "id"], condition=~Q(state="failed"), name="core_job_next"),
            models.Index(fields=["id"], condition=Q(state="failed"), name="core_job_failed"),
        ]


class Schedule(models.Model):
    """Work that comes round: the function is queued whenever `next_ms` has passed."""

    name = models.CharField(max_length=200, primary_key=True)
    function = models.CharField(max_length=200)
    every_s = models.PositiveIntegerField()
    next_ms = models.BigIntegerField()


class Heartbeat(models.Model):
    """When a process of this installation last said that it lives."""

    process = models.CharField(max_length=100, primary_key=True)
    started_ms = models.BigIntegerField()
    at_ms = models.BigIntegerField()


# --- stream -----------------------------------------------------------------------------------------------------------


class Batch(models.Model):
    """A batch of messages appended to a stream; its id is the offset."""

    id = models.BigAutoField(primary_key=True)
    stream = models.CharField(max_length=100)
    body = models.BinaryField()

    class Meta:
        indexes = [models.Index(fields=["stream", "id"], name="core_batch_stream")]


class Acknowledgement(models.Model):
    """The offset up to which a consumer has dealt with a stream."""

    id = models.BigAutoField(primary_key=True)
    stream = models.CharField(max_length=100)
    consumer = models.CharField(max_length=100)
    offset = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["stream", "consumer"], name="core_acknowledgement_one")
        ]


# --- audit, limits, keys, cache ---------------------------------------------------------------------------------------


class AuditEntry(models.Model):
    """One line of the audit log. `seq`, `key` and `hash` are empty until the entry is chained to the one before it.

    `actor` is the number of the principal who did it; not a foreign key, since the log outlives what it speaks of.
    """

    id = models.BigAutoField(primary_key=True)
    seq = models.BigIntegerField(null=True, unique=True)
    at_ms = models.BigIntegerField()
    what = models.CharField(max_length=100)
    actor = models.BigIntegerField(null=True)
    subject = models.CharField(max_length=200)
    details = models.TextField(default="{}")
    key = models.CharField(max_length=16, default="")
    hash = models.BinaryField(default=b"")

    class Meta:
        indexes = [
            models.Index(fields=["subject", "id"], name="core_audit_subject"),
            models.Index(fields=["id"], condition=Q(seq__isnull=True), name="core_audit_unsealed"),
        ]


class LimitCount(models.Model):
    """How often somebody, known only by a hash whose key is soon gone, did something in one slice of time."""

    id = models.BigAutoField(primary_key=True)
    who = models.BinaryField()
    slot = models.BigIntegerField()
    hits = models.PositiveIntegerField(default=1)
    ends_ms = models.BigIntegerField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["who", "slot"], name="core_limit_one")]


class HourlyKey(models.Model):
    """A random key that lives for its hour and the next, then is deleted. Encrypted with the key ring."""

    hour = models.BigIntegerField(primary_key=True)
    key = models.BinaryField()


class CacheEntry(models.Model):
    """The table of Django's database cache, in the shape it asks for; read and written by nobody else."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "cache_entry"


def quoted(model: type[models.Model]) -> Any:
    """The table name of a model, quoted for SQL written by hand."""
    return f'"{model._meta.db_table}"'
