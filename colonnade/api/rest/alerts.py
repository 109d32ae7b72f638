"""Alerts and what people say of them: staff's."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import Router

from colonnade.api.callers import Caller, caller
from colonnade.api.paging import FIFTY, IdText, Limit, id_in_field, id_in_path, link_next
from colonnade.api.problems import ERRORS, Problem, absent, invalid
from colonnade.api.shapes import alerts as shapes
from colonnade.extensions.types import READ, WRITE
from colonnade.insight import actions, queries
from colonnade.insight.models import Alert

router = Router(tags=["alerts"])


@router.get("", response={200: shapes.AlertList, ERRORS: Problem}, summary="List alerts")
def alerts(
    request: HttpRequest,
    response: HttpResponse,
    watch: IdText | None = None,
    before: IdText | None = None,
    limit: Limit = FIFTY,
) -> shapes.AlertList:
    """What was unusual, the newest first; of one `watch`. A token that is kept to some places is told of none: an alert counts
    all that its watch caught."""
    who = caller(request, READ)
    rows = _seen(who).order_by("-pk")
    for name, asked in (("watch", id_in_field("watch", watch)), ("pk__lt", id_in_field("before", before))):
        rows = rows if asked is None else rows.filter(**{name: asked})
    found = list(rows[:limit])
    link_next(request, response, [one.pk for one in found], limit)
    different = queries.different_in(who.viewer, found)
    return shapes.AlertList(alerts=[shapes.alert_out(one, different[one.pk]) for one in found])


def _seen(who: Caller) -> QuerySet[Alert]:
    rows = queries.alerts_for(who.viewer)
    return rows if who.viewer.ceiling is None else rows.none()


@router.patch("/{alert}", response={200: shapes.AlertOut, ERRORS: Problem}, summary="Judge an alert")
def judge(request: HttpRequest, alert: IdText, body: shapes.AlertChange) -> shapes.AlertOut:
    """Say whether it was useful or noise; null takes it back. A drill is neither."""
    who = caller(request, WRITE)
    found = _seen(who).filter(pk=id_in_path(alert)).first()
    if found is None:
        raise absent()
    try:
        actions.judge_alert(found, body.verdict or "", by=who.person)
    except ValueError as error:
        raise invalid("verdict", str(error)) from None
    return shapes.alert_out(found, queries.different_in(who.viewer, [found])[found.pk])
