"""Who this process is: the machine it runs on, its name on a lease, and whether another one is still alive."""

from __future__ import annotations

import hashlib
import os
import platform
import secrets
from functools import cache
from pathlib import Path

from colonnade.deliveries.types import Moment
from colonnade.primitives import clock

_PROC = Path("/proc")
_STARTED = 19  # the field of /proc/PID/stat behind the name that says when the process began


@cache
def machine() -> str:
    """The name of this start of this machine: as long as it stays the same, so does the count of `monotonic_s`.

    It tells containers apart that do not see each other's processes. Where the system does not say, every process is
    a machine of its own, and only wall clocks are compared.
    """
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text().strip()
        seen = os.readlink(_PROC / "self/ns/pid")
    except OSError:
        boot, seen = platform.node(), secrets.token_hex(16)
    return hashlib.blake2b(f"{boot} {seen}".encode(), digest_size=16).hexdigest()


def new_token() -> str:
    """A name for one lease: our process, when it began, and something that nobody else has."""
    return f"{os.getpid()}.{_started(os.getpid())}.{secrets.token_hex(4)}"


def is_gone(token: str) -> bool:
    """Whether the process of this machine that took the lease has surely ended."""
    pid, _, rest = token.partition(".")
    started, _, _ = rest.partition(".")
    return pid.isdigit() and started not in ("", "0") and _started(int(pid)) != started


def _started(pid: int) -> str:
    """When a process began, as the kernel counts; "" if there is none (or only its remains), "0" where nobody tells."""
    if not (_PROC / "self/stat").exists():
        return "0"
    try:
        fields = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] in "ZX" else fields[_STARTED]


def this_moment() -> Moment:
    """Now, on the wall's clock and on this machine's own."""
    return Moment(wall=clock.now(), machine=machine(), ticks=clock.monotonic_s())
