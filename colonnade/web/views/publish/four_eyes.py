"""Whether nothing leaves an account of ours that no second person has approved: said by admins, on purpose."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from colonnade.places import queries as places
from colonnade.places.models import PlaceKind
from colonnade.publishing import actions
from colonnade.web.guards import admins_only
from colonnade.web.looking import looking
from colonnade.web.pages import not_found


@require_POST
@admins_only
def four_eyes(request: HttpRequest, pk: int) -> HttpResponse:
    """Turn it on (`on`), or off."""
    who = looking(request)
    place = places.places_for(who.viewer).filter(pk=pk, kind=PlaceKind.ACCOUNT).first()
    if place is None or who.person is None:
        return not_found(request)
    actions.ask_for_approval(place, request.POST.get("on") == "1", by=who.person)
    return HttpResponseRedirect(reverse("settings_accounts"))
