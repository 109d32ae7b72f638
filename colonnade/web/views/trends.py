"""What rises though nobody asked: each leads to its posts, and becomes a watch by one click."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from colonnade.access.types import Viewer
from colonnade.insight import queries
from colonnade.insight.models import Trend
from colonnade.insight.rules import hour_of
from colonnade.insight.trends import Most
from colonnade.listening import queries as listening
from colonnade.primitives import clock, ids
from colonnade.web.guards import staff_only
from colonnade.web.looking import looking
from colonnade.web.pages import cursor_now, is_part, page
from colonnade.web.ranks import Rank, Ranks
from colonnade.web.taking.plate import Plate
from colonnade.web.taking.take import Take

MOST_DRAWN = 12
SHORT = len("did:plc:abcd1234")
NAMES = (
    ("word", _("Words")),
    ("tag", _("Tags")),
    ("link", _("Links")),
    ("site", _("Sites")),
    ("emoji", _("Emoji")),
)


@require_safe
@staff_only
def trends(request: HttpRequest) -> HttpResponse:
    """What rises now. Part: `list`."""
    viewer, cursor = looking(request).viewer, cursor_now()
    found = _found(viewer)
    most = max((one.posts for one in found), default=1)
    heard = _heard(viewer) if found else {}
    counted = queries.counted_now(viewer, hour_of(ids.first_of(clock.now_ms())))
    context = {
        "cursor": cursor,
        "kinds": [
            (kind, name, [_line(one, most, heard) for one in found if one.kind == kind])
            for kind, name in NAMES
            if any(one.kind == kind for one in found)
        ],
        "days": queries.days_counted(viewer),
        "counted": counted,
        "kept": counted.posts - counted.passed,
        "tops": _tops(viewer, counted),
        "take": Take("trends") if found else None,
    }
    return page(request, "trends/list.html" if is_part(request, "list") else "trends/page.html", context)


def _found(viewer: Viewer) -> list[Trend]:
    """What rises in this hour; as long as nothing was worked out in it, in the one before."""
    hour = hour_of(ids.first_of(clock.now_ms()))
    return list(queries.trends_for(viewer, hour)) or list(queries.trends_for(viewer, hour - 1))


def plate(request: HttpRequest) -> Plate:
    """What rises most, to be taken out."""
    viewer = looking(request).viewer
    found = sorted(_found(viewer), key=lambda one: -one.posts)[:MOST_DRAWN]
    chart = Ranks(
        title=gettext("Rising"),
        says=gettext(
            "What is said far more often than usual at this hour, whether or not a watch listens for it."
        ),
        ranks=[Rank(_shown(one), one.posts, str(one.posts), usual=round(one.usual, 1)) for one in found],
        counts=gettext("Posts in this hour and the one before"),
        nothing=gettext("Nothing rises"),
    )
    source = gettext("Source: all that this server reads, as far as everybody of staff may see it")
    return Plate(chart, "", source, reverse("trends"))


def _shown(trend: Trend) -> str:
    return f"#{trend.term}" if trend.kind == "tag" else trend.term


def _heard(viewer: Viewer) -> dict[str, int]:
    """What a watch that listens looks for, where that is one thing alone, with the watch."""
    return {
        one.query.strip().casefold(): one.pk for one in listening.watches_for(viewer) if one.state == "active"
    }


def _line(trend: Trend, most: int, heard: Mapping[str, int]) -> dict[str, Any]:
    query = asked_as(trend.kind, trend.term)
    return {
        "heard": heard.get(query.casefold()),
        "trend": trend,
        "usual": round(trend.usual, 1),
        "share": round(100 * trend.posts / most),
        "search": f"{reverse('search')}?{urlencode({'q': query})}",
        "watch": f"{reverse('watch_new')}?{urlencode({'q': query})}",
    }


def _tops(viewer: Viewer, counted: queries.Counted) -> list[tuple[str, list[dict[str, Any]]]]:
    called = queries.authors_called(viewer, [one.term for one in counted.authors])
    tops = (
        (gettext("Most linked sites"), [_top("site", one) for one in counted.sites]),
        (gettext("Most posts by"), [_top("author", one, called.get(one.term)) for one in counted.authors]),
    )
    return [(name, lines) for name, lines in tops if lines]


def _top(kind: str, one: Most, called: queries.AuthorCalled | None = None) -> dict[str, Any]:
    query = urlencode({"q": asked_as(kind, one.term)})
    name = called.name if called and called.confirmed else ""
    return {
        "term": name or shortened(one.term),
        "whole": one.term,
        "says": called.name if called and not called.confirmed else "",
        "page": called.page if called else "",
        "posts": one.posts,
        "search": f"{reverse('search')}?{query}",
    }


def shortened(address: str) -> str:
    """A DID as far as one can read it; any other address as it is."""
    return f"{address[:SHORT]}…" if address.startswith("did:") and len(address) > SHORT else address


def asked_as(kind: str, term: str) -> str:
    """A thing as one asks for it in a query."""
    match kind:
        case "tag":
            return f"#{term}"
        case "link":
            return f"link:{term}"
        case "site":
            return f"site:{term}"
        case "author":
            return f'author:"{term}"'
        case _:
            return term
