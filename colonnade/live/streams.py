"""GET /live: from the request to an open stream."""

from __future__ import annotations

import asyncio
from ipaddress import IPv6Address, ip_address
from typing import Any

from msgspec import structs

from colonnade.core.push import cursors, tokens
from colonnade.core.push.tokens import Channels
from colonnade.live import events, interests
from colonnade.live.client import Client, Send
from colonnade.live.hub import Hub, retry_ms
from colonnade.live.reader import Reader
from colonnade.live.reply import Receive, Scope, refuse
from colonnade.live.rows import Row
from colonnade.live.standing import Epochs, Newcomers
from colonnade.live.store import Away
from colonnade.live.wire import EXTENSION

_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
    # The line was made narrow for a stream; a page that followed on it would suffer.
    (b"connection", b"close"),
]
_CATCHING_UP_S = 0.02
_PATIENCE_S = 2.0
_PAGE = 1000
LOST = -1  # a cursor that says nothing any more


class TooFar(Exception):
    """More was missed than is remembered."""


class Streams:
    """Opens streams, and keeps each until its reader or the hub ends it."""

    def __init__(self, hub: Hub, reader: Reader, epochs: Epochs, newcomers: Newcomers) -> None:
        self._hub = hub
        self._reader = reader
        self._epochs = epochs
        self._newcomers = newcomers

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request for a stream."""
        headers = dict(scope["headers"])
        try:
            asked = interests.read(scope["query_string"].decode("latin-1"))
        except interests.TooMany as fault:
            return await refuse(send, 400, str(fault))
        if not asked.keys:
            return await refuse(send, 400, "Say what the page shows: place, conversation, watch or all=1.")
        token = _cookie(headers.get(b"cookie", b"").decode("latin-1")) or asked.channels
        channels = tokens.open_(token)
        if channels is None:
            return await refuse(send, 401, "This needs a fresh channel token: POST /live/token.")
        address = _address(scope)
        if not self._hub.has_room_for(channels, address):
            return await refuse(send, 429, "Too many streams are open from here.", (b"retry-after", b"30"))
        after = _position(headers.get(b"last-event-id", b"").decode("latin-1"), asked.after)
        # A token in the address, where no cookie can be, is no ambient right: any site that has it may read.
        foreign = [(b"access-control-allow-origin", b"*")] if token == asked.channels else []
        scope["headers"].clear()  # kilobytes that would stay in memory for as long as the stream
        try:
            after = await self._reached(after)
            client = await self._admitted(channels, asked.keys, send, scope["extensions"][EXTENSION], address)
        except Away:
            return await refuse(send, 503, "The database is away.", (b"retry-after", b"5"))
        if client is None:
            return await refuse(send, 401, "This channel token is out of date: POST /live/token.")
        try:
            await self._open(client, after, foreign)
            while (await receive())["type"] != "http.disconnect":
                pass
        finally:
            self._hub.leave(client)

    async def _admitted(
        self, channels: Channels, keys: frozenset[int], send: Send, wire: Any, address: str
    ) -> Client | None:
        """A client subscribed to all that its viewer may be woken for; None when its token is out of date."""
        if not await self._epochs.still(channels):
            return None
        met = -1
        while met != self._newcomers.met:
            met = self._newcomers.met
            audiences = await self._newcomers.audiences_for(channels)
        # The hub keeps one set of audiences for all who hold the same; the token's own copy need not stay.
        client = Client(structs.replace(channels, audiences=None), audiences, keys, send, wire, address)
        self._hub.join(client)
        return client

    async def _open(self, client: Client, after: int | None, foreign: list[tuple[bytes, bytes]]) -> None:
        start = {"type": "http.response.start", "status": 200, "headers": _HEADERS + foreign}
        await client.send(start)
        if after is None:
            client.wire.write(events.greeting(self._hub.position, retry_ms()))
            self._hub.begin(client, [])
            return
        client.wire.write(b"retry: %d\n\n" % retry_ms())
        try:
            missed = await self._missed(after)
            await self._newcomers.meet(missed)
        except TooFar:
            await self._hub.reload(client)
        except Away:
            # Ended without a word: the browser comes back with the same id.
            await self._hub.drop(client)
        else:
            self._hub.begin(client, missed)

    async def _missed(self, after: int) -> list[Row]:
        """The rows that came after a cursor and before now, whoever they concern. Raises TooFar.

        The client is subscribed already, so what comes while this reads is not lost; and nothing is said to it
        until this is done, so that nothing is said twice.
        """
        until = self._hub.position
        # Numbers are given without gaps, so the distance is how many rows there are.
        if after == LOST or until - after > self._hub.pace.scanned:
            raise TooFar
        if self._hub.remembers(after):
            return self._hub.recent(after, until)
        rows: list[Row] = []
        at = after
        while at < until:
            page = await self._reader.ask(lambda store, at=at: store.rows(at, _PAGE, until))  # type: ignore[misc]
            # A gap is where rows were forgotten.
            if not page or page[-1].seq != at + len(page):
                raise TooFar
            rows += page
            at = page[-1].seq
        return rows

    async def _reached(self, after: int | None) -> int | None:
        """`after`, once the hub has come that far: another process, where the browser was before, may be quicker.

        LOST where it lies beyond the outbox itself: it is from before a restore.
        """
        if after is None or after <= self._hub.position:
            return after
        if after > await self._reader.ask(lambda store: store.head()):
            return LOST
        for _ in range(int(_PATIENCE_S / _CATCHING_UP_S)):
            if after <= self._hub.position:
                break
            await asyncio.sleep(_CATCHING_UP_S)
        return after


def _cookie(header: str) -> str:
    """Our cookie among those that a browser sends; what others have set may be as malformed as it likes."""
    for pair in header.split(";"):
        name, _, value = pair.strip().partition("=")
        if name == tokens.COOKIE:
            return value
    return ""


def _position(last_event_id: str, after: tuple[str, ...]) -> int | None:
    """The seq from which to catch up; LOST where a cursor is none of ours any more, None where none was given.

    A browser's own Last-Event-ID is newer than the address it was opened with. Several `after` come from several
    tabs that share one stream: the oldest holds, and nobody misses anything.
    """
    given = [last_event_id] if last_event_id else list(after)
    positions = [cursors.open_(cursor) for cursor in given]
    return min((LOST if position is None else position for position in positions), default=None)


def _address(scope: Scope) -> str:
    """Whom to count a stream to: an IPv4 address, an IPv6 network of 64 bits, nobody for loopback."""
    client = scope.get("client")
    try:
        address = ip_address(client[0]) if client else None
    except ValueError:
        return ""
    if address is None or address.is_loopback:
        return ""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return "" if address.ipv4_mapped.is_loopback else str(address.ipv4_mapped)
        return address.exploded[:19]
    return str(address)
