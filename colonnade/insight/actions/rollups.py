"""Roll-ups: each mention is counted once, and counted anew where something about it has changed.

Mentions of one watch are kept one after the other, under the lock of the watch, so their keys grow in the order in which
they are announced, and one number a watch says how far they are counted (`Tally`). What is newer is added by its own fact;
what is older is counted anew, an hour at a time. So a fact that is heard twice, or after what changed its posts, does no harm.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
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
FROM {{mentions}}
JOIN conversations_post p ON p.id = m.post_id
JOIN people_identity i ON i.id = p.author_id
WHERE NOT p.deleted AND NOT m.drill AND {{which}}
GROUP BY m.watch_id, {_HOUR}, p.scope_id, i.network, m.lang, m.mood
ON CONFLICT (watch_id, hour, scope_id, network, lang, mood) DO UPDATE
SET posts = insight_rollup.posts + excluded.posts, copies = insight_rollup.copies + excluded.copies
"""
_ADD_TOTAL = f"""
INSERT INTO insight_total (watch_id, hour, scope_id, posts, copies)
SELECT m.watch_id, {_HOUR}, p.scope_id, count(*), sum(CASE WHEN m.is_copy THEN 1 ELSE 0 END)
FROM {{mentions}}
JOIN conversations_post p ON p.id = m.post_id
WHERE NOT p.deleted AND NOT m.drill AND {{which}}
GROUP BY m.watch_id, {_HOUR}, p.scope_id
ON CONFLICT (watch_id, hour, scope_id) DO UPDATE
SET posts = insight_total.posts + excluded.posts, copies = insight_total.copies + excluded.copies
"""
_OF_ONE = "listening_mention m"
# Those that were told just now and are not counted: by pairs of watch and post, since another fact of a watch may tell of a
# post that this one tells of another watch, and is counted when its turn comes.
_OF_MANY = """(VALUES {pairs}) AS f JOIN listening_mention m ON m.watch_id = f.column1 AND m.post_id = f.column2
JOIN insight_tally t ON t.watch_id = m.watch_id"""
_NEW = "m.id > t.upto"
_NEWEST = "SELECT m.watch_id, max(m.id) FROM {mentions} WHERE {which} GROUP BY m.watch_id"


@action
def count_found(found: Mapping[int, Collection[int]]) -> None:
    """Count what watches have caught just now, by watch its posts. A handful of statements, however many watches it were.
    Safe to run twice."""
    known = _all_locked(watch for watch, posts in found.items() if posts)
    pairs = [value for watch in known for post in dict.fromkeys(found[watch]) for value in (watch, post)]
    if not pairs:
        return
    many = _OF_MANY.format(pairs=", ".join(["(%s, %s)"] * (len(pairs) // 2)))
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST.format(mentions=many, which=_NEW), pairs)
        newest = cursor.fetchall()
        for statement in (_ADD, _ADD_TOTAL):
            cursor.execute(statement.format(mentions=many, which=_NEW), pairs)
        cursor.executemany(
            "UPDATE insight_tally SET upto = %s WHERE watch_id = %s",
            [(upto, watch) for watch, upto in newest],
        )


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


def _all_locked(watches: Iterable[int]) -> list[int]:
    """Those of these watches that are there, their tallies held until the end of the transaction, in the order of their ids."""
    wanted = sorted(set(watches))
    rows = Tally.objects.select_for_update().filter(watch__in=wanted).order_by("watch")
    known = list(rows.values_list("watch_id", flat=True))
    if len(known) < len(wanted):
        missing = Watch.objects.filter(pk__in=set(wanted) - set(known)).order_by("pk")
        Tally.objects.bulk_create([Tally(watch=one) for one in missing], ignore_conflicts=True)
        known = list(rows.all().values_list("watch_id", flat=True))
    return known


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
            cursor.execute(
                statement.format(mentions=_OF_ONE, which=f"m.watch_id = %s AND {which}"), [watch, *values]
            )
