"""What is written to go out: drafts, where each is to go, and the brake that holds all of them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from colonnade.access.models import Audience
from colonnade.conversations.models import Post
from colonnade.core.fields import IdField
from colonnade.deliveries.models import Dispatch
from colonnade.people.models import Person
from colonnade.places.models import Aim, Place
from colonnade.primitives import ids
from colonnade.primitives.states import Graph

DRAFT = Graph(
    start="draft",
    edges={
        "draft": ["waiting", "going"],
        "waiting": ["going", "paused", "withdrawn", "draft"],
        "paused": ["waiting", "going", "withdrawn", "draft"],
        "going": ["done", "withdrawn"],
        "done": ["going", "withdrawn"],
        "withdrawn": ["draft", "waiting", "going"],
    },
)


class Why(models.TextChoices):
    """Why a planned draft is paused: somebody said so, or it waits for a person to decide."""

    PERSON = "person"
    LATE = "late"  # the server was off when it was due
    HELD = "held"  # its time passed while everything was paused
    UNFIT = "unfit"  # a target cannot take it any more; `note` says why
    WIDER = "wider"  # more people read a target than when it was chosen
    NOBODY = "nobody"  # who planned it may no longer publish there
    REVIEW = "review"  # nobody has approved what would have gone out


class Draft(models.Model):
    """A text on its way to be published. `version` grows with each change, so that nobody overwrites unseen.

    A plan for later is a time of day at a place (`goes_at_local`, "2026-11-22T09:30", in the zone named `zone`), because
    that is what was meant; `goes_at` is the moment which that is by today's rules of the zone, and is worked out again.
    `by` wrote it, `worded_by` gave it its present words, `planned_by` said that it goes out. `vouched` is the fingerprint
    of words that stand in a note to staff as well, and that somebody said all the same.
    """

    id = IdField(primary_key=True, default=ids.new, editable=False)
    text = models.TextField(blank=True)
    title = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="drafts")
    aim = models.ForeignKey(Aim, models.SET_NULL, null=True, blank=True, related_name="drafts")
    state = models.CharField(max_length=9, choices=DRAFT.choices(), default="draft")
    version = models.PositiveIntegerField(default=1)
    goes_at_local = models.CharField(max_length=16, blank=True)
    zone = models.CharField(max_length=64, blank=True)
    goes_at = models.DateTimeField(null=True, blank=True)
    planned_by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    why = models.CharField(max_length=6, choices=Why.choices, blank=True)
    note = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    went_at = models.DateTimeField(null=True, blank=True)
    undo_until = models.DateTimeField(null=True, blank=True)
    worded_by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    vouched = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~models.Q(state="waiting")
                | (models.Q(goes_at__isnull=False) & ~models.Q(goes_at_local="") & ~models.Q(zone="")),
                name="draft_waiting_has_a_time",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["goes_at", "id"], condition=models.Q(state="waiting"), name="draft_due"),
            models.Index(fields=["state", "went_at"], name="draft_by_state"),
        ]

    def __str__(self) -> str:
        return self.title or self.text[:60]


class DraftTarget(models.Model):
    """Where a draft is to go: an account of ours or a space of ours. `text` is its own wording there, if it has one.

    `audience` is who read the place when it was chosen. Afterwards `dispatch` says how it went out, or `post` what it
    became here.
    """

    draft = models.ForeignKey(Draft, models.CASCADE, related_name="targets")
    place = models.ForeignKey(Place, models.PROTECT, related_name="draft_targets")
    text = models.TextField(blank=True)
    audience = models.ForeignKey(Audience, models.PROTECT, related_name="+")
    dispatch = models.OneToOneField(
        Dispatch, models.SET_NULL, null=True, blank=True, related_name="draft_target"
    )
    post = models.ForeignKey(Post, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["draft", "place"], name="draft_target_once")]


class Brake(models.Model):
    """One row for the whole organisation: while `since` is set, nothing that was planned goes out."""

    since = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")


class FourEyes(models.Model):
    """An account from which nothing goes out that no second person has approved. `by` said so, and when."""

    place = models.OneToOneField(Place, models.CASCADE, primary_key=True, related_name="four_eyes")
    since = models.DateTimeField()
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")


class Verdict(models.TextChoices):
    """What somebody did about a draft that needs a second person."""

    ASKED = "asked"
    APPROVED = "approved"
    CHANGES = "changes"
    READ = "read"  # its own writer reads it once more, where nobody else may look


class Review(models.Model):
    """Somebody asked for a look at a draft, or looked. It holds for `fingerprint` alone, which is a hash of `content`: of
    everything that would have gone out at that moment. `number` counts the reviews of a draft.

    `alone`: its own writer approved it, since nobody else may. `fell_at`: when what would go out became something else.
    `withdrawn_at`: when whoever gave it took it back; then it is as if it had not been said.
    """

    id = IdField(primary_key=True, default=ids.new, editable=False)
    draft = models.ForeignKey(Draft, models.CASCADE, related_name="reviews", db_index=False)
    number = models.PositiveIntegerField()
    verdict = models.CharField(max_length=8, choices=Verdict.choices)
    fingerprint = models.CharField(max_length=64)
    content = models.JSONField()
    words = models.TextField(blank=True)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    alone = models.BooleanField(default=False)
    fell_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["draft", "number"], name="review_numbered_once")
        ]
