"""The counters of a conversation, one for each scope."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from django.db import connection
from django.db.models import F
from django.db.models.functions import Greatest

from colonnade.conversations.models import (
    ConversationCount,
)
from colonnade.core import db


class Counted(NamedTuple):
    """What of a post its conversation's counters depend on."""

    id: int
    scope: int
    deleted: bool


def count(added: Counter[tuple[int, int]], newest: dict[tuple[int, int], int]) -> None:
    """Add to the counters by (conversation, scope); `newest` are the greatest ids added."""
    table = ConversationCount._meta.db_table
    greatest = "GREATEST" if db.is_postgres() else "max"
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {table} (conversation_id, scope_id, posts, newest) VALUES (%s, %s, %s, %s) "
            "ON CONFLICT (conversation_id, scope_id) DO UPDATE SET "
            f"posts = {table}.posts + excluded.posts, newest = {greatest}({table}.newest, excluded.newest)",
            [(talk, scope, n, newest[(talk, scope)]) for (talk, scope), n in sorted(added.items())],
        )


def uncount(conversation: int, scope: int) -> None:
    """One post fewer in this scope of a conversation."""
    rows = ConversationCount.objects.filter(conversation_id=conversation, scope_id=scope, posts__gt=0)
    rows.update(posts=F("posts") - 1)


def move(source: int, target: int, posts: Iterable[Counted]) -> None:
    """These posts went from one conversation to another.

    Exactly they are counted here and there, never the whole counter: it may already count a post that somebody is
    writing into the first at this moment, which stays behind for now.
    """
    standing: Counter[int] = Counter()
    newest: dict[int, int] = {}
    for post in posts:
        standing[post.scope] += not post.deleted
        newest[post.scope] = max(post.id, newest.get(post.scope, 0))

    def leave() -> None:
        for scope, number in sorted(standing.items()):
            rows = ConversationCount.objects.filter(conversation_id=source, scope_id=scope)
            rows.update(posts=Greatest(F("posts") - number, 0))

    def arrive() -> None:
        count(
            Counter({(target, scope): number for scope, number in standing.items()}),
            {(target, scope): id_ for scope, id_ in newest.items()},
        )

    # In the order of their ids, as everybody who counts, so that two never wait for each other in a circle.
    for step in (leave, arrive) if source < target else (arrive, leave):
        step()
    ConversationCount.objects.filter(conversation_id=source, posts=0).delete()
