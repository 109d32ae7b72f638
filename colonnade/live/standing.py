"""Whether a token still says the truth about its holder: the epoch it was made in, and audiences made since."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from colonnade.core.push.tokens import LIFETIME_S, Channels
from colonnade.live.hub import Hub
from colonnade.live.reader import Reader
from colonnade.live.rows import Row
from colonnade.live.store import Away
from colonnade.primitives import clock

_RECENT_AT_START = (
    200  # audiences that may be younger than a token which was sealed before this process began
)


class Epochs:
    """The present epochs of those who are connected. A changed one ends their streams."""

    def __init__(self, hub: Hub, reader: Reader, now: Callable[[], float] = clock.monotonic_s) -> None:
        self._hub = hub
        self._reader = reader
        self._now = now
        self._known: dict[int, int] = {}
        self._read_at = float("-inf")
        self._asked: set[int] = set()
        self._asking: asyncio.Task[dict[int, int]] | None = None

    async def still(self, channels: Channels) -> bool:
        """Whether the holder's epoch is that of the token; at most one look old."""
        principal = channels.principal
        fresh = self._now() - self._read_at <= self._hub.pace.epoch_s
        if fresh and self._known.get(principal) == channels.epoch:
            return True
        self._asked.add(principal)
        if self._asking is None:
            self._asking = asyncio.get_running_loop().create_task(self._ask())
        return (await asyncio.shield(self._asking)).get(principal) == channels.epoch

    async def _ask(self) -> dict[int, int]:
        """One question for all who came in the same turn of the loop: a storm of reconnects costs a few."""
        await asyncio.sleep(0)
        asked, self._asked, self._asking = self._asked, set(), None
        return await self._reader.ask(lambda store: store.epochs(asked))

    async def look(self) -> None:
        """End the streams of everybody whose epoch has changed or who is no longer active."""
        principals = list(self._hub.principals())
        self._known = await self._reader.ask(lambda store: store.epochs(principals))
        self._read_at = self._now()
        for principal in principals:
            for client in self._hub.clients_of(principal):
                if self._known.get(principal) != client.channels.epoch:
                    await self._hub.revoke(client)


class Newcomers:
    """Audiences made after tokens were sealed.

    Somebody writes the first staff note in a space: its audience is new, nobody's token names it, and no holding
    changed, so no epoch did. When such an audience is heard of for the first time, the database is asked whom of
    those connected it admits; and for the life of a token, whoever connects is asked about too.
    """

    def __init__(self, hub: Hub, reader: Reader, now: Callable[[], float] = clock.monotonic_s) -> None:
        self._hub = hub
        self._reader = reader
        self._now = now
        self._settled = 0  # every token that still lives was sealed when these ids existed
        self._met: dict[int, float] = {}

    async def begin(self) -> None:
        """Take what exists as known, apart from the newest."""
        newest = await self._reader.ask(lambda store: store.newest_audience())
        self._settled = newest - _RECENT_AT_START

    @property
    def met(self) -> int:
        """How many have been met; a decision about a viewer holds as long as this has not grown."""
        return len(self._met)

    async def meet(self, rows: Iterable[Row]) -> None:
        """Let those in who belong to the audiences met here for the first time."""
        heard = {one[0] for row in rows for one in row.hints}
        fresh = [audience for audience in heard if audience > self._settled and audience not in self._met]
        if not fresh:
            return
        self._met.update(
            dict.fromkeys(fresh, self._now())
        )  # first: whoever connects meanwhile asks for themselves
        principals = list(self._hub.principals())
        try:
            admitted = await self._reader.ask(lambda store: store.admitted(fresh, principals))
        except Away:
            for audience in fresh:
                del self._met[audience]
            raise
        for audience, principal in admitted:
            self._hub.admit(audience, [principal])

    async def audiences_for(self, channels: Channels) -> frozenset[int]:
        """The audiences of a token, with those that were made since and admit its holder."""
        principal = channels.principal
        if channels.audiences is None:
            return await self._reader.ask(lambda store: store.audiences_of(principal))
        since = self._now() - LIFETIME_S
        young = [one for one, met in self._met.items() if met >= since and one not in channels.audiences]
        if not young:
            return channels.audiences
        admitted = await self._reader.ask(lambda store: store.admitted(young, [principal]))
        return channels.audiences | {audience for audience, _ in admitted}
