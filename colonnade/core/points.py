"""Named places in the machinery where a fault test may stop, kill or delay the program.

`reach(name)` does nothing until a hook is installed; it stands where the order of two steps decides whether something
is lost or done twice. Rooms name their own points the same way (`delivery.before-call`) and add them to their tests.
"""

from __future__ import annotations

from collections.abc import Callable

POINTS: tuple[str, ...] = (
    "event.after-announce",  # the outbox row is written, its transaction still open
    "event.before-stamp",  # PostgreSQL: committed rows wait for their number
    "event.after-stamp",  # PostgreSQL: numbered, not yet committed
    "pump.after-handler",  # a subscriber's effects are written, nothing is committed
    "pump.before-cursor",  # all handlers of this turn have run, the cursor has not moved
    "pump.after-cursor",  # the cursor has moved, nothing is committed
    "pump.after-commit",  # effects and cursor are committed together
    "work.after-enqueue",  # the row is written, its transaction still open
    "work.claimed",  # a lease is committed, the work has not begun
    "work.before-done",  # the work has been done, its row still stands
    "work.after-done",  # the row is gone
    "work.before-schedule",  # a schedule is due, its work not yet queued
    "audit.before-seal",  # entries wait for their place in the chain
    "files.before-rename",  # the bytes are synced under a passing name
    "stream.after-append",  # a batch is written, its transaction still open
    "stream.before-done",  # what was taken from a broker is committed, the broker does not know
    "bulk.after-commit",  # a bulk writer has given the lock back
)

_hook: Callable[[str], None] | None = None


def install(hook: Callable[[str], None] | None) -> None:
    """Call `hook(name)` at every point from now on; None takes it away again. For fault tests only."""
    global _hook
    _hook = hook


def reach(name: str) -> None:
    """Say that the program has come to the point `name`."""
    if _hook is not None:
        _hook(name)
