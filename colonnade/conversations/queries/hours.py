"""How many posts fit a question, hour by hour: only those that the viewer may see count."""

from __future__ import annotations

from typing import Any

from django.db import connection

from colonnade.access.types import Viewer
from colonnade.conversations.queries.search import EVERYWHERE, Within, branch_as_sql, branches_asked
from colonnade.conversations.queries.visibility import NOBODY_SEES, predicate
from colonnade.conversations.search.question import Question
from colonnade.primitives import ids

HOUR_MS = 3_600_000


def by_hour(
    viewer: Viewer, question: Question, *, since: int, until: int, within: Within = EVERYWHERE
) -> dict[int, int]:
    """Hours since 1970 (UTC) in which something that fits was published, with how many posts the viewer may see of it, from
    the id `since` on and below the id `until`. Raises ValueError for a question that is not exact."""
    if not question.exact:
        raise ValueError("Only what an index can say exactly is counted by it.")
    if predicate(viewer)[0] == NOBODY_SEES:
        return {}
    parts = [branch_as_sql(viewer, branch, within, since, until) for branch in branches_asked(question)]
    found = " UNION ".join(sql for sql, _ in parts)
    values: list[Any] = [value for _, some in parts for value in some]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT found.id / %s AS hour, count(*) FROM ({found}) AS found GROUP BY 1 ORDER BY 1",
            [ids.first_of(HOUR_MS), *values],
        )
        return dict(cursor.fetchall())
