"""Plain values of access."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

# Principals and viewers that exist in every database, with these ids (made by the first migration).
EVERYONE, SIGNED_IN, STAFF, CRAWLERS, FEDIVERSE = 1, 2, 3, 4, 5
ANONYMOUS, CRAWLER, OPEN_NETWORKS, NOBODY = 6, 7, 8, 9  # as holders: they hold what an unknown visitor holds

OPEN_CIRCLES = (EVERYONE, SIGNED_IN, STAFF)

Pair: TypeAlias = tuple[int, int]
"""Two principals joined by AND, the smaller first; the same one twice means that one alone."""

Terms: TypeAlias = frozenset[Pair]
"""An OR of pairs."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Whoever looks: person, guest, app, crawler and open network alike.

    `holds` are principals, `audiences` the ids of all audiences that admit them, `ceiling` the places beyond which
    an app's grant does not reach (None: no ceiling). `hidden_authors` and `hidden_domains` are what blocks and mutes
    take away; `desk` says that this is the desk (inbox, moderation), which blocks and mutes do not bind. `until` is the
    moment at which the first of what it holds ends: from then on it is another viewer.
    """

    principal: int
    holds: frozenset[int] = frozenset()
    audiences: frozenset[int] = frozenset()
    ceiling: frozenset[int] | None = None
    hidden_authors: frozenset[int] = frozenset()
    hidden_domains: frozenset[str] = frozenset()
    person: int | None = None
    epoch: int = 0
    until: datetime | None = None
    desk: bool = False
    permissions: frozenset[str] | None = field(default=None)

    @property
    def is_staff(self) -> bool:
        return STAFF in self.holds

    @property
    def holds_open_circle(self) -> bool:
        """Whether walking newest first is quick for them: much of what there is they may see."""
        return not self.holds.isdisjoint(OPEN_CIRCLES)
