"""Who does one job together: for admins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from colonnade.people import actions, queries
from colonnade.people.models import Team
from colonnade.primitives import ids
from colonnade.web.guards import admins_only
from colonnade.web.looking import looking
from colonnade.web.views.settings.frame import section


@dataclass(frozen=True, slots=True)
class Form:
    """A team as its form shows it (None: a new one): as it stands, or as somebody typed it who was refused."""

    team: Team | None
    name: str
    members: set[int]
    refused: bool = False


@require_http_methods(["GET", "HEAD", "POST"])
@admins_only
def teams_page(request: HttpRequest) -> HttpResponse:
    """Every team with its members, and the form for a new one; `team` names one that is changed."""
    if request.method != "POST":
        return section(request, "teams.html", _shown())
    by = looking(request).person
    assert by is not None
    typed = _typed(request)
    try:
        if typed is None:
            raise ValueError(gettext("That team is gone."))
        members = [one for one in queries.staff() if one.pk in typed.members]
        actions.set_team(typed.team, typed.name, members, by=by)
    except ValueError as error:
        return section(request, "teams.html", _shown(typed) | {"error": str(error)}, status=422)
    return HttpResponseRedirect(f"{reverse('settings_teams')}?saved=1")


def _typed(request: HttpRequest) -> Form | None:
    """What somebody typed; None where the team is not there."""
    named = request.POST.get("team", "")
    team = next((one for one in queries.teams() if one.pk == ids.parse(named)), None)
    if named and team is None:
        return None
    chosen = {ids.parse(one) or 0 for one in request.POST.getlist("member")}
    return Form(team, request.POST.get("name", "")[:300], chosen, refused=True)


def _shown(typed: Form | None = None) -> dict[str, Any]:
    forms = [Form(team, team.name, {one.pk for one in team.members.all()}) for team in queries.teams()]
    new = Form(None, "", set())
    if typed is not None and typed.team is None:
        new = typed
    elif typed is not None:
        forms = [typed if one.team == typed.team else one for one in forms]
    return {"forms": forms, "new": new, "staff": list(queries.staff())}
