"""Roll-ups: each mention is counted once, and counted anew where something about it has changed.

Mentions of one watch are kept one after the other, under the lock of the watch, so their keys grow in the order in which
they are announced, and one number a watch says how far they are counted (`Tally`). What is newer is added by its own fact;
what is older is counted anew, an hour at a time. So a fact that is heard twice, or after what changed its posts, does no harm.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import Max

from colonnade.core.db import action
from colonnade.insight import rules
from colonnade.insight.models import Rollup, Tally, Total
from colonnade.listening.models import Mention, Watch

_HOUR = f"m.post_id / {rules.IDS_IN_AN_HOUR}"
_ADD = f"""
INSERT INTO insight_rollup (watch_id, hour, scope_id, network, lang, mood, posts, copies)
SELECT m.watch_id, {_HOUR}, p.scope_id, i.network, m.lang, m.mood, count(*),
       sum(CASE WHEN m.is_copy THEN 1 ELSE 0 END)
FROM listening_mention m
JOIN conversations_post p ON p.id = m.post_id
JOIN people_identity i ON i.id = p.author_id
WHERE m.watch_id = %s AND NOT p.deleted AND NOT m.drill AND {{which}}
GROUP BY m.watch_id, {_HOUR}, p.scope_id, i.network, m.lang, m.mood
ON CONFLICT (watch_id, hour, scope_id, network, lang, mood) DO UPDATE
SET posts = insight_rollup.posts + excluded.posts, copies = insight_rollup.copies + excluded.copies
"""
_ADD_TOTAL = f"""
INSERT INTO insight_total (watch_id, hour, scope_id, posts, copies)
SELECT m.watch_id, {_HOUR}, p.scope_id, count(*), sum(CASE WHEN m.is_copy THEN 1 ELSE 0 END)
FROM listening_mention m
JOIN conversations_post p ON p.id = m.post_id
WHERE m.watch_id = %s AND NOT p.deleted AND NOT m.drill AND {{which}}
GROUP BY m.watch_id, {_HOUR}, p.scope_id
ON CONFLICT (watch_id, hour, scope_id) DO UPDATE
SET posts = insight_total.posts + excluded.posts, copies = insight_total.copies + excluded.copies
"""


@action
def count_found(watch: int, posts: Sequence[int]) -> None:
    """Count what a watch has caught just now. Safe to run twice."""
    tally = _locked(watch)
    if tally is None or not posts:
        return
    newest = Mention.objects.filter(watch=watch, post__in=posts).aggregate(newest=Max("pk"))["newest"]
    if newest is None or newest <= tally.upto:
        return
    _add(watch, f"m.id > %s AND m.post_id IN ({', '.join(['%s'] * len(posts))})", [tally.upto, *posts])
    tally.upto = newest
    tally.save(update_fields=["upto"])


@action
def count_anew(posts: Iterable[int], watches: Iterable[int] = ()) -> None:
    """Count the hours of these posts again, in every watch that caught one of them, and in `watches` that have let go of
    one. What is not counted yet stays so until its own fact is heard."""
    wanted = list(posts)
    hours = {rules.hour_of(post) for post in wanted}
    touched = {(watch, hour) for watch in watches for hour in hours}
    kept = Mention.objects.filter(post__in=wanted).values_list("watch_id", "post_id")
    touched |= {(watch, rules.hour_of(post)) for watch, post in kept}
    for watch in sorted({watch for watch, _ in touched}):
        tally = _locked(watch)
        for hour in sorted(hour for one, hour in touched if one == watch and tally is not None):
            _recount_hour(watch, hour, tally.upto if tally else 0)


@action
def recount(watch: int) -> None:
    """Count everything of a watch from its mentions, whatever was counted before."""
    tally = _locked(watch)
    if tally is None:
        return
    tally.upto = Mention.objects.filter(watch=watch).aggregate(newest=Max("pk"))["newest"] or 0
    tally.save(update_fields=["upto"])
    for table in (Rollup, Total):
        table._default_manager.filter(watch=watch).delete()
    _add(watch, "m.id <= %s", [tally.upto])


def _locked(watch: int) -> Tally | None:
    """How far a watch is counted, held until the end of the transaction; None where there is no such watch."""
    tally = Tally.objects.select_for_update().filter(watch=watch).first()
    if tally is None and Watch.objects.filter(pk=watch).exists():
        Tally.objects.get_or_create(watch_id=watch)
        tally = Tally.objects.select_for_update().filter(watch=watch).first()
    return tally


def _recount_hour(watch: int, hour: int, upto: int) -> None:
    for table in (Rollup, Total):
        table._default_manager.filter(watch=watch, hour=hour).delete()
    first, end = rules.ids_of_hour(hour)
    _add(watch, "m.id <= %s AND m.post_id >= %s AND m.post_id < %s", [upto, first, end])


def _add(watch: int, which: str, values: list[Any]) -> None:
    with connection.cursor() as cursor:
        for statement in (_ADD, _ADD_TOTAL):
            cursor.execute(statement.format(which=which), [watch, *values])
