"""What needs an answer. Case, conversation and person are three things: a case points at a conversation."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from colonnade.conversations.models import Conversation, Post
from colonnade.core.fields import IdField
from colonnade.deliveries.models import Dispatch
from colonnade.listening.models import Watch
from colonnade.people.models import Person, Team
from colonnade.primitives import ids
from colonnade.primitives.states import Graph

# "waiting" is waiting for the other side's next word: we have answered. Until then it is ours, with or without an owner.
CASE = Graph(
    start="open",
    edges={
        "open": ["assigned", "waiting", "solved"],
        "assigned": ["open", "waiting", "solved"],
        "waiting": ["open", "assigned", "solved"],
        "solved": ["open", "assigned", "waiting"],
    },
)


class Priority(models.IntegerChoices):
    """How much it presses."""

    NORMAL = 0
    HIGH = 1
    URGENT = 2


class Case(models.Model):
    """Something that needs an answer.

    `version` grows with every change: whoever changes it says which one they saw. `waiting_since` is the oldest word of
    the other side that has no answer yet; `queue_at` orders the desk. `reply_email` is where the asker would like to
    hear from us: typed, never proved, and so no identity of theirs. `last_heard` is the newest word of the other side,
    `dispatch` the answer last sent elsewhere.
    """

    id = IdField(primary_key=True, default=ids.new, editable=False)
    conversation = models.ForeignKey(Conversation, models.PROTECT, related_name="cases")
    opened_by_post = models.ForeignKey(Post, models.SET_NULL, null=True, blank=True, related_name="cases")
    last_heard = models.ForeignKey(Post, models.SET_NULL, null=True, blank=True, related_name="+")
    why = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=8, choices=CASE.choices(), default="open")
    owner = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="cases")
    team = models.ForeignKey(Team, models.SET_NULL, null=True, blank=True, related_name="cases")
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, default=Priority.NORMAL)
    version = models.PositiveIntegerField(default=1)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    queue_at = models.DateTimeField()
    waiting_since = models.DateTimeField(null=True, blank=True)
    solved_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=200, blank=True)
    tags = models.JSONField(default=list)
    reply_email = models.EmailField(blank=True)
    dispatch = models.ForeignKey(Dispatch, models.SET_NULL, null=True, blank=True, related_name="cases")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["conversation"], condition=~Q(state="solved"), name="case_one_unsolved_a_conversation"
            ),
            # So that lists may ask whether `solved_at` is empty: SQLite finds a partial index by that, and not by a
            # state that is bound as a parameter.
            models.CheckConstraint(
                condition=Q(state="solved", solved_at__isnull=False)
                | (~Q(state="solved") & Q(solved_at__isnull=True)),
                name="case_solved_at_when_solved",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                F("priority").desc(),
                F("queue_at"),
                F("id"),
                condition=Q(solved_at=None),
                name="case_unsolved",
            ),
            models.Index(
                F("solved_at").desc(),
                F("id").desc(),
                condition=Q(solved_at__isnull=False),
                name="case_solved_lately",
            ),
            # For numbers (`queries.tally`): all they ask of a case, in the order in which they are grouped.
            models.Index(
                fields=["owner", "state", "due_at", "waiting_since", "opened_at", "conversation", "why"],
                condition=Q(solved_at=None),
                name="case_by_owner",
            ),
        ]

    def __str__(self) -> str:
        return f"case {self.pk}"


class CaseLook(models.Model):
    """Somebody has a case before them; the newest look of each, and when they were last seen writing."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="looks", db_index=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="looks")
    at = models.DateTimeField()
    writing_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "person"], name="case_look_once")]


class CaseLater(models.Model):
    """Somebody has put a case off, for themselves alone: their day does not show it until then, or until the other side
    says more."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="later", db_index=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    until = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "person"], name="case_later_once")]


class WatchQuiet(models.Model):
    """Somebody has said of a watch that is louder than usual that it is nothing: their day is silent of it until then."""

    watch = models.ForeignKey(Watch, models.CASCADE, related_name="quiet", db_index=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    until = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["watch", "person"], name="watch_quiet_once")]


class EntryKind(models.TextChoices):
    """What can happen to a case."""

    OPENED = "opened"
    HEARD = "heard"  # the other side said something
    ASSIGNED = "assigned"
    REPLIED = "replied"
    TAKEN_BACK = "taken_back"
    SENT = "sent"
    NOT_SURE = "not_sure"
    NOT_SENT = "not_sent"
    NOTED = "noted"
    WAITING = "waiting"
    SOLVED = "solved"
    REOPENED = "reopened"
    TAGGED = "tagged"
    PRIORITY = "priority"
    JOINED = "joined"  # its conversation became part of another one
    MAILED = "mailed"  # the asker is written to of an answer
    NOT_MAILED = "not_mailed"


class CaseEntry(models.Model):
    """One line of a case's history. About one post or dispatch, each kind of thing happens once."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="entries", db_index=False)
    kind = models.CharField(max_length=10, choices=EntryKind.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    post = models.ForeignKey(Post, models.SET_NULL, null=True, blank=True, related_name="+")
    dispatch = models.ForeignKey(
        Dispatch, models.SET_NULL, null=True, blank=True, related_name="case_entries"
    )
    details = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "kind", "post"],
                condition=Q(post__isnull=False),
                name="case_entry_once_a_post",
            )
        ]
        indexes: ClassVar = [models.Index(fields=["case", "id"], name="case_entry_by_case")]


class WayBack(models.Model):
    """How somebody without an account comes back to what they asked: links and cookies that carry `epoch` open it, older
    ones no longer."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="ways_back", db_index=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="ways_back")
    epoch = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["conversation", "person"], name="way_back_once")
        ]
