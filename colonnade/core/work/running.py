"""Running what was claimed."""

from __future__ import annotations

import logging
import threading
import traceback
from contextvars import ContextVar

from colonnade.core.work.queue import BACKOFF_S, Claim, again, claim, done, give_up, renew
from colonnade.core.work.register import DEFAULT_LEASE_S, DEFAULT_TRIES, Entry, UnknownWork, discover, find
from colonnade.primitives import clock

log = logging.getLogger(__name__)

_current: ContextVar[Claim | None] = ContextVar("current_work", default=None)
_stop: ContextVar[threading.Event | None] = ContextVar("stop_of_work", default=None)


class Later(Exception):
    """Raised by work that cannot be done yet, through nobody's fault: run me again in `seconds`. Not a failed try."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"again in {seconds} s")
        self.seconds = seconds


class LeaseLost(Exception):
    """Raised by `keep` when the lease had run out and another worker has the work: stop, and write nothing more."""


def keep(lease_s: float = DEFAULT_LEASE_S) -> None:
    """Called by long work now and then: lengthen my lease to `lease_s` seconds from now. Nothing outside work."""
    current = _current.get()
    if current is not None and not renew(current, lease_s):
        raise LeaseLost(f"{current.function} took longer than its lease and another worker has taken it.")


def attempt_number() -> int:
    """Which try of the current work this is, from 1; 0 outside work."""
    current = _current.get()
    return 0 if current is None else current.tries


def stopping() -> bool:
    """Whether the worker ends: what lasts as long as it does leaves off now, soon enough that nobody has to kill it."""
    stop = _stop.get()
    return stop is not None and stop.is_set()


def run_claimed(claimed: Claim, stop: threading.Event) -> bool:
    """Run one piece of work that was claimed, which asks `stopping()` now and then; whether it was finished."""
    token = _stop.set(stop)
    try:
        return _run(claimed)
    finally:
        _stop.reset(token)


def run_due(limit: int = 10, *, queues: tuple[str, ...] = ()) -> int:
    """Claim up to `limit` due pieces of work and run them one after the other; returns how many were finished.

    What raises is tried again after 5 s, 30 s, 2 and 10 minutes, and kept as failed after its last try. Work runs in no
    transaction: it calls actions.
    """
    discover()
    return sum(_run(claimed) for claimed in claim(limit, DEFAULT_LEASE_S, queues=queues))


def _run(claimed: Claim) -> bool:
    try:
        entry = find(claimed.function)
    except UnknownWork as error:
        _failed(claimed, DEFAULT_TRIES, str(error))
        return False
    if claimed.tries > entry.tries:
        # Each try ended without a word: whatever it does takes its worker with it.
        give_up(
            claimed,
            f"The lease ran out {entry.tries} times: the work takes longer than {entry.lease_s:.0f} s or kills its worker.",
        )
        return False
    if claimed.ends_s - clock.monotonic_s() < entry.lease_s and not renew(claimed, entry.lease_s):
        return False
    return _call(entry, claimed)


def _call(entry: Entry, claimed: Claim) -> bool:
    token = _current.set(claimed)
    try:
        entry.function(*claimed.args)
    except Later as later:
        again(claimed, later.seconds, error="", counts=False)
        return False
    except LeaseLost:
        return False
    except Exception as error:
        log.warning(
            "%s%r failed, try %d of %d",
            entry.name,
            tuple(claimed.args),
            claimed.tries,
            entry.tries,
            exc_info=True,
        )
        _failed(claimed, entry.tries, "".join(traceback.format_exception(error)))
        return False
    finally:
        _current.reset(token)
    return done(claimed)


def _failed(claimed: Claim, tries: int, error: str) -> None:
    if claimed.tries >= tries:
        log.error(
            "%s%r has failed %d times: kept as failed", claimed.function, tuple(claimed.args), claimed.tries
        )
        give_up(claimed, error)
        return
    again(claimed, BACKOFF_S[min(claimed.tries, len(BACKOFF_S)) - 1], error=error)
