"""How people write which stream they mean, and which connector reads it."""

from __future__ import annotations

import re
from urllib.parse import quote

import msgspec

from colonnade.networks.http.websocket import is_stream_address

BLUESKY = "wss://jetstream2.us-east.bsky.network/subscribe"
_TIMELINE = re.compile(r"(public|local|#\w{1,100})@([\w.-]+\.[\w-]{2,63}(?::\d{1,5})?)", re.IGNORECASE)
_WORDS = ("bluesky", "bsky", "bsky.app")


class Named(msgspec.Struct, frozen=True):
    """A stream: the connector that reads it, the address it is given, and what the source is called."""

    connector: str
    address: str
    name: str


def named(asked: str) -> Named | None:
    """The stream that somebody means: `bluesky`, the address of a Jetstream server (wss://…), or a timeline of a Mastodon
    server (`public@server`, `local@server`, `#tag@server`); None for anything else."""
    asked = asked.strip()
    if asked.casefold() in _WORDS:
        return Named("jetstream", BLUESKY, "Bluesky")
    if is_stream_address(asked) and len(asked) <= 2000:
        return Named("jetstream", asked, "Bluesky")
    timeline = _TIMELINE.fullmatch(asked)
    if timeline is None:
        return None
    which, server = timeline[1], timeline[2].lower()
    path = {"public": "", "local": "/public/local"}.get(which.lower(), f"/tags/{quote(which.lstrip('#'))}")
    return Named("mastodon_streaming", f"https://{server}{path}", f"{which} on {server}")
