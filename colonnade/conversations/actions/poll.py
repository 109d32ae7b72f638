"""Reading a place elsewhere: load the cursor, ask the connector, take in what it brought."""

from __future__ import annotations

import logging

from colonnade.conversations.actions.receive import Polled, receive
from colonnade.conversations.types import Received
from colonnade.core.points import reach
from colonnade.networks import base
from colonnade.networks.registry import UnknownConnector
from colonnade.places import actions as places
from colonnade.places import queries
from colonnade.places.models import Place

log = logging.getLogger(__name__)

EVERY_S = 300.0


def poll(place: Place) -> Received:
    """Read what is new in a place elsewhere. A failure is noted with its reason and tried again later, never raised."""
    try:
        connector = queries.connection(place)
        return _take_in(place, connector.pull(dict(place.polling.cursor)))
    except base.SignInNeeded as fault:
        places.note_failed_poll(place, str(fault), health="sign_in_needed")
    except base.TryLater as fault:
        places.note_failed_poll(place, str(fault), again_in_s=fault.after_s)
    except (base.NetworkError, UnknownConnector, ValueError) as fault:
        places.note_failed_poll(place, str(fault) or type(fault).__name__)
    except Exception as fault:  # a fault of ours must not make us ask again and again without a pause
        log.exception("Reading place %d failed", place.pk)
        places.note_failed_poll(place, f"It could not be taken in: {type(fault).__name__}")
    return Received()


def _take_in(place: Place, batch: base.Batch) -> Received:
    reach("poll.pulled")
    if batch.gone:
        places.note_failed_poll(place, "It is gone for good.", health="gone")
        return receive(place, batch.items)
    polled = Polled(
        cursor=batch.cursor,
        again_in_s=batch.again_in_s if batch.again_in_s is not None else EVERY_S,
        title=batch.title,
    )
    done = receive(place, batch.items, polled=polled)
    reach("poll.after-receive")
    if batch.moved_to and hasattr(place, "source"):
        places.note_moved(place, batch.moved_to)
    return done
