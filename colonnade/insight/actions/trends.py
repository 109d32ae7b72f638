"""What streams by is counted, hour by hour; what rises in it is kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from colonnade.core.db import action
from colonnade.insight.models import Sketch as Row
from colonnade.insight.models import Trend
from colonnade.insight.trends import DAYS_KEPT, Rising, Sketch


@action
def count_hour(hour: int, said: Sequence[tuple[str, set[tuple[str, str]]]]) -> None:
    """Count what posts of an hour say, each with its author. What is heard twice counts twice: these are trends, not sums."""
    Row.objects.get_or_create(hour=hour, defaults={"body": Sketch().to_bytes()})
    row = Row.objects.select_for_update().get(pk=hour)
    sketch = Sketch.from_bytes(bytes(row.body))
    sketch.add(said)
    row.body, row.posts = sketch.to_bytes(), sketch.posts
    row.save()


@action
def keep_trends(hour: int, found: Iterable[Rising]) -> None:
    """Keep what rises in an hour, in place of what was kept of it. What is older than fifteen days is forgotten."""
    Trend.objects.filter(hour=hour).delete()
    Trend.objects.bulk_create(
        Trend(hour=hour, kind=one.kind, term=one.term, posts=one.posts, usual=one.usual, score=one.score)
        for one in found
    )
    Row.objects.filter(hour__lte=hour - 24 * DAYS_KEPT).delete()
    Trend.objects.filter(hour__lte=hour - 24 * DAYS_KEPT).delete()
