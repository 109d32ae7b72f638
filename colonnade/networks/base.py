"""The contract of a connector. Plain values in, plain values out; nothing here knows a database.

A connector is a class with some of the methods of `Connector`; what it lacks its `Capabilities` say. Every connector
passes `conformance.py`. Times are aware datetimes in UTC, texts are `str` as received, HTML is never trusted.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from datetime import datetime
from typing import Any, Literal, Protocol, runtime_checkable

import msgspec


class Value(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A frozen plain value that crosses the border of this room."""


# --- what comes in -----------------------------------------------------------------------------------------------


class Author(Value):
    """Who said it, as the network names them. `address` is unique within `network` (a URL, a handle, a mail address)."""

    network: str
    address: str
    name: str = ""
    url: str = ""
    avatar_url: str = ""
    proof: Literal["signed", "replied_from", "rel_me", "typed", "guessed"] = "guessed"


class Media(Value):
    """A file that belongs to a post. `url` is where it lies; it is fetched later, if at all. `size` in bytes, 0 unknown."""

    url: str
    media_type: str = "application/octet-stream"
    size: int = 0
    description: str = ""


class Post(Value, tag="post"):
    """Something said. `uri` is its one name in the world; `reply_to` and `quotes` are such names of other posts.

    `text` is plain text; `html`, when the network sends markup, is the untrusted original and wins for display.
    `audience` is what the network says of its readership; a place never shows a post wider than the place itself.
    `mentions` are the addresses of those whom the network says it names, as `Author.address` has them.
    `ours_key` is the key of our own delivery, when the network gives back what we sent it.
    """

    uri: str
    author: Author
    text: str = ""
    html: str = ""
    title: str = ""
    url: str = ""
    published: datetime | None = None
    reply_to: str = ""
    quotes: tuple[str, ...] = ()
    lang: str = ""
    audience: Literal["public", "restricted"] = "public"
    media: tuple[Media, ...] = ()
    tags: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    ours_key: str = ""


class Edit(Value, tag="edit"):
    """The post `post.uri` now reads like this."""

    post: Post
    edited: datetime | None = None


class Deletion(Value, tag="deletion"):
    """The post named `uri` is gone. It may arrive before the post itself: then the post never appears. Where a server tells
    only its own id of it, that is `known_as` and `uri` is "": whoever sifts looks up which post that was."""

    uri: str
    by: Author | None = None
    known_as: str = ""


class Mark(Value, tag="mark"):
    """A like, boost, emoji… by `author` on the post named `uri`; `undo` takes it back."""

    uri: str
    author: Author
    kind: str = "like"
    value: str = ""
    undo: bool = False


class Follow(Value, tag="follow"):
    """`author` follows (or with `undo` no longer follows) the identity named `target`."""

    author: Author
    target: str
    undo: bool = False


class Block(Value, tag="block"):
    """`author` blocks (or with `undo` no longer blocks) the identity named `target`."""

    author: Author
    target: str
    undo: bool = False


class Move(Value, tag="move"):
    """`author` says that they are now at the address `target`."""

    author: Author
    target: str


class Profile(Value, tag="profile"):
    """`author` presents themselves anew."""

    author: Author


class Flag(Value, tag="flag"):
    """`author` reports the posts named `uris`."""

    author: Author
    uris: tuple[str, ...]
    reason: str = ""


class Receipt(Value, tag="receipt"):
    """The network's word that it took what we sent under `key`, and what it calls it there."""

    key: str
    uri: str
    url: str = ""
    remote_id: str = ""
    accepted: datetime | None = None


Incoming = Post | Edit | Deletion | Mark | Follow | Block | Move | Profile | Flag | Receipt


class Unreadable(Value, tag="unreadable"):
    """A payload, or a part of one, that could not be understood; `reason` is a sentence for an administrator."""

    reason: str


class Item(Value):
    """One thing as it arrived: the raw payload (kept before anything else) and what was read from it."""

    raw: bytes
    read: tuple[Incoming | Unreadable, ...]
    external_id: str = ""


class Batch(Value):
    """What one pull brought, the cursor to give to the next pull, and when that should be (seconds from now).

    `gone` says that the place no longer exists for good; `moved_to` that it has a new address for good;
    `hub` and `topic` that a hub offers to push (WebSub); `more` that more of a stream waits right behind.
    """

    items: tuple[Item, ...] = ()
    cursor: Mapping[str, Any] = {}
    again_in_s: float | None = None
    title: str = ""
    gone: bool = False
    moved_to: str = ""
    hub: str = ""
    topic: str = ""
    more: bool = False


# --- what goes out -----------------------------------------------------------------------------------------------


class Outgoing(Value):
    """What is to be said there. `reply_to` is the network's own name of the post answered; `to` a mail or direct address."""

    text: str
    title: str = ""
    html: str = ""
    reply_to: str = ""
    to: str = ""
    lang: str = ""
    media: tuple[Media, ...] = ()
    sent_at: datetime | None = None


DeliveryClass = Literal["A", "B", "C", "D", "E"]


class Capabilities(Value):
    """What a connector can do. Lengths count characters as the network counts them; 0 means no limit known.

    `delivery_class` says how a delivery whose end is unknown may be settled: A we choose the id (repeat with the
    same), B the key is honoured for `key_life_s` (repeat inside it, else read back), C duplicates are refused (read
    back), D nothing (read back, else ask a person), E mail (fixed Message-ID, at most one repeat).
    """

    network: str
    can_pull: bool = False
    can_stream: bool = False
    can_read: bool = False
    can_write: bool = False
    can_find: bool = False
    can_recall: bool = False
    can_reply: bool = False
    can_edit: bool = False
    can_direct: bool = False
    delivery_class: DeliveryClass = "D"
    key_life_s: float = 0.0
    max_text: int = 0
    max_media: int = 0
    audiences: tuple[str, ...] = ("public",)


# --- what goes wrong ---------------------------------------------------------------------------------------------


class NetworkError(Exception):
    """Something went wrong out there. `reached` is False only when it is certain that the other side took nothing."""

    reached = True


class Refused(NetworkError):
    """The network said no for good (too long, not allowed): repeating the same will not help. Nothing was taken."""

    reached = False


class TryLater(NetworkError):
    """The network said "not now". Nothing was taken. `after_s`: seconds to wait, as it asked, or None."""

    reached = False

    def __init__(self, message: str, after_s: float | None = None) -> None:
        super().__init__(message)
        self.after_s = after_s


class SignInNeeded(NetworkError):
    """The credentials are no longer good: the account pauses until somebody connects it again. Nothing was taken."""

    reached = False


class Unreachable(NetworkError):
    """No connection came about (name, route, TLS, refused port): nothing was taken."""

    reached = False


class Uncertain(NetworkError):
    """The connection broke after we began to send: it may or may not have arrived."""


class Duplicate(NetworkError):
    """The network says it already has this (class C). `uri` names what it has, when it tells."""

    def __init__(self, message: str, uri: str = "") -> None:
        super().__init__(message)
        self.uri = uri


@runtime_checkable
class Connector(Protocol):
    """One connection to one place on a network.

    Made by `registry.connect(connector, address, credentials, http)`; holds no state that a restart would miss.
    """

    capabilities: Capabilities

    def pull(self, cursor: Mapping[str, Any]) -> Batch:
        """What is new since `cursor` ({} at first). Raises NetworkError."""
        ...

    def stream(self, cursor: Mapping[str, Any]) -> Generator[Batch, None, None]:
        """What comes after `cursor` ({}: from now on), for as long as the connection holds; each batch with the cursor
        behind it. An empty batch at least every two seconds, so that the caller may stop by closing the iterator.
        Nothing between two runs is left out, and with the cursor of one run the next brings nothing again. Raises
        NetworkError when the connection ends, however it does: then it is called again with the last cursor."""
        ...

    def read(self, payload: bytes) -> tuple[Incoming | Unreadable, ...]:
        """What a pushed payload says. Never raises for bad input: it answers with `Unreadable`."""
        ...

    def write(self, outgoing: Outgoing, key: str) -> Receipt:
        """Say it there, under our `key`. Raises NetworkError."""
        ...

    def find(self, outgoing: Outgoing, key: str) -> Receipt | None:
        """Whether it is there: its receipt, or None when it certainly is not. Raises NetworkError when it can't tell."""
        ...

    def recall(self, receipt: Receipt) -> None:
        """Take it back there. Raises NetworkError."""
        ...
