"""The limit that push is held against: an ASGI application that does nothing but keep streams and write to them all."""

from __future__ import annotations

import sys
from typing import Any

import uvicorn

_streams: set[Any] = set()


async def application(scope: Any, receive: Any, send: Any) -> None:
    """GET opens a stream; POST sends its body to every stream, then answers."""
    if scope["type"] != "http":
        return
    if scope["method"] == "POST":
        event = (await receive())["body"]
        for stream in list(_streams):
            await stream({"type": "http.response.body", "body": event, "more_body": True})
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})
        return
    headers = [(b"content-type", b"text/event-stream; charset=utf-8")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"retry: 2000\n\n", "more_body": True})
    _streams.add(send)
    try:
        while (await receive())["type"] != "http.disconnect":
            pass
    finally:
        _streams.discard(send)


if __name__ == "__main__":
    import resource

    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    uvicorn.run(
        application,
        host="127.0.0.1",
        port=int(sys.argv[1]),
        lifespan="off",
        ws="none",
        log_config=None,
        access_log=False,
        backlog=4096,
    )
