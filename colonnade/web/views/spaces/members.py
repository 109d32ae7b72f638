"""Who is in a space, and who lets whom in."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from colonnade.people import queries as people
from colonnade.places import actions, rules
from colonnade.places import queries as places
from colonnade.places.models import Membership, Place
from colonnade.primitives import ids
from colonnade.web.looking import Looking, looking
from colonnade.web.pages import not_found, page
from colonnade.web.views.spaces.finding import done_in, found_space, member_person, to


@require_safe
def members(request: HttpRequest, slug: str) -> HttpResponse:
    """Who is in a space, for staff and the members themselves; its stewards let people in."""
    return _members_page(request, slug)


def _members_page(request: HttpRequest, slug: str, *, status: int = 200, **more: object) -> HttpResponse:
    who = looking(request)
    found, mine = found_space(who, slug)
    if found is None or not rules.knows_members(who.viewer, found):
        return not_found(request)
    context = members_context(who, found, mine) | {"place": found, "done": done_in(request)}
    if context["steward"] and who.staff:
        there = {row.person_id for row in context["rows"]}
        context["colleagues"] = [one for one in people.staff() if one.pk not in there]
    return page(request, "spaces/members.html", context | more, status=status)


def members_context(who: Looking, place: Place, mine: Membership | None) -> dict[str, Any]:
    person = member_person(who)
    steward = person is not None and rules.can_steward(person, mine)
    rows = places.members_of(place) if rules.knows_members(who.viewer, place) else []
    return {
        "place": place,
        "mine": mine,
        "steward": steward,
        "rows": rows,
        "inside": [row for row in rows if row.state == "member"],
        "asking": [row for row in rows if row.state == "asked"] if steward else [],
        "invited": [row for row in rows if row.state == "invited"] if steward else [],
    }


@require_POST
def invite(request: HttpRequest, slug: str) -> HttpResponse:
    """Invite a colleague by name, or anybody with an account here by their mail address."""
    who = looking(request)
    found, mine = found_space(who, slug)
    person = member_person(who)
    if found is None or person is None or not rules.can_steward(person, mine):
        return not_found(request)
    number = ids.parse(request.POST.get("person", ""))
    mail = request.POST.get("mail", "").strip()
    invited = people.staff().filter(pk=number).first() if number and who.staff else None
    invited = invited or (people.person_by_email(mail) if mail else None)
    if invited is None and (who.staff or not mail):
        error = gettext("Nobody signs in with this address. An admin can give them an account first.")
        error = error if mail else gettext("Choose a colleague, or write a mail address.")
        return _members_page(request, slug, status=422, error=error, mail=mail)
    if invited is not None:
        role = "steward" if request.POST.get("role") == "steward" else "member"
        actions.invite(found, invited, by=person, role=role)
    return to("space_members", slug, done="invited")


@require_POST
def member(request: HttpRequest, slug: str, pk: int, what: str) -> HttpResponse:
    """What a steward does with somebody: accept, refuse, make a steward, make a member."""
    who = looking(request)
    found, mine = found_space(who, slug)
    person = member_person(who)
    if found is None or person is None or not rules.can_steward(person, mine):
        return not_found(request)
    row = next((one for one in places.members_of(found) if one.person_id == pk), None)
    if row is None:
        return not_found(request)
    try:
        if what == "accept":
            actions.accept(found, row.person, by=person)
            return to("space_members", slug, done="let-in")
        if what == "refuse":
            actions.send_away(found, row.person, by=person)
            return to("space_members", slug, done="refused")
        if what in ("steward", "member"):
            actions.set_member_role(found, row.person, what, by=person)
            return to("space_members", slug, done="role")
    except PermissionDenied as error:
        return _members_page(request, slug, status=409, error=str(error))
    return not_found(request)
