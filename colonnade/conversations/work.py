"""Background and timed work of conversations, by ids."""

from __future__ import annotations

from colonnade.conversations import actions
from colonnade.core.work import enqueue, every, work
from colonnade.places import queries as places
from colonnade.places.models import Scope
from colonnade.primitives import clock

POLLS_AT_ONCE = 50


@work(lease_s=300)
def pull(place_id: int) -> None:
    """Read one place elsewhere."""
    actions.poll(places.place_by_id(place_id))


@every(5)
@work()
def pull_due() -> None:
    """Queue the reading of every place that is due."""
    for place_id in places.due_for_polling(clock.now(), POLLS_AT_ONCE):
        enqueue(pull, place_id, key=str(place_id))


@work()
def parse(raw_id: int) -> None:
    """Understand one pushed payload."""
    actions.parse_kept(raw_id)


@work(lease_s=600)
def renew_hints(scope_id: int) -> None:
    """Write the search hints of a scope anew."""
    actions.renew_hints(scope_id)


def queue_stale_hints(place_id: int) -> None:
    """Queue the renewal for every scope of a place whose hints are stale."""
    for scope in Scope.objects.filter(place_id=place_id, stale_hints=True):
        enqueue(renew_hints, scope.pk, key=str(scope.pk))
