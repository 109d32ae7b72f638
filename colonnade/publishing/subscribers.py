"""What publishing does when others announce something."""

from __future__ import annotations

from colonnade.core.events import subscriber
from colonnade.core.work import enqueue
from colonnade.deliveries.events import (
    DeliveryConfirmed,
    DeliveryFailed,
    DeliveryRecalled,
    DeliverySent,
    DeliveryUncertain,
)
from colonnade.people.events import PersonSuspended, RoleChanged
from colonnade.places.events import MembershipChanged
from colonnade.publishing import actions, work
from colonnade.publishing.events import DraftPlanned

_Turned = DeliverySent | DeliveryConfirmed | DeliveryUncertain | DeliveryFailed | DeliveryRecalled


@subscriber(PersonSuspended, RoleChanged, MembershipChanged)
def on_rights_changed(event: PersonSuspended | RoleChanged | MembershipChanged) -> None:
    """What somebody approved may have lost its second person."""
    actions.let_fall(event.person)


@subscriber(DraftPlanned)
def on_draft_planned(event: DraftPlanned) -> None:
    """Wake a worker at its time. Under the moment's own key: an earlier one that no longer holds finds nothing due."""
    key = f"draft:{event.draft}:{int(event.goes_at.timestamp())}"
    enqueue(work.send, event.draft, due=event.goes_at, key=key)


@subscriber(DeliverySent, DeliveryConfirmed, DeliveryUncertain, DeliveryFailed, DeliveryRecalled)
def on_delivery_turned(event: _Turned) -> None:
    """What became of a dispatch is what became of its draft."""
    actions.note_delivery(event.dispatch)
