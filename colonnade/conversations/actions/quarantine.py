"""Payloads that are pushed to us: kept first, understood afterwards; what can't be understood stays, with its reason."""

from __future__ import annotations

import logging

from colonnade.conversations.actions import store
from colonnade.conversations.actions.receive import receive
from colonnade.conversations.models import Raw
from colonnade.conversations.types import Received
from colonnade.core.db import action
from colonnade.core.points import reach
from colonnade.networks import base
from colonnade.places import actions as place_actions
from colonnade.places import queries as places
from colonnade.places.models import Place
from colonnade.primitives import clock
from colonnade.primitives.text import normalise

log = logging.getLogger(__name__)


@action
def keep(place: Place, payload: bytes) -> Raw:
    """Keep a pushed payload. When this has returned (committed), the sender may be told "received"."""
    now = clock.now()
    raw = Raw(month=now.year * 100 + now.month, place=place, state="received", arrived_at=now)
    store.insert_raw(raw, payload)
    return raw


@action
def parse_kept(raw_id: int) -> Received:
    """Understand a kept payload. Safe to run twice; a quarantined one is tried again."""
    raw = (
        Raw.objects.select_for_update(of=("self",))
        .select_related("place")
        .defer("payload")
        .filter(pk=raw_id)
        .first()
    )
    if raw is None or raw.state == "parsed":
        return Received()
    reach("intake.raw-kept")
    read = _read(raw)
    done = receive(raw.place, [base.Item(raw=b"", read=tuple(r for r in read if not _unreadable(r)))])
    reasons = [r.reason for r in read if isinstance(r, base.Unreadable)]
    raw.state = "quarantined" if reasons else "parsed"
    raw.reason = normalise(" ".join(reasons))[:500]
    raw.post_id = done.posts[0] if done.posts else None
    raw.save(update_fields=["state", "reason", "post"])
    done.quarantined += len(reasons)
    if done.posts or done.known:
        place_actions.note_pushed(raw.place)
    return done


def _read(raw: Raw) -> tuple[base.Incoming | base.Unreadable, ...]:
    """What the payload says; whatever a connector stumbles over is a reason to look at it, not to lose it."""
    try:
        return places.connection(raw.place).read(store.payload_of(raw))
    except Exception as fault:
        log.exception("The payload %d could not be read", raw.pk)
        return (base.Unreadable(reason=f"It could not be read: {type(fault).__name__}: {fault}"),)


def _unreadable(read: base.Incoming | base.Unreadable) -> bool:
    return isinstance(read, base.Unreadable)
