"""What rises though nobody asked.

A trend is told to all of staff, so only posts that everybody of staff may see are counted, and nothing that fewer than five
posts of three people hold is told of.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import timedelta
from html import unescape
from typing import NamedTuple

from django.db.models import Max, Min, Q, QuerySet

from colonnade.access.types import Viewer
from colonnade.conversations import queries as conversations
from colonnade.insight.models import AuthorName, Trend
from colonnade.insight.models import Sketch as Row
from colonnade.insight.queries.pulse import any_of_staff
from colonnade.insight.queries.scenarios import drill_grounds
from colonnade.insight.rules import hour_of
from colonnade.insight.trends import DAYS_KEPT, Most, Rising, Sketch, most_heard, rising, terms_of
from colonnade.listening import rules as listening
from colonnade.networks.jetstream.names import can_be_asked
from colonnade.networks.jetstream.posts import NETWORK, author_of
from colonnade.places import queries as places
from colonnade.places.models import Place
from colonnade.primitives import clock, ids

DAYS_COMPARED, HOURS_NOW = 14, 2
ASKED_AGAIN_AFTER = timedelta(days=1)
_LINK = re.compile(r'<a [^>]*?href="([^"]+)"')

Said = tuple[str, set[tuple[str, str]]]


class Counted(NamedTuple):
    """How many posts were counted, how many of them only streamed by, and to which sites and by whom most were."""

    posts: int = 0
    passed: int = 0
    sites: tuple[Most, ...] = ()
    authors: tuple[Most, ...] = ()


def terms_by_hour(posts: Collection[int]) -> dict[int, list[Said]]:
    """For the machine itself: by hour, of each of these posts that everybody of staff may see, its author and what is counted of
    it; what lies further back than fifteen days is history."""
    now = hour_of(ids.first_of(clock.now_ms()))
    found: dict[int, list[Said]] = {}
    for post, said in _terms_said(
        [one for one in posts if now - 24 * DAYS_KEPT < hour_of(one) <= now]
    ).items():
        found.setdefault(hour_of(post), []).append(said)
    return found


def _terms_said(posts: Collection[int]) -> dict[int, Said]:
    rows = conversations.visible_to(any_of_staff()).filter(pk__in=list(posts))
    rows = rows.exclude(place__in=drill_grounds())
    told = rows.values_list("pk", "author__address", "said__title", "said__text", "said__html")
    return {
        pk: (author, terms_of(f"{title} {text}", [unescape(one) for one in _LINK.findall(html)]))
        for pk, author, title, text, html in told
    }


def rising_now(hour: int) -> list[Rising]:
    """For the machine itself: what rises in this hour and the one before, beside the same two of fourteen days."""
    days = [[hour - 24 * day - back for back in range(HOURS_NOW)] for day in range(DAYS_COMPARED + 1)]
    rows = Row.objects.filter(hour__in=[one for day in days for one in day])
    known = {row.hour: Sketch.from_bytes(bytes(row.body)) for row in rows}
    now, *before = [[known[one] for one in day if one in known] for day in days]
    return rising(now, [day for day in before if day])


def is_for_all_of_staff(place: Place) -> bool:
    """For the machine itself: whether everybody of staff may read what comes of a source."""
    return places.own_scope(place).audience_id in any_of_staff().audiences


def counted_now(viewer: Viewer, hour: int) -> Counted:
    """What was counted in this hour and the one before; nothing for anybody but staff. One statement."""
    if not listening.can_see_watches(viewer):
        return Counted()
    now = [Sketch.from_bytes(bytes(row.body)) for row in _now(hour)]
    return Counted(
        posts=sum(one.posts for one in now),
        passed=sum(one.passed for one in now),
        sites=tuple(most_heard("site", now)),
        authors=tuple(most_heard("author", now)),
    )


class AuthorCalled(NamedTuple):
    """What an author is called whose address is a DID, whether that is sure, and where their own page is."""

    name: str
    confirmed: bool
    page: str


def authors_called(viewer: Viewer, addresses: Collection[str]) -> dict[str, AuthorCalled]:
    """What those of these addresses that are DIDs are called, "" where nobody here knows. Two statements at most, and
    nothing is asked for: that is done in the background."""
    dids = [one for one in addresses if one.startswith("did:")]
    if not dids or not listening.can_see_watches(viewer):
        return {}
    asked = {one.address: one for one in AuthorName.objects.filter(address__in=dids)}
    known = _known_here(viewer, dids)
    return {
        did: AuthorCalled(
            known.get(did) or (asked[did].name if did in asked else ""),
            did in known or (did in asked and asked[did].confirmed),
            author_of(did).url,
        )
        for did in dids
    }


def authors_to_name(hour: int) -> list[str]:
    """For the machine itself: those of most posts of this hour and the one before whom nobody here can name, and who were not asked
    for lately; none while no stream of their network is read."""
    now = [Sketch.from_bytes(bytes(row.body)) for row in _now(hour)]
    dids = [one.term for one in most_heard("author", now) if can_be_asked(one.term)]
    if not dids or not places.reads_by("jetstream"):
        return []
    again = Q(confirmed=True) | Q(asked_at__gt=clock.now() - ASKED_AGAIN_AFTER)
    asked = set(AuthorName.objects.filter(again, address__in=dids).values_list("address", flat=True))
    known = _known_here(any_of_staff(), dids)
    return [did for did in dids if did not in asked and did not in known]


def _known_here(viewer: Viewer, dids: Collection[str]) -> dict[str, str]:
    rows = conversations.identities_for(viewer).filter(network=NETWORK, address__in=dids)
    return dict(rows.exclude(name="").values_list("address", "name"))


def _now(hour: int) -> QuerySet[Row]:
    return Row.objects.filter(hour__in=[hour - back for back in range(HOURS_NOW)])


def trends_for(viewer: Viewer, hour: int) -> QuerySet[Trend]:
    """What rises in an hour, the most surprising first; none for anybody but staff."""
    rows = Trend.objects.filter(hour=hour).order_by("-score", "term")
    return rows if listening.can_see_watches(viewer) else rows.none()


def days_counted(viewer: Viewer) -> int:
    """For how many days all that streams by has been counted, of the last fourteen: without a day before there is no usual."""
    hours: dict[str, int | None] = Row.objects.aggregate(first=Min("hour"), last=Max("hour"))
    first, last = hours["first"], hours["last"]
    if first is None or last is None or not listening.can_see_watches(viewer):
        return 0
    return min(DAYS_COMPARED, (last - first) // 24)
