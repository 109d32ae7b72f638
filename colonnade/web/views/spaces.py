"""Spaces of ours: which there are, what one is for, who is in it, what is said there; opened and looked after."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from colonnade.access.models import Tier
from colonnade.access.rules import Unexpressible
from colonnade.conversations import actions as conversations_actions
from colonnade.conversations import queries as conversations
from colonnade.conversations.rules import can_start
from colonnade.people import queries as people
from colonnade.people.models import Person
from colonnade.places import actions, rules
from colonnade.places import queries as places
from colonnade.places.models import JoinPolicy, Membership, Place
from colonnade.places.types import AudienceWords
from colonnade.primitives import ids
from colonnade.web.guards import admins_only
from colonnade.web.looking import Looking, looking
from colonnade.web.pages import cursor_now, is_part, not_found, page

MOST_SPACES = 500
MOST_ARCHIVED = 50
TALKS = 30

DONE = {
    "opened": gettext_lazy("The space is open. Say what it is about, and invite the first people."),
    "joined": gettext_lazy("You are a member now."),
    "asked": gettext_lazy("You have asked to be let in. A steward will answer."),
    "left": gettext_lazy("You have left."),
    "declined": gettext_lazy("You have declined the invitation."),
    "invited": gettext_lazy("Invited. They find it under Spaces."),
    "let-in": gettext_lazy("Let in."),
    "refused": gettext_lazy("Done. They are not in this space."),
    "role": gettext_lazy("The role is changed."),
    "described": gettext_lazy("Saved."),
    "audience": gettext_lazy("Who reads this space has changed."),
    "archived": gettext_lazy("The space is archived. What was said there is kept."),
    "again": gettext_lazy("The space is open again."),
}


@dataclass(frozen=True, slots=True)
class Tile:
    """One space in the list. `members` is None for whoever is not told."""

    place: Place
    sees: AudienceWords
    membership: Membership | None
    members: int | None
    said_at: datetime | None


@dataclass(frozen=True, slots=True)
class Group:
    """Spaces with the same kind of readers."""

    key: str
    name: str
    tiles: list[Tile]


# --- the list ---------------------------------------------------------------------------------------------------------


@require_safe
def spaces(request: HttpRequest) -> HttpResponse:
    """The spaces that one may see, by who reads them; before them those to which one is invited."""
    who = looking(request)
    own = member_person(who)
    archived = places.put_away(who.viewer)[:MOST_ARCHIVED] if own and who.staff else []
    context = {
        "groups": _groups(who),
        "invitations": places.invitations(own) if own else [],
        "archived": archived,
        "done": _done(request),
    }
    return page(request, "spaces/list.html", context)


def _groups(who: Looking) -> list[Group]:
    found = list(places.spaces_for(who.viewer)[:MOST_SPACES])
    numbers = [one.pk for one in found]
    mine = places.memberships_of(who.person) if who.person else {}
    told = [one.pk for one in found if rules.knows_members(who.viewer, one)]
    members = places.member_counts(told) if told else {}
    said = conversations.last_said(who.viewer, numbers) if numbers else {}
    tiles = [
        Tile(
            place=one,
            sees=places.short_words(one),
            membership=mine.get(one.pk),
            members=members.get(one.pk, 0) if one.pk in told else None,
            said_at=ids.moment_of(said[one.pk]) if one.pk in said else None,
        )
        for one in found
    ]
    names = {
        "staff": gettext("Staff only"),
        "others": gettext("With others"),
        "open": gettext("Open to everyone"),
    }
    by_key: dict[str, list[Tile]] = {key: [] for key in names}
    for tile in tiles:
        by_key[_kind(tile.place)].append(tile)
    return [Group(key, name, by_key[key]) for key, name in names.items() if by_key[key]]


def _kind(place: Place) -> str:
    if place.audience.tier == Tier.EVERYONE:
        return "open"
    return "staff" if rules.is_internal(places.terms_of_place(place)) else "others"


# --- a new one --------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@admins_only
def new(request: HttpRequest) -> HttpResponse:
    """Open a space: its name, what it is for, what will come of it, who reads it, how one joins."""
    if request.method != "POST":
        return page(request, "spaces/new.html", {"form": {"for": "staff", "join": "invited"}})
    form = {
        key: request.POST.get(key, "").strip() for key in ("name", "purpose", "result", "for", "join", "kind")
    }
    if not form["name"]:
        return _new_again(request, form, gettext("A space needs a name."))
    choice, policy = form["for"] or "staff", form["join"] or JoinPolicy.INVITED
    if choice not in (*rules.READ_BY, "members") or policy not in JoinPolicy.values:
        return _new_again(request, form, gettext("Choose who reads it, and how one joins."))
    made = actions.open_space(
        form["name"],
        audience=rules.READ_BY.get(choice, rules.STAFF_ONLY),
        members_only=choice == "members",
        kind="help" if form["kind"] == "help" else "talk",
        purpose=form["purpose"],
        expected_result=form["result"],
        join_policy=policy,
        by=looking(request).person,
    )
    return _to("space", made.slug, done="opened")


def _new_again(request: HttpRequest, form: dict[str, str], error: str) -> HttpResponse:
    return page(request, "spaces/new.html", {"form": form, "error": error}, status=422)


# --- one space --------------------------------------------------------------------------------------------------------


@require_safe
def space(request: HttpRequest, slug: str) -> HttpResponse:
    """One space: what it is for, who reads it, what is said. Whoever is invited sees its door. Parts: `talks`, `members`."""
    return _space(request, slug)


def _space(request: HttpRequest, slug: str, *, status: int = 200, **more: object) -> HttpResponse:
    who, cursor = looking(request), cursor_now()
    found, mine = _found(who, slug)
    if found is None:
        return _door(request, who, slug)
    if is_part(request, "members"):
        return page(request, "spaces/members_part.html", _members(who, found, mine))
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
    context |= _about(who, found, mine) | {"cursor": cursor, "done": _done(request)}
    return page(request, "spaces/space.html", context | more, status=status)


def _found(who: Looking, slug: str) -> tuple[Place | None, Membership | None]:
    found = places.space_for(who.viewer, slug)
    person = member_person(who)
    return found, places.membership(found, person) if found and person else None


def _about(who: Looking, place: Place, mine: Membership | None) -> dict[str, Any]:
    person = member_person(who)
    sees = places.terms_in_words(places.terms_of_place(place), place)
    return {
        "sees": sees,
        "kind": _kind(place),
        "mine": mine if mine and mine.state != "left" else None,
        "steward": person is not None and rules.can_steward(person, mine),
        "may_join": person is not None and rules.can_come_in(place.space, mine),
        "may_ask": person is not None and rules.can_ask(place.space, mine),
        "may_start": person is not None and can_start(who.viewer, place),
        "knows_members": rules.knows_members(who.viewer, place),
    }


def member_person(who: Looking) -> Person | None:
    """Who may be in a space: somebody with an account, not a guest of one conversation."""
    return None if who.guest else who.person


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
    found, _ = _found(who, slug)
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
        talk, _ = conversations_actions.start(found, by=identity, text=text, title=title)
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
    found = places.space_for(who.viewer, slug)
    invited = next((one for one in places.invitations(person) if one.slug == slug), None)
    if what == "again":
        return _again(request, who, person, slug)
    place = found or invited
    if place is None:
        return not_found(request)
    try:
        if what == "join":
            actions.come_in(place, person)
            return _to("space", slug, done="joined")
        if what == "leave":
            actions.go(place, person)
            return _to("spaces", done="declined" if invited else "left")
        if found is not None and what == "ask":
            actions.ask_to_join(found, person)
            return _to("space", slug, done="asked")
        if found is not None and what == "archive":
            actions.archive(found, by=person)
            return _to("spaces", done="archived")
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
    return _to("space", slug, done="again")


# --- members ----------------------------------------------------------------------------------------------------------


@require_safe
def members(request: HttpRequest, slug: str) -> HttpResponse:
    """Who is in a space, for staff and the members themselves; its stewards let people in."""
    return _members_page(request, slug)


def _members_page(request: HttpRequest, slug: str, *, status: int = 200, **more: object) -> HttpResponse:
    who = looking(request)
    found, mine = _found(who, slug)
    if found is None or not rules.knows_members(who.viewer, found):
        return not_found(request)
    context = _members(who, found, mine) | {"place": found, "done": _done(request)}
    if context["steward"] and who.staff:
        there = {row.person_id for row in context["rows"]}
        context["colleagues"] = [one for one in people.staff() if one.pk not in there]
    return page(request, "spaces/members.html", context | more, status=status)


def _members(who: Looking, place: Place, mine: Membership | None) -> dict[str, Any]:
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
    found, mine = _found(who, slug)
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
    return _to("space_members", slug, done="invited")


@require_POST
def member(request: HttpRequest, slug: str, pk: int, what: str) -> HttpResponse:
    """What a steward does with somebody: accept, refuse, make a steward, make a member."""
    who = looking(request)
    found, mine = _found(who, slug)
    person = member_person(who)
    if found is None or person is None or not rules.can_steward(person, mine):
        return not_found(request)
    row = next((one for one in places.members_of(found) if one.person_id == pk), None)
    if row is None:
        return not_found(request)
    try:
        if what == "accept":
            actions.accept(found, row.person, by=person)
            return _to("space_members", slug, done="let-in")
        if what == "refuse":
            actions.send_away(found, row.person, by=person)
            return _to("space_members", slug, done="refused")
        if what in ("steward", "member"):
            actions.set_member_role(found, row.person, what, by=person)
            return _to("space_members", slug, done="role")
    except PermissionDenied as error:
        return _members_page(request, slug, status=409, error=str(error))
    return not_found(request)


# --- settings ---------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest, slug: str) -> HttpResponse:
    """What a space says of itself, how one joins, who reads it; for its stewards."""
    who = looking(request)
    found, mine = _found(who, slug)
    person = member_person(who)
    if found is None or person is None or not rules.can_steward(person, mine):
        return not_found(request)
    context = {
        "place": found,
        "sees": places.terms_in_words(places.terms_of_place(found), found),
        "chosen": rules.chosen(places.terms_of_place(found), found),
        "may_open": rules.can_change_audience(person, mine),
        "done": _done(request),
    }
    if request.method != "POST":
        return page(request, "spaces/settings.html", context)
    try:
        actions.describe(
            found,
            name=request.POST.get("name", ""),
            purpose=request.POST.get("purpose", ""),
            expected_result=request.POST.get("result", ""),
            join_policy=request.POST.get("join", ""),
            by=person,
        )
    except ValueError as error:
        return page(request, "spaces/settings.html", context | {"error": str(error)}, status=422)
    return _to("space_settings", slug, done="described")


@require_http_methods(["GET", "HEAD", "POST"])
def audience(request: HttpRequest, slug: str) -> HttpResponse:
    """Change who reads a space: first its consequence in words, then, by a second step, the change."""
    who = looking(request)
    found, mine = _found(who, slug)
    person = member_person(who)
    if found is None or person is None or not rules.can_change_audience(person, mine):
        return not_found(request)
    asked = request.POST if request.method == "POST" else request.GET
    try:
        wanted = rules.read_by(asked.get("for", ""), found)
    except ValueError:
        return _to("space_settings", slug)
    told = places.consequence(found, wanted, by=person)
    context = {
        "place": found,
        "choice": asked.get("for", ""),
        "same": wanted == places.terms_of_place(found),
        "now": places.terms_in_words(places.terms_of_place(found), found),
        "then": places.terms_in_words(wanted, found),
        "told": told,
    }
    if request.method != "POST" or context["same"]:
        return page(request, "spaces/audience.html", context)
    error = ""
    if request.POST.get("was") != str(found.audience_id):
        error = gettext("Somebody else changed it meanwhile. This is what would happen now.")
    elif told.widens and request.POST.get("sure") != "1":
        error = gettext("More people would read it. Say that you mean it.")
    if error:
        return page(request, "spaces/audience.html", context | {"error": error}, status=409)
    try:
        actions.set_audience(found, wanted, by=person)
    except Unexpressible as impossible:
        return page(request, "spaces/audience.html", context | {"error": str(impossible)}, status=422)
    if told.oneself:
        return _to("spaces", done="audience")
    return _to("space_settings", slug, done="audience")


def _to(name: str, *where: object, done: str = "") -> HttpResponse:
    address = reverse(name, args=list(where))
    return HttpResponseRedirect(f"{address}?done={done}" if done else address)


def _done(request: HttpRequest) -> str:
    said = DONE.get(request.GET.get("done", ""))
    return str(said) if said is not None else ""
