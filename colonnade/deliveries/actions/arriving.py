"""What happens here when something is known to be there: the receipt is kept, and our post comes back by the door."""

from __future__ import annotations

import logging

import msgspec
from django.db import Error, IntegrityError

from colonnade.conversations import actions as conversations
from colonnade.core.db import attempt as alone
from colonnade.deliveries import rules
from colonnade.deliveries.models import Attempt, AttemptKind, Delivery, Outcome
from colonnade.networks.base import Author, Item, Post, Receipt
from colonnade.primitives.text import normalise

log = logging.getLogger(__name__)


def arrive(delivery: Delivery, receipt: Receipt) -> bool:
    """Keep the receipt and let our post come in by the door that all posts use; the caller holds the lock and saves.

    False, and nothing kept, if what the receipt names is known to be another delivery's.
    """
    post = delivery.post_id or _received(delivery, receipt)
    if post is not None and Delivery.objects.filter(post=post).exclude(pk=delivery.pk).exists():
        return False
    delivery.post_id = post
    keep(delivery, receipt)
    return True


def keep(delivery: Delivery, receipt: Receipt) -> None:
    """Note what the network calls it, where that is not known yet; the caller saves."""
    delivery.uri = delivery.uri or normalise(receipt.uri)
    delivery.url = delivery.url or normalise(receipt.url)
    delivery.remote_id = delivery.remote_id or normalise(receipt.remote_id)


def _received(delivery: Delivery, receipt: Receipt) -> int | None:
    """The id of our post. That it could not be written must not lose the receipt: then it comes with the next pull."""
    for again in (True, True, False):
        try:
            with alone():
                return _receive(delivery, receipt)
        except IntegrityError:
            if not again:  # a pull wrote the same post at the same moment; by now it should be seen
                raise
        except Error:
            raise
        except Exception:
            log.exception("The post of delivery %d could not be received", delivery.pk)
            break
    return None


def _receive(delivery: Delivery, receipt: Receipt) -> int | None:
    dispatch, place = delivery.dispatch, delivery.account.place
    conversation = dispatch.conversation
    received = conversations.receive(
        place,
        [_item(delivery, receipt)],
        scope=dispatch.scope if dispatch.place_id == place.pk else None,
        conversation=conversation if conversation and conversation.place_id == place.pk else None,
    )
    return next(iter([*received.posts, *received.known]), None)


def _item(delivery: Delivery, receipt: Receipt) -> Item:
    """Our post as the network would show it. Without our key: only what comes from there may carry it."""
    outgoing = rules.outgoing_of(delivery.dispatch.content, delivery.target.address)
    identity = delivery.account.identity
    post = Post(
        uri=receipt.uri,
        author=Author(network=identity.network, address=identity.address, name=identity.name, proof="signed"),
        text=outgoing.text,
        title=outgoing.title,
        html=outgoing.html,
        url=receipt.url,
        published=receipt.accepted or delivery.sent_at,
        reply_to=outgoing.reply_to,
        lang=outgoing.lang,
        audience="restricted" if outgoing.to else "public",
        media=outgoing.media,
    )
    return Item(raw=msgspec.json.encode(post), read=(post,), external_id=receipt.uri)


def settle_open_writes(delivery: Delivery, outcome: str, settled_by: str) -> None:
    """Say of all attempts that were left open how they ended, and who found out."""
    left_open = Attempt.objects.filter(
        delivery=delivery, kind=AttemptKind.WRITE, outcome__in=(Outcome.OPEN, Outcome.UNKNOWN), settled_by=""
    )
    left_open.update(outcome=outcome, settled_by=settled_by)
