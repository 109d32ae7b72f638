"""One watch: how much of it is said, and every mention with the reason why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from colonnade.access.types import Viewer
from colonnade.conversations import queries as conversations
from colonnade.conversations.types import PostLine
from colonnade.insight import queries as insight
from colonnade.listening import queries as listening
from colonnade.listening.models import Watch
from colonnade.listening.types import Care, Narrowing, VersionLine
from colonnade.people import queries as people
from colonnade.primitives import clock, ids
from colonnade.web.charting import Stretch, daily, hourly, stretch
from colonnade.web.comparing import kinds_in_words, mood_name
from colonnade.web.drawing import Chart
from colonnade.web.episodes import noted
from colonnade.web.guards import staff_only
from colonnade.web.looking import looking
from colonnade.web.marking import CaughtLine
from colonnade.web.pages import cursor_now, not_found, page
from colonnade.web.streams import AT_ONCE, Shows, fields_of, mentions, narrowing, posts
from colonnade.web.taking.plate import Plate, caught_by
from colonnade.web.taking.take import Take
from colonnade.web.views.compare import split_of
from colonnade.web.views.listen.listed import numbers

MONTH, HOURS = 30, 48
STATES = (("new", _("New")), ("done", _("Done")), ("aside", _("Aside")))


@require_safe
@staff_only
def watch(request: HttpRequest, pk: int) -> HttpResponse:
    """One watch: its mentions, newest first and live, and how much is said. `by=day` draws days in place of hours; with
    `hour` or `day` only what was said then, with `story` only what tells the same as that post; else narrowed to `state`,
    `owner`, `tag`. Parts: `numbers` of the list, `chart`, `split`, `care`, `stories`, `tops`,
    `colleagues`, `tags`."""
    viewer = looking(request).viewer
    found = insight.watch_for(viewer, pk)
    if found is None:
        return not_found(request)
    part = PARTS.get(request.GET.get("part", ""))
    if part is not None:
        template, context = part(request, viewer, found)
        return page(request, template, {"watch": found, **context})
    context = {"cursor": cursor_now(), "watch": found, "states": STATES, **_chart(request, viewer, found)}
    context["lists"] = listening.lists_named_by(viewer, found)
    when = stretch(request.GET.get("hour", ""), request.GET.get("day", ""))
    story = ids.parse(request.GET.get("story", ""))
    if story is not None:
        context |= _one_story(viewer, found, story)
    elif when is not None:
        context |= _told_then(request, viewer, found, when)
    else:
        context |= _told(request, viewer, found)
    return page(request, "listen/watch.html", context)


def _numbers_part(request: HttpRequest, viewer: Viewer, watch: Watch) -> tuple[str, dict[str, Any]]:
    return "listen/numbers.html", {"one": numbers(viewer, [watch])[0]}


def _chart_part(request: HttpRequest, viewer: Viewer, watch: Watch) -> tuple[str, dict[str, Any]]:
    context = _chart(request, viewer, watch)
    return "listen/chart.html", context | {"chart": _with_findings(viewer, watch, context)}


def _colleagues_part(request: HttpRequest, viewer: Viewer, watch: Watch) -> tuple[str, dict[str, Any]]:
    address = reverse("mentions_act", args=[watch.pk, "give"])
    return "inbox/colleagues.html", {"staff": people.staff(), "address": address}


def _tags_part(request: HttpRequest, viewer: Viewer, watch: Watch) -> tuple[str, dict[str, Any]]:
    return "listen/tags.html", {"tags": listening.tags_of(viewer, watch)}


def _care_part(request: HttpRequest, viewer: Viewer, watch: Watch) -> tuple[str, dict[str, Any]]:
    """How well each version does, what was changed in it, words that would make it better."""
    care = listening.care_of(viewer, watch)
    now = care.measured.get(watch.version)
    return "listen/care.html", {
        "said": now is not None and bool(now.right or now.wrong),
        "versions": [_measured(care, one) for one in care.versions],
        "words": care.suggestions,
        "backfill": listening.backfill_of(viewer, watch),
        "told_apart": _told_apart(viewer, watch),
    }


def _split_part(request: HttpRequest, viewer: Viewer, watch: Watch) -> tuple[str, dict[str, Any]]:
    """How, where and in which language it is said."""
    return "listen/split.html", split_of(
        viewer, watch, request.GET.get("by", ""), request.GET.get("split", "")
    )


def _tops_part(request: HttpRequest, viewer: Viewer, watch: Watch) -> tuple[str, dict[str, Any]]:
    """Who says most of it, and on which sites."""
    return "listen/tops.html", {"tops": insight.tops(viewer, watch)}


def _stories_part(request: HttpRequest, viewer: Viewer, watch: Watch) -> tuple[str, dict[str, Any]]:
    return "listen/stories.html", {"told_apart": _told_apart(viewer, watch)}


PARTS = {
    "numbers": _numbers_part,
    "chart": _chart_part,
    "colleagues": _colleagues_part,
    "tags": _tags_part,
    "care": _care_part,
    "split": _split_part,
    "stories": _stories_part,
    "tops": _tops_part,
}


def _measured(care: Care, line: VersionLine) -> dict[str, Any]:
    figures = care.measured[line.number]
    shares = {"precision": figures.precision, "recall": figures.recall}
    percents = {name: None if share is None else round(100 * share) for name, share in shares.items()}
    return {"line": line, "figures": figures, **percents}


def _told_apart(viewer: Viewer, watch: Watch) -> str:
    """How many stories, and how many posts."""
    stories, posts = listening.stories_and_posts(viewer, watch, days=MONTH)
    many = ngettext("%(n)d story", "%(n)d stories", stories) % {"n": stories}
    told = ngettext("%(n)d post", "%(n)d posts", posts) % {"n": posts}
    return gettext("%(stories)s in %(posts)s of the last %(days)d days.") % {
        "stories": many,
        "posts": told,
        "days": MONTH,
    }


def _chart(request: HttpRequest, viewer: Viewer, watch: Watch) -> dict[str, Any]:
    by_day = request.GET.get("by") == "day" or request.GET.get("day")
    drawn = _days(viewer, watch) if by_day else _hours(viewer, watch)
    backfill = listening.backfill_of(viewer, watch)
    if backfill and not backfill.done:
        drawn["chart"] = replace(drawn["chart"], nothing=gettext("Nothing was found so far."))
    return drawn | {"backfill": backfill}


def _hours(viewer: Viewer, watch: Watch) -> dict[str, Any]:
    spans = insight.hours_beside(viewer, [watch], back=HOURS)[watch.pk]
    chart = replace(hourly(watch, spans), take=Take("hours", watch.pk))
    return {"chart": chart, "spans": spans, "by": "hour"}


def _days(viewer: Viewer, watch: Watch) -> dict[str, Any]:
    spans = insight.days_beside(viewer, watch, back=MONTH)
    chart = replace(daily(watch, spans), take=Take("days", watch.pk))
    return {"chart": chart, "spans": spans, "by": "day"}


def _with_findings(viewer: Viewer, watch: Watch, context: dict[str, Any]) -> Chart:
    """What was found out stays on the chart; where there is any, the page fetches its chart once more with it."""
    starts = [span.start for span in context["spans"]]
    return noted(context["chart"], starts, insight.findings_between(viewer, watch.pk, starts[0], clock.now()))


def hours_plate(request: HttpRequest, pk: int) -> Plate | None:
    """The hours of a watch, to be taken out."""
    return _plate(request, pk, _hours)


def days_plate(request: HttpRequest, pk: int) -> Plate | None:
    """Its days."""
    return _plate(request, pk, _days)


def _plate(request: HttpRequest, pk: int, by: Callable[[Viewer, Watch], dict[str, Any]]) -> Plate | None:
    viewer = looking(request).viewer
    found = insight.watch_for(viewer, pk)
    if found is None:
        return None
    drawn = by(viewer, found)
    chart = _with_findings(viewer, found, drawn)
    page = f"{reverse('watch', args=[pk])}?by={drawn['by']}"
    return Plate(chart, found.name, caught_by(found.name), page)


def _told(request: HttpRequest, viewer: Viewer, watch: Watch) -> dict[str, Any]:
    """The newest mentions of those that are asked for, live."""
    narrowed = narrowing(request)
    shows = Shows("watch", watch.pk, narrowed)
    lines = posts(viewer, shows, watch=watch)
    more = lines[-1].id if len(lines) == AT_ONCE else None
    return {
        "posts": lines,
        "shows": shows,
        "more": more,
        "narrowed": narrowed,
        "tabs": _tabs(narrowed),
        "whose": _whose(narrowed, viewer, lines),
        "is_mine": narrowed.owner == str(viewer.person),
        "moods": [(mood, mood_name(mood)) for mood in ("negative", "neutral", "positive", "unsure")],
        "narrows": bool(fields_of(replace(narrowed, state=""))),
        "kinds": kinds_in_words(narrowed),
    }


def _tabs(narrowed: Narrowing) -> list[dict[str, Any]]:
    names = {"": _("All"), **dict(STATES)}
    return [
        {
            "name": name,
            "here": state == narrowed.state,
            "query": urlencode(fields_of(replace(narrowed, state=state))),
        }
        for state, name in names.items()
    ]


def _whose(narrowed: Narrowing, viewer: Viewer, lines: Sequence[PostLine]) -> str:
    """The colleague whose mentions are shown, where it is not whoever looks: by the name on the mentions."""
    if narrowed.owner in ("", "nobody", str(viewer.person)):
        return ""
    named = [line.mention.owner_name for line in lines if isinstance(line, CaughtLine) and line.mention]
    return named[0] if named else gettext("A colleague's")


def _told_then(request: HttpRequest, viewer: Viewer, watch: Watch, when: Stretch) -> dict[str, Any]:
    """What was said in one hour or day, page after page."""
    before = min(ids.parse(request.GET.get("before", "")) or when.before, when.before)
    narrowed = replace(narrowing(request), folded=False)
    caught_then = listening.mentions_for(
        viewer, watch, before=before, since=when.since, limit=AT_ONCE, narrowed=narrowed
    )
    lines = mentions(viewer, watch, conversations.lines(viewer, caught_then), cares=True)
    older = caught_then[-1] if len(caught_then) == AT_ONCE else None
    when = replace(when, query="&".join([when.query, urlencode(fields_of(narrowed))]))
    return {"when": when, "posts": lines, "older": older, "kinds": kinds_in_words(narrowed)}


def _one_story(viewer: Viewer, watch: Watch, post: int) -> dict[str, Any]:
    """Every mention that tells the same as this one."""
    told = listening.story_of(viewer, watch, post)
    return {"story": post, "posts": mentions(viewer, watch, conversations.lines(viewer, told), cares=True)}
