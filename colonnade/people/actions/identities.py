"""Names on networks: met by the batch, and claimed to be a person."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

from django.core.exceptions import PermissionDenied
from django.db import connection

from colonnade.core import audit
from colonnade.core.db import action
from colonnade.core.events import announce
from colonnade.core.words import bear, bear_anew
from colonnade.networks.base import Author
from colonnade.people import rules
from colonnade.people.events import (
    ClaimReversed,
    IdentityClaimed,
)
from colonnade.people.models import (
    HERE,
    Claim,
    Identity,
    NameWord,
    Person,
)
from colonnade.primitives import clock, ids

Keep = Callable[[Iterable[int]], Collection[int]]
"""Which of these identities keep their faces, whatever is told of them. Asked only where something else is told now."""


Key = tuple[str, str]
"""Network and address."""
Face = tuple[int, str, str, str]
"""An identity's id, and what its network may have changed: name, page, picture."""


@action
def meet_identities(authors: Iterable[Author], *, keep: Keep = lambda _: ()) -> dict[tuple[str, str], int]:
    """The ids of identities by (network, address); those that are new are written, a changed face is brought up to date,
    except for those that `keep` names."""
    # In one order everywhere, so that two who meet the same faces never wait for each other in a circle.
    wanted = dict(
        sorted({(a.network[:32], a.address[:500]): a for a in authors}.items(), key=lambda one: one[0])
    )
    known = _known_faces(wanted)
    new = [author for key, author in wanted.items() if key not in known]
    if new:
        known |= _meet(new)
    changed = [key for key, face in known.items() if _has_changed(face, wanted[key])]
    if changed:
        rows = Identity.objects.filter(pk__in=[known[key][0] for key in changed])
        rows = rows.exclude(pk__in=keep(rows.values_list("pk", flat=True)))
        _bring_up_to_date(rows.order_by("pk").select_for_update(), wanted)
    return {key: known[key][0] for key in wanted}


def _known_faces(keys: Iterable[Key]) -> dict[Key, Face]:
    """Asked without the ORM: intake asks for hundreds at a time, and making its query and rows cost more than both."""
    by_network: dict[str, list[str]] = {}
    for network, address in keys:
        by_network.setdefault(network, []).append(address)
    known: dict[Key, Face] = {}
    with connection.cursor() as cursor:
        for network, addresses in by_network.items():
            marks = ", ".join(["%s"] * len(addresses))
            cursor.execute(
                "SELECT address, id, name, url, avatar_url FROM people_identity "
                f"WHERE network = %s AND address IN ({marks})",
                [network, *addresses],
            )
            known.update(((network, row[0]), row[1:]) for row in cursor.fetchall())
    return known


def _meet(new: list[Author]) -> dict[Key, Face]:
    """Write new identities, and find those whom somebody else met at the same moment."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO people_identity (id, network, address, domain, name, url, avatar_url, proof) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            [_row(author) for author in new],
        )
    met = _known_faces((author.network[:32], author.address[:500]) for author in new)
    bear(NameWord, ((face[0], (face[1], key[1])) for key, face in met.items()))
    return met


def _row(author: Author) -> tuple[int, str, str, str, str, str, str, str]:
    domain = rules.domain_of(author.network, author.address)
    return (ids.new(), author.network[:32], author.address[:500], domain, *_told(author), author.proof)


def _told(author: Author) -> tuple[str, str, str]:
    """Name, page and picture as the network says them; what it leaves out is empty."""
    return author.name[:200], author.url[:2000], author.avatar_url[:2000]


def _has_changed(face: Face, author: Author) -> bool:
    """Whether the network says something else now. Our own identities are not the network's to name."""
    told = _told(author)
    if told == face[1:] or author.network == HERE:
        return False
    return any(now and now != then for now, then in zip(told, face[1:], strict=True))


def _bring_up_to_date(rows: Iterable[Identity], told: Mapping[tuple[str, str], Author]) -> None:
    """Take over what the network says now; what it leaves out stays."""
    changed = list(rows)
    before = {row.pk: row.name for row in changed}
    for row in changed:
        name, url, avatar_url = _told(told[(row.network, row.address)])
        row.name, row.url = name or row.name, url or row.url
        row.avatar_url = avatar_url or row.avatar_url
    Identity.objects.bulk_update(changed, ["name", "url", "avatar_url"])
    call(row for row in changed if row.name != before[row.pk])


@action
def call(identities: Iterable[Identity]) -> None:
    """Let these identities be found by what they are called now. For whoever gives a name."""
    bear_anew(NameWord, ((one.pk, (one.name, one.address)) for one in identities))


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
