"""Watches beside each other: what each caught in a time, and who says most of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlsplit

from django.db.models import Sum

from colonnade.access.types import Viewer
from colonnade.conversations import queries as conversations
from colonnade.insight import rules
from colonnade.insight.models import Rollup
from colonnade.insight.types import Compared, Tops
from colonnade.listening import rules as listening
from colonnade.listening.models import Watch

NEWEST_LOOKED_AT, MOST_SHOWN = 1000, 8


def compared(
    viewer: Viewer, watches: Iterable[Watch], *, since: datetime, before: datetime
) -> dict[int, Compared]:
    """For each watch what it caught between two moments (whole hours of UTC), of the scopes that the viewer sees. One
    statement; nothing for anybody but staff."""
    wanted = [watch.pk for watch in watches]
    found = {pk: _Sums() for pk in wanted}
    if wanted and listening.can_see_watches(viewer):
        rows = Rollup.objects.filter(
            watch__in=wanted,
            hour__gte=rules.hour_at(since),
            hour__lt=rules.hour_at(before),
            scope__audience__in=viewer.audiences,
        )
        if viewer.ceiling is not None:
            rows = rows.filter(scope__place__in=viewer.ceiling)
        kinds = rows.order_by().values_list("watch", "network", "lang", "mood", "scope__place")
        for pk, network, lang, mood, place, posts, copies in kinds.annotate(Sum("posts"), Sum("copies")):
            found[pk].add(network, lang, mood, place, posts, copies)
    return {pk: one.all for pk, one in found.items()}


class _Sums:
    """Counts of one watch, added up."""

    def __init__(self) -> None:
        self.posts = self.copies = 0
        self.moods: Counter[str] = Counter()
        self.langs: Counter[str] = Counter()
        self.networks: Counter[str] = Counter()
        self.places: set[int] = set()

    def add(self, network: str, lang: str, mood: str, place: int, posts: int, copies: int) -> None:
        """So many posts more of one kind."""
        self.posts += posts
        self.copies += copies
        self.moods[mood] += posts
        self.langs[lang] += posts
        self.networks[network] += posts
        self.places.add(place)

    @property
    def all(self) -> Compared:
        return Compared(
            self.posts,
            self.copies,
            dict(self.moods),
            dict(self.langs),
            dict(self.networks),
            frozenset(self.places),
        )


def tops(viewer: Viewer, watch: Watch) -> Tops:
    """Who says most of what a watch caught, and on which sites, among the newest posts that the viewer may see. One
    statement."""
    if not listening.can_see_watches(viewer):
        return Tops(0, (), ())
    caught = conversations.visible_to(viewer).filter(mentions__watch=watch, mentions__drill=False)
    newest = caught.order_by("-mentions__post_id")
    rows = list(
        newest.values_list("author_id", "author__name", "author__address", "said__url")[:NEWEST_LOOKED_AT]
    )
    authors = Counter((name or address, address, author) for author, name, address, _ in rows)
    sites = Counter(site for *_, url in rows if (site := _site(url)))
    return Tops(
        len(rows),
        tuple((name, address, n, author) for (name, address, author), n in authors.most_common(MOST_SHOWN)),
        tuple(sites.most_common(MOST_SHOWN)),
    )


def _site(url: str) -> str:
    """The host of an address, without "www."; "" where it has none."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
