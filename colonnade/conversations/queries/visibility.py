"""`visible_to`: the SQL twin of `rules.visible`, and the only thing in the house that selects posts.

Form and figures of the probe: a scalar subquery on the scope, compared with the ids of the viewer's audiences. Not
EXISTS and not a JOIN: PostgreSQL then hashes and sorts all posts (measured: 58 to 91 ms against 0.1 to 0.35 ms). That pays only
where tens of thousands of posts are counted: `of_many` says the same as a set of scopes.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, TypeAlias

from django.db.models import QuerySet

from colonnade.access.types import Viewer
from colonnade.conversations.intake import uri_hash
from colonnade.conversations.models import Post

Predicate: TypeAlias = tuple[str, list[Any]]
"""A piece of SQL about the table conversations_post, and its parameters."""

NOBODY_SEES = "0 = 1"
_AUDIENCE = "(SELECT s.audience_id FROM places_scope s WHERE s.id = conversations_post.scope_id)"


def predicate(viewer: Viewer, *, with_tombstones: bool = False, of_many: bool = False) -> Predicate:
    """What a post must meet for this viewer, as SQL; `of_many` in the form for questions that try tens of thousands."""
    if not viewer.audiences or viewer.ceiling == frozenset():
        return NOBODY_SEES, []
    parts: list[Predicate] = [_in_a_scope(viewer) if of_many else _among(_AUDIENCE, viewer.audiences)]
    if viewer.ceiling is not None:
        parts.append(_among("conversations_post.place_id", viewer.ceiling))
    if not with_tombstones:
        parts.append(("NOT conversations_post.deleted", []))
    if not viewer.desk:
        parts += _not_hidden(viewer)
    return " AND ".join(sql for sql, _ in parts), [value for _, values in parts for value in values]


def _in_a_scope(viewer: Viewer) -> Predicate:
    sql, values = _among("s.audience_id", viewer.audiences)
    return f"conversations_post.scope_id IN (SELECT s.id FROM places_scope s WHERE {sql})", values


def _not_hidden(viewer: Viewer) -> list[Predicate]:
    parts = []
    if viewer.hidden_authors:
        sql, values = _among("conversations_post.author_id", viewer.hidden_authors)
        parts.append((f"NOT ({sql})", values))
    if viewer.hidden_domains:
        sql, values = _among("i.domain", viewer.hidden_domains)
        told = f"SELECT 1 FROM people_identity i WHERE i.id = conversations_post.author_id AND {sql}"
        parts.append((f"NOT EXISTS ({told})", values))
    return parts


def _among(expression: str, values: Collection[Any]) -> Predicate:
    return f"{expression} IN ({', '.join(['%s'] * len(values))})", sorted(values)


def visible_to(viewer: Viewer, *, with_tombstones: bool = False) -> QuerySet[Post]:
    """The posts that this viewer may see. `with_tombstones` also gives those that were deleted (a thread shows them)."""
    sql, values = predicate(viewer, with_tombstones=with_tombstones)
    return Post.objects.extra(where=[sql], params=values)


def post_for(viewer: Viewer, pk: int, *, with_tombstones: bool = False) -> Post | None:
    """The post with this id if the viewer may see it; None when it is hidden and when there is none."""
    rows = visible_to(viewer, with_tombstones=with_tombstones).filter(pk=pk)
    return rows.select_related("said", "author", "scope__audience", "place", "conversation").first()


def post_by_uri(uri: str) -> int | None:
    """The id of the post with this name in the world, for the machine itself."""
    return Post.objects.filter(uri_hash=uri_hash(uri)).values_list("pk", flat=True).first()
