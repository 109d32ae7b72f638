"""Events: announcing facts upward and hearing them, at least once, in order per subject, none skipped.

`announce` in an action; `@subscriber` in a room's `subscribers.py`; the worker calls `stamp` and `pump`.
"""

from colonnade.core.events.hearing import Subscriber, subscriber, subscribers, unsubscribe
from colonnade.core.events.kinds import Event, Hint, decode, kind_of, kinds
from colonnade.core.events.outbox import Heard, Lately, announce, head, lately, since, stamp
from colonnade.core.events.pump import forget_old, lag, pump
from colonnade.core.events.setbacks import drop_parked, make_up_for_clock, parked, retry_parked

__all__ = [
    "Event",
    "Heard",
    "Hint",
    "Lately",
    "Subscriber",
    "announce",
    "decode",
    "drop_parked",
    "forget_old",
    "head",
    "kind_of",
    "kinds",
    "lag",
    "lately",
    "make_up_for_clock",
    "parked",
    "pump",
    "retry_parked",
    "since",
    "stamp",
    "subscriber",
    "subscribers",
    "unsubscribe",
]
