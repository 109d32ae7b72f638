"""What the last seconds of a stream brought, small enough to lie in its cursor.

After a break the stream is asked for from a few seconds before its end, since its server may tell late what it heard early;
what came already is known by a short hash of its name (six bytes: among two thousand, a new event is taken for an old one
once in a hundred thousand million).
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections import deque
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Any

from colonnade.networks.jetstream.events import Event

OVERLAP_US = 5_000_000
MOST = 2_000
_BYTES = 6

Name = tuple[int, str, str, str]


class Overlap:
    """The newest place in the stream, and the names of what came shortly before it: the newest `MOST`.

    Where more came in those seconds than is remembered, the overlap is as long as the memory, so that nothing comes twice.
    """

    def __init__(self, cursor: Mapping[str, Any], *, overlap_us: int = OVERLAP_US) -> None:
        self._overlap_us = overlap_us
        self.at_us = _moment(cursor.get("time_us"))
        self.from_us = min(_moment(cursor.get("since_us")) or self.at_us, self.at_us + 1)
        self._old = _unpacked(cursor.get("seen"))
        self._old_from_us, self._old_until_us = self.from_us, self.at_us
        self._order: deque[Name] = deque()
        self._names: set[Name] = set()
        self._forgotten_us = 0
        self._hashes: dict[Name, bytes] = {}

    def is_new(self, event: Event, latest_us: int) -> bool:
        """Note an event; False where it came before."""
        return self.is_new_name(_name(event), latest_us)

    def is_new_name(self, name: Name, latest_us: int) -> bool:
        """Note what has this name, whose first part is its moment; False where it came before. What says to be from after `latest_us` moves nothing: a server whose
        clock is wrong for a moment would else have us wait for a time that is far away."""
        if name in self._names:
            return False
        if name[0] <= self._old_until_us and _hash(name) in self._old:
            return False
        if name[0] > latest_us:
            return True
        self.at_us = max(self.at_us, name[0])
        self._names.add(name)
        self._order.append(name)
        if len(self._order) > MOST:
            gone = self._order.popleft()
            self._names.discard(gone)
            self._forgotten_us = max(self._forgotten_us, gone[0])
        return True

    def cursor(self) -> dict[str, Any]:
        """What the next connection must know, as plain values; {} where nothing came yet."""
        if not self.at_us:
            return {}
        since = max(self.at_us - self._overlap_us, self._forgotten_us + 1 if self._forgotten_us else 0)
        kept: set[bytes] = set()
        if self._old and since <= self._old_until_us:
            since = max(since, self._old_from_us)
            kept |= self._old
        self._hashes = {name: self._hashes.get(name) or _hash(name) for name in self._order}
        kept.update(hash_ for name, hash_ in self._hashes.items() if name[0] >= since)
        return {"time_us": self.at_us, "since_us": since, "seen": _packed(kept)}


def _name(event: Event) -> Name:
    commit = event.commit
    if commit is None:
        return (event.at_us, event.did, event.kind, "")
    return (event.at_us, event.did, commit.key, commit.operation)


def _hash(name: Name) -> bytes:
    return blake2b("\n".join(map(str, name)).encode("utf-8", "replace"), digest_size=_BYTES).digest()


def _packed(hashes: Iterable[bytes]) -> str:
    return b64encode(b"".join(sorted(hashes))).decode()


def _unpacked(said: object) -> frozenset[bytes]:
    try:
        whole = b64decode(said, validate=True) if isinstance(said, str) else b""
    except ValueError:
        return frozenset()
    return frozenset(whole[at : at + _BYTES] for at in range(0, len(whole), _BYTES))


def _moment(said: object) -> int:
    return said if isinstance(said, int) and said > 0 else 0
