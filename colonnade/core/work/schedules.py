"""Work that comes round: schedules are rows, so that several workers queue each round once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction

from colonnade.core import db, points
from colonnade.core.models import Schedule
from colonnade.core.work.queue import put
from colonnade.core.work.register import UnknownWork, entry_of, find, rounds
from colonnade.primitives import clock


def schedule(name: str, function: Callable[[], Any], every_s: int) -> None:
    """Queue `function` every `every_s` seconds under `name`, first as soon as a worker looks; again with other values
    changes it."""
    _write(name, entry_of(function).name, every_s)


def unschedule(name: str) -> None:
    """Forget a schedule; what is already queued stays."""
    with db.machinery():
        Schedule.objects.filter(name=name).delete()


def declare() -> None:
    """Bring the rows in line with the `@every` of the code; other schedules stay as they are."""
    known = {row.name: row for row in Schedule.objects.all()}
    for name, (function, every_s) in rounds().items():
        row = known.get(name)
        if row is None or (row.function, row.every_s) != (function, every_s):
            _write(name, function, every_s)


def _write(name: str, function: str, every_s: int) -> None:
    now = clock.now_ms()
    with db.machinery(), transaction.atomic():
        row, made = Schedule.objects.select_for_update().get_or_create(
            name=name, defaults={"function": function, "every_s": every_s, "next_ms": now}
        )
        if not made:
            row.function, row.every_s = function, every_s
            row.next_ms = min(row.next_ms, now + every_s * 1000)
            row.save()


def come_round() -> int:
    """Queue what is due by its schedule; returns how many. A round that was missed is not made up for.

    A clock set back by more than a round does not silence a schedule: the next round is never further off than one.
    """
    now, count = clock.now_ms(), 0
    for row in Schedule.objects.all():
        too_far = row.next_ms > now + row.every_s * 1000
        if row.next_ms > now and not too_far:
            continue
        points.reach("work.before-schedule")
        with db.machinery(), transaction.atomic():
            mine = Schedule.objects.filter(name=row.name, next_ms=row.next_ms)
            if not mine.update(next_ms=now + row.every_s * 1000):
                continue  # another worker was faster
            try:
                put(find(row.function), (), due_ms=None, key=f"schedule:{row.name}")
            except UnknownWork:
                mine.model.objects.filter(name=row.name).delete()
                continue
        count += 1
    return count
