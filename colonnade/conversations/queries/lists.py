"""Columns: the newest posts that a viewer may see, everywhere, in a place, by an author; and their lines."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.db.models import Count, Max, Min, QuerySet

from colonnade.access.types import Viewer
from colonnade.conversations.models import Attachment, Post
from colonnade.conversations.queries.visibility import NOBODY_SEES, predicate, visible_to
from colonnade.conversations.rules import web_address
from colonnade.conversations.types import Attached, AuthorLine, Opening, PostLine
from colonnade.places.models import Scope
from colonnade.places.queries import scopes_seen
from colonnade.primitives import ids

FIFTY = 50
SCOPES_AT_ONCE, READ_FIRST = 50, 4


def newest(
    viewer: Viewer,
    *,
    place: int | None = None,
    places: Collection[int] | None = None,
    author: int | None = None,
    before: int | None = None,
    limit: int = FIFTY,
) -> list[int]:
    """Ids of the newest posts, newest first; `before` an id, for the next page. `places`: only in these few.

    Whoever holds an open circle sees much of what there is: walking newest first finds fifty at once. For a guest,
    and inside one place, the few scopes that are seen are merged instead (a walk would pass over all the rest).
    """
    if author is not None:
        rows = visible_to(viewer).filter(author_id=author)
        rows = rows.filter(place_id=place) if place is not None else rows
        return _ids(rows, before, limit)
    scopes = scopes_seen(viewer)
    if places is not None:
        return _merged(viewer, scopes.filter(place_id__in=places), before, limit)
    if place is not None:
        seen = list(scopes.filter(place_id=place).values_list("pk", flat=True)[: SCOPES_AT_ONCE + 1])
        if len(seen) > SCOPES_AT_ONCE and viewer.holds_open_circle:
            return _ids(visible_to(viewer).filter(place_id=place), before, limit)
        scopes = scopes.filter(place_id=place)
    elif viewer.holds_open_circle and viewer.ceiling is None:
        return _ids(visible_to(viewer), before, limit)
    return _merged(viewer, scopes, before, limit)


def openings(viewer: Viewer, talks: Iterable[int]) -> dict[int, Opening]:
    """With which post each of these conversations begins for this viewer, its newest, and how many they may read."""
    rows = visible_to(viewer).filter(conversation_id__in=list(talks)).order_by().values("conversation_id")
    told = rows.annotate(first=Min("pk"), newest=Max("pk"), posts=Count("pk"))
    return {row["conversation_id"]: Opening(row["first"], row["newest"], row["posts"]) for row in told}


def _ids(rows: QuerySet[Post], before: int | None, limit: int) -> list[int]:
    rows = rows if before is None else rows.filter(pk__lt=before)
    return list(rows.order_by("-pk").values_list("pk", flat=True)[:limit])


def _merged(viewer: Viewer, scopes: QuerySet[Scope], before: int | None, limit: int) -> list[int]:
    """The newest over scopes: those with the newest posts first, until none of the rest can hold a newer one."""
    heads = _scopes_by_newest(scopes, before)
    found: list[int] = []
    for at in range(0, len(heads), SCOPES_AT_ONCE):
        group = heads[at : at + SCOPES_AT_ONCE]
        if len(found) == limit and found[-1] > group[0][1]:
            break
        found = sorted(found + _newest_of_each(viewer, [s for s, _ in group], before, limit), reverse=True)[
            :limit
        ]
    return found


def _scopes_by_newest(scopes: QuerySet[Scope], before: int | None) -> list[tuple[int, int]]:
    """(scope, id of its newest post), newest first, without empty ones."""
    older = "" if before is None else "AND p.id < %s"
    newest = f"(SELECT max(p.id) FROM conversations_post p WHERE p.scope_id = places_scope.id {older})"
    rows = scopes.extra(select={"newest": newest}, select_params=[] if before is None else [before])
    heads = [(pk, last) for pk, last in rows.values_list("pk", "newest") if last is not None]
    return sorted(heads, key=lambda head: head[1], reverse=True)


def _newest_of_each(viewer: Viewer, scopes: Sequence[int], before: int | None, limit: int) -> list[int]:
    """For each scope its newest posts after all filters, as far as they can be among the newest of all; in one statement.

    The first few scopes are read first: where they alone give as many as are wanted, of the others only what is newer
    than the last of those is read. Fifty spaces that talk a lot gave three thousand rows for the sixty that are shown.
    """
    sql, values = predicate(viewer)
    if sql == NOBODY_SEES:
        return []
    older, bound = ("", []) if before is None else (" AND conversations_post.id < %s", [before])
    first, others = scopes[:READ_FIRST], scopes[READ_FIRST:]
    asked = _FIRST_ONES.format(parts=_parts(len(first), sql + older)) + "".join(
        [f" UNION ALL {_parts(1, sql + older + _NEWER)}"] * len(others)
    )
    of_each = {scope: (scope, *values, *bound, limit) for scope in scopes}
    parameters = [value for scope in first for value in of_each[scope]] + [limit, limit]
    parameters += [value for scope in others for value in of_each[scope]]
    with connection.cursor() as cursor:
        cursor.execute(asked, parameters)
        return [row[0] for row in cursor.fetchall()]


_NEWER = " AND conversations_post.id > (SELECT id FROM least)"
_PART = (
    "SELECT id FROM (SELECT conversations_post.id FROM conversations_post WHERE conversations_post.scope_id = %s"
    " AND {where} ORDER BY conversations_post.id DESC LIMIT %s) AS part"
)
_FIRST_ONES = (
    "WITH firsts AS MATERIALIZED (SELECT id FROM ({parts}) AS read ORDER BY id DESC LIMIT %s),"
    " least AS MATERIALIZED (SELECT CASE WHEN COUNT(*) = %s THEN MIN(id) ELSE 0 END AS id FROM firsts)"
    " SELECT id FROM firsts"
)


def _parts(count: int, where: str) -> str:
    return " UNION ALL ".join([_PART.format(where=where)] * count)


# What a list shows of a post. Written out, since every page with posts asks it: composing it took as long as asking.
_SHOWN = """
    SELECT conversations_post.id, conversations_post.scope_id, conversations_post.place_id, l.name,
        conversations_post.conversation_id, conversations_post.edited_ms, conversations_post.deleted,
        conversations_post.lang, conversations_post.reply_to_id, s.tier, t.title, t.text, t.html, t.url, t.uri,
        conversations_post.author_id, a.name, a.address, a.network, a.url, a.avatar_url, a.person_id
    FROM conversations_post JOIN places_scope s ON s.id = conversations_post.scope_id
        JOIN places_place l ON l.id = conversations_post.place_id
        JOIN people_identity a ON a.id = conversations_post.author_id
        LEFT JOIN conversations_posttext t ON t.post_id = conversations_post.id
    WHERE conversations_post.id IN ({posts}) AND {seen}
"""


def lines(viewer: Viewer, posts: Iterable[int], *, with_tombstones: bool = False) -> list[PostLine]:
    """These posts as a list shows them, in the given order; those that the viewer may not see are left out."""
    wanted = list(posts)
    if not wanted:
        return []
    by_id = {row[0]: row for row in _rows(wanted, *predicate(viewer, with_tombstones=with_tombstones))}
    files = _attached(by_id)
    answered = (
        _visible_answers(viewer, {row[8] for row in by_id.values() if row[8]} - by_id.keys()) | by_id.keys()
    )
    return [_line(by_id[pk], files.get(pk, ()), answered) for pk in wanted if pk in by_id]


def _rows(posts: list[int], seen: str, values: list[Any]) -> list[tuple[Any, ...]]:
    if seen == NOBODY_SEES:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_SHOWN.format(posts=", ".join(["%s"] * len(posts)), seen=seen), [*posts, *values])
        return list(cursor.fetchall())


def _visible_answers(viewer: Viewer, posts: set[int]) -> set[int]:
    """A reply names what it answers only to those who may know that it exists."""
    if not posts:
        return set()
    return set(visible_to(viewer, with_tombstones=True).filter(pk__in=posts).values_list("pk", flat=True))


def _line(row: tuple[Any, ...], files: tuple[Attached, ...], answered: set[int]) -> PostLine:
    (
        pk,
        scope,
        place,
        place_name,
        talk,
        edited_ms,
        deleted,
        lang,
        reply_to,
        tier,
        title,
        text,
        html,
        url,
        uri,
    ) = row[:15]
    author = AuthorLine(*row[15:])
    return PostLine(
        id=pk,
        scope=scope,
        place=place,
        place_name=place_name,
        conversation=talk,
        author=author,
        published=ids.moment_of(pk),
        edited=datetime.fromtimestamp(edited_ms / 1000, UTC) if edited_ms else None,
        deleted=bool(deleted),
        lang=lang,
        reply_to=reply_to if reply_to in answered else None,
        title=title,
        text=text,
        html=html,
        url=url,
        uri=uri,
        tier=tier,
        attachments=files,
    )


def _attached(posts: Iterable[int]) -> dict[int, tuple[Attached, ...]]:
    found: dict[int, tuple[Attached, ...]] = {}
    for row in Attachment.objects.filter(post_id__in=list(posts)).order_by("pk"):
        url = web_address(row.url)
        one = Attached(row.pk, row.name, row.media_type, row.size, url, held=bool(row.digest))
        found[row.post_id] = (*found.get(row.post_id, ()), one)
    return found
