"""One space: what it is for, what is said there, coming in and going."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from colonnade.conversations import actions as conversations_actions
from colonnade.conversations import queries as conversations
from colonnade.conversations.rules import can_start
from colonnade.people.models import Person
from colonnade.places import actions, rules
from colonnade.places import queries as places
from colonnade.places.models import Aim, Membership, Place
from colonnade.primitives import ids
from colonnade.web.looking import Looking, looking
from colonnade.web.pages import cursor_now, is_part, not_found, page
from colonnade.web.views.spaces.finding import done_in, found_space, kind_of, member_person, to
from colonnade.web.views.spaces.members import members_context

TALKS = 30


@require_safe
def space(request: HttpRequest, slug: str) -> HttpResponse:
    """One space: what it is for, who reads it, what is said. Whoever is invited sees its door. Parts: `talks`, `members`."""
    return _space(request, slug)


def _space(request: HttpRequest, slug: str, *, status: int = 200, **more: object) -> HttpResponse:
    who, cursor = looking(request), cursor_now()
    found, mine = found_space(who, slug)
    if found is None:
        return _door(request, who, slug)
    if is_part(request, "members"):
        return page(request, "spaces/members_part.html", members_context(who, found, mine))
    before = ids.parse(request.GET.get("before", ""))
    talks = conversations.talks_in(who.viewer, found, before=before, limit=TALKS)
    context: dict[str, Any] = {
        "place": found,
        "talks": talks,
        "more": talks[-1].newest if len(talks) == TALKS else None,
        "before": before,
    }
    if is_part(request, "talks"):
        return page(request, "spaces/talks.html", context)
    context |= _about(who, found, mine) | {"cursor": cursor, "done": done_in(request)}
    return page(request, "spaces/space.html", context | more, status=status)


def _about(who: Looking, place: Place, mine: Membership | None) -> dict[str, Any]:
    person = member_person(who)
    sees = places.terms_in_words(places.terms_of_place(place), place)
    return {
        "sees": sees,
        "kind": kind_of(place),
        "mine": mine if mine and mine.state != "left" else None,
        "steward": person is not None and rules.can_steward(person, mine),
        "may_join": person is not None and rules.can_come_in(place.space, mine),
        "may_ask": person is not None and rules.can_ask(place.space, mine),
        "may_start": person is not None and can_start(who.viewer, place),
        "aim": _aim_of(who, place),
        "knows_members": rules.knows_members(who.viewer, place),
    }


def _aim_of(who: Looking, place: Place) -> Aim | None:
    """The aim that a space serves; told to staff alone, since it is the organisation's own word."""
    if not who.staff or place.space.aim_id is None:
        return None
    return next((one for one in places.aims() if one.pk == place.space.aim_id), None)


def _door(request: HttpRequest, who: Looking, slug: str) -> HttpResponse:
    """An invitation shows what one is invited to; nothing of what is said there."""
    person = member_person(who)
    invited = places.invitations(person) if person else []
    found = next((one for one in invited if one.slug == slug), None)
    if found is None:
        return not_found(request)
    return page(request, "spaces/door.html", {"place": found, "sees": places.short_words(found)})


@require_POST
def start(request: HttpRequest, slug: str) -> HttpResponse:
    """Open a conversation; to whom was written above the box, and must still hold."""
    who = looking(request)
    found, _ = found_space(who, slug)
    identity = who.identity
    if found is None or identity is None or who.guest or not can_start(who.viewer, found):
        return not_found(request)
    text, title = request.POST.get("text", ""), request.POST.get("title", "")
    if request.POST.get("read_by") != str(found.audience_id):
        error = gettext(
            "Who reads this space has changed meanwhile. Look at the first line, then send again."
        )
        return _space(request, slug, status=409, text=text, title=title, error=error)
    try:
        once = request.POST.get("once", "")
        talk, _ = conversations_actions.start(found, by=identity, text=text, title=title, key=once)
    except ValueError as error:
        return _space(request, slug, status=422, text=text, title=title, error=str(error))
    return HttpResponseRedirect(reverse("conversation", args=[talk.pk]))


@require_POST
def act(request: HttpRequest, slug: str, what: str) -> HttpResponse:
    """One's own step: join, ask, leave. For stewards: archive, open again."""
    who = looking(request)
    person = member_person(who)
    if person is None:
        return not_found(request)
    found, mine = found_space(who, slug)
    invited = next((one for one in places.invitations(person) if one.slug == slug), None)
    if what == "again":
        return _again(request, who, person, slug)
    place = found or invited
    if place is None:
        return not_found(request)
    try:
        if what == "join":
            actions.come_in(place, person)
            return to("space", slug, done="joined")
        if what == "leave":
            actions.go(place, person)
            return to("spaces", done="declined" if invited else "left")
        if found is not None and what == "ask":
            actions.ask_to_join(found, person)
            return to("space", slug, done="asked")
        if found is not None and what == "archive" and rules.can_steward(person, mine):
            actions.archive(found, by=person)
            return to("spaces", done="archived")
    except PermissionDenied as error:
        return _space(request, slug, status=409, refused=str(error))
    return not_found(request)


def _again(request: HttpRequest, who: Looking, person: Person, slug: str) -> HttpResponse:
    found = places.put_away(who.viewer).filter(slug=slug).first()
    if found is None:
        return not_found(request)
    try:
        actions.open_again(found, by=person)
    except PermissionDenied:
        return not_found(request)
    return to("space", slug, done="again")
