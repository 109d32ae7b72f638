"""Findings: a sentence, its posts, its picture."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from colonnade.conversations import queries as conversations
from colonnade.insight import actions, queries
from colonnade.web.episodes import around, chart_of
from colonnade.web.guards import staff_only
from colonnade.web.looking import looking
from colonnade.web.pages import not_found, page


@require_safe
@staff_only
def finding(request: HttpRequest, pk: int) -> HttpResponse:
    """One finding with its picture and the posts that carry it."""
    viewer = looking(request).viewer
    found = queries.finding_for(viewer, pk)
    if found is None:
        return not_found(request)
    alert = queries.alert_for(viewer, found.alert_id) if found.alert_id else None
    chart = None
    if alert is not None:
        when = around(alert)
        posts = queries.around(viewer, alert, when.since, when.before)
        chart = chart_of(alert, when, posts, queries.usual_steps(alert, when.first, when.last))
    context = {
        "finding": found,
        "alert": alert,
        "chart": chart,
        "posts": conversations.lines(viewer, queries.posts_of_finding(viewer, found)),
    }
    return page(request, "alerts/finding.html", context)


@require_POST
@staff_only
def act(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Let a finding stand in the next briefing or not; take it back."""
    who = looking(request)
    found = queries.finding_for(who.viewer, pk)
    if found is None or who.person is None or what not in ("briefing", "remove"):
        return not_found(request)
    if what == "remove":
        actions.remove_finding(found, by=who.person)
        return HttpResponseRedirect(reverse("alerts"))
    actions.put_in_briefings(found, request.POST.get("wanted") == "1", by=who.person)
    return HttpResponseRedirect(reverse("finding", args=[pk]))
