"""A feed as its document says it, whichever parser read it: plain values, texts verbatim, nothing trusted."""

from __future__ import annotations

from datetime import datetime

import msgspec

MOST_ENTRIES = 5000
"""Entries of one document at most; the longest real feeds (whole podcasts) have some thousand."""


class NotAFeed(ValueError):
    """The document is no feed, or none that can be read; the message is a sentence for an administrator."""


class Parsed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A frozen plain value of a parsed feed."""


class Words(Parsed, frozen=True, kw_only=True, omit_defaults=True):
    """A text with its media type ("text/plain", "text/html", "application/xhtml+xml") and language ("" unknown)."""

    value: str
    type: str = "text/plain"
    language: str = ""

    @property
    def is_markup(self) -> bool:
        """Whether the value is to be read as HTML."""
        return "html" in self.type or self.type.endswith(("/xml", "+xml"))


class Person(Parsed, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody who wrote. At least one of the three is not empty."""

    name: str = ""
    mail: str = ""
    url: str = ""


class Enclosure(Parsed, frozen=True, kw_only=True, omit_defaults=True):
    """A file that goes with an entry; `size` in bytes, 0 unknown."""

    url: str
    type: str = ""
    size: int = 0
    description: str = ""


class Moment(Parsed, frozen=True, kw_only=True, omit_defaults=True):
    """A time as written, and as understood (aware, UTC; None if it makes no sense)."""

    written: str
    at: datetime | None = None


class Entry(Parsed, frozen=True, kw_only=True, omit_defaults=True):
    """One entry. `id_is_link` says that the id is also the entry's address."""

    id: str = ""
    id_is_link: bool = False
    link: str = ""
    title: Words | None = None
    summary: Words | None = None
    contents: tuple[Words, ...] = ()
    authors: tuple[Person, ...] = ()
    published: Moment | None = None
    updated: Moment | None = None
    created: Moment | None = None
    enclosures: tuple[Enclosure, ...] = ()
    tags: tuple[str, ...] = ()
    reply_to: str = ""
    language: str = ""


class Feed(Parsed, frozen=True, kw_only=True, omit_defaults=True):
    """The whole document. `sound` says that it kept to its format; `problems` are sentences about what was left out."""

    parser: str
    version: str = ""
    sound: bool = True
    title: Words | None = None
    subtitle: Words | None = None
    id: str = ""
    link: str = ""
    language: str = ""
    authors: tuple[Person, ...] = ()
    published: Moment | None = None
    updated: Moment | None = None
    image: str = ""
    moved_to: str = ""
    entries: tuple[Entry, ...] = ()
    problems: tuple[str, ...] = ()
