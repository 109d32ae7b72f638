"""How far a place elsewhere has been read, and how it fares."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from colonnade.core.db import action
from colonnade.core.events import announce
from colonnade.places.events import PlaceHealthChanged
from colonnade.places.models import (
    HEALTH,
    Place,
    PlaceKind,
    Polling,
    Source,
)
from colonnade.primitives import clock
from colonnade.primitives.text import normalise

NEVER_FAILING_LONGER_THAN_S = 6 * 3600


@action
def note_poll(place: Place, *, cursor: Mapping[str, Any], again_in_s: float, title: str = "") -> None:
    """The place was read: move the cursor and set the next time. Belongs in the transaction that stored what came."""
    polling = Polling.objects.select_for_update().get(place=place)
    _set_health(polling, "well")
    polling.cursor = dict(cursor)
    polling.due_at = clock.now() + timedelta(seconds=again_in_s)
    polling.failures, polling.last_error, polling.read_at = 0, "", clock.now()
    polling.save()
    if title and place.kind == PlaceKind.SOURCE and place.name == place.source.address:
        Place.objects.filter(pk=place.pk).update(name=normalise(title)[:200])


@action
def note_pushed(place: Place) -> None:
    """Something was pushed that could be read. A place that is never asked is well from then on."""
    polling = Polling.objects.select_for_update().filter(place=place).first()
    if polling is None:
        return
    if polling.health == "new" and polling.due_at is None:
        _set_health(polling, "well")
    polling.read_at = clock.now()
    polling.save(update_fields=["health", "read_at"])


@action
def note_queued(place: int, lasts_s: float) -> None:
    """The place is about to be read, which may last so long: until then it is not due again."""
    Polling.objects.filter(place=place).update(due_at=clock.now() + timedelta(seconds=lasts_s))


@action
def note_failed_poll(
    place: Place, reason: str, *, health: str = "failing", again_in_s: float | None = None
) -> None:
    """The place could not be read: say why, and wait longer each time. `gone` and `sign_in_needed` are not asked again."""
    polling = Polling.objects.select_for_update().get(place=place)
    _set_health(polling, health)
    polling.failures += 1
    polling.last_error = normalise(reason)[:500]
    wait = again_in_s if again_in_s is not None else 30 * 2 ** min(polling.failures, 10)
    stopped = health in ("gone", "sign_in_needed")
    polling.due_at = (
        None if stopped else clock.now() + timedelta(seconds=min(wait, NEVER_FAILING_LONGER_THAN_S))
    )
    polling.save()


def _set_health(polling: Polling, health: str) -> None:
    if polling.health == health:
        return
    HEALTH.check(polling.health, health)
    polling.health = health
    announce(PlaceHealthChanged(place=polling.place_id, health=health), subject=f"place:{polling.place_id}")


@action
def note_moved(place: Place, address: str) -> None:
    """A source has a new address for good (unless another source already has that one)."""
    address = normalise(address)[:2000]
    taken = Source.objects.filter(connector=place.source.connector, address=address).exclude(place=place)
    if not taken.exists():
        Source.objects.filter(place=place).update(address=address)


@action
def poll_now(place: Place) -> None:
    """Read the place at the next turn of a worker."""
    Polling.objects.filter(place=place).update(due_at=clock.now())
