"""Who is connected, and waking them. All of it runs on the event loop; nothing here waits for a reader."""

from __future__ import annotations

import asyncio
import random
from collections import Counter, deque
from collections.abc import Callable, Coroutine, Iterable

from colonnade.core.push.tokens import Channels
from colonnade.live import events
from colonnade.live.client import MANY, Client, Hint
from colonnade.live.index import Index, told
from colonnade.live.pace import Pace
from colonnade.live.rows import Row
from colonnade.primitives import clock

_BREATH = 256  # streams written to before others have a turn
_GRAIN_S = 0.01  # flushes that fall due this close together go out together


class Hub:
    """The open streams of this process."""

    def __init__(self, pace: Pace | None = None, now: Callable[[], float] = clock.monotonic_s) -> None:
        self.pace = pace or Pace()
        self.position = 0  # every outbox row up to this seq has been heard
        self._now = now
        self._index = Index()
        self._by_principal: dict[int, set[Client]] = {}
        self._addresses: Counter[str] = Counter()
        self._slots: list[set[Client]] = [set() for _ in range(self.pace.beat_s)]
        self._joined = 0
        self._ticks = 0
        self._congested: set[Client] = set()
        self._recent: deque[Row] = deque(maxlen=self.pace.remembered)
        self._later: dict[int, list[Client]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._payloads: dict[frozenset[Hint], bytes] = {}

    # Coming and going

    def __len__(self) -> int:
        return sum(map(len, self._slots))

    def principals(self) -> dict[int, int]:
        """Who is connected, with how many streams."""
        return {principal: len(clients) for principal, clients in self._by_principal.items()}

    def clients_of(self, principal: int) -> list[Client]:
        """The streams of one viewer."""
        return list(self._by_principal.get(principal, ()))

    def has_room_for(self, channels: Channels, address: str) -> bool:
        """Whether this viewer and this address may open one more. Without a session, viewers share a principal."""
        if address and self._addresses[address] >= self.pace.per_address:
            return False
        return not channels.session or len(self.clients_of(channels.principal)) < self.pace.per_principal

    def join(self, client: Client) -> int:
        """Subscribe a stream; every row after the returned seq will reach it."""
        client.slot = self._joined % len(self._slots)
        self._joined += 1
        self._end_in_time(client)
        self._slots[client.slot].add(client)
        self._by_principal.setdefault(client.channels.principal, set()).add(client)
        if client.address:
            self._addresses[client.address] += 1
        self._index.enter(client)
        client.wire.attend(lambda: self._paused(client), lambda: self._relieved(client))
        client.wire.narrow(self.pace.write_buffer_bytes, self.pace.socket_buffer_bytes)
        return self.position

    def leave(self, client: Client) -> None:
        """Forget a stream; a second time does nothing."""
        if client not in self._slots[client.slot]:
            return
        self._slots[client.slot].discard(client)
        self._index.leave(client)
        principal = client.channels.principal
        self._by_principal[principal].discard(client)
        if not self._by_principal[principal]:
            del self._by_principal[principal]
        if client.address:
            self._addresses[client.address] -= 1
            if not self._addresses[client.address]:
                del self._addresses[client.address]
        if client.parting is None:
            self._congested.discard(client)

    def admit(self, audience: int, principals: Iterable[int]) -> None:
        """These viewers are also in `audience`, which was made after their tokens were."""
        for principal in principals:
            for client in self.clients_of(principal):
                if audience not in client.audiences:
                    self._index.leave(client)
                    client.audiences |= {audience}
                    self._index.enter(client)

    # Waking

    async def publish(self, rows: list[Row]) -> None:
        """Hear outbox rows, in order of seq, and wake whom they concern."""
        fresh = [row for row in rows if row.seq > self.position]
        if not fresh:
            return
        woken: list[Client] = []
        heard = dict.fromkeys(one for row in fresh for one in row.hints)
        for clients, hints in self._index.woken_by(heard, self.pace.merged):
            for client in clients:
                client.mark(hints, self.pace.merged)
                if not client.due:
                    client.due = True
                    woken.append(client)
        self._recent.extend(fresh)
        self.position = fresh[-1].seq
        self._payloads.clear()
        await self._flush(self._those_due(woken))

    def _those_due(self, woken: list[Client]) -> list[Client]:
        """Those whose last hint is long enough ago; the others are put off until theirs is."""
        now, gap = self._now(), self.pace.flush_gap_s
        ready = []
        for client in woken:
            wait = client.flushed_at + gap - now
            if wait <= 0:
                ready.append(client)
            else:
                self._put_off(client, now + wait)
        return ready

    def _put_off(self, client: Client, until: float) -> None:
        grain = int(until / _GRAIN_S) + 1
        waiting = self._later.get(grain)
        if waiting is None:
            waiting = self._later[grain] = []
            delay = max(0.0, grain * _GRAIN_S - self._now())
            asyncio.get_running_loop().call_later(delay, self._flush_later, grain)
        waiting.append(client)

    def _flush_later(self, grain: int) -> None:
        self._start(self._flush(self._later.pop(grain)))

    async def _flush(self, clients: list[Client]) -> None:
        for count, client in enumerate(clients, start=1):
            client.due = False
            if client.unsaid is not None and client.ready and self._may_write(client):
                client.wire.write(self._payload(client.unsaid))
                client.unsaid = None
                client.flushed_at = self._now()
            if count % _BREATH == 0:
                await asyncio.sleep(0)

    def _payload(self, unsaid: frozenset[Hint]) -> bytes:
        """The same bytes for all who are told the same at the same position."""
        payload = self._payloads.get(unsaid)
        if payload is None:
            payload = self._payloads[unsaid] = events.hint(unsaid, self.position)
        return payload

    def _may_write(self, client: Client) -> bool:
        """A write to a congested line would wait for its reader; what is unsaid then stays in the small set."""
        return client in self._slots[client.slot] and not client.wire.congested

    # Catching up

    def remembers(self, after: int) -> bool:
        """Whether every row after this seq is still in memory."""
        return after >= self.position or (bool(self._recent) and self._recent[0].seq <= after + 1)

    def recent(self, after: int, until: int) -> list[Row]:
        """The rows after one seq up to another, from memory."""
        return [row for row in self._recent if after < row.seq <= until]

    def begin(self, client: Client, missed: Iterable[Row]) -> None:
        """Tell a stream what it missed, and from then on what comes."""
        heard = [one for row in missed for one in row.hints if one[0] in client.audiences]
        for hints in told(heard, client.keys).values():
            client.mark(frozenset(hints) if len(hints) <= self.pace.merged else MANY, self.pace.merged)
        client.ready = True
        if client.unsaid is not None:
            client.due = True
            self._start(self._flush([client]))

    # Time

    async def tick(self) -> None:
        """Once a tick: the heartbeats that are due, tokens about to end, readers that are stuck."""
        slot = list(self._slots[self._ticks % len(self._slots)])
        self._ticks += 1
        deadline = clock.now_s() + self.pace.renew_before_s
        beat = events.beat(self.position)
        at = self.position
        for client in slot:
            if client.channels.expires < deadline and not client.brief:
                await self.renew(client)
            elif self._may_write(client) and client.ready:
                silent = client.unsaid is None and at == self.position
                client.wire.write(beat if silent else events.BEAT)
        self._cut_the_stuck()

    def _cut_the_stuck(self) -> None:
        now = self._now()
        for client in list(self._congested):
            stuck = now - (client.congested_since or now)
            if stuck > self.pace.stuck_s + self.pace.grace_s:
                self._congested.discard(client)
                self.leave(client)
                client.wire.cut()
            elif stuck > self.pace.stuck_s and client.parting is None:
                client.parting = events.CUT
                self.leave(client)

    def _paused(self, client: Client) -> None:
        if client.congested_since is None:
            client.congested_since = self._now()
        self._congested.add(client)

    def _relieved(self, client: Client) -> None:
        client.congested_since = None
        self._congested.discard(client)
        if client.parting is not None:
            self._start(self._finish(client, client.parting))
        elif client.unsaid is not None and not client.due:
            client.due = True
            self._start(self._flush(self._those_due([client])))

    # Ending

    def _end_in_time(self, client: Client) -> None:
        """A token that may end before its stream is looked after twice, as where a membership is about to end, ends it
        at that very moment: asked for earlier, another token would be as brief."""
        left = client.channels.expires - clock.now_s()
        client.brief = left < 2 * self.pace.beat_s * self.pace.tick_s
        if client.brief:
            loop = asyncio.get_running_loop()
            loop.call_later(max(0.0, left), lambda: self._start(self.renew(client)))

    async def renew(self, client: Client) -> None:
        """End a stream so that its browser fetches a new token; what is unsaid goes first."""
        last = b""
        if client.unsaid is not None and client.ready:
            last = events.hint(client.unsaid, self.position)
        closing = events.renew(self.position) if client.ready else b"event: renew\ndata: {}\n\n"
        await self._end(client, last + closing)

    async def revoke(self, client: Client) -> None:
        """End a stream because what its viewer may see has changed. Nothing unsaid is told any more."""
        await self._end(client, events.END)

    async def reload(self, client: Client) -> None:
        """End a stream whose browser missed more than is remembered."""
        await self._end(client, events.reload(self.position))

    async def drop(self, client: Client) -> None:
        """End a stream without a word: its browser comes back by itself, with its last id."""
        await self._end(client, events.BEAT)

    async def close(self) -> None:
        """End all streams: the process stops."""
        for client in [client for slot in self._slots for client in slot]:
            await self.drop(client)
        for task in list(self._tasks):
            task.cancel()

    async def _end(self, client: Client, payload: bytes) -> None:
        if client not in self._slots[client.slot]:
            return
        self.leave(client)
        if client.wire.congested:
            client.wire.cut()
        else:
            await self._finish(client, payload)

    async def _finish(self, client: Client, payload: bytes) -> None:
        await client.send({"type": "http.response.body", "body": payload, "more_body": False})

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def retry_ms() -> int:
    """How long a browser waits before it comes back: spread out, so that ten thousand do not come at once."""
    return random.randint(1000, 4000)
