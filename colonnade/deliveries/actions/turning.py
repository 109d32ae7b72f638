"""The one place where a delivery changes its state: checked against the graph, and announced."""

from __future__ import annotations

from colonnade.core.events import Event, Hint, announce
from colonnade.deliveries import rules
from colonnade.deliveries.events import (
    DeliveryConfirmed,
    DeliveryFailed,
    DeliveryRecalled,
    DeliverySent,
    DeliveryUncertain,
)
from colonnade.deliveries.models import DELIVERY, DISPATCH, Delivery, Dispatch


def locked(delivery: int) -> Delivery:
    """The delivery with its dispatch, both locked; always the dispatch first, so that nobody waits in a circle."""
    dispatch = Dispatch.objects.select_for_update(of=("self",)).get(deliveries=delivery)
    row = Delivery.objects.select_for_update().get(pk=delivery)
    row.dispatch = dispatch
    return row


def turn(delivery: Delivery, state: str) -> None:
    """Change the state in memory and announce it; the caller holds the row's lock and saves. Raises NotAllowed."""
    DELIVERY.check(delivery.state, state)
    delivery.state = state
    if state not in ("uncertain", "waiting"):
        delivery.overdue_at = None
    fact = _fact(delivery)
    if fact is not None:
        tell(fact, delivery)


def _fact(delivery: Delivery) -> Event | None:
    of = {"delivery": delivery.pk, "dispatch": delivery.dispatch_id}
    match delivery.state:
        case "sent":
            return DeliverySent(post=delivery.post_id, **of)
        case "confirmed":
            return DeliveryConfirmed(post=delivery.post_id, **of)
        case "uncertain":
            return DeliveryUncertain(**of)
        case "failed":
            return DeliveryFailed(**of)
        case "recalled":
            return DeliveryRecalled(**of)
    return None


def tell(fact: Event, delivery: Delivery) -> None:
    """Announce a fact about a delivery, with a hint for those who see where it belongs."""
    announce(fact, subject=f"delivery:{delivery.pk}", hints=[hint(delivery.dispatch)])


def hint(dispatch: Dispatch) -> Hint:
    """Where those who see a dispatch look again."""
    return Hint(dispatch.scope.audience_id, dispatch.place_id, dispatch.conversation_id or 0)


def turn_dispatch(dispatch: Dispatch) -> None:
    """Bring the state of a dispatch in line with its deliveries, as this transaction sees them."""
    if dispatch.state == "undone":
        return
    states = set(Delivery.objects.filter(dispatch=dispatch).values_list("state", flat=True))
    if states <= set(rules.SETTLED):
        state = "done"
    else:
        state = "waiting" if states == {"waiting"} and dispatch.state == "waiting" else "going"
    if state != dispatch.state:
        DISPATCH.check(dispatch.state, state)
        Dispatch.objects.filter(pk=dispatch.pk).update(state=state)
        dispatch.state = state
