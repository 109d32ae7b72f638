"""What the organisation is here for, one sentence each: for admins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from colonnade.listening import queries as listening
from colonnade.listening.models import Watch
from colonnade.people import queries as people
from colonnade.people.models import Person
from colonnade.places import actions, queries
from colonnade.places.models import Aim, Place
from colonnade.primitives import clock, ids
from colonnade.web.guards import admins_only
from colonnade.web.looking import looking
from colonnade.web.pages import not_found
from colonnade.web.views.settings.frame import section

REVIEW_AFTER = timedelta(days=90)
FIELDS = ("sentence", "measure", "owner", "review_on")


@dataclass(frozen=True, slots=True)
class Line:
    """One aim, the spaces (as far as the viewer sees them) and watches that serve it, and whether its day to look again has
    come."""

    aim: Aim
    spaces: list[Place]
    watches: list[Watch]
    due: bool


@require_http_methods(["GET", "HEAD", "POST"])
@admins_only
def aims_page(request: HttpRequest) -> HttpResponse:
    """Every aim, and the form for a new one or for the one that is said anew (`aim`)."""
    me = looking(request).person
    assert me is not None
    if request.method != "POST":
        return section(
            request, "aims.html", _shown(request, _form_of(_named(request.GET.get("aim", "")), me))
        )
    try:
        keep(request, me)
    except ValueError as error:
        said = {name: request.POST.get(name, "")[:300] for name in FIELDS}
        form = {**said, "aim": _named(request.POST.get("aim", ""))}
        return section(request, "aims.html", _shown(request, form) | {"error": str(error)}, status=422)
    return HttpResponseRedirect(f"{reverse('settings_aims')}?saved=1")


def _shown(request: HttpRequest, form: dict[str, Any]) -> dict[str, Any]:
    aims, today = queries.aims(), clock.now().date()
    serving: dict[int, list[Place]] = {}
    for place in queries.spaces_for(looking(request).viewer).filter(space__aim__isnull=False):
        serving.setdefault(place.space.aim_id or 0, []).append(place)
    listening_for: dict[int, list[Watch]] = {}
    for watch in listening.watches_for(looking(request).viewer).filter(aim__isnull=False):
        listening_for.setdefault(watch.aim_id or 0, []).append(watch)
    lines = [
        Line(
            one,
            serving.get(one.pk, []),
            listening_for.get(one.pk, []),
            one.review_on is not None and one.review_on <= today,
        )
        for one in aims
    ]
    return {"lines": lines, "form": form, "staff": people.staff()}


def _form_of(aim: Aim | None, me: Person) -> dict[str, Any]:
    if aim is None:
        return {"owner": str(me.pk), "review_on": (clock.now() + REVIEW_AFTER).date().isoformat()}
    return {
        "aim": aim,
        "sentence": aim.sentence,
        "measure": aim.measure,
        "owner": str(aim.owner_id),
        "review_on": aim.review_on.isoformat() if aim.review_on else "",
    }


def _named(said: str) -> Aim | None:
    number = ids.parse(said)
    return next((one for one in queries.aims() if one.pk == number), None)


def keep(request: HttpRequest, by: Person) -> None:
    """What the form of an aim says: a new one, or that which `aim` names said anew. Raises ValueError, a sentence."""
    number = ids.parse(request.POST.get("owner", ""))
    owner = people.staff().filter(pk=number).first() if number is not None else None
    if owner is None:
        raise ValueError(gettext("Choose who answers for it."))
    said: dict[str, Any] = {
        "sentence": request.POST.get("sentence", ""),
        "measure": request.POST.get("measure", ""),
        "review_on": _day(request.POST.get("review_on", "")),
    }
    aim = _named(request.POST.get("aim", ""))
    if aim is None:
        actions.set_aim(**said, owner=owner, by=by)
    else:
        actions.change_aim(aim, **said, owner=owner, by=by)


def _day(said: str) -> date | None:
    try:
        return date.fromisoformat(said) if said else None
    except ValueError:
        raise ValueError(gettext("That is no day. Write it as year-month-day.")) from None


@require_POST
@admins_only
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an aim away; what served it stays."""
    me, aim = looking(request).person, _named(str(pk))
    if aim is None or me is None:
        return not_found(request)
    actions.drop_aim(aim, by=me)
    return HttpResponseRedirect(f"{reverse('settings_aims')}?saved=1")
