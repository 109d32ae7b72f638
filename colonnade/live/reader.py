"""Asking the database from the event loop: one thread, one connection, one question at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from colonnade.live.store import Away, Store

T = TypeVar("T")


class Reader:
    """A store that may be awaited."""

    def __init__(self, store: Store | None = None) -> None:
        self.store = store or Store()
        self._thread = ThreadPoolExecutor(1, "live-reader")

    async def ask(self, question: Callable[[Store], T]) -> T:
        """The answer; asked once more where the connection had died meanwhile. Raises what the database raises."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._answer, question)

    def _answer(self, question: Callable[[Store], T]) -> T:
        try:
            return question(self.store)
        except Away:
            return question(self.store)

    async def close(self) -> None:
        """Let go of thread and connection."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self.store.close)
        self._thread.shutdown(wait=False)
