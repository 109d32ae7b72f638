"""Whom a viewer may know of: through what they may read, since a name is told by words said under it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q, QuerySet

from colonnade.access.types import Viewer
from colonnade.conversations.queries.visibility import NOBODY_SEES, predicate, visible_to
from colonnade.people.models import STAFF_ROLES, Identity, Person, Skill

LOOKED_AT = 300


@dataclass(frozen=True, slots=True)
class TalkedIn:
    """A conversation in which somebody said something that the viewer may read; `newest` is their last post there."""

    id: int
    title: str
    place_name: str
    newest: int


def identities_for(viewer: Viewer) -> QuerySet[Identity]:
    """The names under which the viewer may read anything."""
    sql, values = predicate(viewer)
    said = (
        f"SELECT 1 FROM conversations_post WHERE conversations_post.author_id = people_identity.id AND {sql}"
    )
    return Identity.objects.extra(where=[f"EXISTS ({said})"], params=values)


def persons_for(viewer: Viewer) -> QuerySet[Person]:
    """For staff: their colleagues, everybody of whose words they may read any, and whom an admin brought in by a list.
    Nobody for anybody else."""
    if not viewer.is_staff:
        return Person.objects.none()
    sql, values = predicate(viewer)
    roles = ", ".join(["%s"] * len(STAFF_ROLES))
    said = (
        "SELECT 1 FROM people_identity JOIN conversations_post ON conversations_post.author_id = people_identity.id "
        f"WHERE people_identity.person_id = people_person.id AND {sql}"
    )
    rows = Person.objects.exclude(state="erased")
    return rows.extra(
        where=[f"(people_person.role IN ({roles}) OR people_person.listed OR EXISTS ({said}))"],
        params=[*map(str, STAFF_ROLES), *values],
    )


def persons_like(viewer: Viewer, words: str) -> QuerySet[Person]:
    """Those of them whose name, address or network holds these words; for staff also whoever can help with such a thing."""
    faces = Identity.objects.filter(_like(words), person__isnull=False).values("person")
    wanted = Q(name__icontains=words) | Q(pk__in=faces)
    if viewer.is_staff:
        wanted |= Q(pk__in=Skill.objects.filter(name__icontains=words).values("person"))
    return persons_for(viewer).filter(wanted)


def identities_like(viewer: Viewer, words: str) -> QuerySet[Identity]:
    """The names that the viewer may know and that hold these words."""
    return identities_for(viewer).filter(_like(words))


def _like(words: str) -> Q:
    return Q(name__icontains=words) | Q(address__icontains=words) | Q(network__iexact=words)


def last_heard(viewer: Viewer, identities: Sequence[int]) -> dict[int, int]:
    """The newest post that the viewer may read under each of these names; its id tells when. One statement."""
    sql, values = predicate(viewer)
    if not identities or sql == NOBODY_SEES:
        return {}
    one = (
        "SELECT * FROM (SELECT conversations_post.author_id, conversations_post.id FROM conversations_post "
        f"WHERE conversations_post.author_id = %s AND {sql} ORDER BY conversations_post.id DESC LIMIT 1) AS part"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            " UNION ALL ".join([one] * len(identities)),
            [value for identity in identities for value in (identity, *values)],
        )
        return {row[0]: row[1] for row in cursor.fetchall()}


def talked_in(viewer: Viewer, identities: Iterable[int], *, limit: int = 12) -> list[TalkedIn]:
    """The conversations in which they said something the viewer may read, the newest first, among their last 300 posts."""
    rows = visible_to(viewer).filter(author__in=list(identities)).order_by("-pk")
    found: dict[int, TalkedIn] = {}
    fields = (
        "pk",
        "conversation_id",
        "conversation__title",
        "conversation__scope__audience_id",
        "place__name",
        "said__title",
        "said__text",
    )
    for pk, talk, title, audience, place, said_title, text in rows.values_list(*fields)[:LOOKED_AT]:
        own = title if audience in viewer.audiences else ""
        words = own or said_title or " ".join(text.split())[:80]
        found.setdefault(talk, TalkedIn(talk, words, place, pk))
    return list(found.values())[:limit]
