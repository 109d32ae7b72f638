"""What the screens of spaces ask first: which space is meant, who may be in it, and what was just done there."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from colonnade.access.models import Tier
from colonnade.people.models import Person
from colonnade.places import queries as places
from colonnade.places import rules
from colonnade.places.models import Aim, Membership, Place
from colonnade.primitives import ids
from colonnade.web.looking import Looking

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


def member_person(who: Looking) -> Person | None:
    """Who may be in a space: somebody with an account, not a guest of one conversation."""
    return None if who.guest else who.person


def found_space(who: Looking, slug: str) -> tuple[Place | None, Membership | None]:
    found = places.space_for(who.viewer, slug)
    person = member_person(who)
    mine = places.membership_at(slug, person) if person else None  # also of a hidden one: it costs the same
    return found, mine if found else None


def kind_of(place: Place) -> str:
    if place.audience.tier == Tier.EVERYONE:
        return "open"
    return "staff" if rules.is_internal(places.terms_of_place(place)) else "others"


def to(name: str, *where: object, done: str = "") -> HttpResponse:
    address = reverse(name, args=list(where))
    return HttpResponseRedirect(f"{address}?done={done}" if done else address)


def done_in(request: HttpRequest) -> str:
    said = DONE.get(request.GET.get("done", ""))
    return str(said) if said is not None else ""


def chosen_aim(said: str, aims: Sequence[Aim]) -> Aim | None:
    """The aim that a form names; None for none. Raises ValueError, a sentence, where there is no such."""
    if not said:
        return None
    aim = next((one for one in aims if one.pk == ids.parse(said)), None)
    if aim is None:
        raise ValueError(gettext("That Aim is gone. Choose another, or none."))
    return aim
