"""Plain values of deliveries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Said = Literal["confirmed", "not_there", "failed"]
"""What a person may say of an uncertain delivery: it is there, it is certainly not there, leave it."""

Step = Literal["repeat", "find", "ask"]
"""How an uncertain delivery is settled: say it again, look whether it is there, ask a person."""


POINTS = (
    "delivery.claimed",  # the lease is committed, nothing else has happened
    "delivery.attempt-committed",  # the attempt is committed, the call has not begun
    "delivery.before-call",  # the connector is about to be called
    "delivery.after-call",  # the network has answered, nobody has noted it
    "delivery.before-result",  # the answer is about to be noted
    "delivery.before-receive",  # the receipt is noted, our post not yet written; the transaction is open
    "delivery.before-commit",  # receipt, post and announcement are written; the transaction is open
    "delivery.after-result",  # the answer is committed
)
"""Where a fault test may stop a delivery (`core.points`). The first five stand in finds and recalls as well."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long things take, in seconds.

    A lease is longer than any call (HTTP gives up after 30 s, a mail relay may use 30 s for each of eight steps), so it
    ends only with its worker. `quiet_s` is how long after a broken call "it is not there" begins to count: until then
    the network may still be taking it. What cannot be sent holds its account's line for `tries_in_line` tries, so that
    nothing overtakes it; then it steps aside, and after `tries` a person is asked.
    """

    lease_s: float = 300.0
    quiet_s: float = 60.0
    look_again_s: tuple[float, ...] = (5.0, 30.0, 120.0, 600.0, 3600.0, 6 * 3600.0)
    come_back_s: tuple[float, ...] = (300.0, 3600.0, 24 * 3600.0)
    first_wait_s: float = 15.0
    longest_wait_s: float = 12 * 3600.0
    tries: int = 16
    tries_in_line: int = 5
    overdue_s: float = 120.0


PATIENCE = Patience()


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment on two clocks: the wall's, and the count of seconds of one machine since it started, which nobody sets."""

    wall: datetime
    machine: str
    ticks: float


@dataclass(frozen=True, slots=True)
class Past:
    """What the attempts of a delivery say. `open_writes` are those whose end nobody knows, oldest first.

    `looks` counts what was done to find out; `answered_no`: the network's last answer to a repeat was no, or
    "I have that already" (`duplicate`). `first` is when it was first sent at all.
    """

    open_writes: Sequence[Moment] = ()
    looks: int = 0
    answered_no: bool = False
    duplicate: bool = False
    first: datetime | None = None


@dataclass(frozen=True, slots=True)
class DeliveryLine:
    """One delivery, as a list shows it. `words` is its state in words for people of staff."""

    id: int
    dispatch: int
    state: str
    words: str
    place: int
    place_name: str
    address: str
    conversation: int | None
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
    post: int | None
    by: int | None
    made_at: datetime


@dataclass(frozen=True, slots=True)
class AttemptLine:
    """One call to the network, as the history of a delivery shows it."""

    number: int
    kind: str
    started_at: datetime
    finished_at: datetime | None
    outcome: str
    detail: str
    settled_by: str
    by: int | None


@dataclass(frozen=True, slots=True)
class History:
    """A delivery with every attempt, oldest first."""

    delivery: DeliveryLine
    attempts: list[AttemptLine] = field(default_factory=list)
