"""Threads made whole: an answer that came before what it answers, and conversations that become one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import connection
from django.db.models import Q

from colonnade.conversations.actions import counting
from colonnade.conversations.events import ConversationJoined
from colonnade.conversations.intake import Placing
from colonnade.conversations.models import (
    Conversation,
    PendingReply,
    Post,
)
from colonnade.conversations.queries import current_conversation
from colonnade.core.events import announce
from colonnade.places.models import Place


def lock(conversations: Iterable[int], *, of: Iterable[int] = ()) -> None:
    """Lock these conversations, and those `of` these posts, in the order of their ids.

    Whoever joins conversations does so before counting a post in any of them: else of two who join into the same one,
    each could hold a counter or a conversation for which the other waits.
    """
    theirs = Post.objects.filter(pk__in=list(of)).values("conversation_id")
    rows = Conversation.objects.filter(Q(pk__in=set(conversations)) | Q(pk__in=theirs))
    # Not FOR UPDATE, which would wait for everybody who has written a post there and is about to commit.
    list(rows.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))


def lock_those_to_join(placed: list[Placing]) -> None:
    """Lock the conversations that `mend_threads` may join."""
    joining = [placing for placing in placed if placing.orphans]
    if joining:
        answers = [answer for placing in joining for answer in placing.orphans]
        lock((placing.conversation for placing in joining), of=answers)


def mend_threads(place: Place, placed: list[Placing]) -> None:
    """Answers that came before what they answer now point at it, and stand in one conversation with it."""
    for placing in placed:
        if placing.orphans:
            join_answers(place, placing.post.id, placing.conversation, placing.orphans)


def join_answers(place: Place, parent: int, conversation: int, answers: Sequence[int]) -> None:
    """These posts answer `parent`, which stands in `conversation`: they point at it, and their conversations join it."""
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
    """Move all posts of one conversation to where the talk of another goes on; the first is a duplicate from then on.

    Both rows are locked, in the order of their ids, so that of two who join the same two the other way round the second
    finds it done. Posts that others are writing into the first at this moment are not seen: `mending` fetches them.
    """
    lock((source, target))
    into = current_conversation(target)
    moved = [] if into == source else _move_posts(source, into)
    if not moved:
        return
    counting.move(source, into, moved)
    Conversation.objects.filter(pk=source).update(duplicate_of_id=into, state="closed")
    announce(ConversationJoined(conversation=source, into=into, place=place.pk), subject=f"place:{place.pk}")


def _move_posts(source: int, target: int) -> list[counting.Counted]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {Post._meta.db_table} SET conversation_id = %s WHERE conversation_id = %s "
            "RETURNING id, scope_id, deleted",
            [target, source],
        )
        return [counting.Counted(*row) for row in cursor.fetchall()]
