"""Who kept what by hand. Staff alone are told."""

from __future__ import annotations

from collections.abc import Iterable

from colonnade.access.types import Viewer
from colonnade.conversations import queries as conversations
from colonnade.conversations.intake import uri_hash
from colonnade.listening import rules
from colonnade.listening.models import Kept
from colonnade.networks.kept.connector import uri_of

NAMES = "kept:"
"""How the names of posts begin that were kept by hand."""


def kept_of(viewer: Viewer, posts: Iterable[int]) -> dict[int, Kept]:
    """By post who kept it and with which remark, of posts that the viewer has been shown."""
    asked = list(posts)
    if not asked or not rules.can_see_watches(viewer):
        return {}
    return {one.post_id: one for one in Kept.objects.filter(post__in=asked).select_related("person")}


def kept_posts(viewer: Viewer, *, limit: int) -> list[int]:
    """Ids of the posts that were kept by hand and the viewer may see, newest first. One statement."""
    if not rules.can_see_watches(viewer):
        return []
    rows = conversations.visible_to(viewer).filter(kept__isnull=False).order_by("-kept__post_id")
    return list(rows.values_list("pk", flat=True)[:limit])


def kept_already(viewer: Viewer, url: str, words: str) -> Kept | None:
    """Who kept these words of this page before, where the viewer may see the post."""
    if not rules.can_see_watches(viewer):
        return None
    seen = conversations.visible_to(viewer).filter(uri_hash=uri_hash(uri_of(url, words)))
    post = seen.values_list("pk", flat=True).first()
    return Kept.objects.filter(post=post).select_related("person").first() if post else None
