"""Every read of people that others use."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from django.conf import settings
from django.db import connection
from django.db.models import Q, QuerySet

from colonnade.access import queries as access
from colonnade.access.types import NOBODY, Viewer
from colonnade.core.words import all_bearing, bearers
from colonnade.people.models import (
    HERE,
    STAFF_ROLES,
    Claim,
    Identity,
    NameWord,
    Organisation,
    Person,
    PersonNote,
    Session,
    SignIn,
    Skill,
    Team,
    Tie,
)
from colonnade.people.types import Hidden


def viewer_for(
    person: Person, *, ceiling: Iterable[int] | None = None, only: Collection[int] | None = None
) -> Viewer:
    """The viewer that a person is now, with what blocks and mutes take away. Suspended: sees nothing.

    `only`: the principals that may be held, where somebody came in by a way that opens no more.
    """
    if person.state != "active":
        return Viewer(principal=NOBODY)
    seen = access.viewer(person.principal_id, ceiling=ceiling, only=only)
    hidden = hidden_from(person)
    return replace(seen, person=person.pk, hidden_authors=hidden.identities, hidden_domains=hidden.domains)


# Asked by every page and every call, and ever the same: written out, it costs a twentieth of what composing it does.
_HIDDEN = """
    WITH mine AS (SELECT id, domain FROM people_identity WHERE person_id = %s)
    SELECT target_id, domain FROM people_mute WHERE source_id IN (SELECT id FROM mine)
    UNION ALL SELECT target_id, domain FROM people_block WHERE source_id IN (SELECT id FROM mine)
    UNION ALL SELECT source_id, domain FROM people_block
        WHERE target_id IN (SELECT id FROM mine) OR domain IN (SELECT domain FROM mine WHERE domain <> '')
"""


def hidden_from(person: Person) -> Hidden:
    """Whom a person does not hear: muted or blocked by any identity of theirs, or blocking one of them."""
    with connection.cursor() as cursor:
        cursor.execute(_HIDDEN, [person.pk])
        rows = cursor.fetchall()
    identities = frozenset(identity for identity, _ in rows if identity is not None)
    return Hidden(identities, frozenset(domain for identity, domain in rows if identity is None and domain))


def person_by_id(pk: int) -> Person | None:
    """The person with this id, or None."""
    return Person.objects.filter(pk=pk).select_related("principal").first()


def person_without_sign_in(pk: int) -> Person | None:
    """The person with this id, if they have no account here; None for everybody else, who has to sign in."""
    return Person.objects.filter(pk=pk, sign_in__isnull=True).select_related("principal").first()


def has_sign_in(person: Person) -> bool:
    """Whether somebody has an account here."""
    return SignIn.objects.filter(person=person).exists()


def person_of_sign_in(sign_in: SignIn) -> Person:
    """Who it is that signs in like this."""
    return Person.objects.select_related("principal").get(pk=sign_in.person_id)


def person_by_email(email: str) -> Person | None:
    """Who signs in with this address, or None."""
    return Person.objects.select_related("principal").filter(sign_in__email__iexact=email).first()


def identity_here(person: Person) -> Identity | None:
    """The identity under which a person speaks on this server, or None before they first do."""
    return Identity.objects.filter(person=person, network=HERE).order_by("pk").first()


def identity(network: str, address: str) -> Identity | None:
    """The identity with this name on this network, or None."""
    return Identity.objects.filter(network=network, address=address).first()


def staff() -> QuerySet[Person]:
    """Everybody who is staff now, by name."""
    return Person.objects.filter(role__in=STAFF_ROLES, state="active").order_by("name", "pk")


def teams() -> list[Team]:
    """Every team with its members, by name."""
    return list(Team.objects.filter(removed_at__isnull=True).prefetch_related("members").order_by("name"))


def team_taken_away(pk: int) -> Team | None:
    """The team with this id, if it was taken away and could be put back."""
    return Team.objects.filter(pk=pk, removed_at__isnull=False).first()


def teams_of(person: Person) -> QuerySet[Team]:
    """The teams in which somebody is, by name."""
    return Team.objects.filter(members=person, removed_at__isnull=True).order_by("name")


def skills_of(person: Person) -> list[str]:
    """What somebody says that they can help with."""
    return list(Skill.objects.filter(person=person).order_by("name").values_list("name", flat=True))


def names(people: Iterable[int]) -> dict[int, str]:
    """The names of persons, by id."""
    return {p.pk: str(p) for p in Person.objects.filter(pk__in=list(people))}


def sessions_of(person: Person) -> QuerySet[Session]:
    """Where somebody is signed in, the newest first."""
    return Session.objects.filter(sign_in__person=person).order_by("-began_at", "-pk")


def called(words: str, *, limit: int = 100) -> list[int]:
    """Identities of whose name and address some words begin with these, for the machine itself: whoever shows one asks
    first whether anything that it said may be seen."""
    return bearers(NameWord, words, limit)


def bearing(words: Sequence[str], *, begins: bool, most: int) -> tuple[int, ...] | None:
    """Identities of whose name and address all of these are words (`begins`: the last is the beginning of one), for the
    machine itself. None where they are more than `most`, or the words are not kept."""
    found = all_bearing(NameWord, words, begins=begins, most=most)
    return None if found is None else tuple(found)


def names_of_principals(principals: Iterable[int]) -> dict[int, str]:
    """The names of persons, by the number of their principal."""
    return {p.principal_id: str(p) for p in Person.objects.filter(principal__in=list(principals))}


def members() -> QuerySet[Person]:
    """Everybody who has an account here, suspended or not, by name."""
    return Person.objects.filter(sign_in__isnull=False).select_related("sign_in").order_by("name", "pk")


def notes_about(person: Person) -> list[PersonNote]:
    """What the staff keep in mind about somebody, the newest first. For staff alone (`rules.can_keep_notes`)."""
    return list(PersonNote.objects.filter(person=person).select_related("by").order_by("-pk"))


def ties_of(person: Person) -> list[Tie]:
    """How somebody is connected, from them and toward them, by name. For staff alone, who leave out whom they may not know."""
    rows = Tie.objects.filter(Q(source=person) | Q(target=person)).select_related("source", "target")
    return list(rows.order_by("kind", "pk"))


def claims_in_force(identities: Iterable[int]) -> dict[int, Claim]:
    """The claim by which each of these identities is whose it is, where there is one."""
    rows = Claim.objects.filter(identity__in=list(identities), reversed_at__isnull=True)
    return {row.identity_id: row for row in rows.select_related("by", "before").order_by("pk")}


def our_row() -> Organisation | None:
    """Whose house this is, if an admin has said so."""
    return Organisation.objects.filter(ours=True).first()


def our_organisation() -> Organisation:
    """The same; until an admin says so it is called what the operator set, or nothing, and has no row."""
    return our_row() or not_said_yet()


def not_said_yet() -> Organisation:
    """The organisation as far as the operator knows it."""
    return Organisation(name=settings.COLONNADE_NAME, ours=True)


def names_file(digest: str) -> bool:
    """Whether a row of this room names this file."""
    return Organisation.objects.filter(logo=digest).exists()


def our_name() -> str:
    """How the organisation is called: for letters and whatever else needs a word; "Colonnade" where nobody has said."""
    return our_organisation().name or "Colonnade"


def faces_known(faces: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Identity]:
    """The identities that there are of these (network, address), for the machine itself: whoever shows one asks first
    whether anything of it may be known."""
    by_network: dict[str, list[str]] = {}
    for network, address in faces:
        by_network.setdefault(network, []).append(address)
    asked = Q(pk__in=[])
    for network, addresses in by_network.items():
        asked |= Q(network=network, address__in=addresses)
    return {(row.network, row.address): row for row in Identity.objects.filter(asked)}
