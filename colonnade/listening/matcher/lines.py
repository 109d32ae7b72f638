"""Queries and posts as lines of JSON, for the matcher as a pipe."""

from __future__ import annotations

import re
import select
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BufferedReader
from typing import Any

import msgspec

from colonnade.listening.language.reading import Heard
from colonnade.primitives import text as texts

Id = str | int
_AT_ONCE, _A_MOMENT_S = 1 << 20, 0.02
_PARTING = re.compile(r"[\t\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")


class BadLine(ValueError):
    """A line that cannot be used; the message says why."""


class QueryLine(msgspec.Struct):
    """`{"id": …, "query": …}`, or `{"list": name, "query": …}` for a list that queries may name."""

    query: str
    id: Id | None = None
    list: str | None = None


class Author(msgspec.Struct):
    """Who wrote a post, where handle and name are told apart."""

    handle: str = ""
    name: str = ""


class PostLine(msgspec.Struct):
    """A post; all but `id` and `text` may be absent. `at` is a time in ISO 8601 or milliseconds since 1970."""

    id: Id
    text: str
    title: str | None = ""
    author: str | Author | None = ""
    name: str | None = ""
    to: str | list[str] | None = None
    mentions: list[str] | None = None
    tags: list[str] | None = None
    links: list[str] | None = None
    url: str | None = ""
    lang: str | None = ""
    network: str | None = ""
    place: str | None = ""
    source: str | None = ""
    followers: int | None = None
    likes: int | None = None
    boosts: int | None = None
    replies: int | None = None
    at: int | str | None = None
    media: bool | list[Any] | None = False
    reply: bool | None = False
    boost: bool | None = False
    quote: bool | None = False
    ours: bool | None = False


_FLAGS = ("reply", "boost", "quote", "ours", "media")
_NONE: frozenset[str] = frozenset()
_QUERIES = msgspec.json.Decoder(QueryLine)
_POSTS = msgspec.json.Decoder(PostLine)


def as_they_come(file: BufferedReader, most: int) -> Iterator[list[bytes]]:
    """The lines of a file in groups of at most `most`. What a pipe has brought is not held back for what is still to come:
    where nothing follows for a moment, a group ends."""
    lines: list[bytes] = []
    rest: list[bytes] = []
    while True:
        while lines and (len(lines) >= most or not _more_waits(file)):
            yield lines[:most]
            lines = lines[most:]
        piece = file.read1(_AT_ONCE)
        if not piece:
            break
        whole, end, tail = piece.rpartition(b"\n")
        if end:
            lines += b"".join((*rest, whole)).split(b"\n")
            rest = [tail]
        else:
            rest.append(piece)
    yield [*lines, b"".join(rest)]


def _more_waits(file: BufferedReader) -> bool:
    """Whether more can be read at once or within a moment; of a file on disk always."""
    try:
        return bool(select.select([file.fileno()], [], [], _A_MOMENT_S)[0])
    except (OSError, ValueError):  # what is no file of the system's does not keep anybody waiting
        return True


def read_query(line: bytes) -> QueryLine:
    """A query from its line. Raises BadLine."""
    found: QueryLine = _decoded(_QUERIES, line)
    if (found.id is None) == (found.list is None):
        raise BadLine("a query has an id, a list has a name")
    return found


def read_post(line: bytes) -> tuple[Id, Heard]:
    """A post from its line. Raises BadLine."""
    found: PostLine = _decoded(_POSTS, line)
    told = found.author
    author, name = (told.handle, told.name) if isinstance(told, Author) else (told or "", found.name or "")
    return found.id, Heard(
        text=texts.normalise(found.text),
        title=texts.normalise(found.title) if found.title else "",
        author=author,
        name=name,
        to=(found.to,) if isinstance(found.to, str) else tuple(found.to or ()),
        mentions=tuple(found.mentions or ()),
        tags=tuple(found.tags or ()),
        links=tuple(found.links or ()),
        url=found.url or "",
        lang=found.lang or "",
        network=found.network or "",
        place=found.place or "",
        source=found.source or "",
        followers=found.followers,
        likes=found.likes,
        boosts=found.boosts,
        replies=found.replies,
        at=_moment(found.at),
        flags=_flags(found),
    )


def _flags(found: PostLine) -> frozenset[str]:
    if not (found.reply or found.boost or found.quote or found.ours or found.media):
        return _NONE
    return frozenset(name for name in _FLAGS if getattr(found, name))


def _decoded(decoder: msgspec.json.Decoder[Any], line: bytes) -> Any:
    try:
        found = decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
        raise BadLine(str(fault)) from None
    if isinstance(found.id, str) and _PARTING.search(found.id):
        raise BadLine("an id holds no tab and no line end: both part what is written")
    return found


def _moment(at: int | str | None) -> int | None:
    if not isinstance(at, str):
        return at
    try:
        moment = datetime.fromisoformat(at)
        return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)
    except (ValueError, OverflowError):
        raise BadLine(f"“{at}” is no time") from None
