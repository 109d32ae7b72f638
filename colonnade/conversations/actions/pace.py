"""How many posts intake writes at once: as many as keep the one write lock of SQLite for about a moment."""

from __future__ import annotations

import math
import threading

from colonnade.primitives import clock

LOCK_BUDGET_S = 0.080
FIRST, SMALLEST, LARGEST = 200, 100, 2000


class Pace(threading.local):
    """Learned from the transactions before, by each writing thread for itself; what is waited for the lock is no part
    of it. It grows at most twofold, since the first post of many may be the quickest."""

    def __init__(self) -> None:
        self.posts = FIRST
        self._began_s = 0.0

    def share_of(self, waiting: int) -> int:
        """How many of so many posts come next, in transactions of one size: each costs something for itself alone."""
        return math.ceil(waiting / math.ceil(waiting / self.posts))

    def began(self) -> None:
        """The lock is ours from now on."""
        self._began_s = clock.monotonic_s()

    def ended(self, posts: int) -> None:
        """So many posts are committed, and the lock is let go. Few posts tell nothing: most of their time is fixed."""
        took = max(clock.monotonic_s() - self._began_s, 1e-4)
        if posts >= SMALLEST or took > LOCK_BUDGET_S:
            fitting = int(posts * LOCK_BUDGET_S / took)
            self.posts = max(SMALLEST, min(fitting, LARGEST, 2 * self.posts))


pace = Pace()
