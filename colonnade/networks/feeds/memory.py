"""What a feed's cursor remembers between visits: plain JSON, bounded, in no particular order of keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

import msgspec

from colonnade.networks.feeds.posts import MOST_POSTS

MOST_SEEN = 2 * MOST_POSTS
SAMPLE_EVERY = 20
_KEY = 16


class Memory(msgspec.Struct, kw_only=True, omit_defaults=True):
    """`base`: the address under which the feed was first read. `seen`: for each entry key and fingerprint, oldest first.

    `fast` says whether the fast parser may read this feed: "untried", "agrees", or "differs" (it never will again);
    `since_sample` counts its readings since both parsers last read the same document.
    """

    base: str = ""
    etag: str = ""
    modified: str = ""
    body: str = ""
    title: str = ""
    hub: str = ""
    topic: str = ""
    again_in_s: float = 0.0
    seen: list[str] = []
    fast: Literal["untried", "agrees", "differs"] = "untried"
    since_sample: int = 0

    def fingerprints(self) -> dict[str, str]:
        """key -> fingerprint of what was seen."""
        return {each[:_KEY]: each[_KEY:] for each in self.seen}

    def remember(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Keep these (key, fingerprint) as the most recent; forget the oldest beyond `MOST_SEEN`."""
        kept = self.fingerprints()
        for key, fingerprint in pairs:
            kept.pop(key, None)
            kept[key] = fingerprint
        self.seen = [key + fingerprint for key, fingerprint in kept.items()][-MOST_SEEN:]

    def as_cursor(self) -> dict[str, Any]:
        """Plain JSON."""
        plain: dict[str, Any] = msgspec.to_builtins(self)
        return plain


def recall(cursor: Mapping[str, Any]) -> Memory:
    """The memory in a cursor; one that cannot be read (older, damaged) counts as none."""
    try:
        return msgspec.convert(dict(cursor), Memory)
    except msgspec.ValidationError:
        return Memory()
