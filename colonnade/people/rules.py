"""Who may do what to whom. Pure functions."""

from __future__ import annotations

from zoneinfo import available_timezones

from django.utils.translation import gettext

from colonnade.people.models import HERE, STAFF_ROLES, Identity, Person, PersonNote, Proof, Role
from colonnade.primitives import colour, text


def is_staff(person: Person) -> bool:
    """Whether somebody is one of the organisation's own people."""
    return person.role in STAFF_ROLES and person.state == "active"


def can_administer(person: Person) -> bool:
    """Whether somebody may add accounts, members and sources."""
    return person.role in (Role.OWNER, Role.ADMIN) and person.state == "active"


def can_set_role(by: Person, person: Person, role: str) -> bool:
    """Owners set any role; admins any but owner; nobody takes an owner down but an owner."""
    if not can_administer(by):
        return False
    return by.role == Role.OWNER or (role != Role.OWNER and person.role != Role.OWNER)


def can_suspend(by: Person, person: Person) -> bool:
    """Nobody suspends themselves, and only an owner an owner."""
    return by.pk != person.pk and can_set_role(by, person, Role.VISITOR)


def can_claim(person: Person) -> bool:
    """Whether somebody may say that an identity is a person: what it wrote is then theirs to edit and delete."""
    return is_staff(person)


def may_be_claimed(identity: Identity, *, signs_in: bool) -> bool:
    """Whether the desk may say that a name is somebody: the name under which a person with an account speaks here is
    theirs and nobody else's."""
    return identity.network != HERE or not signs_in


def can_keep_notes(person: Person) -> bool:
    """Whether somebody reads and writes notes about people."""
    return is_staff(person)


def can_drop_note(person: Person, note: PersonNote) -> bool:
    """Whoever wrote it, or an admin."""
    return is_staff(person) and (note.by_id == person.pk or can_administer(person))


def merge_needs_a_person(identity: Identity, person: Person, signed_by_person: bool) -> bool:
    """Two *signed* identities never merge by themselves: a human being has to say so."""
    return identity.proof == Proof.SIGNED and signed_by_person


def domain_of(network: str, address: str) -> str:
    """The server an address belongs to, or "" where addresses have none.

    `name@host` and `https://host/…` have one; a bare handle has not.
    """
    if "://" in address:
        rest = address.split("://", 1)[1]
        host = rest.split("/", 1)[0].split("?", 1)[0].split("#", 1)[0]
        return host.rsplit("@", 1)[-1].rsplit(":", 1)[0].lower()[:255]
    if "@" in address.strip("@"):
        return address.rsplit("@", 1)[-1].lower()[:255]
    return ""


def fit_name(name: str) -> str:
    """What somebody may be called. Raises ValueError, a sentence for them."""
    name = " ".join(name.split())
    if not name:
        raise ValueError(gettext("Say what you are called."))
    if len(name) > 200:
        raise ValueError(gettext("That is longer than a name can be here: 200 letters."))
    return name


def fit_organisation(name: str) -> str:
    """What an organisation may be called. Raises ValueError, a sentence for whoever typed it."""
    name = " ".join(text.normalise(name).split())
    if not name:
        raise ValueError(gettext("Say what your organisation is called."))
    if len(name) > 200:
        raise ValueError(gettext("That is longer than a name can be here: 200 letters."))
    return name


def fit_accent(accent: str) -> str:
    """A colour as "#rrggbb", or "" for that of the house. Raises ValueError, a sentence for whoever typed it."""
    accent = accent.strip().lower()
    try:
        if accent:
            colour.parse(accent)
    except ValueError:
        raise ValueError(gettext("Write a colour as # and six digits, like #0b6a72.")) from None
    return accent


def fit_zone(zone: str) -> str:
    """A zone of the IANA list. Raises ValueError, a sentence for them."""
    if zone not in available_timezones():
        raise ValueError(gettext("There is no such time zone."))
    return zone
