"""What happened in the make-believe world, one line each: the ledger holds these, and nothing else is its state."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Literal

import msgspec

from colonnade.networks.base import Media

Kind = Literal["world", "post", "again", "edit", "delete", "mark", "follow", "raw", "story"]


class Line(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that happened. `n` counts from 1 and is the place in the timeline.

    `id` is the post it is about, `by` the account that did it, `accepted` the second at which the network took it,
    `published` the second that it shows. `key` and `rules` (the delivery class) are kept for what came over the API;
    what the script did carries the number of its `step`. `again` is a mail-like repeat that readers don't see.
    """

    n: int
    kind: Kind
    accepted: float
    published: float = 0.0
    id: str = ""
    by: str = ""
    name: str = ""
    text: str = ""
    title: str = ""
    html: str = ""
    lang: str = ""
    reply_to: str = ""
    to: str = ""
    tags: tuple[str, ...] = ()
    media: tuple[Media, ...] = ()
    mark: str = ""
    value: str = ""
    undo: bool = False
    key: str = ""
    rules: str = ""
    step: int = 0
    raw: bytes = b""
    speed: float = 1.0
    position: float = 0.0


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Line)


def encode(line: Line) -> bytes:
    """The line as JSON with its line feed."""
    return _encoder.encode(line) + b"\n"


def decode(line: bytes) -> Line:
    """The line that `encode` wrote. Raises msgspec.DecodeError."""
    return _decoder.decode(line)


def uri_of(world: str, id_: str) -> str:
    """The one name of a post in the world of that name."""
    return f"pretend://{world}/posts/{id_}"


def id_in(uri: str) -> str:
    """The post's id in its uri; a bare id stays as it is."""
    return uri.rpartition("/")[2]


def moment(seconds: float) -> str:
    """Seconds since 1970 as RFC 3339 in UTC."""
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


def shown(line: Line, world: str, name: str, *, with_key: bool = False) -> dict[str, Any]:
    """The line as the network tells it to a client. `name` is what the author is called; the key goes to its author alone."""
    told: dict[str, Any] = {
        "n": line.n,
        "kind": line.kind,
        "author": {"account": f"{line.by}@{world}", "name": name},
        "published": moment(line.published),
    }
    if line.id:
        told |= {"id": line.id, "uri": uri_of(world, line.id)}
    for field in ("text", "title", "html", "lang", "mark", "value", "undo"):
        if value := getattr(line, field):
            told[field] = value
    if line.reply_to:
        told["reply_to"] = uri_of(world, line.reply_to)
    if line.to:
        told["to"] = f"{line.to}@{world}"
    if line.tags:
        told["tags"] = list(line.tags)
    if line.media:
        told["media"] = [msgspec.to_builtins(each) for each in line.media]
    if with_key and line.key:
        told["key"] = line.key
    return told
