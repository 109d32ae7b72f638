"""Full-text search, newest first, of what the viewer may see.

Beside the words the index holds hints (tier, and scope where restricted). They only make it quick: the probe decides.
Where a hint may be stale the search goes without, since a stale hint never leaks but may lose a hit. Neither index is good at
the newest first: on SQLite `windows` goes backwards through time, on PostgreSQL `stretches` through the days.

A question has branches, each looked for by itself and put in order together. What no index knows is checked afterwards on
what was found, and a branch without words is looked for among the newest posts that the viewer may see: both end after so
many posts, and it is said how far back that was. Nothing hidden counts in that.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, TypeAlias

from django.db import connection
from django.db.models import Q

from colonnade.access.models import Tier
from colonnade.access.queries import open_tiers
from colonnade.access.types import Viewer
from colonnade.conversations.queries import about, stretches, windows
from colonnade.conversations.queries.lists import newest
from colonnade.conversations.queries.visibility import NOBODY_SEES, predicate
from colonnade.conversations.search import index, pairs
from colonnade.conversations.search.question import About, Branch, Question, Told
from colonnade.conversations.types import Looked
from colonnade.core import db
from colonnade.places.queries import scopes_seen

Check: TypeAlias = Callable[[Sequence[int]], Collection[int]]
"""Which of these posts, which the viewer may see, do fit."""

_LAST = 2**63 - 1
ROUNDS = (100, 600, 2_000)
"""How many posts are checked one by one, round by round, until the page is full."""
SEEN_BY_STAFF, SEEN_BY_OTHERS = 0.9, 0.55
"""About which share of all posts they may see: it decides how far a look goes, never what is found."""
FEW_HINTS = 8
"""Up to so many of them the index leaves out what is hidden quicker than the probe does, where all hits are asked for."""
WALKED = 5_000
"""Posts among which a branch without words is looked for, in each round."""


@dataclass(frozen=True, slots=True)
class Within:
    """Where a search looks: in one place, at what some identities said, from a post id on (ids are times), or only at
    what we said ourselves: our accounts and whoever is of staff."""

    place: int | None = None
    authors: Collection[int] | None = None
    since: int | None = None
    ours: bool = False

    @property
    def told(self) -> tuple[Told, ...]:
        """The same as conditions about a post."""
        parts = {
            "places": None if self.place is None else (self.place,),
            "authors": None if self.authors is None else tuple(sorted(self.authors)),
            "since": None if self.since is None else (self.since,),
            "ours": () if self.ours else None,
        }
        return tuple(About(name, values) for name, values in parts.items() if values is not None)


EVERYWHERE = Within()


def look(
    viewer: Viewer,
    question: Question,
    *,
    check: Check | None = None,
    before: int | None = None,
    limit: int = 50,
    within: Within = EVERYWHERE,
) -> Looked:
    """Ids of posts that fit a question, newest first; `before` an id, for the next page. A question that is not exact needs
    the `check`."""
    seen, values = predicate(viewer)
    if seen == NOBODY_SEES:
        return Looked([], None)
    search = _Search(viewer, question, seen, values, within)
    found: list[int] = []
    for most in ROUNDS:
        wanted = limit - len(found) if check is None else max(most, limit)
        posts, floor = search.newest(before, wanted)
        fitting = set(posts if check is None else check(posts))
        found += [post for post in posts if post in fitting]
        if len(found) >= limit or floor == 0:
            return Looked(found[:limit], None)
        before = floor
    return Looked(found, before)


@dataclass
class _Search:
    """One look: whose, for what, and what every post must meet."""

    viewer: Viewer
    question: Question
    seen: str
    values: list[Any]
    within: Within

    def newest(self, before: int | None, limit: int) -> tuple[list[int], int]:
        """The newest posts below `before` that fit one of the branches, and the id down to which none is missing: 0 where
        that is all there is."""
        found: set[int] = set()
        floor = 0
        for branch in branches_asked(self.question):
            posts, reached = self._newest_of(branch, before, limit)
            found.update(posts)
            floor = max(floor, reached)
        posts = sorted((post for post in found if post >= floor), reverse=True)[:limit]
        return posts, max(floor, posts[-1]) if len(posts) == limit else floor

    def _newest_of(self, branch: Branch, before: int | None, limit: int) -> tuple[list[int], int]:
        told = (*branch.about, *self.within.told)
        before, since = _bounds(told, before)
        if branch.wanted:
            posts = self._by_words(branch, told, before, since, limit)
        elif _told_of("authors", told) is not None:
            posts = self._by_author(told, before, limit)
        else:
            return self._walked(told, before, since, limit)
        return posts, posts[-1] if len(posts) == limit else 0

    def _by_words(
        self, branch: Branch, told: Sequence[Told], before: int | None, since: int, limit: int
    ) -> list[int]:
        where, values = self.where(told, None)
        if db.is_postgres():
            asked = stretches.Asked(
                index.conditions(branch),
                self._any_hint,
                self.viewer.holds_open_circle,
                where,
                tuple(values),
                taste=_taste(branch),
                sees=SEEN_BY_STAFF if self.viewer.is_staff else SEEN_BY_OTHERS,
            )
            return stretches.newest_first(asked, before=before, since=since, limit=limit)
        match = index.fts5(branch)
        sought = windows.Asked(
            match, partial(self._with_hints, match), self.viewer.holds_open_circle, where, tuple(values)
        )
        return windows.newest_first(sought, before=before or _LAST, since=since, limit=limit)

    def in_sqlite(
        self, branch: Branch, where: tuple[str, list[Any]], since: int, before: int
    ) -> tuple[str, list[Any]]:
        """All posts of a branch with words, as FTS5 is asked for them: between two ids, by its own rows, since it would go
        through all others otherwise. Never with an order: `windows` tells why."""
        match = index.fts5(branch)
        if self._few_hints():
            match = self._with_hints(match) or match
        return (
            "SELECT conversations_post.id FROM conversations_fts CROSS JOIN conversations_post "
            "ON conversations_post.id = conversations_fts.rowid "
            "WHERE conversations_fts MATCH %s AND conversations_fts.rowid >= %s AND conversations_fts.rowid < %s "
            f"AND {where[0]}",
            [match, since, before, *where[1]],
        )

    def in_postgres(self, branch: Branch, where: tuple[str, list[Any]], days: str) -> tuple[str, list[Any]]:
        """The same as GIN is asked for them, of some days. What it finds is a set (OFFSET keeps it one), of which the planner
        takes the posts one by one or all at once."""
        asked = [*index.conditions(branch), index.holds(days)]
        if self._few_hints():
            asked += filter(None, [self._any_hint()])
        return (
            "SELECT conversations_post.id FROM conversations_post WHERE conversations_post.id IN (SELECT t.post_id "
            f"FROM conversations_posttext t WHERE {stretches.all_hold(asked)} OFFSET 0) AND {where[0]}",
            [*stretches.values_of(asked), *where[1]],
        )

    def _by_author(self, told: Sequence[Told], before: int | None, limit: int) -> list[int]:
        where, values = self.where(told, before)
        return _fetch(
            "SELECT conversations_post.id FROM conversations_post "
            f"WHERE {where} ORDER BY conversations_post.id DESC LIMIT %s",
            [*values, limit],
        )

    def _walked(
        self, told: Sequence[Told], before: int | None, since: int, limit: int
    ) -> tuple[list[int], int]:
        """Of the newest posts that the viewer may see, those of which this is told."""
        places = _told_of("places", told)
        if places == ():
            places = (0,)  # asked all the same: what is hidden and what is not there cost as much
        most = WALKED if told else limit
        posts = newest(self.viewer, places=places, before=before, limit=most)
        floor = posts[-1] if len(posts) == most and posts[-1] > since else 0
        if told and posts:
            where, values = _all([about.among("conversations_post.id", posts), *map(about.sql, told)])
            posts = _fetch(
                f"SELECT conversations_post.id FROM conversations_post WHERE {where} "
                "ORDER BY conversations_post.id DESC LIMIT %s",
                [*values, limit],
            )
        return posts, posts[-1] if len(posts) == limit else floor

    def where(self, told: Sequence[Told], before: int | None) -> tuple[str, list[Any]]:
        """What every post must meet, as SQL."""
        parts = [(self.seen, self.values), *map(about.sql, told)]
        return _all(parts if before is None else [*parts, ("conversations_post.id < %s", [before])])

    def _few_hints(self) -> bool:
        """Whether hints pay although all hits are asked for."""
        return not self.viewer.holds_open_circle or len(self.hints or ()) <= FEW_HINTS

    def _with_hints(self, match: str) -> str | None:
        return None if self.hints is None else index.fts5_seen(match, self.hints)

    def _any_hint(self) -> index.Condition | None:
        return None if self.hints is None else index.holds(index.any_of(self.hints))

    @cached_property
    def hints(self) -> list[str] | None:
        """The hints of all that the viewer sees; None where they are too many or one of them may be stale."""
        told = scopes_seen(self.viewer).filter(Q(tier=Tier.RESTRICTED) | Q(stale_hints=True))
        rows = told.order_by("-stale_hints").values_list("pk", "stale_hints")
        own = list(rows[: index.MOST_SCOPES_IN_A_HINT + 1])
        if own and own[0][1]:
            return None
        return index.seen_hints(open_tiers(self.viewer), (scope for scope, _ in own))


def branches_asked(question: Question) -> list[Branch]:
    """The branches of a question as this database is best asked for them."""
    if not db.is_postgres():
        return list(question.branches)
    return [one for branch in question.branches for one in pairs.parted(branch)]


def branch_as_sql(
    viewer: Viewer, branch: Branch, within: Within, since: int, until: int
) -> tuple[str, list[Any]]:
    """The ids of all posts between two ids that fit a branch and that the viewer may see, as SQL."""
    seen, values = predicate(viewer, of_many=db.is_postgres())
    search = _Search(viewer, Question((branch,)), seen, values, within)
    span: tuple[Told, ...] = (About("since", (since,)), About("until", (until,)))
    where = search.where((*branch.about, *within.told, *span), None)
    if not branch.wanted:
        return f"SELECT conversations_post.id FROM conversations_post WHERE {where[0]}", where[1]
    if db.is_postgres():
        return search.in_postgres(branch, where, stretches.days_between(since, until))
    return search.in_sqlite(branch, where, since, until)


def _taste(branch: Branch) -> int:
    """How many candidates PostgreSQL's index is asked for at first; 0 where all that it gives are hits."""
    if pairs.holds_loose_phrase(branch.wanted):
        return stretches.TASTED
    return stretches.TASTED_OF_PAIRS if pairs.holds_phrase(branch.wanted) else 0


def _told_of(name: str, told: Sequence[Told]) -> tuple[int, ...] | None:
    """The numbers of the first condition with this name, None where there is none."""
    for one in told:
        if isinstance(one, About) and one.name == name:
            return tuple(int(value) for value in one.values)
    return None


def _bounds(told: Sequence[Told], before: int | None) -> tuple[int | None, int]:
    """Below which id and from which on posts can fit at all."""
    since = 0
    for one in told:
        if isinstance(one, About) and one.name == "since":
            since = max(since, int(one.values[0]))
        elif isinstance(one, About) and one.name == "until":
            before = min(before or _LAST, int(one.values[0]))
    return before, since


def _all(parts: Sequence[tuple[str, list[Any]]]) -> tuple[str, list[Any]]:
    return " AND ".join(sql for sql, _ in parts), [value for _, values in parts for value in values]


def _fetch(sql: str, parameters: list[Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [row[0] for row in cursor.fetchall()]
