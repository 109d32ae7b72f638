"""One conversation: may the viewer see it, what is in it, who would read an answer."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from colonnade.access import rules as access_rules
from colonnade.access.types import Terms, Viewer
from colonnade.conversations import rules
from colonnade.conversations.models import Conversation, ConversationCount, Post
from colonnade.conversations.queries.lists import lines
from colonnade.conversations.queries.visibility import visible_to
from colonnade.conversations.types import PostLine
from colonnade.places.queries import scopes_seen

LONGEST_PAGE = 500
LONGEST_CHAIN = 200


def conversation_for(viewer: Viewer, pk: int) -> Conversation | None:
    """The conversation, if the viewer sees any post in it; None when it is hidden and when there is none.

    It bears its title for those who read the conversation itself, not for whoever reads one post in it.
    """
    seen = visible_to(viewer).filter(conversation_id=pk).order_by("pk")[:1]
    post = seen.select_related("conversation__place", "conversation__scope__audience").first()
    return None if post is None else as_seen(viewer, post.conversation)


def as_seen(viewer: Viewer, conversation: Conversation) -> Conversation:
    """The same row, without a title that is not for this viewer. Not to be saved."""
    if conversation.scope.audience_id not in viewer.audiences:
        conversation.title = ""
    return conversation


def conversation_by_id(pk: int) -> Conversation:
    """The conversation, for the machine itself. Raises Conversation.DoesNotExist."""
    return Conversation.objects.select_related("place", "scope__audience").get(pk=pk)


def current_conversation(pk: int) -> int:
    """Where the talk of a conversation goes on, when it was joined to another."""
    for _ in range(LONGEST_CHAIN):
        onward = Conversation.objects.filter(pk=pk).values_list("duplicate_of_id", flat=True).first()
        if onward is None:
            return pk
        pk = onward
    return pk


def onward(talks: Iterable[int]) -> dict[int, int]:
    """Where the talk goes on, of those of these conversations that were joined to another."""
    joined = Conversation.objects.filter(pk__in=set(talks), duplicate_of__isnull=False)
    return {pk: current_conversation(pk) for pk in joined.values_list("pk", flat=True)}


def thread(viewer: Viewer, conversation: int, *, after: int = 0, limit: int = LONGEST_PAGE) -> list[PostLine]:
    """The posts of a conversation, oldest first, with tombstones; `after` an id, for the next page."""
    rows = visible_to(viewer, with_tombstones=True).filter(conversation_id=conversation, pk__gt=after)
    return lines(viewer, rows.order_by("pk").values_list("pk", flat=True)[:limit], with_tombstones=True)


def posts_in(viewer: Viewer, conversation: int) -> int:
    """How many posts the viewer may see there: the sum of counters over the scopes that they see."""
    rows = ConversationCount.objects.filter(conversation_id=conversation, scope__in=scopes_seen(viewer))
    return sum(rows.values_list("posts", flat=True))


def note_count(viewer: Viewer, conversation: int) -> int:
    """How many staff notes the viewer may see there."""
    rows = ConversationCount.objects.filter(conversation_id=conversation, scope__in=scopes_seen(viewer))
    counted: list[tuple[str, int]] = list(rows.values_list("scope__audience__key", "posts"))
    return sum(posts for key, posts in counted if rules.is_note(access_rules.terms_of(key)))


_CHAIN = """
WITH RECURSIVE chain(id, reply_to_id, scope_id) AS (
    SELECT id, reply_to_id, scope_id FROM conversations_post WHERE id = %s
    UNION
    SELECT p.id, p.reply_to_id, p.scope_id FROM conversations_post p JOIN chain c ON p.id = c.reply_to_id
)
SELECT c.id, a.key FROM chain c JOIN places_scope s ON s.id = c.scope_id JOIN access_audience a ON a.id = s.audience_id
"""


def audience_of_reply(post: Post) -> Terms:
    """Who reads an answer to this post by default: the narrowest along the chain of posts being answered, however long."""
    with connection.cursor() as cursor:
        cursor.execute(_CHAIN, [post.pk])
        key_by_post = dict(cursor.fetchall())
    keys = dict.fromkeys([key_by_post.pop(post.pk), *key_by_post.values()])
    return rules.narrowest([access_rules.terms_of(key) for key in keys])
