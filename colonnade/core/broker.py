"""NATS JetStream as the stream between processes (`COLONNADE_STREAM_URL=nats://…`): several workers share what is on it.

Its library speaks asyncio: one thread of this process runs a loop for it, everybody else waits for an answer. A message is
kept in a file by the server until somebody has acknowledged it; who takes one has `ACK_WAIT_S` for it, then another one gets
it. A stream that is full takes no more, and its writer waits: nothing is dropped.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import nats
from django.conf import settings
from nats.errors import Error as NatsError
from nats.js.api import ConsumerConfig, DiscardPolicy, RetentionPolicy, StorageType, StreamConfig

from colonnade.core.stream import Away

Answer = TypeVar("Answer")
ACK_WAIT_S, AGAIN_S = 30.0, 5.0
MOST_BYTES = 1024**3
MOST_IN_HAND = 2_000
ANSWER_S, CONNECT_S = 15.0, 5.0
_DURABLE = "workers"


@dataclass(frozen=True, slots=True)
class Taken:
    """A message in hand: its number in the stream, which grows, its bytes, how often it was given out with this time, and the
    library's own handle."""

    offset: int
    body: bytes
    times: int
    handle: Any


class Broker:
    """One connection of this process, opened when it is first used; after a break it comes back by itself."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.process = os.getpid()
        self._loop = asyncio.new_event_loop()
        self._lock = threading.Lock()
        self._client: Any = None
        self._streams: dict[str, str] = {}
        self._taking: dict[str, Any] = {}
        threading.Thread(target=self._loop.run_forever, name="broker", daemon=True).start()

    def put(self, stream: str, body: bytes) -> int:
        """Put a message on a stream, kept when this returns; its number there. Raises Away."""
        self._ready(stream)
        stored = self._ask(self._client.jetstream().publish(_subject(stream), body, timeout=ANSWER_S))
        return int(stored.seq)

    def take(self, stream: str, most: int, wait_s: float) -> list[Taken]:
        """Up to `most` messages that nobody else has in hand, waiting at most `wait_s` seconds for the first. Raises Away."""
        self._ready(stream)
        found = self._ask(_fetched(self._taking[stream], most, wait_s))
        return [
            Taken(
                int(one.metadata.sequence.stream), bytes(one.data), int(one.metadata.num_delivered or 1), one
            )
            for one in found
        ]

    def done(self, taken: Sequence[Taken]) -> None:
        """What was taken has been dealt with: nobody gets it again. Should that be lost, it comes again."""
        for one in taken:
            self._ask(one.handle.ack())

    def put_back(self, taken: Sequence[Taken]) -> None:
        """Somebody, perhaps we, shall have these in a while."""
        for one in taken:
            self._ask(one.handle.nak(delay=AGAIN_S))

    def birth(self, stream: str) -> str:
        """When this stream was made: numbers of another one of the same name mean other messages."""
        self._ready(stream)
        return self._streams[stream]

    def dealt_with(self, stream: str) -> int:
        """Every message up to this number has been dealt with. Raises Away."""
        self._ready(stream)
        told = self._ask(self._client.jetstream().consumer_info(_name(stream), _DURABLE))
        return int(told.ack_floor.stream_seq)

    def close(self) -> None:
        """Hang up."""
        if self._client is not None:
            self._ask(self._client.close())
        self._loop.call_soon_threadsafe(self._loop.stop)

    # --- within the loop ---------------------------------------------------------------------------------------------

    def _ready(self, stream: str) -> None:
        with self._lock:
            if self._client is None:
                self._client = self._ask(_connected(self.url))
            if stream not in self._taking:
                self._streams[stream], self._taking[stream] = self._ask(self._made(stream))

    async def _made(self, stream: str) -> tuple[str, Any]:
        jetstream = self._client.jetstream()
        made = await jetstream.add_stream(
            StreamConfig(
                name=_name(stream),
                subjects=[_subject(stream)],
                retention=RetentionPolicy.WORK_QUEUE,
                discard=DiscardPolicy.NEW,
                storage=StorageType.FILE,
                max_bytes=MOST_BYTES,
            )
        )
        taking = await jetstream.pull_subscribe(
            _subject(stream),
            durable=_DURABLE,
            stream=_name(stream),
            config=ConsumerConfig(ack_wait=ACK_WAIT_S, max_ack_pending=MOST_IN_HAND, max_deliver=-1),
        )
        return str(made.created or ""), taking

    def _ask(self, question: Coroutine[Any, Any, Answer]) -> Answer:
        try:
            return asyncio.run_coroutine_threadsafe(question, self._loop).result(2 * ANSWER_S)
        except (NatsError, OSError) as problem:  # a TimeoutError is an OSError
            raise Away(f"The stream's server: {str(problem) or type(problem).__name__}") from problem


async def _connected(url: str) -> Any:
    # Once connected it comes back for ever; at first it must not try for ever.
    coming = nats.connect(
        url, name="colonnade", max_reconnect_attempts=-1, reconnect_time_wait=1, error_cb=_quietly
    )
    return await asyncio.wait_for(coming, CONNECT_S)


async def _fetched(taking: Any, most: int, wait_s: float) -> list[Any]:
    try:
        return list(await taking.fetch(most, timeout=wait_s))
    except TimeoutError:
        return []


async def _quietly(problem: Exception) -> None:
    """What goes wrong is told to whoever asks next."""


def _name(stream: str) -> str:
    return f"colonnade_{stream}"


def _subject(stream: str) -> str:
    return f"colonnade.{stream}"


_broker: Broker | None = None
_lock = threading.Lock()


def broker() -> Broker:
    """This process's connection; a forked child makes one of its own."""
    global _broker
    with _lock:
        if _broker is None or _broker.process != os.getpid() or _broker.url != settings.COLONNADE_STREAM_URL:
            _broker = Broker(settings.COLONNADE_STREAM_URL)
        return _broker
