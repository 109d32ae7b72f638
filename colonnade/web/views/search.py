"""Search in everything that the viewer may see, newest first, with the words marked in what was found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from colonnade.access.types import Viewer
from colonnade.conversations import queries as conversations
from colonnade.conversations.search import terms
from colonnade.conversations.search.marking import excerpt
from colonnade.conversations.search.terms import EmptySearch
from colonnade.conversations.types import PostLine
from colonnade.places import queries as places
from colonnade.primitives import clock, ids
from colonnade.web.finding import named, who_is_called
from colonnade.web.looking import looking
from colonnade.web.marking import marked
from colonnade.web.pages import is_part, page

AT_ONCE = 30
MOST_PLACES = 100
DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form asks for; `query` is the same as fields of an address."""

    words: str
    place: int | None
    who: str
    when: str
    ours: bool

    @property
    def query(self) -> str:
        fields = {"q": self.words, "place": self.place or "", "from": self.who, "when": self.when}
        return urlencode(
            {name: value for name, value in fields.items() if value} | ({"ours": "1"} if self.ours else {})
        )

    @property
    def narrowed(self) -> bool:
        return bool(self.place or self.who or self.when or self.ours)


@dataclass(frozen=True, slots=True)
class Result:
    """One post that was found: its title and some of its words, with what was looked for marked."""

    post: PostLine
    title: str
    words: str


def asked_in(given: QueryDict) -> Asked:
    """What fields of an address ask for."""
    return Asked(
        words=given.get("q", "").strip(),
        place=ids.parse(given.get("place", "")),
        who=" ".join(given.get("from", "").split())[:200],
        when=given.get("when", "") if given.get("when", "") in DAYS else "",
        ours=given.get("ours") == "1",
    )


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """What was found for `q`; without it, the box and what one can write into it. Parts: `more`, the next below;
    `named`, people, places and cases with such a name."""
    viewer, asked = looking(request).viewer, asked_in(request.GET)
    if is_part(request, "named"):
        return page(request, "search/named.html", {"named": named(viewer, asked.words)})
    context: dict[str, object] = {"asked": asked}
    if asked.words:
        try:
            context |= found(viewer, asked, ids.parse(request.GET.get("before", "")))
        except EmptySearch as error:
            context["error"] = str(error)
    if is_part(request, "more"):
        return page(request, "search/found.html", context)
    context |= {"places": places.first_places(viewer).values("pk", "name")[:MOST_PLACES], "times": _times()}
    return page(request, "search/page.html", context)


def found(viewer: Viewer, asked: Asked, before: int | None = None) -> dict[str, object]:
    """`results`, the newest first, and `more`, the last of them where older ones follow. Raises EmptySearch."""
    wanted = terms.parse(asked.words).wanted
    posts = conversations.search(
        viewer, asked.words, before=before, limit=AT_ONCE, within=_within(viewer, asked)
    )
    return {
        "results": [
            Result(post, marked(excerpt(post.title, wanted, 120)), marked(excerpt(post.text, wanted)))
            for post in conversations.lines(viewer, posts)
        ],
        "more": posts[-1] if len(posts) == AT_ONCE else None,
        "first": before is None,
    }


def _within(viewer: Viewer, asked: Asked) -> conversations.Within:
    since = clock.now() - timedelta(days=DAYS[asked.when]) if asked.when else None
    return conversations.Within(
        place=asked.place,
        authors=[one.pk for one in who_is_called(viewer, asked.who)] if asked.who else None,
        since=ids.first_of(int(since.timestamp() * 1000)) if since else None,
        ours=asked.ours,
    )


def _times() -> list[tuple[str, str]]:
    return [
        ("", gettext("Any time")),
        ("day", gettext("Last 24 hours")),
        ("week", gettext("Last 7 days")),
        ("month", gettext("Last 30 days")),
        ("year", gettext("Last year")),
    ]
