"""What a post is tied to, as far as the viewer may know of it."""

from __future__ import annotations

from collections.abc import Collection

from colonnade.access.types import Viewer
from colonnade.conversations.models import Origin, Post
from colonnade.conversations.queries.visibility import visible_to


def answering_seen(viewer: Viewer, posts: Collection[int]) -> set[int]:
    """Which of these posts answer something of which the viewer may know that it is there. Two statements."""
    rows = Post.objects.filter(pk__in=posts, reply_to__isnull=False).values_list("pk", "reply_to_id")
    answers = [(pk, answered) for pk, answered in rows if answered is not None]
    seen = _seen(viewer, {answered for _, answered in answers})
    return {pk for pk, answered in answers if answered in seen}


def quoting_seen(viewer: Viewer, posts: Collection[int]) -> set[int]:
    """Which of these posts quote something elsewhere, or something here of which the viewer may know. Two statements."""
    rows = list(Origin.objects.filter(post__in=posts).values_list("post_id", "source_id"))
    seen = _seen(viewer, {source for _, source in rows if source is not None})
    return {pk for pk, source in rows if source is None or source in seen}


def _seen(viewer: Viewer, posts: Collection[int]) -> set[int]:
    rows = visible_to(viewer, with_tombstones=True).filter(pk__in=posts)
    return set(rows.values_list("pk", flat=True)) if posts else set()
