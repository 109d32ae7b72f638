"""People whom an admin brings in by a list."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext

from colonnade.core import audit
from colonnade.core.db import action
from colonnade.people import queries, rules
from colonnade.people.actions.identities import call, claim
from colonnade.people.actions.members import meet
from colonnade.people.models import Identity, Person, Proof
from colonnade.people.types import Brought, Candidate

MOST_AT_ONCE = 500


@action
def bring_in(
    candidates: Sequence[Candidate], *, by: Person, hidden: Collection[tuple[str, str]] = ()
) -> Brought:
    """Know these people from now on, each by the names on networks that the list says; all or nothing. Nobody gets an
    account, and nobody is told. Whoever is known by one of their names is taken to be the same and gets the others.

    `hidden` are the names of which `by` may not know. Of those nothing is changed, and they are counted as new: so nobody
    learns from a list who is hidden from them. Raises PermissionDenied.
    """
    if not rules.can_administer(by):
        raise PermissionDenied(gettext("Only admins bring in people by a list."))
    new = known = 0
    for one in candidates[:MOST_AT_ONCE]:
        if one.reason:
            continue
        if set(one.faces) & set(hidden) or _bring_in(one, by):
            new += 1
        else:
            known += 1
    audit.record(
        "people brought in", by=by.principal_id, subject="people", details={"new": new, "known": known}
    )
    return Brought(new, known)


def _bring_in(one: Candidate, by: Person) -> bool:
    """Whether somebody is new."""
    there = queries.faces_known(one.faces)
    owners = {face.person_id for face in there.values() if face.person_id is not None}
    if len(owners) > 1:  # two people share these names: that is for "same person?", not for a list
        return False
    person = Person.objects.select_for_update().get(pk=min(owners)) if owners else meet(one.name)
    if not person.listed:
        person.listed = True
        person.save(update_fields=["listed"])
    for network, address in one.faces:
        face = there.get((network, address)) or _face(network, address, one.name)
        if face.person_id is None:
            claim(face, person, by=by, reason=gettext("It stood so in a list."))
    return not owners


def _face(network: str, address: str, name: str) -> Identity:
    face = Identity.objects.create(
        network=network,
        address=address,
        domain=rules.domain_of(network, address),
        name=name,
        proof=Proof.TYPED,
    )
    call([face])
    return face
