"""Failing on purpose: which of the next calls go wrong, and how."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterable
from typing import Literal

import msgspec

Operation = Literal["read", "write", "find", "delete"]

FaultKind = Literal[
    "refuse",  # says no for good with `status`; nothing is taken
    "rate_limit",  # 429 with Retry-After (`after_s`, as seconds or as an HTTP date); nothing is taken
    "busy",  # 503, with Retry-After if `after_s` is set; nothing is taken
    "expire_token",  # the caller's token is no longer good, from this call until it signs in again
    "timeout_before",  # takes nothing and never answers
    "timeout_after",  # takes it and never answers
    "late",  # takes it only after `seconds`, when the caller has long hung up
    "cut_before",  # hangs up without taking it
    "cut_after",  # takes it, then hangs up
    "cut_midway",  # takes it and hangs up in the middle of the answer
    "error_before",  # 500, and nothing was taken
    "error_after",  # 500, and yet it was taken
    "wrong_json",  # takes it and answers 200 with what is no JSON
    "slow_body",  # takes it and sends the answer one byte every `seconds`
    "duplicate",  # the timeline says everything twice
    "reorder",  # the timeline is shuffled
]


class Fault(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """One thing that goes wrong with calls of the kind `on`.

    After `skip` calls that pass, the next `times` calls meet it (None: all of them), each with probability `chance`.
    """

    kind: FaultKind
    on: Operation | Literal["any"] = "write"
    times: int | None = None
    chance: float = 1.0
    skip: int = 0
    status: int = 403
    after_s: float = 1.0
    form: Literal["seconds", "date"] = "seconds"
    seconds: float = 600.0


class Programme:
    """Faults in the order in which they are tried; the first that fires is met. Chance comes from `seed` alone."""

    def __init__(self, faults: Iterable[Fault] = (), seed: int = 0) -> None:
        self._faults = list(faults)
        self._chance = random.Random(seed)
        self._lock = threading.Lock()
        self.met: dict[str, int] = {}

    def next(self, operation: Operation) -> Fault | None:
        """The fault that this call meets, or None."""
        with self._lock:
            for fault in self._faults:
                if fault.on in (operation, "any") and self._fires(fault):
                    self.met[fault.kind] = self.met.get(fault.kind, 0) + 1
                    return fault
            return None

    def left(self) -> list[Fault]:
        """The faults that may still fire, with the times that are left."""
        with self._lock:
            return [fault for fault in self._faults if fault.times != 0]

    def _fires(self, fault: Fault) -> bool:
        if fault.times == 0:
            return False
        if fault.skip > 0:
            fault.skip -= 1
            return False
        if self._chance.random() >= fault.chance:
            return False
        if fault.times is not None:
            fault.times -= 1
        return True
