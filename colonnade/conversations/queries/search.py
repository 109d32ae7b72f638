"""Full-text search, newest first, of what the viewer may see.

Beside the words the index holds hints (tier, and scope where restricted). They only make it quick: the probe decides.
Where a hint may be stale the search goes without, since a stale hint never leaks but may lose a hit.
"""

from __future__ import annotations

from typing import Any

from django.db import connection

from colonnade.access.models import Tier
from colonnade.access.queries import open_tiers
from colonnade.access.types import Viewer
from colonnade.conversations.queries.visibility import NOBODY_SEES, predicate
from colonnade.conversations.search import index, terms
from colonnade.core import db
from colonnade.places.queries import scopes_seen

NEWEST_FIRST_LOOK = 20_000


def search(viewer: Viewer, query: str, *, before: int | None = None, limit: int = 50) -> list[int]:
    """Ids of posts that hold all the words and phrases, newest first. Raises EmptySearch with a sentence."""
    wanted = terms.parse(query)
    where, values = predicate(viewer)
    hints = None if where == NOBODY_SEES else _hints(viewer)
    if where == NOBODY_SEES or hints == []:
        return []
    if before is not None:
        where, values = f"{where} AND conversations_post.id < %s", [*values, before]
    if db.is_postgres():
        return _in_postgres(wanted, hints, where, values, limit)
    return _in_sqlite(wanted, hints, where, values, limit)


def _hints(viewer: Viewer) -> list[str] | None:
    seen = scopes_seen(viewer)
    if seen.filter(stale_hints=True).exists():
        return None
    own = seen.filter(tier=Tier.RESTRICTED).values_list("pk", flat=True)[: index.MOST_SCOPES_IN_A_HINT + 1]
    return index.seen_hints(open_tiers(viewer), own)


def _in_sqlite(
    wanted: terms.Search, hints: list[str] | None, where: str, values: list[Any], limit: int
) -> list[int]:
    match = index.fts5(wanted)
    if hints is not None:
        match = f"({match}) AND hint: ({' OR '.join(hints)})"
    return _fetch(
        "SELECT conversations_post.id FROM conversations_fts CROSS JOIN conversations_post "
        "ON conversations_post.id = conversations_fts.rowid "
        f"WHERE conversations_fts MATCH %s AND {where} ORDER BY conversations_fts.rowid DESC LIMIT %s",
        [match, *values, limit],
    )


def _in_postgres(
    wanted: terms.Search, hints: list[str] | None, where: str, values: list[Any], limit: int
) -> list[int]:
    """Two steps: among the newest by walking, then all through the index (left alone the planner only walks)."""
    words = index.tsquery(wanted)
    joined = "FROM conversations_post JOIN conversations_posttext t ON t.post_id = conversations_post.id"
    recent = _fetch(
        f"SELECT conversations_post.id {joined} WHERE conversations_post.id >= coalesce((SELECT id FROM "
        f"conversations_post ORDER BY id DESC OFFSET {NEWEST_FIRST_LOOK} LIMIT 1), 0) "
        f"AND t.tsv @@ %s::tsquery AND {where} ORDER BY conversations_post.id DESC LIMIT %s",
        [words, *values, limit],
    )
    if len(recent) >= limit:
        return recent
    if hints is not None:
        words = f"({words}) & ({' | '.join(_lexeme(mark) for mark in hints)})"
    return _fetch(
        "WITH m AS MATERIALIZED (SELECT post_id FROM conversations_posttext WHERE tsv @@ %s::tsquery) "
        f"SELECT conversations_post.id FROM m JOIN conversations_post ON conversations_post.id = m.post_id "
        f"WHERE {where} ORDER BY conversations_post.id DESC LIMIT %s",
        [words, *values, limit],
    )


def _lexeme(mark: str) -> str:
    """A hint as a lexeme: the colon keeps it apart from every word."""
    return f"':{mark}'"


def _fetch(sql: str, parameters: list[Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [row[0] for row in cursor.fetchall()]
