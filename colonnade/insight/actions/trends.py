"""What streams by is counted, hour by hour; what rises in it is kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from colonnade.core.db import action
from colonnade.insight import queries
from colonnade.insight.models import AuthorName, Trend
from colonnade.insight.models import Sketch as Row
from colonnade.insight.rules import hour_of_ms
from colonnade.insight.trends import DAYS_KEPT, Passed, Rising, Sketch
from colonnade.listening.language.reading import Heard
from colonnade.places.models import Place
from colonnade.primitives import clock

WRITTEN_EVERY_S = 10.0
HOURS_BACK = 24


@action
def count_hour(hour: int, said: Sequence[tuple[str, set[tuple[str, str]]]]) -> None:
    """Count what posts of an hour say, each with its author. What is heard twice counts twice: these are trends, not sums."""
    sketch = Sketch()
    sketch.add(said)
    add_to_hour(hour, sketch)


@action
def add_to_hour(hour: int, counted: Sketch) -> None:
    """Add what was counted of an hour to what is known of it: by however many processes, one after the other."""
    Row.objects.get_or_create(hour=hour, defaults={"body": Sketch().to_bytes()})
    row = Row.objects.select_for_update().get(pk=hour)
    sketch = Sketch.from_bytes(bytes(row.body))
    sketch.merge(counted)
    row.body, row.posts, row.passed = sketch.to_bytes(), sketch.posts, sketch.passed
    row.save()


class CountsPassing:
    """Counts what is dropped of one source, in one process. It is written every ten seconds with the place that the stream was
    read to: a process that is killed loses what it counted since, and counts nothing twice."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._hours: dict[int, Passed] = {}
        self._written_s = clock.monotonic_s()
        self._is_told = queries.is_for_all_of_staff(place)

    def hear(self, posts: Sequence[Heard]) -> None:
        """Count posts by the hour in which they were published; what is older than a day rises no more."""
        if not self._is_told:
            return
        now = hour_of_ms(clock.now_ms())
        by_hour: dict[int, list[Heard]] = {}
        for post in posts:
            by_hour.setdefault(hour_of_ms(post.at or clock.now_ms()), []).append(post)
        for hour, some in by_hour.items():
            if now - HOURS_BACK <= hour <= now:
                self._hours.setdefault(hour, Passed()).hear(some)

    def keep(self, *, last: bool = False) -> None:
        """Write what was counted, once it was for ten seconds, or nothing comes behind it."""
        if not last and clock.monotonic_s() - self._written_s < WRITTEN_EVERY_S:
            return
        for hour, passed in sorted(self._hours.items()):
            add_to_hour(hour, passed.taken())
        self._hours = {}
        self._written_s = clock.monotonic_s()
        self._is_told = queries.is_for_all_of_staff(self._place)


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
    AuthorName.objects.filter(asked_at__lte=clock.now() - timedelta(days=DAYS_KEPT)).delete()


@action
def keep_author_name(address: str, name: str, *, confirmed: bool) -> None:
    """Remember what an author is called, or that it was not to be found out (""): either is not asked again at once."""
    told = {"name": name, "confirmed": confirmed, "asked_at": clock.now()}
    AuthorName.objects.update_or_create(address=address, defaults=told)
