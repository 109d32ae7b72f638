"""Whatever must go out: the plan, its targets, every attempt, and what the network said."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from colonnade.conversations.models import Conversation, Post
from colonnade.core.fields import IdField
from colonnade.people.models import Person
from colonnade.places.models import Account, Place, Scope
from colonnade.primitives import ids
from colonnade.primitives.states import Graph


class Lane(models.Model):
    """The one way out through an account: what leaves by it goes one at a time, in the order in which it is due.

    `paused_at` says since when nothing leaves because somebody has to connect the account again; `not_before` that
    the network asked for patience until then.
    """

    account = models.OneToOneField(Account, models.CASCADE, primary_key=True, related_name="lane")
    paused_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    not_before = models.DateTimeField(null=True, blank=True)


class TargetKind(models.TextChoices):
    """Where a delivery goes: to our account's own timeline, or by it to one mail address."""

    ACCOUNT = "account"
    MAIL = "mail"


class Target(models.Model):
    """Somewhere a dispatch can go. `account` is the account of ours that speaks; `address` whom it speaks to, if one."""

    kind = models.CharField(max_length=8, choices=TargetKind.choices)
    account = models.ForeignKey(Account, models.PROTECT, related_name="targets")
    address = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "kind", "address"], name="target_named_once"),
            models.CheckConstraint(
                condition=Q(kind="account", address="") | (Q(kind="mail") & ~Q(address="")),
                name="target_has_what_its_kind_needs",
            ),
        ]


DISPATCH = Graph(
    start="waiting",
    edges={"waiting": ["going", "done", "undone"], "going": ["done"], "done": ["going"]},
    ends=["undone"],
)


class Dispatch(models.Model):
    """One thing to be said, in so many places. `content` is a `networks.base.Outgoing`; it never changes.

    "waiting" until the first of its deliveries is taken up, "going" while one of them is still open, then "done".
    """

    id = IdField(primary_key=True, default=ids.new, editable=False)
    content = models.JSONField()
    content_hash = models.CharField(max_length=64)
    place = models.ForeignKey(Place, models.PROTECT, related_name="dispatches")
    scope = models.ForeignKey(Scope, models.PROTECT, related_name="dispatches")
    conversation = models.ForeignKey(
        Conversation, models.SET_NULL, null=True, blank=True, related_name="dispatches"
    )
    reply_to = models.ForeignKey(Post, models.SET_NULL, null=True, blank=True, related_name="dispatches")
    by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="dispatches")
    created_at = models.DateTimeField()
    undo_until = models.DateTimeField()
    state = models.CharField(max_length=8, choices=DISPATCH.choices(), default="waiting")


# "confirmed" from everywhere: what the network shows us is stronger than what we believed.
DELIVERY = Graph(
    start="waiting",
    edges={
        "waiting": ["sending", "recalled", "failed", "confirmed"],
        "sending": ["sent", "uncertain", "waiting", "failed", "confirmed"],
        "sent": ["confirmed", "recalled"],
        "confirmed": ["recalled"],
        "uncertain": ["confirmed", "sent", "waiting", "failed"],
        "failed": ["waiting", "confirmed"],
    },
    ends=["recalled"],
)


class Delivery(models.Model):
    """A dispatch on its way to one target. `key` stands for it there, for its whole life, however often it is tried.

    `due_at` is when it is looked at next (while it waits: its place in the line, too), whatever its state; empty where
    only a person moves it on. The lease says
    which worker has it: `lease_ticks` counts on the clock of `lease_machine` that nobody can set, `lease_until` serves
    everybody else. `maybe_twice`: a mail that was sent a second time because nobody could tell about the first.
    """

    id = IdField(primary_key=True, default=ids.new, editable=False)
    dispatch = models.ForeignKey(Dispatch, models.CASCADE, related_name="deliveries")
    target = models.ForeignKey(Target, models.PROTECT, related_name="deliveries")
    account = models.ForeignKey(Account, models.PROTECT, related_name="deliveries", db_index=False)
    key = models.CharField(max_length=32, unique=True)
    state = models.CharField(max_length=9, choices=DELIVERY.choices(), default="waiting")
    due_at = models.DateTimeField(null=True, blank=True)
    leased_by = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    lease_machine = models.CharField(max_length=32, blank=True)
    lease_ticks = models.FloatField(null=True, blank=True)
    tries = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=500, blank=True)
    maybe_twice = models.BooleanField(default=False)
    overdue_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    uri = models.TextField(blank=True)
    url = models.TextField(blank=True)
    remote_id = models.TextField(blank=True)
    post = models.ForeignKey(Post, models.SET_NULL, null=True, blank=True, related_name="deliveries")
    recall_asked_at = models.DateTimeField(null=True, blank=True)
    recall_by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["dispatch", "target"], name="delivery_once_a_target"),
            models.UniqueConstraint(
                fields=["account"], condition=Q(state="sending"), name="delivery_one_in_flight_an_account"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["account", "due_at", "id"], condition=Q(state="waiting"), name="delivery_waiting"
            ),
            models.Index(
                F("due_at"),
                F("id"),
                condition=Q(state__in=["uncertain", "sent", "confirmed"], due_at__isnull=False),
                name="delivery_errands",
            ),
            models.Index(fields=["id"], condition=~Q(leased_by=""), name="delivery_leased"),
            models.Index(fields=["id"], condition=Q(state="uncertain"), name="delivery_uncertain"),
        ]


class AttemptKind(models.TextChoices):
    """What was asked of the network: take this, do you have it, take it back."""

    WRITE = "write"
    FIND = "find"
    RECALL = "recall"
    WORD = "word"  # nothing was asked: a person, or the network by itself, said how it stands


class Outcome(models.TextChoices):
    """What an attempt brought to light. "open" while the call lasts, and for ever if its process died in it."""

    OPEN = "open"
    TAKEN = "taken"
    NOT_TAKEN = "not_taken"
    REFUSED = "refused"
    DUPLICATE = "duplicate"
    UNKNOWN = "unknown"
    THERE = "there"
    NOT_THERE = "not_there"
    CANNOT_TELL = "cannot_tell"


class Settler(models.TextChoices):
    """Who settled what an attempt had left open."""

    NETWORK = "network"
    FIND = "find"
    PERSON = "person"


class Attempt(models.Model):
    """One call to the network, committed before it is made. `machine` and `ticks` are its start on a clock nobody sets.

    A write that ended "unknown" is open until `settled_by` says who found out, `outcome` then says what.
    """

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="attempts")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=6, choices=AttemptKind.choices)
    started_at = models.DateTimeField()
    machine = models.CharField(max_length=32)
    ticks = models.FloatField()
    finished_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=11, choices=Outcome.choices, default=Outcome.OPEN)
    detail = models.CharField(max_length=500, blank=True)
    settled_by = models.CharField(max_length=7, choices=Settler.choices, blank=True)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["delivery", "number"], name="attempt_numbered_once")
        ]
