"""What was said. The text lies beside the narrow row, so that lists stay quick at any size."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from colonnade.access.models import Principal
from colonnade.core.fields import IdField
from colonnade.core.words import Word
from colonnade.people.models import Identity
from colonnade.places.models import Place, Scope
from colonnade.primitives import ids
from colonnade.primitives.states import Graph

CONVERSATION_STATES = Graph(start="open", edges={"open": ["closed"], "closed": ["open"]})


class Conversation(models.Model):
    """Posts that belong together. `scope` is where its next post goes by default.

    `principal` exists only where the conversation narrows its place to its own participants.
    """

    id = IdField(primary_key=True, default=ids.new, editable=False)
    place = models.ForeignKey(Place, models.CASCADE, related_name="conversations")
    scope = models.ForeignKey(Scope, models.PROTECT, related_name="conversations")
    kind = models.CharField(max_length=12, default="talk")
    title = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=8, choices=CONVERSATION_STATES.choices(), default="open")
    principal = models.OneToOneField(
        Principal, models.PROTECT, null=True, blank=True, related_name="conversation"
    )
    accepted_post = models.ForeignKey(
        "Post", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    duplicate_of = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="duplicates", db_index=False
    )

    class Meta:
        # Few conversations have either, and every new one would pay for indexes over all.
        indexes: ClassVar = [
            models.Index(
                fields=["accepted_post"],
                condition=models.Q(accepted_post__isnull=False),
                name="conversation_accepting",
            ),
            models.Index(
                fields=["duplicate_of"],
                condition=models.Q(duplicate_of__isnull=False),
                name="conversation_duplicates",
            ),
        ]


class TitleWord(Word):
    """A word of a conversation's own title, by whose beginning it is found. Most conversations have no title."""

    pk = models.CompositePrimaryKey("word", "bearer_id")
    bearer = models.ForeignKey(Conversation, models.CASCADE, related_name="+")


class ConversationCount(models.Model):
    """How many posts a conversation holds in one scope, and the newest: summed only over scopes the viewer sees."""

    pk = models.CompositePrimaryKey("conversation_id", "scope_id")
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="counts", db_index=False)
    scope = models.ForeignKey(Scope, models.CASCADE, related_name="+")
    posts = models.PositiveIntegerField(default=0)
    newest = models.BigIntegerField(default=0)


class Participant(models.Model):
    """Who takes part. A guest may belong to this conversation alone, until `expires_at`."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="participants")
    identity = models.ForeignKey(Identity, models.CASCADE, related_name="participations")
    role = models.CharField(max_length=12, default="participant")
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["conversation", "identity"], name="participant_once")
        ]


class Post(models.Model):
    """Something said: the narrow row. `deleted` leaves a tombstone; text, raw, index, revisions and files go.

    `uri_hash` is the first 64 bits (signed) of the uri's BLAKE2b, unique; the full uri is compared on a hit.
    """

    id = IdField(primary_key=True, editable=False)
    scope = models.ForeignKey(Scope, models.PROTECT, related_name="posts", db_index=False)
    place = models.ForeignKey(Place, models.PROTECT, related_name="posts", db_index=False)
    conversation = models.ForeignKey(Conversation, models.PROTECT, related_name="posts", db_index=False)
    author = models.ForeignKey(Identity, models.PROTECT, related_name="posts", db_index=False)
    reply_to = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="replies", db_index=False
    )
    uri_hash = models.BigIntegerField(unique=True)
    arrived_ms = models.BigIntegerField()
    edited_ms = models.BigIntegerField(null=True, blank=True)
    deleted = models.BooleanField(default=False)
    lang = models.CharField(max_length=16, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["id", "scope"], name="post_newest"),
            models.Index(fields=["scope", "id"], name="post_by_scope"),
            models.Index(fields=["place", "id", "scope"], name="post_by_place"),
            models.Index(fields=["author", "id", "scope"], name="post_by_author"),
            models.Index(fields=["conversation", "id", "scope"], name="post_by_conversation"),
            models.Index(
                fields=["reply_to"], condition=models.Q(reply_to__isnull=False), name="post_answers"
            ),
        ]


class PostText(models.Model):
    """The wide half of a post: text as received, safe HTML, and the hint that speeds up search."""

    post = models.OneToOneField(Post, models.CASCADE, primary_key=True, related_name="said")
    uri = models.TextField()
    url = models.TextField(blank=True)
    title = models.TextField(blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    hint = models.CharField(max_length=32)


class Origin(models.Model):
    """What a post quotes or was drawn from: another post here, or a uri elsewhere."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="origins")
    uri = models.TextField()
    source = models.ForeignKey(Post, models.SET_NULL, null=True, blank=True, related_name="drawn")
    kind = models.CharField(max_length=12, default="quote")


class PendingReply(models.Model):
    """A post that answers something which has not arrived yet; mended when it does."""

    post = models.OneToOneField(Post, models.CASCADE, primary_key=True, related_name="pending_reply")
    uri_hash = models.BigIntegerField(db_index=True)


class Buried(models.Model):
    """A deletion that came before its post: this place never brings the post with this uri. What another place says of
    the same uri is a row of its own."""

    uri_hash = models.BigIntegerField()
    author_address = models.CharField(max_length=500, blank=True)
    place = models.ForeignKey(Place, models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["uri_hash", "place"], name="buried_once_a_place")
        ]


class SaidOnce(models.Model):
    """Under which key of its sender's a post was sent: the same key again means the same post. Forgotten after 30 days."""

    key_hash = models.CharField(max_length=64, primary_key=True)
    post = models.ForeignKey(Post, models.CASCADE, related_name="+")
    at = models.DateTimeField(db_index=True)


RAW_STATES = Graph(
    start="received",
    edges={
        "received": ["parsed", "quarantined"],
        "quarantined": ["received", "parsed"],
        "parsed": ["received"],
    },
)


class Raw(models.Model):
    """A payload as it arrived, kept by month and dropped by retention. What can't be parsed says why."""

    month = models.PositiveIntegerField()
    place = models.ForeignKey(Place, models.CASCADE, related_name="raws", db_index=False)
    post = models.ForeignKey(Post, models.SET_NULL, null=True, blank=True, related_name="raws")
    payload = models.BinaryField()
    state = models.CharField(max_length=12, choices=RAW_STATES.choices(), default="received")
    reason = models.CharField(max_length=500, blank=True)
    arrived_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["id"], condition=models.Q(state="received"), name="raw_waiting"),
            models.Index(fields=["id"], condition=models.Q(state="quarantined"), name="raw_quarantined"),
            models.Index(fields=["month"], name="raw_by_month"),
        ]


class Revision(models.Model):
    """What a post said before it was edited."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="revisions")
    text = models.TextField()
    html = models.TextField()
    title = models.TextField(blank=True)
    replaced_at = models.DateTimeField()


class Attachment(models.Model):
    """A file of a post: at first only its address elsewhere, with `digest` once we hold it ourselves."""

    id = IdField(primary_key=True, default=ids.new, editable=False)
    post = models.ForeignKey(Post, models.CASCADE, related_name="attachments")
    url = models.TextField(blank=True)
    digest = models.CharField(max_length=64, blank=True, db_index=True)
    name = models.CharField(max_length=255, blank=True)
    media_type = models.CharField(max_length=100, default="application/octet-stream")
    size = models.PositiveBigIntegerField(default=0)
    description = models.TextField(blank=True)


class Poll(models.Model):
    """A question with choices, belonging to a post; the votes are marks."""

    post = models.OneToOneField(Post, models.CASCADE, primary_key=True, related_name="poll")
    choices = models.JSONField()
    several = models.BooleanField(default=False)
    ends_at = models.DateTimeField(null=True, blank=True)


class Tag(models.Model):
    """A hashtag, folded; `posts` carry it."""

    name = models.CharField(max_length=100, unique=True)
    posts = models.ManyToManyField(Post, related_name="tags", blank=True)


class Mark(models.Model):
    """identity x post x kind: like, boost, vote, emoji, bookmark… `value` is the emoji or the choice."""

    identity = models.ForeignKey(Identity, models.CASCADE, related_name="marks")
    post = models.ForeignKey(Post, models.CASCADE, related_name="marks")
    kind = models.CharField(max_length=12)
    value = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["identity", "post", "kind", "value"], name="mark_once")
        ]


class Reader(models.Model):
    """How far an identity has read a conversation; `mentioned` where something there names them."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="readers")
    identity = models.ForeignKey(Identity, models.CASCADE, related_name="reading")
    last_read = models.BigIntegerField(default=0)
    mentioned = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["conversation", "identity"], name="reader_once")
        ]
