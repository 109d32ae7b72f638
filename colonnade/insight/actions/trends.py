"""What streams by is counted, hour by hour; what rises in it is kept."""

from __future__ import annotations

from collections.abc import Iterable

from colonnade.core.db import action
from colonnade.insight import queries
from colonnade.insight.models import Sketch as Row
from colonnade.insight.models import Trend
from colonnade.insight.rules import hour_of
from colonnade.insight.trends import Sketch
from colonnade.primitives import clock, ids

DAYS_KEPT = 15


@action
def count_terms(posts: Iterable[int]) -> None:
    """Count new posts in the hours in which they were said, those of them that everybody of staff may see; what lies further
    back than fifteen days is history. A fact that is heard twice counts twice: these are trends, not sums."""
    now = hour_of(ids.first_of(clock.now_ms()))
    hours: dict[int, list[int]] = {}
    for post in posts:
        if now - 24 * DAYS_KEPT < hour_of(post) <= now:
            hours.setdefault(hour_of(post), []).append(post)
    said = queries.terms_said([post for some in hours.values() for post in some])
    for hour, some in sorted(hours.items()):
        known = [said[post] for post in some if post in said]
        if known:
            _count(hour, known)


def _count(hour: int, said: list[tuple[str, set[tuple[str, str]]]]) -> None:
    row, _ = Row.objects.get_or_create(hour=hour, defaults={"body": Sketch().to_bytes()})
    row = Row.objects.select_for_update().get(pk=row.pk)
    sketch = Sketch.from_bytes(bytes(row.body))
    sketch.add(said)
    row.body, row.posts = sketch.to_bytes(), sketch.posts
    row.save()


@action
def keep_trends() -> int:
    """What rises in the hour that runs and the one before it, in place of what was kept of this hour; returns how much does.
    What is older than fifteen days is forgotten."""
    hour = hour_of(ids.first_of(clock.now_ms()))
    found = queries.rising_now(hour)
    Trend.objects.filter(hour=hour).delete()
    Trend.objects.bulk_create(
        Trend(hour=hour, kind=one.kind, term=one.term, posts=one.posts, usual=one.usual, score=one.score)
        for one in found
    )
    Row.objects.filter(hour__lte=hour - 24 * DAYS_KEPT).delete()
    Trend.objects.filter(hour__lte=hour - 24 * DAYS_KEPT).delete()
    return len(found)
