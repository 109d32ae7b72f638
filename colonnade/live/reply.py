"""Short answers that are no streams."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from colonnade.live.client import Send

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]


async def answer(send: Send, status: int, data: dict[str, Any], *headers: tuple[bytes, bytes]) -> None:
    """One JSON answer."""
    body = msgspec.json.encode(data)
    always = [
        (b"content-type", b"application/json"),
        (b"content-length", b"%d" % len(body)),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": [*always, *headers]})
    await send({"type": "http.response.body", "body": body})


async def refuse(send: Send, status: int, sentence: str, *headers: tuple[bytes, bytes]) -> None:
    """One JSON answer that says why not, in a sentence."""
    await answer(send, status, {"detail": sentence}, *headers)
