"""Full-text search, newest first, of what the viewer may see.

Beside the words the index holds hints (tier, and scope where restricted). They only make it quick: the probe decides.
Where a hint may be stale the search goes without, since a stale hint never leaks but may lose a hit. FTS5 gives its
hits newest first; on PostgreSQL `stretches` goes backwards through the days.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Q

from colonnade.access.models import Tier
from colonnade.access.queries import open_tiers
from colonnade.access.types import Viewer
from colonnade.conversations.queries import stretches
from colonnade.conversations.queries.visibility import NOBODY_SEES, predicate
from colonnade.conversations.search import index, terms
from colonnade.core import db
from colonnade.people.models import STAFF_ROLES
from colonnade.places.queries import scopes_seen


@dataclass(frozen=True, slots=True)
class Within:
    """Where a search looks: in one place, at what some identities said, from a post id on (ids are times), or only at
    what we said ourselves: our accounts and whoever is of staff."""

    place: int | None = None
    authors: Collection[int] | None = None
    since: int | None = None
    ours: bool = False

    def predicate(self) -> tuple[str, list[Any]]:
        """The same as SQL about the table conversations_post, to stand behind another condition."""
        parts: list[tuple[str, list[Any]]] = []
        if self.place is not None:
            parts.append(("conversations_post.place_id = %s", [self.place]))
        if self.authors is not None:
            marks = ", ".join(["%s"] * len(self.authors)) or "NULL"
            parts.append((f"conversations_post.author_id IN ({marks})", sorted(self.authors)))
        if self.since is not None:
            parts.append(("conversations_post.id >= %s", [self.since]))
        if self.ours:
            parts.append((_OURS, sorted(STAFF_ROLES)))
        return "".join(f" AND {sql}" for sql, _ in parts), [value for _, values in parts for value in values]


_OURS = (
    "(conversations_post.author_id IN (SELECT a.identity_id FROM places_account a) OR EXISTS (SELECT 1 FROM "
    "people_identity i JOIN people_person p ON p.id = i.person_id WHERE i.id = conversations_post.author_id "
    f"AND p.role IN ({', '.join(['%s'] * len(STAFF_ROLES))})))"
)
EVERYWHERE = Within()


def search(
    viewer: Viewer, query: str, *, before: int | None = None, limit: int = 50, within: Within = EVERYWHERE
) -> list[int]:
    """Ids of posts that hold all the words and phrases, newest first. Raises EmptySearch with a sentence."""
    wanted = terms.parse(query)
    where, values = predicate(viewer)
    narrower, bound = within.predicate()
    if where == NOBODY_SEES:
        return []
    where, values = where + narrower, [*values, *bound]
    if db.is_postgres():
        asked = _in_postgres(viewer, wanted, where, values)
        return stretches.newest_first(asked, before=before, since=within.since, limit=limit)
    if before is not None:
        where, values = f"{where} AND conversations_post.id < %s", [*values, before]
    hints = _hints(viewer)
    return [] if hints == [] else _in_sqlite(wanted, hints, where, values, limit)


def _hints(viewer: Viewer) -> list[str] | None:
    """The hints of all that the viewer sees; None where they are too many or one of them may be stale."""
    told = scopes_seen(viewer).filter(Q(tier=Tier.RESTRICTED) | Q(stale_hints=True)).order_by("-stale_hints")
    own = list(told.values_list("pk", "stale_hints")[: index.MOST_SCOPES_IN_A_HINT + 1])
    if own and own[0][1]:
        return None
    return index.seen_hints(open_tiers(viewer), (scope for scope, _ in own))


def _in_sqlite(
    wanted: terms.Search, hints: list[str] | None, where: str, values: list[Any], limit: int
) -> list[int]:
    match = index.fts5(wanted)
    if hints is not None:
        match = f"({match}) AND hint: ({' OR '.join(hints)})"
    return _fetch(
        "SELECT conversations_post.id FROM conversations_fts CROSS JOIN conversations_post "
        "ON conversations_post.id = conversations_fts.rowid "
        f"WHERE conversations_fts MATCH %s AND {where} ORDER BY conversations_fts.rowid DESC LIMIT %s",
        [match, *values, limit],
    )


def _in_postgres(viewer: Viewer, wanted: terms.Search, where: str, values: list[Any]) -> stretches.Asked:
    """The same question for PostgreSQL: each word or phrase, and the hints, as conditions of their own."""

    def hints() -> str | None:
        told = _hints(viewer)
        return None if told is None else index.any_of(told)

    words = tuple(index.tsqueries(wanted))
    return stretches.Asked(words, hints, viewer.holds_open_circle, where, tuple(values))


def _fetch(sql: str, parameters: list[Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [row[0] for row in cursor.fetchall()]
