"""The connector to one Jetstream server."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Generator, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from colonnade.networks.base import Batch, Capabilities, Incoming, Item, NetworkError, Unreadable
from colonnade.networks.http import Blocked, Client, HungUp, WebSocket
from colonnade.networks.jetstream.events import LARGEST_EVENT, Event, event_of, handle_of, incoming
from colonnade.networks.jetstream.overlap import Overlap
from colonnade.networks.jetstream.posts import POSTS
from colonnade.primitives.clock import monotonic_s, now_ms

AT_ONCE, GATHER_S, IDLE_S = 1_000, 0.1, 1.0
MOST_IN_A_PULL, PULL_S, QUIET_S = 5_000, 20.0, 1.0
AHEAD_US = 60_000_000
_RAW_OF_UNREADABLE = 64 * 1024
_MOST_HANDLES = 50_000
_PATH = "/subscribe"


class JetstreamConnector:
    """Reads the stream at `address`, such as wss://jetstream.example/subscribe. Its query may name what is wanted
    (`wantedCollections`, `wantedDids`, several times each); without it these are posts. `credentials` are not needed."""

    capabilities = Capabilities(network="bluesky", can_pull=True, can_stream=True, can_read=True)

    def __init__(self, address: str, credentials: Mapping[str, Any], http: Client) -> None:
        self.address = address
        self._http = http
        self._handles: OrderedDict[str, str] = OrderedDict()

    def stream(self, cursor: Mapping[str, Any]) -> Generator[Batch, None, None]:
        """Batches of at most a thousand events, each after a tenth of a second at the latest; an empty one a second where
        nothing comes. Raises NetworkError when the connection ends."""
        overlap = Overlap(cursor)
        with WebSocket(self._http, self._asking_for(overlap), largest=LARGEST_EVENT) as socket:
            more = False
            while True:
                messages, problem = _gathered(socket, GATHER_S if more else IDLE_S)
                more = len(messages) >= AT_ONCE
                items = tuple(self._items(messages, overlap))
                yield Batch(items=items, cursor=overlap.cursor(), more=more and problem is None)
                if problem is not None:
                    raise problem

    def pull(self, cursor: Mapping[str, Any]) -> Batch:
        """What came since `cursor`, up to a silence of a second, 5,000 events or 20 seconds. Raises NetworkError."""
        overlap = Overlap(cursor)
        messages: list[bytes] = []
        until = monotonic_s() + PULL_S
        with WebSocket(self._http, self._asking_for(overlap), largest=LARGEST_EVENT) as socket:
            while len(messages) < MOST_IN_A_PULL and monotonic_s() < until:
                try:
                    came = socket.receive(QUIET_S)
                except HungUp:
                    if not messages:
                        raise
                    break
                if not came:
                    break
                messages += came
        return Batch(
            items=tuple(self._items(messages, overlap)), cursor=overlap.cursor(), again_in_s=QUIET_S * 60
        )

    def read(self, payload: bytes) -> tuple[Incoming | Unreadable, ...]:
        """What one event says, () for what is of no concern here. Never raises."""
        event = event_of(payload)
        return (event,) if isinstance(event, Unreadable) else self._said_by(event)

    # --- events -----------------------------------------------------------------------------------------------------

    def _items(self, messages: list[bytes], overlap: Overlap) -> Iterator[Item]:
        latest_us = now_ms() * 1000 + AHEAD_US
        for message in messages:
            event = event_of(message)
            if isinstance(event, Unreadable):
                yield Item(raw=message[:_RAW_OF_UNREADABLE], read=(event,))
            elif overlap.is_new(event, latest_us) and (said := self._said_by(event)):
                yield Item(raw=message, read=said)

    def _said_by(self, event: Event) -> tuple[Incoming | Unreadable, ...]:
        if handle := handle_of(event):
            self._handles[event.did] = handle
            self._handles.move_to_end(event.did)
            while len(self._handles) > _MOST_HANDLES:
                self._handles.popitem(last=False)
        return incoming(event, self._handles.get(event.did, ""))

    def _asking_for(self, overlap: Overlap) -> str:
        return asking(self.address, overlap.from_us)


def asking(address: str, from_us: int = 0) -> str:
    """The address of a stream with what is asked for: posts unless it says otherwise, from a moment (0: from now on),
    nothing larger than is read. Raises Blocked."""
    try:
        parts = urlsplit(address)
    except ValueError:
        raise Blocked("That is not the address of a stream.") from None
    asked = [
        (name, value) for name, value in parse_qsl(parts.query) if name in ("wantedCollections", "wantedDids")
    ]
    if not any(name == "wantedCollections" for name, _ in asked):
        asked.append(("wantedCollections", POSTS))
    asked.append(("maxMessageSizeBytes", str(LARGEST_EVENT)))
    if from_us:
        asked.append(("cursor", str(from_us)))
    path = parts.path if parts.path not in ("", "/") else _PATH
    return urlunsplit((parts.scheme, parts.netloc, path, urlencode(asked), ""))


def _gathered(socket: WebSocket, idle_s: float) -> tuple[list[bytes], NetworkError | None]:
    """What came until there was enough, or for long enough; and what ended the connection, if something did."""
    messages: list[bytes] = []
    until = None
    while len(messages) < AT_ONCE:
        wait_s = idle_s if until is None else until - monotonic_s()
        if wait_s <= 0:
            break
        try:
            came = socket.receive(wait_s)
        except NetworkError as problem:
            return messages, problem
        if not came and until is None:
            break
        messages += came
        if came and until is None:
            until = monotonic_s() + GATHER_S
    return messages, None
