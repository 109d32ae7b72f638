"""How people write which stream they mean, and which connector reads it."""

from __future__ import annotations

import msgspec

from colonnade.networks.http.websocket import is_stream_address

BLUESKY = "wss://jetstream2.us-east.bsky.network/subscribe"
_WORDS = ("bluesky", "bsky", "bsky.app")


class Named(msgspec.Struct, frozen=True):
    """A stream: the connector that reads it, the address it is given, and what the source is called."""

    connector: str
    address: str
    name: str


def named(asked: str) -> Named | None:
    """The stream that somebody means: `bluesky`, or the address of a Jetstream server (wss://…); None for anything else."""
    asked = asked.strip()
    if asked.casefold() in _WORDS:
        return Named("jetstream", BLUESKY, "Bluesky")
    if is_stream_address(asked) and len(asked) <= 2000:
        return Named("jetstream", asked, "Bluesky")
    return None
