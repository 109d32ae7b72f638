"""Where talk happens, and who may see it there."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from colonnade.access.models import Audience, Principal, Tier
from colonnade.core.fields import IdField
from colonnade.core.secrets import EncryptedJSON
from colonnade.people.models import Identity, Person
from colonnade.primitives import ids
from colonnade.primitives.states import Graph


class PlaceKind(models.TextChoices):
    """The three kinds: ours, ours elsewhere, only read."""

    SPACE = "space"
    ACCOUNT = "account"
    SOURCE = "source"


class Place(models.Model):
    """Where talk happens. `audience` is who may read it by default; every scope in it lies within that audience."""

    id = IdField(primary_key=True, default=ids.new, editable=False)
    kind = models.CharField(max_length=8, choices=PlaceKind.choices)
    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=80, unique=True)
    principal = models.OneToOneField(Principal, models.PROTECT, related_name="place")
    audience = models.ForeignKey(Audience, models.PROTECT, related_name="places")
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["name", "id"], condition=models.Q(archived_at=None), name="place_by_name")
        ]

    def __str__(self) -> str:
        return self.name


class Scope(models.Model):
    """One audience inside one place. A post keeps its scope for ever; who sees it is changed here."""

    place = models.ForeignKey(Place, models.CASCADE, related_name="scopes")
    audience = models.ForeignKey(Audience, models.PROTECT, related_name="scopes")
    tier = models.CharField(max_length=1, choices=Tier.choices)
    stale_hints = models.BooleanField(default=False)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["audience", "id"], name="scope_by_audience"),
            models.Index(fields=["place", "audience"], name="scope_by_place"),
            models.Index(fields=["id"], condition=models.Q(stale_hints=True), name="scope_with_stale_hints"),
        ]


class Aim(models.Model):
    """A business issue in one sentence, with an owner and a measure; spaces, queries and plans hang on it."""

    id = IdField(primary_key=True, default=ids.new, editable=False)
    sentence = models.CharField(max_length=300)
    owner = models.ForeignKey(Person, models.PROTECT, related_name="aims")
    measure = models.CharField(max_length=300, blank=True)
    review_on = models.DateField(null=True, blank=True)


class JoinPolicy(models.TextChoices):
    """How one becomes a member of a space."""

    OPEN = "open"
    ASK = "ask"
    INVITED = "invited"


class Space(models.Model):
    """A place of ours. It says openly what it is for and what will come of it."""

    place = models.OneToOneField(Place, models.CASCADE, primary_key=True, related_name="space")
    kind = models.CharField(max_length=12, default="talk")
    parent = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="children")
    purpose = models.CharField(max_length=500, blank=True)
    expected_result = models.CharField(max_length=500, blank=True)
    join_policy = models.CharField(max_length=8, choices=JoinPolicy.choices, default=JoinPolicy.INVITED)
    aim = models.ForeignKey(Aim, models.SET_NULL, null=True, blank=True, related_name="spaces")


class Account(models.Model):
    """Our presence on a network. `credentials` are encrypted (core.secrets)."""

    place = models.OneToOneField(Place, models.CASCADE, primary_key=True, related_name="account")
    connector = models.CharField(max_length=32)
    address = models.CharField(max_length=2000)
    identity = models.ForeignKey(Identity, models.PROTECT, related_name="accounts")
    credentials = EncryptedJSON()


class Source(models.Model):
    """What we only read: a feed, a rival's page. Never a target."""

    place = models.OneToOneField(Place, models.CASCADE, primary_key=True, related_name="source")
    connector = models.CharField(max_length=32)
    address = models.CharField(max_length=2000)
    page_url = models.CharField(max_length=2000, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["connector", "address"], name="source_listed_once")
        ]


HEALTH = Graph(
    start="new",
    edges={
        "new": ["well", "failing", "sign_in_needed", "gone"],
        "well": ["failing", "sign_in_needed", "gone"],
        "failing": ["well", "sign_in_needed", "gone"],
        "sign_in_needed": ["well", "failing", "gone"],
        "gone": ["well", "failing", "sign_in_needed"],
    },
)


class Polling(models.Model):
    """How far a place elsewhere has been read, and when it is read next."""

    place = models.OneToOneField(Place, models.CASCADE, primary_key=True, related_name="polling")
    cursor = models.JSONField(default=dict)
    due_at = models.DateTimeField(null=True, blank=True, db_index=True)
    health = models.CharField(max_length=16, choices=HEALTH.choices(), default="new")
    failures = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=500, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)


MEMBERSHIP_STATES = Graph(
    start="left",
    edges={
        "left": ["asked", "invited", "member"],
        "asked": ["member", "left"],
        "invited": ["member", "left"],
        "member": ["left"],
    },
)


class MemberRole(models.TextChoices):
    """What somebody is in a space: stewards look after it."""

    MEMBER = "member", _("member")
    STEWARD = "steward", _("steward")


class Membership(models.Model):
    """A person in a space (or allowed to use an account)."""

    place = models.ForeignKey(Place, models.CASCADE, related_name="memberships")
    person = models.ForeignKey(Person, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=12, default="member")
    state = models.CharField(max_length=8, choices=MEMBERSHIP_STATES.choices(), default="member")
    notices = models.CharField(max_length=12, default="normal")
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["place", "person"], name="membership_once")]


class SiteWidget(models.Model):
    """The ask box on another site: which origins may frame it, and the space where its questions land."""

    key = models.CharField(max_length=32, unique=True)
    place = models.ForeignKey(Place, models.CASCADE, related_name="widgets")
    origins = models.JSONField(default=list)
