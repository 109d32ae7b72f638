"""Who may do what to whom. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext

from colonnade.networks.profiles import KNOWN_NETWORKS, profile_at
from colonnade.people.models import HERE, STAFF_ROLES, Identity, Person, PersonNote, Proof, Role
from colonnade.people.types import Candidate, Connection
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


MOST_SKILLS, LONGEST_SKILL, LONGEST_TEAM = 30, 100, 200


def fit_skill(name: str) -> str:
    """What somebody can help with, in a few words. Raises ValueError, a sentence."""
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_SKILL:
        raise ValueError(gettext("Say in a few words what you can help with: at most 100 letters."))
    return name


def check_one_more_skill(known: int) -> None:
    """Raises ValueError, a sentence, where somebody has said enough."""
    if known >= MOST_SKILLS:
        raise ValueError(gettext("That is as much as one person can help with: take something away first."))


LONGEST_CONNECTION, LONGEST_SOURCE = 40, 200


def fit_connection(said: Connection) -> Connection:
    """How two people are connected, as it is kept. Raises ValueError, a sentence."""
    kind, back, origin = (" ".join(word.split()) for word in (said.kind, said.reverse, said.known_from))
    if not kind or max(len(kind), len(back)) > LONGEST_CONNECTION:
        raise ValueError(gettext("Say in at most 40 letters how they are connected."))
    if len(origin) > LONGEST_SOURCE:
        raise ValueError(gettext("Say in at most 200 letters where that is known from."))
    return Connection(kind, back, origin, said.since, min(max(said.confidence, 0.0), 1.0))


def fit_team(name: str) -> str:
    """What a team is called. Raises ValueError, a sentence."""
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_TEAM:
        raise ValueError(gettext("A team needs a name of at most 200 letters."))
    return name


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


# --- lists of people --------------------------------------------------------------------------------------------------

SKIP, NAME, FIRST, LAST, MAIL, HANDLE = "", "name", "first", "last", "mail", "handle"
MEANINGS = (SKIP, NAME, FIRST, LAST, MAIL, HANDLE)
_HEADINGS = {
    NAME: r"(?:full ?|display ?)?name|person|contact|vollst[äa]ndiger name|ansprechpartner(?:in)?",
    FIRST: r"first ?name|given ?name|vorname",
    LAST: r"last ?name|family ?name|sur ?name|nachname|familienname",
    MAIL: r"e-?mail(?:[ -]?(?:address|adresse))?(?: ?\d)?|mail(?:[ -]?adresse)?",
    HANDLE: r"handle|user ?name|account|profile?|profil|network|mastodon|fediverse|bluesky|x|twitter|instagram|linkedin"
    r"|facebook|youtube|tiktok|threads|github|telegram|website|url",
}
_NETWORKS = {"mastodon": "fediverse", "twitter": "x"}
_AT_HOST = re.compile(r"@?([\w.-]{1,64})@([\w-]+(?:\.[\w-]+)*\.[^\W\d_]{2,63})\Z")
_BARE = re.compile(r"@?([\w.-]{1,100})\Z")


def guess_meanings(heads: Sequence[str], examples: Sequence[str]) -> list[str]:
    """What each column of a list means: by its heading, else by an example below it."""
    found: list[str] = []
    for head, example in zip(heads, examples, strict=True):
        plain = " ".join(re.split(r"[\s_]+", head.strip().casefold()))
        by_head = next((what for what, words in _HEADINGS.items() if re.fullmatch(words, plain)), SKIP)
        found.append(by_head or (MAIL if _is_mail(example) else SKIP))
    return found


def has_headings(first: Sequence[str]) -> bool:
    """Whether the first row names the columns instead of somebody."""
    return MAIL in guess_meanings(first, [""] * len(first)) or (
        not any(_is_mail(cell) for cell in first) and any(guess_meanings(first, [""] * len(first)))
    )


def candidate(line: int, cells: Sequence[str], meanings: Sequence[str], heads: Sequence[str]) -> Candidate:
    """Who stands in one row of a list, or why it cannot be taken."""
    said: dict[str, list[tuple[str, str]]] = {}
    for cell, meaning, head in zip(cells, meanings, heads, strict=False):
        plain = " ".join(text.normalise(cell).split())
        if plain and meaning:
            said.setdefault(meaning, []).append((plain, head))
    whole = said.get(NAME) or [*said.get(FIRST, []), *said.get(LAST, [])]
    name = " ".join(plain for plain, _ in whole)
    try:
        faces = [("mail", fit_mail(plain)) for plain, _ in said.get(MAIL, [])]
        faces += [fit_handle(plain, head) for plain, head in said.get(HANDLE, [])]
        _require_findable(name, faces)
    except ValueError as error:
        return Candidate(line, name[:200], (), str(error))
    return Candidate(line, fit_name(name or _called_after(faces)), tuple(dict.fromkeys(faces)))


def _require_findable(name: str, faces: Sequence[tuple[str, str]]) -> None:
    if name and text.is_blank(name):
        raise ValueError(gettext("The name shows nothing."))
    if len(name) > 200:
        raise ValueError(gettext("That is longer than a name can be here: 200 letters."))
    if not faces:
        raise ValueError(
            gettext("Neither an e-mail address nor a name on a network: one could not find them again.")
        )


def _called_after(faces: Sequence[tuple[str, str]]) -> str:
    """What somebody without a name is called: their address as far as the sign before its server."""
    return faces[0][1].partition("@")[0] or faces[0][1]


def fit_mail(address: str) -> str:
    """A mail address as it is kept. Raises ValueError, a sentence."""
    if not _is_mail(address):
        raise ValueError(gettext("“%s” is not an e-mail address.") % address[:80])
    return address.lower()


def _is_mail(said: str) -> bool:
    try:
        validate_email(said)
    except ValidationError:
        return False
    return len(said) <= 254


def fit_handle(said: str, head: str) -> tuple[str, str]:
    """The (network, address) of a name on a network: a link to a profile, @name@server, or a bare name under a heading that
    names its network. Raises ValueError, a sentence."""
    if "://" in said:
        found = profile_at(said)
        if found is None:
            raise ValueError(gettext("“%s” is no page of somebody on a network that we know.") % said[:80])
        return _network(found.network), found.address.removeprefix("@")
    at_host = _AT_HOST.match(said)
    if at_host is not None:
        return "fediverse", f"{at_host[1]}@{at_host[2].lower()}"
    bare, network = _BARE.match(said), _network(head.strip())
    if bare is None or network not in {_network(one) for one in KNOWN_NETWORKS}:
        raise ValueError(gettext("It is not clear on which network “%s” is.") % said[:80])
    return network, bare[1]


def _network(called: str) -> str:
    plain = called.casefold()
    return _NETWORKS.get(plain, plain)


def once_each(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The same, with a reason for whoever stands in an earlier row already."""
    first: dict[tuple[str, str], int] = {}
    found: list[Candidate] = []
    for one in candidates:
        before = next((first[face] for face in one.faces if face in first), None)
        if before is not None:
            why = gettext("Stands in line %d already.") % before
            found.append(replace(one, reason=why))
            continue
        first.update(dict.fromkeys(one.faces, one.line))
        found.append(one)
    return found
