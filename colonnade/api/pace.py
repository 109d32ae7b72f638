"""How often a program may ask. Reading is counted in memory, so that a look writes nothing; writing by all processes."""

from __future__ import annotations

import threading

from colonnade.api.problems import Wrong
from colonnade.core import limits
from colonnade.primitives import clock

READS, READS_PER_S = 1200, 60
WRITES, WRITES_PER_S = 300, 60
_MOST = 10_000

_lock = threading.Lock()
_seen: dict[str, tuple[float, int]] = {}


def check_read(who: str) -> None:
    """Count one look. Raises Wrong (429) beyond so many a minute in this process."""
    now = clock.now_s()
    with _lock:
        began, count = _seen.get(who, (now, 0))
        if not 0 <= now - began < READS_PER_S:
            began, count = now, 0
        if len(_seen) > _MOST:
            _seen.clear()
        _seen[who] = (began, count + 1)
    if count >= READS:
        raise _too_often(max(1, int(began + READS_PER_S - now) + 1))


def check_write(who: str) -> None:
    """Count one change. Raises Wrong (429) beyond so many a minute in all processes."""
    if not limits.allow("api.write", who, limit=WRITES, per_s=WRITES_PER_S):
        raise _too_often(WRITES_PER_S // 6)


def _too_often(seconds: int) -> Wrong:
    return Wrong(
        429,
        "too-often",
        f"That was too often. Try again in {seconds} s.",
        headers={"Retry-After": str(seconds)},
    )
