"""From the network's words to plain values. Every line of a timeline stands alone: a bad one spoils no other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Literal

import msgspec

from colonnade.networks.base import (
    Author,
    Deletion,
    Edit,
    Follow,
    Incoming,
    Item,
    Mark,
    Media,
    Post,
    Unreadable,
)
from colonnade.primitives.json import BadJson, loads
from colonnade.primitives.text import MAX_TEXT, is_blank

MOST_BYTES = 1024 * 1024
MOST_MENTIONS = 1_000
_MOST_NAME = 2_000
_YEARS = range(1970, 2200)
_MENTION = re.compile(r"@\w")
_LINES = re.compile(rb"[^\n]+")
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f\s]")


class _Author(msgspec.Struct):
    account: str
    name: str = ""
    url: str = ""
    avatar_url: str = ""


class _Told(msgspec.Struct):
    """An item of the timeline as the network writes it; what we don't know of is passed over."""

    kind: Literal["post", "edit", "delete", "mark", "follow"]
    author: _Author
    n: int = 0
    uri: str = ""
    published: str = ""
    text: str = ""
    title: str = ""
    html: str = ""
    lang: str = ""
    mark: str = "like"
    value: str = ""
    undo: bool = False
    reply_to: str = ""
    to: str = ""
    tags: tuple[str, ...] = ()
    media: tuple[Media, ...] = ()
    key: str = ""


class _Bad(Exception):
    """Why an item cannot be understood, as a sentence."""


def items_of(body: bytes, me: str) -> Iterator[Item]:
    """The lines of a timeline as items, raw payload kept; `me` is our own account, whose keys we recognise."""
    for found in _LINES.finditer(body):
        raw = found.group()
        if not raw.isspace():
            read = read_item(raw, me)
            yield Item(raw=raw, read=(read,), external_id=_name_of(read))


def read_all(body: bytes, me: str) -> Iterator[Incoming | Unreadable]:
    """What each line of a body says. Never raises; a line that is too long to be read is not copied either."""
    for found in _LINES.finditer(body):
        long = found.end() - found.start()
        if long > MOST_BYTES:
            yield Unreadable(reason=f"It has {long} bytes in one line; at most {MOST_BYTES} are read.")
        elif not (line := found.group()).isspace():
            yield read_item(line, me)


def read_item(raw: bytes, me: str) -> Incoming | Unreadable:
    """What one item says. Never raises."""
    try:
        return _read(raw, me)
    except _Bad as bad:
        return Unreadable(reason=str(bad))


def _read(raw: bytes, me: str) -> Incoming:
    try:
        told = msgspec.convert(loads(raw, max_bytes=MOST_BYTES), _Told)
    except BadJson as error:
        raise _Bad(str(error)) from None
    except msgspec.ValidationError as error:
        raise _Bad(f"It is not what an item should be: {error}.") from None
    return _meaning(told, me)


def _meaning(told: _Told, me: str) -> Incoming:
    author = _author(told.author)
    if told.kind == "follow":
        return Follow(author=author, target=_checked(told.to, "target"), undo=told.undo)
    uri = _checked(told.uri, "uri")
    match told.kind:
        case "delete":
            return Deletion(uri=uri, by=author)
        case "mark":
            return Mark(uri=uri, author=author, kind=told.mark, value=told.value, undo=told.undo)
        case "edit":
            return Edit(post=_post(told, uri, author, me), edited=_moment(told.published))
        case "post":
            return _post(told, uri, author, me)


def _post(told: _Told, uri: str, author: Author, me: str) -> Post:
    _check_words(told)
    return Post(
        uri=uri,
        author=author,
        text=told.text,
        html=told.html,
        title=told.title,
        published=_moment(told.published),
        reply_to=told.reply_to,
        lang=told.lang,
        audience="restricted" if told.to else "public",
        media=told.media,
        tags=told.tags,
        ours_key=told.key if _is_me(author, me) else "",
    )


def _author(told: _Author) -> Author:
    address = _checked(told.account, "author")
    return Author(
        network="pretend",
        address=address,
        name=told.name[:_MOST_NAME],
        url=told.url[:_MOST_NAME],
        avatar_url=told.avatar_url[:_MOST_NAME],
    )


def _is_me(author: Author, me: str) -> bool:
    return bool(me) and author.address.rpartition("@")[0] == me


def _checked(name: str, what: str) -> str:
    """A name that may serve as one: there, not endless, without spaces and control characters."""
    if not name:
        raise _Bad(f"It has no {what}.")
    if len(name) > _MOST_NAME or _FORBIDDEN.search(name):
        raise _Bad(f"Its {what} is too long or holds characters that no {what} may hold.")
    return name


def _moment(written: str) -> datetime | None:
    """The time as written, in UTC; None where none was given."""
    if not written:
        return None
    try:
        moment = datetime.fromisoformat(written)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise _Bad(f"Its time {written[:40]!r} is none.") from None
    if moment.year not in _YEARS:
        raise _Bad(f"Its time {written[:40]!r} lies outside the years that can be.")
    return moment


def _check_words(told: _Told) -> None:
    if len(told.text) > MAX_TEXT or len(told.html) > MOST_BYTES:
        raise _Bad(f"Its text is longer than {MAX_TEXT} characters.")
    if len(_MENTION.findall(told.text)) > MOST_MENTIONS:
        raise _Bad(f"It mentions more than {MOST_MENTIONS} people.")
    if told.media or told.html.strip() or not (is_blank(told.text) and is_blank(told.title)):
        return
    if told.text.strip():
        raise _Bad("Nothing of its text can be seen: only marks without letters, or invisible signs.")
    raise _Bad("There is nothing in it.")


def _name_of(read: Incoming | Unreadable) -> str:
    match read:
        case Post():
            return read.uri
        case Edit():
            return read.post.uri
        case Deletion() | Mark():
            return read.uri
        case _:
            return ""
