"""Threads made whole: an answer that came before what it answers, and conversations that become one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from colonnade.conversations.actions import counting
from colonnade.conversations.actions.lookups import rows_among
from colonnade.conversations.events import ConversationJoined
from colonnade.conversations.intake import Placing
from colonnade.conversations.models import (
    Conversation,
    ConversationCount,
    PendingReply,
    Post,
)
from colonnade.core.events import announce
from colonnade.places.models import Place


def mend_threads(place: Place, placed: list[Placing]) -> None:
    """Answers that came before what they answer now point at it, and stand in one conversation with it."""
    for placing in placed:
        if placing.orphans:
            _mend(place, placing.post.id, placing.conversation, placing.orphans)


def mend_missed(posts: Sequence[int]) -> None:
    """The same for answers that arrived at the same moment as what they answer, so that neither saw the other."""
    question = (
        "SELECT p.id, p.conversation_id, p.place_id, r.post_id FROM conversations_pendingreply r "
        "JOIN conversations_post p ON p.uri_hash = r.uri_hash WHERE "
    )
    missed = {*rows_among(f"{question} p.id", posts), *rows_among(f"{question} r.post_id", posts)}
    for parent, _, place, answer in sorted(missed):
        talk = Post.objects.values_list("conversation_id", flat=True).get(pk=parent)
        _mend(Place.objects.get(pk=place), parent, talk, (answer,))


def buried_after_all(posts: Sequence[int]) -> list[int]:
    """Which of these posts their own place had said to be gone, in a transaction that did not see them yet."""
    question = (
        "SELECT p.id FROM conversations_post p JOIN conversations_buried b "
        "ON b.uri_hash = p.uri_hash AND b.place_id = p.place_id WHERE NOT p.deleted AND p.id"
    )
    return [row[0] for row in rows_among(question, posts)]


def _mend(place: Place, parent: int, conversation: int, answers: Sequence[int]) -> None:
    PendingReply.objects.filter(post_id__in=answers).delete()
    Post.objects.filter(pk__in=answers).update(reply_to_id=parent)
    for talk in _conversations_to_join(conversation, answers):
        merge(place, talk, conversation)


def _conversations_to_join(conversation: int, answers: Sequence[int]) -> list[int]:
    """Those of the same place that are read by the same people: what is said next in one goes to its readers alone."""
    into = Conversation.objects.get(pk=conversation)
    if into.principal_id is not None:
        return []
    rows = Conversation.objects.filter(
        posts__in=answers, place=into.place_id, scope=into.scope_id, principal__isnull=True
    )
    return sorted(set(rows.exclude(pk=into.pk).values_list("pk", flat=True)))


def merge(place: Place, source: int, target: int) -> None:
    """Move all posts of one conversation into another, which the first then is a duplicate of."""
    Post.objects.filter(conversation_id=source).update(conversation_id=target)
    counts = ConversationCount.objects.filter(conversation_id=source).order_by("scope").select_for_update()
    moved = {(target, row.scope_id): row for row in counts}
    counting.count(
        Counter({key: row.posts for key, row in moved.items()}),
        {key: row.newest for key, row in moved.items()},
    )
    ConversationCount.objects.filter(conversation_id=source).delete()
    Conversation.objects.filter(pk=source).update(duplicate_of_id=target, state="closed")
    announce(
        ConversationJoined(conversation=source, into=target, place=place.pk), subject=f"place:{place.pk}"
    )
