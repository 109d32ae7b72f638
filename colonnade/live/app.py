"""The ASGI application: push and health answered here, everything else by the pages, if they live here too."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from colonnade.live.client import Send
from colonnade.live.feed import Feed
from colonnade.live.hub import Hub
from colonnade.live.pace import Pace
from colonnade.live.reader import Reader
from colonnade.live.reply import Receive, Scope, answer, refuse
from colonnade.live.rows import Row
from colonnade.live.standing import Epochs, Newcomers
from colonnade.live.store import Away
from colonnade.live.streams import Streams

log = logging.getLogger(__name__)

Pages = Callable[[Scope, Receive, Send], Awaitable[None]]

_START_PAUSE_S = 0.5
_STOP_S = 1.0


class Live:
    """The application of one process. `pages` answers what is not push; without it those addresses are not found."""

    def __init__(self, pages: Pages | None = None, pace: Pace | None = None) -> None:
        self._pages = pages
        self.hub = Hub(pace)
        self._reader = Reader()
        self._epochs = Epochs(self.hub, self._reader)
        self._newcomers = Newcomers(self.hub, self._reader)
        self._streams = Streams(self.hub, self._reader, self._epochs, self._newcomers)
        self._feed: Feed | None = None
        self._begun = False
        self._tasks: list[asyncio.Task[None]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] != "http":
            return
        elif scope["path"] == "/live":
            await self._stream(scope, receive, send)
        elif scope["path"] == "/healthz":
            await answer(send, 200, {"status": "alive"})
        elif self._pages is not None:
            await self._pages(scope, receive, send)
        else:
            await refuse(send, 404, "This port serves push alone.")

    async def _stream(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "GET":
            await refuse(send, 405, "A stream is opened with GET.", (b"allow", b"GET"))
        elif not self._begun:
            await refuse(send, 503, "The database is away.", (b"retry-after", b"2"))
        else:
            await self._streams.serve(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message: dict[str, Any] = await receive()
            if message["type"] == "lifespan.startup":
                self.start()
                await send({"type": "lifespan.startup.complete"})
            else:
                await self.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return

    def start(self) -> None:
        """Begin to read and to keep time; pages are answered even while the database is away."""
        work = (self._begin(), self._every(self.hub.pace.tick_s, self.hub.tick), self._look())
        self._tasks = [asyncio.get_running_loop().create_task(one) for one in work]

    async def stop(self) -> None:
        """End what `start` began, and all streams; a second time does nothing."""
        tasks, self._tasks = self._tasks, []
        if not tasks:
            return
        for task in tasks:
            task.cancel()
        await self.hub.close()
        if self._feed is not None:
            self._feed.stop()
            await asyncio.to_thread(self._feed.join, _STOP_S)
        await self._reader.close()

    async def _begin(self) -> None:
        while not self._begun:
            try:
                self.hub.position = await self._reader.ask(lambda store: store.head())
                await self._newcomers.begin()
                self._begun = True
            except Away as fault:
                log.warning("Push waits for the database: %s", fault)
                await asyncio.sleep(_START_PAUSE_S)
        loop = asyncio.get_running_loop()
        self._feed = Feed(self._hear, self.hub.position, loop, self.hub.pace.poll_s)
        self._feed.start()

    async def _hear(self, rows: list[Row]) -> None:
        await self._newcomers.meet(rows)
        await self.hub.publish(rows)

    async def _look(self) -> None:
        await self._every(self.hub.pace.epoch_s, self._epochs.look)

    async def _every(self, seconds: float, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            await asyncio.sleep(seconds)
            try:
                await work()
            except Away as fault:
                log.warning("Push cannot read the database: %s", fault)
