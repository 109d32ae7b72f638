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
from colonnade.conversations.types import PostLine
from colonnade.listening import queries as listening
from colonnade.listening.language import habits
from colonnade.listening.language.mistakes import QueryError
from colonnade.listening.language.showing import outline
from colonnade.listening.search import finding
from colonnade.listening.search.marks import Marks
from colonnade.listening.search.plain import Read, other_reading, read
from colonnade.places import queries as places
from colonnade.primitives import clock, ids
from colonnade.web.finding import named, who_is_called
from colonnade.web.looking import looking
from colonnade.web.marking import marked
from colonnade.web.mistakes import mistake
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
        except QueryError as error:
            context["mistake"] = mistake(error)
    if is_part(request, "more"):
        return page(request, "search/found.html", context)
    context |= {"places": places.first_places(viewer).values("pk", "name")[:MOST_PLACES], "times": _times()}
    return page(request, "search/page.html", context)


def found(viewer: Viewer, asked: Asked, before: int | None = None) -> dict[str, object]:
    """`results`, the newest first; `more`, below which older ones follow, `back_to` when the search stopped there before the
    page was full; how it was understood. Raises QueryError where there is nothing to look for."""
    understood = read(asked.words, listening.list_texts_for(viewer, asked.words))
    looked = finding.search(
        viewer, understood.tree, before=before, limit=AT_ONCE, within=_within(viewer, asked)
    )
    marks = Marks(understood.tree)
    results = [
        Result(post, marked(marks.excerpt(post.title, 120, title=True)), marked(marks.excerpt(post.text)))
        for post in conversations.lines(viewer, looked.posts)
    ]
    full = len(looked.posts) == AT_ONCE
    return _how(understood, asked.words, found=bool(results)) | {
        "results": results,
        "more": looked.posts[-1] if full else looked.back_to,
        "back_to": None if looked.back_to is None else ids.moment_of(looked.back_to),
        "first": before is None,
    }


def _how(understood: Read, typed: str, *, found: bool) -> dict[str, object]:
    """How it was understood; what was wrong in it, and then the words that were looked for instead; where nothing was found,
    the plain words of a query that says more."""
    lines = outline(understood.tree)
    return {
        "understood": lines if len(lines) > 1 else None,
        "misread": None if understood.mistake is None else mistake(understood.mistake),
        "query": understood.query,
        "notes": [] if understood.mistake else [note.told(gettext) for note in habits.of(typed)],
        "plainly": "" if found else other_reading(typed, understood),
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
