"""How far a house is set up: by what truly stands in it, never by what somebody ticked."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext, ngettext

from colonnade.access import rules as access_rules
from colonnade.access.models import Tier
from colonnade.inbox import queries as inbox
from colonnade.listening import queries as listening
from colonnade.listening.models import Watch
from colonnade.people import queries as people
from colonnade.people.models import Organisation, Person
from colonnade.places import queries as places
from colonnade.places.models import Aim, Place, PlaceKind
from colonnade.web.looking import Looking

MOST = 500


@dataclass(frozen=True, slots=True)
class Standing:
    """What there is. `asks` is the space where questions land, None where nobody can ask yet."""

    ours: Organisation | None
    aims: list[Aim]
    staff: list[Person]
    sources: list[Place]
    accounts: list[Place]
    asks: Place | None
    watches: list[Watch]
    has_cases: bool


def standing(who: Looking) -> Standing:
    """What stands in this house, as far as an admin sees it."""
    rows = places.places_for(who.viewer).select_related("space", "audience")[:MOST]
    found = {kind: [one for one in rows if one.kind == kind] for kind in PlaceKind}
    open_ = [one for one in found[PlaceKind.SPACE] if _everybody_reads(one)]
    return Standing(
        ours=people.our_row(),
        aims=places.aims(),
        staff=list(people.staff()[:MOST]),
        sources=found[PlaceKind.SOURCE],
        accounts=found[PlaceKind.ACCOUNT],
        asks=min(open_, key=lambda one: (one.space.kind != "help", one.name), default=None),
        watches=list(listening.watches_for(who.viewer)[:MOST]),
        has_cases=inbox.seen(who.viewer).exists(),
    )


def _everybody_reads(place: Place) -> bool:
    return access_rules.tier_of(places.terms_of_place(place)) == Tier.EVERYONE


@dataclass(frozen=True, slots=True)
class Line:
    """One step: `done` by what stands there, which `said` puts into words; `how` says what it is for."""

    slug: str
    icon: str
    title: str
    how: str
    done: bool
    said: str


def lines(now: Standing) -> list[Line]:
    """The seven steps, in the order in which they help one another."""
    named = now.ours is not None and bool(now.ours.name)
    reads = len(now.sources)
    return [
        Line(
            "organisation",
            "house",
            gettext("Name, logo, colour"),
            gettext("So that whoever comes by knows whose house it is."),
            named,
            now.ours.name if now.ours else "",
        ),
        Line(
            "aim",
            "check",
            gettext("A first Aim"),
            gettext("What are you here for? One sentence, a measure, and who answers for it."),
            bool(now.aims),
            now.aims[0].sentence if now.aims else "",
        ),
        Line(
            "members",
            "people",
            gettext("Your first colleagues"),
            gettext("Answers come from people with names. Invite those who will give them."),
            len(now.staff) > 1,
            ngettext("%(n)d person of staff", "%(n)d people of staff", len(now.staff))
            % {"n": len(now.staff)},
        ),
        Line(
            "site",
            "globe",
            gettext("Your website or name"),
            gettext(
                "What is out there of you already: feeds to read, names on networks, words to listen for."
            ),
            bool(reads),
            ngettext("%(n)d source is read", "%(n)d sources are read", reads) % {"n": reads},
        ),
        Line(
            "account",
            "mail",
            gettext("A first account of yours"),
            gettext("A mail address from which the desk writes."),
            bool(now.accounts),
            ", ".join(one.name for one in now.accounts[:3]),
        ),
        Line(
            "watch",
            "listen",
            gettext("A first watch"),
            gettext("Words to listen for, in all that is read here."),
            bool(now.watches),
            ", ".join(one.name for one in now.watches[:3]),
        ),
        Line(
            "case",
            "inbox",
            gettext("A first case"),
            gettext("Ask yourself something, see it arrive, answer it."),
            now.has_cases,
            gettext("There is one in the inbox."),
        ),
    ]
