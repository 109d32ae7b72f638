"""Queries and posts as lines of JSON, for the matcher as a pipe."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec

from colonnade.listening.language.reading import Heard
from colonnade.primitives import text as texts

Id = str | int


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
    title: str = ""
    author: str | Author | None = ""
    name: str = ""
    to: str | list[str] | None = None
    mentions: list[str] = []
    tags: list[str] = []
    links: list[str] = []
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
    media: bool | list[Any] = False
    reply: bool = False
    boost: bool = False
    quote: bool = False
    ours: bool = False


_QUERIES = msgspec.json.Decoder(QueryLine)
_POSTS = msgspec.json.Decoder(PostLine)


def read_query(line: bytes) -> QueryLine:
    """A query from its line. Raises BadLine."""
    found: QueryLine = _decoded(_QUERIES, line)
    if (found.id is None) == (found.list is None):
        raise BadLine("a query has an id, a list has a name")
    return found


def read_post(line: bytes) -> tuple[Id, Heard]:
    """A post from its line. Raises BadLine."""
    found: PostLine = _decoded(_POSTS, line)
    author = found.author if isinstance(found.author, Author) else Author(found.author or "", found.name)
    flags = {name for name in ("reply", "boost", "quote", "ours", "media") if getattr(found, name)}
    return found.id, Heard(
        text=texts.normalise(found.text),
        title=texts.normalise(found.title),
        author=author.handle,
        name=author.name,
        to=(found.to,) if isinstance(found.to, str) else tuple(found.to or ()),
        mentions=tuple(found.mentions),
        tags=tuple(found.tags),
        links=tuple(found.links),
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
        flags=frozenset(flags),
    )


def _decoded(decoder: msgspec.json.Decoder[Any], line: bytes) -> Any:
    try:
        return decoder.decode(line)
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError) as fault:
        raise BadLine(str(fault)) from None


def _moment(at: int | str | None) -> int | None:
    if not isinstance(at, str):
        return at
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        raise BadLine(f"“{at}” is no time") from None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)
