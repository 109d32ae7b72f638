"""Background and timed work of conversations, by ids."""

from __future__ import annotations

import logging
from urllib.parse import urlsplit

from django.conf import settings

from colonnade.conversations import actions
from colonnade.core import db
from colonnade.core.work import enqueue, every, work
from colonnade.networks.base import NetworkError
from colonnade.networks.feeds import websub
from colonnade.networks.http import Client
from colonnade.places import actions as place_actions
from colonnade.places import queries as places
from colonnade.places.models import Place, Scope
from colonnade.primitives import clock

log = logging.getLogger(__name__)

POLLS_AT_ONCE = 50
PULL_LEASE_S = 300
LEASE_S = 10 * 86_400


@work(lease_s=PULL_LEASE_S)
def pull(place_id: int) -> None:
    """Read one place elsewhere."""
    actions.poll(places.place_by_id(place_id))


@every(5)
@work()
def pull_due() -> None:
    """Queue the reading of every place that is due, each once while it lasts."""
    with db.act():
        for place_id in places.due_for_polling(clock.now(), POLLS_AT_ONCE):
            enqueue(pull, place_id, key=str(place_id))
            place_actions.note_queued(place_id, PULL_LEASE_S)


@work()
def parse(raw_id: int) -> None:
    """Understand one pushed payload."""
    actions.parse_kept(raw_id)


def push(place: Place, payload: bytes) -> None:
    """Keep what was pushed to us and queue its reading, both or neither. Then its sender may be told "received"."""
    with db.act():
        enqueue(parse, actions.keep(place, payload).pk)


@every(24 * 3600)
@work()
def forget_keys() -> None:
    """Forget under which keys was sent what nobody sends again."""
    actions.forget_keys()


@every(24 * 3600)
@work()
def subscribe_all() -> None:
    """Ask every hub anew, long before its lease is over."""
    for place_id in places.with_hubs():
        enqueue(subscribe, place_id, key=str(place_id))


@work()
def subscribe(place_id: int) -> None:
    """Ask the hub of a feed to push it to us. Where nobody outside could reach us, or it refuses, we go on asking."""
    hub = places.push_to(place_id)
    if hub is None or not hub.wanted or not _can_be_reached(hub.callback):
        return
    http = Client(allowed_private_hosts=settings.COLONNADE_ALLOW_PRIVATE_HOSTS)
    try:
        websub.subscribe(http, hub.hub, hub.topic, hub.callback, hub.secret, LEASE_S)
    except NetworkError as error:
        log.info("The hub of place %d: %s", place_id, error)


def _can_be_reached(callback: str) -> bool:
    host = urlsplit(callback).hostname or ""
    return host not in ("localhost", "127.0.0.1", "::1") or host in settings.COLONNADE_ALLOW_PRIVATE_HOSTS


@work(lease_s=600)
def renew_hints(scope_id: int) -> None:
    """Write the search hints of a scope anew."""
    actions.renew_hints(scope_id)


def queue_stale_hints(place_id: int) -> None:
    """Queue the renewal for every scope of a place whose hints are stale."""
    for scope in Scope.objects.filter(place_id=place_id, stale_hints=True):
        enqueue(renew_hints, scope.pk, key=str(scope.pk))
