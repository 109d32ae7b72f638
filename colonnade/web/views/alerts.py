"""Alerts: what was unusual, what was different in it, what people say of it, and how it becomes a finding."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from colonnade.access.types import Viewer
from colonnade.conversations import queries as conversations
from colonnade.insight import actions, queries
from colonnade.insight.differing import KINDS
from colonnade.insight.models import Alert
from colonnade.insight.pulse import step_of
from colonnade.insight.types import Precision, WhatDiffers
from colonnade.listening import queries as listening
from colonnade.primitives import clock, ids
from colonnade.publishing import queries as publishing
from colonnade.web.episodes import around, chart_of
from colonnade.web.guards import staff_only
from colonnade.web.looking import looking
from colonnade.web.marking import caught
from colonnade.web.pages import cursor_now, is_part, not_found, page
from colonnade.web.taking.plate import Plate, caught_by
from colonnade.web.taking.take import Take
from colonnade.web.views.today.spans import zone_of

AT_ONCE, MOST_READ, MOST_SHOWN, MOST_WORDS = 40, 200, 60, 5
A_DAY = timedelta(days=1)
NAMES = {
    "word": _("Words"),
    "tag": _("Tags"),
    "author": _("People"),
    "site": _("Sites linked to"),
    "network": _("Networks"),
    "lang": _("Languages"),
}


@require_safe
@staff_only
def alerts(request: HttpRequest) -> HttpResponse:
    """What is unusual now, what was, and how often alerts were worth it."""
    viewer, cursor = looking(request).viewer, cursor_now()
    before = ids.parse(request.GET.get("before", ""))
    rows = queries.alerts_for(viewer)
    rows = rows if before is None else rows.filter(pk__lt=before)
    found = list(rows.order_by("-pk")[: AT_ONCE + 1])
    told = queries.precision(viewer)
    differs = queries.different_in(viewer, found[:AT_ONCE])
    context = {
        "cursor": cursor,
        "alerts": [
            {"alert": one, "usual": queries.usual_of(one), "words": _words(differs[one.pk])}
            for one in found[:AT_ONCE]
        ],
        "more": found[AT_ONCE - 1].pk if len(found) > AT_ONCE else None,
        "precision": [one for one in told if one.judged],
        "in_all": _in_all(told),
        "findings": list(queries.findings_for(viewer)[:5]),
    }
    return page(request, "alerts/list.html" if is_part(request, "list") else "alerts/page.html", context)


def _words(differs: list[WhatDiffers]) -> str:
    return ", ".join([one.what for one in differs if one.kind in ("word", "tag")][:MOST_WORDS])


def _in_all(told: list[Precision]) -> Precision:
    return Precision(
        0,
        "",
        sum(one.alerts for one in told),
        sum(one.useful for one in told),
        sum(one.noise for one in told),
    )


@require_safe
@staff_only
def alert(request: HttpRequest, pk: int) -> HttpResponse:
    """One alert with its posts, all of them or those that hold something that is different (`kind` and `what`), or that were
    said in some minutes (`from` and `to`). Parts: `five`, it in five lines; `moves`, what may be done at once; `told`, its
    chart and what is different; `beside`, what was found and said."""
    viewer = looking(request).viewer
    found = queries.alert_for(viewer, pk)
    if found is None:
        return not_found(request)
    if is_part(request, "five"):
        return page(request, "alerts/five.html", _five(request, found))
    if is_part(request, "moves") and not found.drill:
        return page(request, "alerts/moves.html", _at_once(request, found))
    if is_part(request, "beside"):
        return page(request, "alerts/beside.html", _beside(viewer, found))
    cursor = cursor_now()
    context, posts = _told(viewer, found)
    if is_part(request, "told"):
        return page(request, "alerts/told.html", context)
    context |= _shown(request, viewer, found, posts)
    return page(request, "alerts/alert.html", context | {"cursor": cursor})


def _told(viewer: Viewer, alert: Alert) -> tuple[dict[str, Any], list[int]]:
    """Its chart and what is different; and the ids of its posts that the viewer may see, newest first."""
    when = around(alert)
    posts = queries.around(viewer, alert, when.since, when.before)
    differs = queries.different(viewer, alert)
    chart = chart_of(alert, when, posts, queries.usual_steps(alert, when.first, when.last))
    words = [one.what for one in differs if one.kind in ("word", "tag")]
    context = {
        "alert": alert,
        "title": queries.headline(alert, words),
        "usual": queries.usual_of(alert),
        "chart": replace(chart, take=Take("alert", alert.pk)),
        "differs": [(NAMES[kind], some) for kind in KINDS if (some := _of(differs, kind))],
    }
    return context, [post for post in posts if ids.moment_of(post) >= alert.since]


def plate(request: HttpRequest, pk: int) -> Plate | None:
    """The chart of an alert, to be taken out."""
    viewer = looking(request).viewer
    found = queries.alert_for(viewer, pk)
    if found is None:
        return None
    told, _ = _told(viewer, found)
    return Plate(told["chart"], told["title"], caught_by(found.watch.name), reverse("alert", args=[pk]))


def _of(differs: list[WhatDiffers], kind: str) -> list[dict[str, Any]]:
    return [
        {
            "one": one,
            "query": urlencode({"kind": kind, "what": one.what}),
            "before": round(100 * one.before),
        }
        for one in differs
        if one.kind == kind
    ]


def _shown(request: HttpRequest, viewer: Viewer, alert: Alert, posts: list[int]) -> dict[str, Any]:
    """The posts that are asked for, with a sentence to begin a finding with."""
    kind, what = request.GET.get("kind", ""), request.GET.get("what", "")
    steps = _minutes(request)
    asked = [post for post in posts if steps is None or step_of(ids.ms_of(post)) in steps]
    lines = conversations.lines(viewer, asked[:MOST_READ])
    what = what if kind in KINDS else ""
    held = queries.holding(lines, kind, what) if what else lines
    why = listening.why(alert.watch, [line.id for line in held[:MOST_SHOWN]])
    zone = zone_of(looking(request).person)
    return {
        "posts": [caught(line, why.get(line.id, ())) for line in held[:MOST_SHOWN]],
        "what": what,
        "minutes": steps is not None,
        "ticked": set(request.GET.getlist("post")),
        "draft": queries.draft_sentence(alert, len(posts), zone, what=what, holding=len(held)),
    }


def _five(request: HttpRequest, alert: Alert) -> dict[str, Any]:
    """It in five lines as a phone tells it, without the first, which stands above."""
    who = looking(request)
    return {"alert": alert, "five": queries.in_five_lines(who.viewer, alert, zone_of(who.person))[1:]}


def _at_once(request: HttpRequest, alert: Alert) -> dict[str, Any]:
    """What may be done: what was rehearsed for it, and what goes out within a day all the same."""
    who = looking(request)
    offers = [one for one in queries.offered(who.viewer) if one.scenario.watch_id == alert.watch_id]
    return {
        "offers": offers,
        "brake": publishing.brake(who.viewer),
        "leave": publishing.leaves(who.viewer, clock.now() + A_DAY),
        "reason": queries.headline(alert, []),
    }


def _beside(viewer: Viewer, alert: Alert) -> dict[str, Any]:
    """What was found out about it, and what we said ourselves."""
    posts = list(queries.posts_of(viewer, alert).values_list("pk", flat=True)[:MOST_SHOWN])
    return {
        "said": queries.we_said(viewer, alert, posts),
        "found": list(queries.findings_for(viewer).filter(alert=alert)),
    }


def _minutes(request: HttpRequest) -> range | None:
    """The five-minute steps that are asked for."""
    begins, ends = ids.parse(request.GET.get("from", "")), ids.parse(request.GET.get("to", ""))
    return None if begins is None or ends is None else range(begins, ends)


@require_POST
@staff_only
def act(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Say whether an alert was useful; write a finding."""
    who = looking(request)
    found = queries.alert_for(who.viewer, pk)
    if found is None or who.person is None or what not in ("verdict", "find"):
        return not_found(request)
    if what == "verdict":
        return _judge(request, found)
    ticked = [one for text in request.POST.getlist("post") if (one := ids.parse(text)) is not None]
    try:
        made = actions.write_finding(
            who.viewer, found, request.POST.get("sentence", ""), ticked, by=who.person
        )
    except ValueError as refused:
        context, posts = _told(who.viewer, found)
        context |= _shown(request, who.viewer, found, posts)
        context |= {"refused": str(refused), "draft": request.POST.get("sentence", "")}
        context["ticked"] = {str(one) for one in ticked}
        return page(request, "alerts/alert.html", context, status=422)
    return HttpResponseRedirect(reverse("finding", args=[made.pk]))


def _judge(request: HttpRequest, alert: Alert) -> HttpResponse:
    person = looking(request).person
    assert person is not None
    verdict = request.POST.get("verdict", "")
    try:
        actions.judge_alert(alert, "" if verdict == alert.verdict else verdict, by=person)
    except ValueError:
        return not_found(request)
    if request.headers.get("HX-Request"):
        return page(request, "alerts/verdict.html", {"alert": alert})
    return HttpResponseRedirect(reverse("alert", args=[alert.pk]))


# --- how somebody hears of them -----------------------------------------------------------------------------------------


@require_POST
@staff_only
def routes(request: HttpRequest) -> HttpResponse:
    """How somebody wants to hear of alerts: of all, and of single watches."""
    who = looking(request)
    assert who.person is not None
    try:
        if "all" in request.POST:
            actions.set_route(who.person, None, request.POST["all"])
        for watch in listening.watches_for(who.viewer):
            how = request.POST.get(f"watch-{watch.pk}")
            if how is not None:
                actions.set_route(who.person, watch, how)
    except ValueError:
        return HttpResponse(gettext("There is no such choice."), status=422, content_type="text/plain")
    return HttpResponseRedirect(f"{reverse('settings_notices')}?saved=1")


def routes_shown(request: HttpRequest) -> dict[str, Any]:
    """What somebody chose about alerts, for the page of their settings."""
    who = looking(request)
    if who.person is None or not who.viewer.is_staff:
        return {}
    chosen = queries.routes_of(who.person)
    watches = list(listening.watches_for(who.viewer)[:50])
    return {
        "alert_ways": [
            ("at_once", gettext("At once")),
            ("digest", gettext("In the list and the letter")),
            ("not", gettext("Not at all")),
        ],
        "alerts_in_general": chosen.get(None, ""),
        "alert_routes": [
            {
                "watch": one,
                "how": chosen.get(one.pk, ""),
                "usual": chosen.get(None) or queries.usual_route(who.person, one),
            }
            for one in watches
        ],
    }
