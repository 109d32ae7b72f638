"""The counters of a conversation, one for each scope."""

from __future__ import annotations

from collections import Counter

from django.db import connection
from django.db.models import F

from colonnade.conversations.models import (
    ConversationCount,
)
from colonnade.core import db


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
