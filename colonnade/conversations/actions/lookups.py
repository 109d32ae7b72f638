"""What intake asks before it writes: which posts are here already, what they answer, and what waits for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

from colonnade.conversations.intake import Prepared
from colonnade.conversations.models import (
    Post,
)
from colonnade.places.models import Place


def known_posts(hashes: Iterable[int]) -> dict[int, tuple[int, str]]:
    """(id, uri) of the posts that are here already, by the hash of their uri."""
    rows = rows_among(
        "SELECT p.uri_hash, p.id, t.uri FROM conversations_post p "
        "JOIN conversations_posttext t ON t.post_id = p.id WHERE p.uri_hash",
        hashes,
    )
    return {hash_: (post, uri) for hash_, post, uri in rows}


def taken_ids(ids: Iterable[int]) -> set[int]:
    """Which of these ids a post has already, or a conversation, which has the id of the post that opened it."""
    wanted = list(ids)
    posts = rows_among("SELECT id FROM conversations_post WHERE id", wanted)
    talks = rows_among("SELECT id FROM conversations_conversation WHERE id", wanted)
    return {row[0] for row in posts + talks}


def said_by(author: int, posts: Sequence[int]) -> tuple[int, ...]:
    """Those of some posts that are this author's."""
    return tuple(
        Post.objects.filter(pk__in=posts, author_id=author).order_by("pk").values_list("pk", flat=True)
    )


def not_buried(place: Place, posts: list[Prepared]) -> list[Prepared]:
    """The posts without those that this place had said to be gone."""
    question = f"SELECT uri_hash FROM conversations_buried WHERE place_id = {int(place.pk)} AND uri_hash"
    buried = {hash_ for (hash_,) in rows_among(question, [p.uri_hash for p in posts])}
    return [post for post in posts if post.uri_hash not in buried] if buried else posts


def answered_posts(hashes: Iterable[int]) -> list[tuple[int, int, int, int, int | None]]:
    """Posts by the hash of their uri: (hash, post, conversation, place, scope of the conversation if it is narrowed)."""
    return rows_among(
        "SELECT p.uri_hash, p.id, p.conversation_id, p.place_id, "
        "CASE WHEN c.principal_id IS NOT NULL THEN c.scope_id END FROM conversations_post p "
        "JOIN conversations_conversation c ON c.id = p.conversation_id WHERE p.uri_hash",
        hashes,
    )


def orphans_of(hashes: Iterable[int]) -> dict[int, list[tuple[int, int, int | None]]]:
    """Posts that wait for what they answer, by its uri's hash: (post, conversation, its scope, but None where the
    conversation is narrowed and nobody else's post may join it), oldest first."""
    rows = rows_among(
        "SELECT r.uri_hash, r.post_id, p.conversation_id, CASE WHEN c.principal_id IS NULL THEN c.scope_id END "
        "FROM conversations_pendingreply r JOIN conversations_post p ON p.id = r.post_id "
        "JOIN conversations_conversation c ON c.id = p.conversation_id WHERE r.uri_hash",
        hashes,
    )
    found: dict[int, list[tuple[int, int, int | None]]] = {}
    for hash_, post, talk, scope in sorted(rows, key=lambda row: row[1]):
        found.setdefault(hash_, []).append((post, talk, scope))
    return found


def rows_among(question: str, numbers: Iterable[int]) -> list[Any]:
    """The rows for which `question`, which ends in a column, finds one of these numbers there.

    Written out, not by the ORM: intake asks five such questions for each chunk, and preparing hundreds of parameters
    five times cost it more than the answers.
    """
    written = ", ".join(map(str, map(int, numbers)))
    if not written:
        return []
    with connection.cursor() as cursor:
        cursor.execute(f"{question} IN ({written})")
        return list(cursor.fetchall())
