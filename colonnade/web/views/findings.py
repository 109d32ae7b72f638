"""Findings: a sentence, its posts, its picture."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.http import require_POST, require_safe

from colonnade.access.types import Viewer
from colonnade.conversations import queries as conversations
from colonnade.core import paper
from colonnade.insight import actions, queries
from colonnade.insight.models import Alert, Finding
from colonnade.web.documents import sheets
from colonnade.web.drawing import Chart
from colonnade.web.episodes import around, chart_of
from colonnade.web.guards import staff_only
from colonnade.web.handing_out import pdf_of
from colonnade.web.looking import looking
from colonnade.web.pages import not_found, page
from colonnade.web.taking.plate import Plate, caught_by
from colonnade.web.taking.take import Take


@require_safe
@staff_only
def finding(request: HttpRequest, pk: int) -> HttpResponse:
    """One finding with its picture and the posts that carry it."""
    viewer = looking(request).viewer
    found = queries.finding_for(viewer, pk)
    if found is None:
        return not_found(request)
    alert, chart = _drawn(viewer, found)
    context = {
        "finding": found,
        "alert": alert,
        "chart": chart,
        "prints": paper.can_print(),
        "posts": conversations.lines(viewer, queries.posts_of_finding(viewer, found)),
    }
    return page(request, "alerts/finding.html", context)


@require_safe
@staff_only
def finding_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The same as a document."""
    viewer = looking(request).viewer
    found = queries.finding_for(viewer, pk)
    if found is None:
        return not_found(request)
    _, chart = _drawn(viewer, found)
    posts = conversations.lines(viewer, queries.posts_of_finding(viewer, found))
    name = f"{slugify(found.sentence)[:60].strip('-') or 'finding'}-{found.written_at:%Y-%m-%d}"
    return pdf_of(request, name, lambda: sheets.finding(found, chart, posts))


def _drawn(viewer: Viewer, finding: Finding) -> tuple[Alert | None, Chart | None]:
    """The alert that it is about, and its picture."""
    alert = queries.alert_for(viewer, finding.alert_id) if finding.alert_id else None
    if alert is None:
        return None, None
    when = around(alert)
    posts = queries.around(viewer, alert, when.since, when.before)
    chart = chart_of(alert, when, posts, queries.usual_steps(alert, when.first, when.last))
    return alert, replace(chart, take=Take("finding", finding.pk))


def plate(request: HttpRequest, pk: int) -> Plate | None:
    """The picture of a finding under its sentence, to be taken out."""
    viewer = looking(request).viewer
    found = queries.finding_for(viewer, pk)
    chart = _drawn(viewer, found)[1] if found else None
    if found is None or chart is None:
        return None
    told = replace(chart, title=found.sentence, says=f"{chart.title}: {chart.says}")
    return Plate(told, found.watch.name, caught_by(found.watch.name), reverse("finding", args=[pk]))


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
