"""Facts that this room announces."""

from __future__ import annotations

from colonnade.core.events import Event


class DispatchMade(Event):
    """Something is to be said elsewhere; until its undo window ends it can still be taken back."""

    dispatch: int
    place: int
    conversation: int | None


class DeliverySent(Event):
    """The network says that it took it; `post` is what it became here, once that is written."""

    delivery: int
    dispatch: int
    post: int | None


class DeliveryConfirmed(Event):
    """It has been seen there, or a person says that it is."""

    delivery: int
    dispatch: int
    post: int | None


class DeliveryUncertain(Event):
    """Not sure it arrived: check."""

    delivery: int
    dispatch: int


class DeliveryFailed(Event):
    """It will not be tried again by itself; nothing was taken there."""

    delivery: int
    dispatch: int


class DeliveryRecalled(Event):
    """It was taken back: before it went, or there."""

    delivery: int
    dispatch: int


class DeliveryOverdue(Event):
    """It was due and nobody tried."""

    delivery: int
    dispatch: int


class AccountPaused(Event):
    """Nothing leaves through the account until somebody connects it again."""

    place: int


class AccountResumed(Event):
    """What was waiting leaves through the account again."""

    place: int
