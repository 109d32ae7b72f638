"""What goes out, on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, cast

from ninja import Schema
from pydantic import Field

from colonnade.api.paging import IdText
from colonnade.api.shapes.posts import PlaceName
from colonnade.deliveries.types import AttemptLine, DeliveryLine, History

State = Literal["waiting", "sending", "sent", "confirmed", "uncertain", "failed", "recalled"]


class DeliveryOut(Schema):
    """One thing on its way to one place. `words` is its state in words, `needs_person` that nothing moves by itself."""

    id: IdText
    dispatch: IdText
    state: State
    words: str
    place: PlaceName
    address: str
    conversation: IdText | None
    text: str
    due_at: datetime | None
    undo_until: datetime
    tries: int
    last_error: str
    maybe_twice: bool
    overdue: bool
    needs_person: bool
    paused: bool
    url: str
    post: IdText | None
    by: IdText | None


class DeliveryList(Schema):
    """Deliveries, newest first; where more follow, the header Link says where."""

    deliveries: list[DeliveryOut]


class AttemptOut(Schema):
    """One call to the network. `settled_by` says who found out how it ended, where the call itself did not say."""

    number: int
    kind: str
    started_at: datetime
    finished_at: datetime | None
    outcome: str
    detail: str
    settled_by: str
    by: IdText | None


class DeliveryWhole(Schema):
    """A delivery with every attempt, oldest first."""

    delivery: DeliveryOut
    attempts: list[AttemptOut]


class SettleIn(Schema):
    """What a person says of an uncertain delivery: it is there, it certainly is not (send it again), leave it."""

    said: Literal["confirmed", "not_there", "failed"]
    uri: Annotated[str, Field(max_length=2000)] = ""


def delivery_out(line: DeliveryLine) -> DeliveryOut:
    """A delivery on the wire."""
    return DeliveryOut(
        id=str(line.id),
        dispatch=str(line.dispatch),
        state=cast("Any", line.state),
        words=line.words,
        place=PlaceName(id=str(line.place), name=line.place_name),
        address=line.address,
        conversation=str(line.conversation) if line.conversation else None,
        text=line.text,
        due_at=line.due_at,
        undo_until=line.undo_until,
        tries=line.tries,
        last_error=line.last_error,
        maybe_twice=line.maybe_twice,
        overdue=line.overdue,
        needs_person=line.needs_person,
        paused=line.paused,
        url=line.url,
        post=str(line.post) if line.post else None,
        by=str(line.by) if line.by else None,
    )


def history_out(history: History) -> DeliveryWhole:
    """A delivery with its attempts on the wire."""
    return DeliveryWhole(
        delivery=delivery_out(history.delivery), attempts=[_attempt_out(one) for one in history.attempts]
    )


def _attempt_out(one: AttemptLine) -> AttemptOut:
    return AttemptOut(
        number=one.number,
        kind=one.kind,
        started_at=one.started_at,
        finished_at=one.finished_at,
        outcome=one.outcome,
        detail=one.detail,
        settled_by=one.settled_by,
        by=str(one.by) if one.by else None,
    )
