"""One event of Jetstream: a commit (something was written, changed or taken away), an identity, an account.

Only what the connector asks for is read; of anything else the event's time and name are told, and nothing more.
"""

from __future__ import annotations

import re

import msgspec

from colonnade.networks.base import (
    Author,
    Deletion,
    Edit,
    Incoming,
    Mark,
    Profile,
    Unreadable,
)
from colonnade.networks.jetstream.posts import POSTS, Record, author_of, post_of
from colonnade.primitives.json import BadJson, loads

LIKES, REPOSTS = "app.bsky.feed.like", "app.bsky.feed.repost"
LARGEST_EVENT = 512 * 1024
_DID = re.compile(r"did:[a-z]{1,20}:[A-Za-z0-9._:%-]{1,500}")
_KEY = re.compile(r"[A-Za-z0-9._:~-]{1,512}")
_HANDLE = re.compile(r"(?=.{1,253}\Z)[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_MARKS = {LIKES: "like", REPOSTS: "boost"}
_GONE = ("deleted", "takendown")
_MOST_US = 253_402_300_799_000_000  # the last second of the year 9999
_NO_TEXT = "A post of the firehose cannot be read: "


class Commit(msgspec.Struct):
    """A change of one record in somebody's repository."""

    operation: str
    collection: str
    key: str = msgspec.field(name="rkey")
    rev: str = ""
    record: msgspec.Raw = msgspec.Raw()


class Identity(msgspec.Struct):
    """Somebody is called otherwise now."""

    handle: str = ""


class Account(msgspec.Struct):
    """An account is there, or is not; `status` says why not."""

    active: bool = True
    status: str = ""


class Event(msgspec.Struct):
    """One event. `at_us` is when the server heard it, in microseconds since 1970: the place in the stream."""

    did: str
    at_us: int = msgspec.field(name="time_us")
    kind: str = ""
    commit: Commit | None = None
    identity: Identity | None = None
    account: Account | None = None


class _Subject(msgspec.Struct):
    uri: str = ""


class _Marking(msgspec.Struct):
    subject: _Subject


_event = msgspec.json.Decoder(Event)
_record = msgspec.json.Decoder(Record)
_marking = msgspec.json.Decoder(_Marking)


def event_of(payload: bytes) -> Event | Unreadable:
    """The event in a message. Never raises."""
    if len(payload) > LARGEST_EVENT:
        return Unreadable(reason=f"An event of {len(payload)} bytes is larger than any that is read.")
    try:
        event = _event.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError):
        try:
            event = _event.decode(msgspec.json.encode(loads(payload)))
        except (BadJson, msgspec.MsgspecError, RecursionError, ValueError) as error:
            return Unreadable(reason=f"This is no event of the firehose: {error}")
    if not (_DID.fullmatch(event.did) and 0 < event.at_us <= _MOST_US):
        return Unreadable(reason="An event of the firehose has no author or no time.")
    return event


def incoming(event: Event, handle: str = "") -> tuple[Incoming | Unreadable, ...]:
    """What an event says; () for what is of no concern here. `handle` is what its author is called, where known."""
    if event.commit is not None:
        return _committed(event, event.commit, handle)
    if event.identity is not None:
        return (Profile(author=author_of(event.did, handle_of(event))),) if handle_of(event) else ()
    if event.account is not None and not event.account.active and event.account.status in _GONE:
        return (Deletion(uri=f"at://{event.did}", by=_bare(event.did)),)
    return ()


def handle_of(event: Event) -> str:
    """The handle that an identity event tells, "" for none."""
    told = event.identity.handle if event.identity else ""
    return told if _HANDLE.fullmatch(told) and told != "handle.invalid" else ""


def _committed(event: Event, commit: Commit, handle: str) -> tuple[Incoming | Unreadable, ...]:
    if not _KEY.fullmatch(commit.key):
        return (Unreadable(reason="A record of the firehose has a name that none can have."),)
    if commit.collection == POSTS:
        return _about_a_post(event, commit, handle)
    if commit.collection in _MARKS and commit.operation == "create":
        return _marked(event, commit, handle)
    return ()


def _about_a_post(event: Event, commit: Commit, handle: str) -> tuple[Incoming | Unreadable, ...]:
    if commit.operation == "delete":
        return (Deletion(uri=f"at://{event.did}/{POSTS}/{commit.key}", by=_bare(event.did)),)
    if commit.operation not in ("create", "update"):
        return (Unreadable(reason=_NO_TEXT + f"{commit.operation[:40]!r} is nothing that happens to one."),)
    try:
        record = _record.decode(commit.record)
        post = post_of(event.did, commit.key, record, heard_us=event.at_us, handle=handle)
    except (msgspec.DecodeError, RecursionError, ValueError) as error:
        return (Unreadable(reason=_NO_TEXT + str(error)),)
    return (Edit(post=post),) if commit.operation == "update" else (post,)


def _marked(event: Event, commit: Commit, handle: str) -> tuple[Incoming | Unreadable, ...]:
    try:
        uri = _marking.decode(commit.record).subject.uri
    except (msgspec.DecodeError, RecursionError, ValueError) as error:
        return (Unreadable(reason=f"A mark of the firehose cannot be read: {error}"),)
    return (
        (Mark(uri=uri, author=author_of(event.did, handle), kind=_MARKS[commit.collection]),) if uri else ()
    )


def _bare(did: str) -> Author:
    return author_of(did)
