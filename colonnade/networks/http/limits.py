"""How much of anything one HTTP call may use."""

from __future__ import annotations

import msgspec


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Times in seconds, sizes in bytes. `body` counts after decompression, `wire` everything received for one call."""

    connect_s: float = 5.0
    read_s: float = 15.0
    total_s: float = 30.0
    body: int = 8 * 1024 * 1024
    wire: int = 9 * 1024 * 1024
    head: int = 96 * 1024
    redirects: int = 5
    retry_after_most_s: float = 86_400.0
    failures_to_rest: int = 5
    rest_s: float = 5.0
    rest_most_s: float = 300.0
    connections: int = 64
    keep_alive_s: float = 3.0
    ports: frozenset[int] | None = None
