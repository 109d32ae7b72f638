"""The conversations of one place, the newest talk first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Max, OuterRef, Subquery, Sum

from colonnade.access.types import Viewer
from colonnade.conversations.models import ConversationCount, Post
from colonnade.conversations.queries.visibility import visible_to
from colonnade.conversations.types import AuthorLine, TalkLine
from colonnade.places.models import Place
from colonnade.places.queries import scopes_seen
from colonnade.primitives import ids

_SHOWN = (
    "pk",
    "conversation_id",
    "conversation__title",
    "conversation__state",
    "conversation__scope__audience_id",
    "said__title",
    "said__text",
    "author_id",
    "author__name",
    "author__address",
    "author__network",
    "author__url",
    "author__avatar_url",
    "author__person_id",
)
LONGEST_TEXT = 280


def talks_in(viewer: Viewer, place: Place, *, before: int | None = None, limit: int = 30) -> list[TalkLine]:
    """Conversations there of which the viewer may see anything; `before` the newest post of the last one shown.

    Counters name the candidates, since a space may hold a hundred thousand posts; the posts themselves decide.
    """
    counted = _counted(viewer, place, before, limit)
    shown = _rows(viewer, (newest for newest, _ in counted.values()))
    missing = (
        counted.keys() - shown.keys()
    )  # the newest there is deleted, or by somebody whom the viewer muted
    if missing:
        older = visible_to(viewer).filter(conversation_id__in=missing).values("conversation_id")
        shown |= _rows(viewer, older.annotate(last=Max("pk")).values_list("last", flat=True))
    found = [_line(viewer, place, shown[talk], counted[talk][1]) for talk in counted if talk in shown]
    return sorted(found, key=lambda line: line.newest, reverse=True)


def last_said(viewer: Viewer, places: Iterable[int]) -> dict[int, int]:
    """The newest post in each of these places that stands where the viewer sees it, be it a tombstone; its id tells when.
    Asked scope by scope: there are fewer of them than conversations."""
    newest = Post.objects.filter(scope=OuterRef("pk")).order_by("-pk").values("pk")[:1]
    rows = scopes_seen(viewer).filter(place__in=list(places)).values_list("place")
    told = rows.annotate(last=Max(Subquery(newest)))
    return {place: last for place, last in told if last is not None}


def _counted(viewer: Viewer, place: Place, before: int | None, limit: int) -> dict[int, tuple[int, int]]:
    rows = ConversationCount.objects.filter(
        scope__place=place, scope__audience__in=viewer.audiences, posts__gt=0
    )
    told = rows.values("conversation").annotate(last=Max("newest"), said=Sum("posts"))
    told = told if before is None else told.filter(last__lt=before)
    return {
        one["conversation"]: (one["last"], one["said"])
        for one in told.order_by("-last", "conversation")[:limit]
    }


def _rows(viewer: Viewer, posts: Iterable[int]) -> dict[int, tuple[Any, ...]]:
    rows = visible_to(viewer).filter(pk__in=list(posts)).values_list(*_SHOWN)
    return {row[1]: row for row in rows}


def _line(viewer: Viewer, place: Place, row: tuple[Any, ...], posts: int) -> TalkLine:
    pk, talk, title, state, audience, said_title, text = row[:7]
    own = title if audience in viewer.audiences else ""
    words = " ".join(text.split())
    return TalkLine(
        id=talk,
        title=own or said_title or words[:80],
        state=state,
        posts=posts,
        newest=pk,
        said_at=ids.moment_of(pk),
        text=words[:LONGEST_TEXT],
        author=AuthorLine(*row[7:]),
        narrower=audience != place.audience_id,
    )
