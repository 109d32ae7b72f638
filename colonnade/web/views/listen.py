"""Listen: what we watch for, how much of it is said, and every mention with the reason why."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import slugify
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from colonnade.access.types import Viewer
from colonnade.conversations import queries as conversations
from colonnade.conversations.search.marking import excerpt, phrases_of
from colonnade.insight import queries as insight
from colonnade.listening import actions
from colonnade.listening import queries as listening
from colonnade.listening.language.mistakes import QueryError
from colonnade.listening.models import Watch
from colonnade.listening.types import Day
from colonnade.people.models import Person
from colonnade.primitives import ids
from colonnade.web.charting import Stretch, daily, hourly, stretch
from colonnade.web.drawing import bars
from colonnade.web.guards import staff_only
from colonnade.web.looking import looking
from colonnade.web.marking import caught, marked
from colonnade.web.mistakes import mistake
from colonnade.web.pages import cursor_now, is_part, not_found, page
from colonnade.web.streams import AT_ONCE, Shows, posts

WEEK, MONTH, HOURS = 7, 30, 48
MOST_WATCHES = 200
MOST_IN_A_FILE = 5000


@dataclass(frozen=True, slots=True)
class Numbers:
    """How much of a watch was said: today, over all the days drawn, and the picture of them."""

    watch: Watch
    today: int
    all: int
    days: Sequence[Day]
    drawn: str


def _numbers(viewer: Viewer, watches: Sequence[Watch], *, back: int, tall: int) -> list[Numbers]:
    counted = insight.days(viewer, watches, back=back)
    return [_drawn(watch, counted[watch.pk], tall) for watch in watches]


def _drawn(watch: Watch, days: Sequence[Day], tall: int) -> Numbers:
    total = sum(day.posts for day in days)
    words = ngettext("%(n)d mention in %(days)d days", "%(n)d mentions in %(days)d days", total)
    titles = [
        ngettext("%(day)s: %(n)d mention", "%(day)s: %(n)d mentions", day.posts)
        % {"day": date_format(day.day, "MONTH_DAY_FORMAT"), "n": day.posts}
        for day in days
    ]
    picture = bars(
        [day.posts for day in days], tall=tall, words=words % {"n": total, "days": len(days)}, titles=titles
    )
    return Numbers(watch, days[-1].posts, total, days, picture)


@require_safe
@staff_only
def listen(request: HttpRequest) -> HttpResponse:
    """Every watch with what was said today and this week."""
    viewer = looking(request).viewer
    watches = list(listening.watches_for(viewer)[:MOST_WATCHES])
    context = {"watches": _numbers(viewer, watches, back=WEEK, tall=28), "cursor": cursor_now()}
    return page(request, "listen/page.html", context)


@require_safe
@staff_only
def watch(request: HttpRequest, pk: int) -> HttpResponse:
    """One watch: its mentions, newest first and live, and how much is said. `by=day` draws days in place of hours; with
    `hour` or `day` only what was said then. Parts: `numbers` of the list, `chart`."""
    viewer, cursor = looking(request).viewer, cursor_now()
    found = listening.watch_for(viewer, pk)
    if found is None:
        return not_found(request)
    if is_part(request, "numbers"):
        one = _numbers(viewer, [found], back=WEEK, tall=28)[0]
        return page(request, "listen/numbers.html", {"one": one})
    context = {"watch": found, **_chart(request, viewer, found)}
    if is_part(request, "chart"):
        return page(request, "listen/chart.html", context)
    when = stretch(request.GET.get("hour", ""), request.GET.get("day", ""))
    return page(
        request,
        "listen/watch.html",
        context
        | (_told(viewer, found, cursor) if when is None else _told_then(request, viewer, found, when)),
    )


def _chart(request: HttpRequest, viewer: Viewer, watch: Watch) -> dict[str, Any]:
    if request.GET.get("by") == "day" or request.GET.get("day"):
        chart = daily(watch, insight.days_beside(viewer, watch, back=MONTH))
        return {"chart": chart, "by": "day"}
    return {
        "chart": hourly(watch, insight.hours_beside(viewer, [watch], back=HOURS)[watch.pk]),
        "by": "hour",
    }


def _told(viewer: Viewer, watch: Watch, cursor: str) -> dict[str, Any]:
    """The newest mentions, live."""
    shows = Shows("watch", watch.pk)
    lines = posts(viewer, shows, watch=watch)
    more = lines[-1].id if len(lines) == AT_ONCE else None
    return {"posts": lines, "shows": shows, "cursor": cursor, "more": more}


def _told_then(request: HttpRequest, viewer: Viewer, watch: Watch, when: Stretch) -> dict[str, Any]:
    """What was said in one hour or day, page after page."""
    before = min(ids.parse(request.GET.get("before", "")) or when.before, when.before)
    caught_then = listening.mentions_for(viewer, watch, before=before, since=when.since, limit=AT_ONCE)
    why = listening.why(watch, caught_then)
    lines = [caught(line, why.get(line.id, ())) for line in conversations.lines(viewer, caught_then)]
    return {"when": when, "posts": lines, "older": caught_then[-1] if len(caught_then) == AT_ONCE else None}


@require_safe
@staff_only
def new(request: HttpRequest) -> HttpResponse:
    """The form of a new watch; `q` fills in its words."""
    return page(request, "listen/form.html", {"query": request.GET.get("q", "")})


@require_safe
@staff_only
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The form that changes a watch."""
    found = listening.watch_for(looking(request).viewer, pk)
    if found is None:
        return not_found(request)
    context = {"watch": found, "query": found.query, "name": found.name, "opens_case": found.opens_case}
    return page(request, "listen/form.html", context)


@require_safe
@staff_only
def preview(request: HttpRequest) -> HttpResponse:
    """What a watch for `query` would have caught among the newest posts, with the newest three."""
    viewer, query = looking(request).viewer, request.GET.get("query", "").strip()
    try:
        found = listening.preview(viewer, query)
    except QueryError as error:
        return page(request, "listen/preview.html", {"mistake": mistake(error) if query else None})
    shown = [
        {
            "post": post,
            "words": marked(excerpt(f"{post.title} {post.text}", phrases_of(found.why[post.id]), 160)),
        }
        for post in conversations.lines(viewer, found.posts)
    ]
    return page(request, "listen/preview.html", {"caught": found, "shown": shown})


@require_POST
@staff_only
def add(request: HttpRequest) -> HttpResponse:
    """A new watch; without a name it is called what it looks for."""
    person, query = _person(request), request.POST.get("query", "")
    name, opens_case = request.POST.get("name", ""), bool(request.POST.get("opens_case"))
    try:
        made = actions.add_watch(name or query, query, by=person, opens_case=opens_case)
    except QueryError as error:
        return _again(request, error, None)
    return HttpResponseRedirect(reverse("watch", args=[made.pk]))


@require_POST
@staff_only
def act(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Change, pause, resume or remove a watch."""
    found, person = listening.watch_for(looking(request).viewer, pk), _person(request)
    if found is None or what not in ("change", "pause", "resume", "remove"):
        return not_found(request)
    match what:
        case "change":
            try:
                actions.change_watch(
                    found,
                    by=person,
                    query=request.POST.get("query", ""),
                    name=request.POST.get("name", ""),
                    opens_case=bool(request.POST.get("opens_case")),
                )
            except QueryError as error:
                return _again(request, error, found)
        case "pause":
            actions.pause_watch(found, by=person)
        case "resume":
            actions.resume_watch(found, by=person)
        case _:
            actions.remove_watch(found, by=person)
            return HttpResponseRedirect(reverse("listen"))
    return HttpResponseRedirect(reverse("watch", args=[pk]))


def _person(request: HttpRequest) -> Person:
    person = looking(request).person
    assert person is not None  # of staff, or a guard has answered
    return person


def _again(request: HttpRequest, error: QueryError, found: Watch | None) -> HttpResponse:
    """The form once more, with what was written and what is wrong with it."""
    context = {
        "watch": found,
        "mistake": mistake(error),
        "query": request.POST.get("query", ""),
        "name": request.POST.get("name", ""),
        "opens_case": bool(request.POST.get("opens_case")),
    }
    return page(request, "listen/form.html", context, status=422)


@require_safe
@staff_only
def mentions_csv(request: HttpRequest, pk: int) -> HttpResponse:
    """The newest mentions of a watch that the viewer may see, as a table for other programs."""
    viewer = looking(request).viewer
    found = listening.watch_for(viewer, pk)
    if found is None:
        return not_found(request)
    mentions = listening.mentions_for(viewer, found, limit=MOST_IN_A_FILE)
    why = listening.why(found, mentions)
    name = slugify(found.name) or "watch"
    response = HttpResponse(
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )
    response.write("\ufeff")  # without it spreadsheets take UTF-8 for something else
    rows = csv.writer(response)
    rows.writerow(
        [
            gettext("Said at"),
            gettext("Who"),
            gettext("Address"),
            gettext("Where"),
            gettext("Matched"),
            gettext("Words"),
            gettext("Link"),
        ]
    )
    for post in conversations.lines(viewer, mentions):
        rows.writerow(
            [
                ids.moment_of(post.id).isoformat(timespec="seconds"),
                *(
                    _cell(value)
                    for value in (
                        post.author.name,
                        post.author.address,
                        post.place_name,
                        ", ".join(why.get(post.id, [])),
                        f"{post.title}\n{post.text}".strip(),
                        post.url,
                    )
                ),
            ]
        )
    return response


def _cell(value: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{value}" if value.startswith(("=", "+", "-", "@", "\t", "\r")) else value
