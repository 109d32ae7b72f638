"""Who does one job together: for admins."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from colonnade.access.types import Viewer
from colonnade.inbox import queries as inbox
from colonnade.people import actions, queries
from colonnade.people.models import Team
from colonnade.places import queries as places
from colonnade.primitives import ids
from colonnade.web.guards import admins_only
from colonnade.web.looking import looking
from colonnade.web.pages import not_found
from colonnade.web.views.settings.frame import section


@dataclass(frozen=True, slots=True)
class Form:
    """A team as its form shows it (None: a new one): as it stands, or as somebody typed it who was refused. `left`: how many
    cases are its and nobody's; `reads`: the places that are read through it."""

    team: Team | None
    name: str
    members: set[int]
    refused: bool = False
    left: int = 0
    reads: tuple[str, ...] = ()


@require_http_methods(["GET", "HEAD", "POST"])
@admins_only
def teams_page(request: HttpRequest) -> HttpResponse:
    """Every team with its members, and the form for a new one; `team` names one that is changed."""
    if request.method != "POST":
        return section(request, "teams.html", _shown(request) | _just_removed(request))
    by = looking(request).person
    assert by is not None
    typed = _typed(request)
    try:
        if typed is None:
            raise ValueError(gettext("That team is gone."))
        members = [one for one in queries.staff() if one.pk in typed.members]
        actions.set_team(typed.team, typed.name, members, by=by)
    except ValueError as error:
        return section(request, "teams.html", _shown(request, typed) | {"error": str(error)}, status=422)
    return HttpResponseRedirect(f"{reverse('settings_teams')}?saved=1")


def _typed(request: HttpRequest) -> Form | None:
    """What somebody typed; None where the team is not there."""
    named = request.POST.get("team", "")
    team = next((one for one in queries.teams() if one.pk == ids.parse(named)), None)
    if named and team is None:
        return None
    chosen = {ids.parse(one) or 0 for one in request.POST.getlist("member")}
    return Form(team, request.POST.get("name", "")[:300], chosen, refused=True)


def _shown(request: HttpRequest, typed: Form | None = None) -> dict[str, Any]:
    forms = _standing(looking(request).viewer)
    new = Form(None, "", set())
    if typed is not None and typed.team is None:
        new = typed
    elif typed is not None:
        forms = [_again(one, typed) if one.team == typed.team else one for one in forms]
    return {"forms": forms, "new": new, "staff": list(queries.staff())}


def _standing(viewer: Viewer) -> list[Form]:
    teams = queries.teams()
    left = inbox.left_to(viewer, (team.pk for team in teams))
    reads = places.read_through(viewer, (team.principal_id for team in teams))
    return [
        Form(
            team,
            team.name,
            {one.pk for one in team.members.all()},
            left=left.get(team.pk, 0),
            reads=tuple(reads.get(team.principal_id, ())),
        )
        for team in teams
    ]


def _again(standing: Form, typed: Form) -> Form:
    return replace(standing, name=typed.name, members=typed.members, refused=True)


def _just_removed(request: HttpRequest) -> dict[str, Any]:
    number = ids.parse(request.GET.get("removed", ""))
    return {"removed": queries.team_taken_away(number)} if number is not None else {}


@require_POST
@admins_only
def change(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Take a team away (`remove`), or put it back (`back`)."""
    by, here = looking(request).person, reverse("settings_teams")
    standing = next((one for one in queries.teams() if one.pk == pk), None)
    gone = queries.team_taken_away(pk)
    if by is None:
        return not_found(request)
    if what == "remove" and standing is not None:
        actions.remove_team(standing, by=by)
        return HttpResponseRedirect(f"{here}?removed={pk}")
    if what != "back" or gone is None:
        return not_found(request)
    try:
        actions.put_back_team(gone, by=by)
    except ValueError as error:
        return section(request, "teams.html", _shown(request) | {"error": str(error)}, status=422)
    return HttpResponseRedirect(f"{here}?saved=1")
