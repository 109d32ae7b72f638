"""What one member arranges, and what they are told."""

from __future__ import annotations

from datetime import time
from typing import ClassVar

from django.db import models
from django.db.models import Q

from colonnade.conversations.models import Conversation, Post
from colonnade.core.fields import IdField
from colonnade.core.secrets import EncryptedJSON
from colonnade.deliveries.models import Delivery
from colonnade.inbox.models import Case
from colonnade.insight.models import Alert
from colonnade.listening.models import Watch
from colonnade.people.models import Identity, Person, Session
from colonnade.places.models import Place
from colonnade.primitives import ids
from colonnade.publishing.models import Draft


class ColumnKind(models.TextChoices):
    """What a column shows: posts (everything, one place, one person, one watch), or a list of another page."""

    ALL = "all"
    PLACE = "place"
    PERSON = "person"
    WATCH = "watch"
    CASES = "cases"
    OUTGOING = "outgoing"
    DRAFTS = "drafts"
    NOTICES = "notices"
    SEARCH = "search"


class Column(models.Model):
    """One column of a person's page; `position` from the left, `width` 1 to 3.

    `which` says which part of a list it shows (`rules.LISTS`); of cases `owner` may say whose. A search keeps its
    `words`, the place it is narrowed to, and in `which` what else narrows it, as fields of an address.
    """

    id = IdField(primary_key=True, default=ids.new, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="columns")
    kind = models.CharField(max_length=8, choices=ColumnKind.choices)
    place = models.ForeignKey(Place, models.CASCADE, null=True, blank=True, related_name="columns")
    identity = models.ForeignKey(Identity, models.CASCADE, null=True, blank=True, related_name="columns")
    watch = models.ForeignKey(Watch, models.CASCADE, null=True, blank=True, related_name="columns")
    owner = models.ForeignKey(Person, models.CASCADE, null=True, blank=True, related_name="+")
    which = models.CharField(max_length=300, blank=True)
    words = models.CharField(max_length=200, blank=True)
    position = models.PositiveIntegerField(default=0)
    width = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind="all", place=None, identity=None, watch=None, owner=None)
                | Q(kind="place", place__isnull=False, identity=None, watch=None, owner=None)
                | Q(kind="person", place=None, identity__isnull=False, watch=None, owner=None)
                | Q(kind="watch", place=None, identity=None, watch__isnull=False, owner=None)
                | Q(kind="cases", place=None, identity=None, watch=None)
                | Q(kind="outgoing", place=None, identity=None, watch=None, owner=None)
                | Q(kind="drafts", place=None, identity=None, watch=None, owner=None)
                | Q(kind="notices", place=None, identity=None, watch=None, owner=None)
                | Q(kind="search", identity=None, watch=None, owner=None),
                name="column_shows_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(kind="search", words__gt="") | ~Q(kind="search") & Q(words=""),
                name="column_words_of_a_search",
            ),
            models.CheckConstraint(condition=Q(width__gte=1, width__lte=3), name="column_width_1_to_3"),
        ]
        indexes: ClassVar = [models.Index(fields=["person", "position", "id"], name="column_by_person")]


class Level(models.TextChoices):
    """What somebody wants to be told of a conversation or a space; empty leaves it to the next wider choice."""

    ALL = "all"
    MENTIONS = "mentions"
    NOTHING = "nothing"


class Preference(models.Model):
    """How one person likes it: how pages look, what they are told, when and by which way."""

    person = models.OneToOneField(Person, models.CASCADE, primary_key=True, related_name="preference")
    theme = models.CharField(max_length=8, blank=True)
    contrast = models.CharField(max_length=8, blank=True)
    dense = models.BooleanField(default=False)
    level = models.CharField(max_length=8, choices=Level.choices, default=Level.MENTIONS)
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_to = models.TimeField(null=True, blank=True)
    digest = models.CharField(max_length=8, default="off")
    digest_at = models.TimeField(default=time(8, 0))


class ConversationLevel(models.Model):
    """What one person wants to be told of one conversation."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="+", db_index=False)
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="levels")
    level = models.CharField(max_length=8, choices=Level.choices)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "conversation"], name="conversation_level_once")
        ]


class Digest(models.Model):
    """One letter about what a person has not read, once a period; `upto` is the newest notice that it tells of."""

    id = IdField(primary_key=True, default=ids.new, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="digests", db_index=False)
    period = models.CharField(max_length=20)
    upto = models.BigIntegerField()
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "period"], name="digest_once_a_period")
        ]


class Subscription(models.Model):
    """A browser of a person that may be pushed to, by its own maker's service. It ends with its session."""

    id = IdField(primary_key=True, default=ids.new, editable=False)
    session = models.OneToOneField(Session, models.CASCADE, related_name="subscription")
    person = models.ForeignKey(Person, models.CASCADE, related_name="subscriptions")
    endpoint = models.CharField(max_length=2000)
    p256dh = models.CharField(max_length=200)
    auth = models.CharField(max_length=100)
    made_at = models.DateTimeField()


class Key(models.Model):
    """The pair of keys with which push services know us, the private half encrypted with the key ring."""

    name = models.CharField(max_length=20, primary_key=True)
    public = models.CharField(max_length=100)
    private = EncryptedJSON()


class NoticeKind(models.TextChoices):
    """What somebody is told."""

    CASE_ASSIGNED = "case_assigned"
    NOT_SENT = "not_sent"
    NOT_SURE = "not_sure"
    MENTIONED = "mentioned"
    ANSWERED = "answered"
    NEW_IN_SPACE = "new_in_space"
    TO_APPROVE = "to_approve"
    APPROVED = "approved"
    CHANGES_ASKED = "changes_asked"
    NOT_APPROVED = "not_approved"
    ALERT = "alert"


class Notice(models.Model):
    """Something a person is told. It names the thing alone: what is shown of it is looked up when it is read.

    `key` tells one occasion from another, so that none is told twice.
    """

    id = IdField(primary_key=True, default=ids.new, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="notices", db_index=False)
    kind = models.CharField(max_length=16, choices=NoticeKind.choices)
    key = models.CharField(max_length=100)
    case = models.ForeignKey(Case, models.CASCADE, null=True, blank=True, related_name="notices")
    delivery = models.ForeignKey(Delivery, models.CASCADE, null=True, blank=True, related_name="notices")
    post = models.ForeignKey(Post, models.CASCADE, null=True, blank=True, related_name="notices")
    draft = models.ForeignKey(Draft, models.CASCADE, null=True, blank=True, related_name="notices")
    alert = models.ForeignKey(Alert, models.CASCADE, null=True, blank=True, related_name="notices")
    made_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "key"], name="notice_told_once"),
            models.CheckConstraint(
                condition=Q(case__isnull=False, delivery=None, post=None, draft=None, alert=None)
                | Q(case=None, delivery__isnull=False, post=None, draft=None, alert=None)
                | Q(case=None, delivery=None, post__isnull=False, draft=None, alert=None)
                | Q(case=None, delivery=None, post=None, draft__isnull=False, alert=None)
                | Q(case=None, delivery=None, post=None, draft=None, alert__isnull=False),
                name="notice_about_one_thing",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["person", "id"], name="notice_by_person"),
            models.Index(fields=["person", "id"], condition=Q(read_at=None), name="notice_unread"),
        ]
