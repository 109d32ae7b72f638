"""Every write of people."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from django.core.exceptions import PermissionDenied

from colonnade.access import actions as access
from colonnade.access.models import Kind
from colonnade.access.types import SIGNED_IN, STAFF
from colonnade.core import audit
from colonnade.core.db import action
from colonnade.core.events import announce
from colonnade.networks.base import Author
from colonnade.people import rules
from colonnade.people.events import (
    ClaimReversed,
    IdentityClaimed,
    PersonMet,
    PersonRestored,
    PersonSuspended,
    RoleChanged,
)
from colonnade.people.models import (
    HERE,
    STAFF_ROLES,
    Block,
    Claim,
    Follow,
    Identity,
    Mute,
    Person,
    Proof,
    Role,
    SignIn,
    Team,
    Toward,
)
from colonnade.primitives import clock


@action
def meet(name: str, *, role: str = Role.VISITOR, handle: str = "") -> Person:
    """A person who is new here, with an identity on this server. `handle` is their name in addresses, if they chose one."""
    person = Person.objects.create(
        name=name.strip()[:200], role=role, principal=access.make_principal(Kind.PERSON)
    )
    if role in STAFF_ROLES:
        _join_staff(person)
    Identity.objects.create(
        network=HERE,
        address=handle or f"p{person.pk}",
        name=person.name,
        proof=Proof.SIGNED if role != Role.VISITOR else Proof.TYPED,
        person=person,
    )
    announce(PersonMet(person=person.pk), subject=f"person:{person.pk}")
    return person


@action
def give_sign_in(person: Person, email: str, password: str) -> SignIn:
    """Let a person sign in. Raises ValueError when the address is taken or empty."""
    email = email.strip().lower()
    if not email or "@" not in email:
        raise ValueError("That is not an e-mail address.")
    if SignIn.objects.filter(email=email).exists():
        raise ValueError("Somebody already signs in with this e-mail address.")
    sign_in = SignIn(email=email, person=person)
    sign_in.set_password(password)
    sign_in.save()
    access.hold(person.principal_id, SIGNED_IN)
    return sign_in


@action
def make_member(name: str, email: str, password: str, *, role: str = Role.MEMBER) -> Person:
    """A person of staff (or a guest) who can sign in."""
    person = meet(
        name, role=role, handle=email.strip().lower().partition("@")[0] + "-" + secrets.token_hex(3)
    )
    give_sign_in(person, email, password)
    return person


@action
def make_owner(email: str, password: str, *, name: str = "") -> Person:
    """The owner of this server; somebody who already signs in with the address becomes owner and gets the password."""
    sign_in = SignIn.objects.filter(email=email.strip().lower()).select_related("person").first()
    if sign_in is None:
        return make_member(name or email.partition("@")[0], email, password, role=Role.OWNER)
    sign_in.set_password(password)
    sign_in.save()
    _set_role(sign_in.person, Role.OWNER)
    return sign_in.person


@action
def set_role(person: Person, role: str, *, by: Person) -> None:
    """Change what somebody is to the organisation. Raises PermissionDenied."""
    if not rules.can_set_role(by, person, role):
        raise PermissionDenied("You may not give this role.")
    _set_role(person, role)
    audit.record("role set", by=by.principal_id, subject=f"person:{person.pk}", details={"role": role})


def _set_role(person: Person, role: str) -> None:
    person.role = role
    person.save(update_fields=["role"])
    if role in STAFF_ROLES:
        _join_staff(person)
    else:
        access.let_go(person.principal_id, STAFF)
        for (
            team
        ) in person.teams.all():  # teams are people of staff: what a team reads goes with being one of them
            leave_team(team, person)
    announce(RoleChanged(person=person.pk, role=role), subject=f"person:{person.pk}")


def _join_staff(person: Person) -> None:
    """Staff are always also signed in: audiences rely on the one implying the other."""
    access.hold(person.principal_id, SIGNED_IN)
    access.hold(person.principal_id, STAFF)


@action
def suspend(person: Person, *, by: Person) -> None:
    """Kill sign-in, tokens and holdings. Raises PermissionDenied."""
    if not rules.can_suspend(by, person):
        raise PermissionDenied("You may not suspend this person.")
    person.state = "suspended"
    person.save(update_fields=["state"])
    SignIn.objects.filter(person=person).update(is_active=False)
    access.suspend(person.principal_id)
    audit.record("person suspended", by=by.principal_id, subject=f"person:{person.pk}", details={})
    announce(PersonSuspended(person=person.pk), subject=f"person:{person.pk}")


@action
def restore(person: Person, *, by: Person) -> None:
    """Undo `suspend`. Raises PermissionDenied."""
    if not rules.can_suspend(by, person):
        raise PermissionDenied("You may not restore this person.")
    person.state = "active"
    person.save(update_fields=["state"])
    SignIn.objects.filter(person=person).update(is_active=True)
    access.restore(person.principal_id)
    audit.record("person restored", by=by.principal_id, subject=f"person:{person.pk}", details={})
    announce(PersonRestored(person=person.pk), subject=f"person:{person.pk}")


@action
def meet_identities(authors: Iterable[Author]) -> dict[tuple[str, str], int]:
    """The ids of identities by (network, address); those that are new are written, a changed face is brought up to date."""
    # In one order everywhere, so that two who meet the same faces never wait for each other in a circle.
    wanted = dict(
        sorted({(a.network[:32], a.address[:500]): a for a in authors}.items(), key=lambda one: one[0])
    )
    known = _known_faces(wanted)
    new = [_identity(author) for key, author in wanted.items() if key not in known]
    if new:
        Identity.objects.bulk_create(new, ignore_conflicts=True)
        known |= _known_faces((i.network, i.address) for i in new)
    changed = [key for key, face in known.items() if _has_changed(face, wanted[key])]
    if changed:
        rows = Identity.objects.filter(pk__in=[known[key].id for key in changed])
        _bring_up_to_date(rows.order_by("pk").select_for_update(), wanted)
    return {key: known[key].id for key in wanted}


class _Face(NamedTuple):
    """What is known of an identity that the network may have changed."""

    network: str
    address: str
    id: int
    name: str
    url: str
    avatar_url: str


def _known_faces(keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], _Face]:
    wanted = set(keys)
    rows = Identity.objects.filter(
        network__in={network for network, _ in wanted}, address__in=[address for _, address in wanted]
    )
    faces = (_Face(*row) for row in rows.values_list("network", "address", "pk", "name", "url", "avatar_url"))
    return {(face.network, face.address): face for face in faces if (face.network, face.address) in wanted}


def _identity(author: Author) -> Identity:
    return Identity(
        network=author.network[:32],
        address=author.address[:500],
        domain=rules.domain_of(author.network, author.address),
        name=author.name[:200],
        url=author.url[:2000],
        avatar_url=author.avatar_url[:2000],
        proof=author.proof,
    )


def _told(author: Author) -> tuple[str, str, str]:
    """Name, page and picture as the network says them; what it leaves out is empty."""
    return author.name[:200], author.url[:2000], author.avatar_url[:2000]


def _has_changed(face: _Face, author: Author) -> bool:
    """Whether the network says something else now. Our own identities are not the network's to name."""
    if face.network == HERE:
        return False
    before = (face.name, face.url, face.avatar_url)
    return any(now and now != then for now, then in zip(_told(author), before, strict=True))


def _bring_up_to_date(rows: Iterable[Identity], told: Mapping[tuple[str, str], Author]) -> None:
    """Take over what the network says now; what it leaves out stays."""
    changed = list(rows)
    for row in changed:
        name, url, avatar_url = _told(told[(row.network, row.address)])
        row.name, row.url = name or row.name, url or row.url
        row.avatar_url = avatar_url or row.avatar_url
    Identity.objects.bulk_update(changed, ["name", "url", "avatar_url"])


@action
def claim(identity: Identity, person: Person, *, by: Person, reason: str = "") -> Claim:
    """Say that this identity is that person. Logged, and reversible by `reverse`. Raises PermissionDenied."""
    _require_claiming(by)
    made = Claim.objects.create(
        identity=identity,
        person=person,
        before=identity.person,
        by=by,
        reason=reason[:500],
        made_at=clock.now(),
    )
    identity.person = person
    identity.save(update_fields=["person"])
    audit.record(
        "identity claimed",
        by=by.principal_id,
        subject=f"identity:{identity.pk}",
        details={"person": str(person.pk)},
    )
    announce(IdentityClaimed(identity=identity.pk, person=person.pk), subject=f"person:{person.pk}")
    return made


def _require_claiming(by: Person) -> None:
    if not rules.can_claim(by):
        raise PermissionDenied("Only people of staff say whose identity it is.")


@action
def reverse(claim: Claim, *, by: Person) -> None:
    """Take a claim back: the identity is again whose it was before. Once only. Raises PermissionDenied."""
    _require_claiming(by)
    claim = (
        Claim.objects.select_for_update(of=("self",)).select_related("identity", "before").get(pk=claim.pk)
    )
    if claim.reversed_at is not None:
        return
    claim.reversed_at = clock.now()
    claim.save(update_fields=["reversed_at"])
    claim.identity.person = claim.before
    claim.identity.save(update_fields=["person"])
    audit.record("claim reversed", by=by.principal_id, subject=f"identity:{claim.identity_id}", details={})
    announce(
        ClaimReversed(identity=claim.identity_id, person=claim.person_id), subject=f"person:{claim.person_id}"
    )


@action
def make_team(name: str, members: Iterable[Person] = ()) -> Team:
    """A team with these members."""
    team = Team.objects.create(name=name, principal=access.make_principal(Kind.TEAM))
    for person in members:
        join_team(team, person)
    return team


@action
def join_team(team: Team, person: Person) -> None:
    """`person` is one of `team`; a second time changes nothing."""
    team.members.add(person)
    access.hold(person.principal_id, team.principal_id)


@action
def leave_team(team: Team, person: Person) -> None:
    """`person` is no longer one of `team`."""
    team.members.remove(person)
    access.let_go(person.principal_id, team.principal_id)


@action
def block(source: Identity, *, target: Identity | None = None, domain: str = "") -> None:
    """Hide `source` and the target (an identity, or all of a domain) from one another."""
    _turn_toward(Block, source, target, domain)


@action
def unblock(source: Identity, *, target: Identity | None = None, domain: str = "") -> None:
    """Take a block back."""
    _turn_away(Block, source, target, domain)


@action
def mute(source: Identity, *, target: Identity | None = None, domain: str = "") -> None:
    """Hide the target's posts from `source`."""
    _turn_toward(Mute, source, target, domain)


@action
def unmute(source: Identity, *, target: Identity | None = None, domain: str = "") -> None:
    """Take a mute back."""
    _turn_away(Mute, source, target, domain)


@action
def follow(source: Identity, *, target: Identity | None = None, domain: str = "") -> None:
    """`source` follows the target from now on."""
    _turn_toward(Follow, source, target, domain)


@action
def unfollow(source: Identity, *, target: Identity | None = None, domain: str = "") -> None:
    """`source` no longer follows the target."""
    _turn_away(Follow, source, target, domain)


def _turn_toward(model: type[Toward], source: Identity, target: Identity | None, domain: str) -> None:
    model._default_manager.get_or_create(
        source=source, target=target, domain="" if target else domain.lower(), defaults={"since": clock.now()}
    )


def _turn_away(model: type[Toward], source: Identity, target: Identity | None, domain: str) -> None:
    model._default_manager.filter(
        source=source, target=target, domain="" if target else domain.lower()
    ).delete()
