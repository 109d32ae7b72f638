"""The list of spaces, and a new one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from colonnade.conversations import queries as conversations
from colonnade.places import actions, rules
from colonnade.places import queries as places
from colonnade.places.models import Aim, JoinPolicy, Membership, Place
from colonnade.places.types import AudienceWords
from colonnade.primitives import ids
from colonnade.web.guards import admins_only
from colonnade.web.looking import Looking, looking
from colonnade.web.pages import page
from colonnade.web.views.spaces.finding import chosen_aim, done_in, kind_of, member_person, to

AT_ONCE = 60
LAST_PAGE = 1000
MOST_ARCHIVED = 50
FIELDS = ("name", "purpose", "result", "for", "join", "kind", "aim")


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


@require_safe
def spaces(request: HttpRequest) -> HttpResponse:
    """The spaces that one may see, by who reads them; before them those to which one is invited."""
    who = looking(request)
    own = member_person(who)
    archived = places.put_away(who.viewer)[:MOST_ARCHIVED] if own and who.staff else []
    words, number = request.GET.get("name", "").strip(), ids.parse(request.GET.get("page", "")) or 1
    found = _found(who, words, number)
    context = {
        "groups": _groups(who, found[:AT_ONCE]),
        "words": words,
        "number": number,
        "before": number - 1,
        "after": number + 1 if len(found) > AT_ONCE else None,
        "invitations": places.invitations(own) if own else [],
        "archived": archived,
        "done": done_in(request),
    }
    return page(request, "spaces/list.html", context)


def _found(who: Looking, words: str, number: int) -> list[Place]:
    """A page of the spaces whose name holds these words, by name; and one more, where there is another page."""
    start = (min(number, LAST_PAGE) - 1) * AT_ONCE
    rows = places.first_spaces(who.viewer)
    rows = rows.filter(name__icontains=words) if words else rows
    return list(rows[start : start + AT_ONCE + 1])


def _groups(who: Looking, found: list[Place]) -> list[Group]:
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
        by_key[kind_of(tile.place)].append(tile)
    return [Group(key, name, by_key[key]) for key, name in names.items() if by_key[key]]


@require_http_methods(["GET", "HEAD", "POST"])
@admins_only
def new(request: HttpRequest) -> HttpResponse:
    """Open a space: its name, what it is for, what will come of it, who reads it, how one joins."""
    if request.method != "POST":
        return page(
            request, "spaces/new.html", {"form": {"for": "staff", "join": "invited"}, "aims": places.aims()}
        )
    form = {key: request.POST.get(key, "").strip() for key in FIELDS}
    try:
        aim = chosen_aim(form["aim"], places.aims())
    except ValueError as gone:
        return _new_again(request, form, str(gone))
    if not form["name"]:
        return _new_again(request, form, gettext("A space needs a name."))
    choice, policy = form["for"] or "staff", form["join"] or JoinPolicy.INVITED
    if choice not in (*rules.READ_BY, "members") or policy not in JoinPolicy.values:
        return _new_again(request, form, gettext("Choose who reads it, and how one joins."))
    return to("space", _opened(request, form, choice, policy, aim).slug, done="opened")


def _opened(request: HttpRequest, form: dict[str, str], choice: str, policy: str, aim: Aim | None) -> Place:
    by = looking(request).person
    made = actions.open_space(
        form["name"],
        audience=rules.READ_BY.get(choice, rules.STAFF_ONLY),
        members_only=choice == "members",
        kind="help" if form["kind"] == "help" else "talk",
        purpose=form["purpose"],
        expected_result=form["result"],
        join_policy=policy,
        by=by,
    )
    if aim is not None and by is not None:
        actions.serve(made, aim, by=by)
    return made


def _new_again(request: HttpRequest, form: dict[str, str], error: str) -> HttpResponse:
    return page(request, "spaces/new.html", {"form": form, "aims": places.aims(), "error": error}, status=422)
