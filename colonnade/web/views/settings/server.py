"""What admins look after: our accounts elsewhere, and the log of who did what."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from colonnade.core import audit
from colonnade.people import queries as people
from colonnade.places import queries as places
from colonnade.places.models import PlaceKind
from colonnade.primitives import ids
from colonnade.publishing import queries as publishing
from colonnade.web import recounting
from colonnade.web.guards import admins_only
from colonnade.web.looking import looking
from colonnade.web.pages import page
from colonnade.web.views.settings.frame import section
from colonnade.workspace import queries as workspace
from colonnade.workspace.queries.audit import AT_ONCE


@require_safe
@admins_only
def accounts(request: HttpRequest) -> HttpResponse:
    """Our accounts elsewhere and how they are."""
    rows = places.elsewhere_for(looking(request).viewer, PlaceKind.ACCOUNT)[:200]
    asking = publishing.four_eyes_of(rows)
    words = {
        "new": gettext("Not read yet"),
        "well": gettext("Well"),
        "failing": gettext("Does not answer"),
        "sign_in_needed": gettext("Wants to be connected again"),
        "gone": gettext("Gone"),
    }
    lines = []
    for row in rows:
        polling = getattr(row, "polling", None)
        health = polling.health if polling else "new"
        lines.append(
            {
                "place": row,
                "polling": polling,
                "account": row.account,
                "health": health,
                "words": words[health],
                "asks": asking.get(row.pk),
            }
        )
    return section(request, "accounts.html", {"lines": lines})


@require_safe
@admins_only
def audit_log(request: HttpRequest) -> HttpResponse:
    """Who did what to which thing, newest first; whether nobody changed it afterwards."""
    if request.GET.get("part") == "chain":
        return page(request, "settings/chain.html", {"broken": audit.verify()})
    asked = {field: request.GET.get(field, "") for field in ("what", "who", "subject")}
    lines = workspace.audit_for(
        looking(request).viewer,
        what=asked["what"],
        actor=ids.parse(asked["who"]),
        subject=asked["subject"].strip(),
        before=ids.parse(request.GET.get("before", "")),
    )
    query = request.GET.copy()
    more = ""
    if len(lines) > AT_ONCE:
        query["before"] = str(lines[AT_ONCE - 1].id)
        more = query.urlencode()
    context = {
        "lines": recounting.told(looking(request).viewer, lines[:AT_ONCE]),
        "more": more,
        "asked": asked,
        "verbs": sorted(((verb, recounting.label(verb)) for verb in audit.verbs()), key=lambda one: one[1]),
        "people": people.staff(),
    }
    return section(request, "audit.html", context)
