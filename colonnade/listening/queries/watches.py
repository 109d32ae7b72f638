"""Watches, and what one would have caught."""

from __future__ import annotations

from django.db.models import QuerySet

from colonnade.access.types import Viewer
from colonnade.conversations import queries as conversations
from colonnade.listening import rules
from colonnade.listening.language.evaluate import holds
from colonnade.listening.language.parsing import parse
from colonnade.listening.language.reading import Reading
from colonnade.listening.language.showing import outline
from colonnade.listening.models import Version, Watch
from colonnade.listening.queries.standing import heard
from colonnade.listening.types import Preview, VersionLine

LOOKED_AT, SHOWN_OF_THEM = 1000, 3


def watches_for(viewer: Viewer) -> QuerySet[Watch]:
    """Every watch, by name; none for anybody but staff."""
    rows = Watch.objects.select_related("owner").order_by("name", "pk")
    return rows if rules.can_see_watches(viewer) else rows.none()


def watch_for(viewer: Viewer, pk: int) -> Watch | None:
    """The watch with this id, None when there is none and for anybody but staff."""
    return watches_for(viewer).filter(pk=pk).first()


def preview(viewer: Viewer, query: str) -> Preview:
    """What a watch for this query would have caught among the newest posts that the viewer may see: compared as new posts
    are, so what we say ourselves is passed over. Raises QueryError."""
    tree = parse(query)
    newest = conversations.newest(viewer, limit=LOOKED_AT) if rules.can_see_watches(viewer) else []
    posts = heard(newest)
    caught = [pk for pk, (_, post) in posts.items() if holds(tree, Reading(post))]
    shown = caught[:SHOWN_OF_THEM]
    return Preview(
        matched=len(caught),
        looked=len(newest),
        posts=tuple(shown),
        why={pk: rules.reasons(tree, posts[pk][1]) for pk in shown},
        outline=tuple(outline(tree)),
    )


def versions_of(viewer: Viewer, watch: Watch, *, limit: int = 20) -> list[VersionLine]:
    """The forms that the query of a watch had, the present one first, each with what was changed in it. One statement."""
    if not rules.can_see_watches(viewer):
        return []
    rows = Version.objects.filter(watch=watch).select_related("by").order_by("-number")[: limit + 1]
    kept = list(rows)
    before = [*(one.query for one in kept[1:]), ""]
    return [
        VersionLine(
            number=one.number,
            query=one.query,
            by=one.by.name if one.by else "",
            at=one.at,
            changed=tuple(rules.difference(earlier, one.query)) if earlier else (),
        )
        for one, earlier in zip(kept, before, strict=True)
    ][:limit]
