"""The outbox, read as it grows: one thread a process, woken by core, polling where no wake-up comes."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import CancelledError
from concurrent.futures import TimeoutError as TookTooLong

from colonnade.core.wake import Waiter
from colonnade.live.rows import Row
from colonnade.live.store import Away, Store

log = logging.getLogger(__name__)

_AT_ONCE = 500
_LONGEST_PAUSE_S = 5.0

Hear = Callable[[list[Row]], Awaitable[None]]


class Feed(threading.Thread):
    """Hands every stamped row after `position` to `hear` on the event loop, in order, none twice."""

    def __init__(self, hear: Hear, position: int, loop: asyncio.AbstractEventLoop, poll_s: float) -> None:
        super().__init__(name="live-feed", daemon=True)
        self._hear = hear
        self._position = position
        self._loop = loop
        self._poll_s = poll_s
        self._over = threading.Event()

    def run(self) -> None:
        """Read until stopped; a database that is away is asked again, less and less often."""
        store, pause = Store(), self._poll_s
        with Waiter() as waiter:
            while not self._over.is_set():
                try:
                    more = self._read_some(store)
                    pause = self._poll_s
                    if not more:
                        waiter.wait(self._poll_s)
                except Away as fault:
                    log.warning("Push cannot read the database, and tries again in %.1f s: %s", pause, fault)
                    self._over.wait(pause)
                    pause = min(2 * pause, _LONGEST_PAUSE_S)
                except (CancelledError, RuntimeError):
                    break  # the event loop has ended
        store.close()

    def _read_some(self, store: Store) -> bool:
        """Whether there is more to read at once."""
        rows = store.rows(self._position, _AT_ONCE)
        if not rows:
            return False
        heard = asyncio.run_coroutine_threadsafe(self._heard(rows), self._loop)
        while not self._over.is_set():
            try:
                heard.result(timeout=1.0)
                break
            except TookTooLong:
                continue
        self._position = rows[-1].seq
        return len(rows) == _AT_ONCE

    async def _heard(self, rows: list[Row]) -> None:
        await self._hear(rows)

    def stop(self) -> None:
        """End the thread soon."""
        self._over.set()
