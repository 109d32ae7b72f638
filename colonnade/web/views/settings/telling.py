"""What somebody wants to be told: how much, when, and by which way."""

from __future__ import annotations

from datetime import time

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from colonnade.people.models import Person
from colonnade.places import actions as places
from colonnade.places import queries as place_queries
from colonnade.web.guards import members_only
from colonnade.web.looking import looking
from colonnade.web.pages import not_found
from colonnade.web.views.alerts import routes_shown
from colonnade.web.views.settings.frame import section
from colonnade.workspace import actions, queries


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def telling(request: HttpRequest) -> HttpResponse:
    """The default, quiet hours, the letter; and one choice a space."""
    person = looking(request).person
    assert person is not None
    if request.method != "POST":
        return _telling(request, person)
    try:
        begins, ends = _hour(request, "quiet_from"), _hour(request, "quiet_to")
        actions.set_telling(
            person,
            level=request.POST.get("level", ""),
            quiet=(begins, ends) if begins and ends else None,
            digest=request.POST.get("digest", ""),
            digest_at=_hour(request, "digest_at") or time(8, 0),
        )
    except ValueError as refused:
        return _telling(request, person, error=str(refused), status=422)
    return HttpResponseRedirect(f"{reverse('settings_notices')}?saved=1")


def _hour(request: HttpRequest, field: str) -> time | None:
    said = request.POST.get(field, "")
    try:
        return time.fromisoformat(said) if said else None
    except ValueError:
        raise ValueError(gettext("That is no time of day.")) from None


def _telling(request: HttpRequest, person: Person, *, error: str = "", status: int = 200) -> HttpResponse:
    rows = place_queries.memberships_of(person)
    mine = {pk: row for pk, row in rows.items() if row.state == "member"}
    context = {
        "error": error,
        "preference": queries.preference_of(person),
        "push_key": queries.push_key() or actions.our_key().public,
        "zone": person.time_zone,
        "mail": "dummy" not in settings.EMAIL_BACKEND,
        "memberships": [
            {"place": found, "notices": mine[found.pk].notices}
            for found in place_queries.places_for(looking(request).viewer).filter(pk__in=mine)
        ],
        **routes_shown(request),
        "levels": [
            ("all", gettext("Everything in what I follow")),
            ("mentions", gettext("When I am named or answered")),
            ("nothing", gettext("Nothing")),
        ],
        "digests": [
            ("off", gettext("Never")),
            ("hourly", gettext("Every hour")),
            ("daily", gettext("Once a day")),
        ],
    }
    return section(request, "notices.html", context, status=status)


@require_POST
@members_only
def space(request: HttpRequest, pk: int) -> HttpResponse:
    """How much somebody wants to be told of one space of theirs."""
    who = looking(request)
    found = place_queries.place_for(who.viewer, pk)
    if found is None or who.person is None:
        return not_found(request)
    try:
        places.set_notices(found, who.person, request.POST.get("level", ""))
    except ValueError:
        return _telling(request, who.person, error=gettext("There is no such choice."), status=422)
    return HttpResponseRedirect(f"{reverse('settings_notices')}?saved=1")
