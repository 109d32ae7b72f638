"""Plain XML feeds, read by fastfeedparser: many times faster than feedparser, and silently wrong on some feeds.

So it reads a feed only after the cheap check (`sniff.is_plain_xml`) and only where `pace` of that feed's own samples
says that both parsers gave the same posts; see `connector.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin

import fastfeedparser

from colonnade.networks.feeds.dates import from_rfc3339
from colonnade.networks.feeds.parsed import MOST_ENTRIES, Enclosure, Entry, Feed, Moment, Person, Words


def parse_fast(body: bytes, url: str) -> Feed:
    """The feed in `body`, fetched from `url`. May raise anything; who calls it has feedparser to fall back on."""
    found = fastfeedparser.parse(body)
    head: Mapping[str, Any] = found["feed"]
    return Feed(
        parser="fastfeedparser",
        title=_words(head.get("title")),
        subtitle=_words(head.get("subtitle")),
        id=_text(head.get("id")),
        link=_link(head.get("link"), url),
        language=_text(head.get("language")),
        authors=_people(head),
        updated=_moment(head.get("updated")),
        image=_link((head.get("image") or {}).get("href"), url),
        entries=tuple(
            _entry(entry, url, _text(head.get("language"))) for entry in found["entries"][:MOST_ENTRIES]
        ),
    )


def _entry(entry: Mapping[str, Any], base: str, language: str) -> Entry:
    contents = []
    for part in entry.get("content") or ():
        if words := _words(
            part.get("value"), part.get("type") or "text/html", part.get("language") or language
        ):
            contents.append(words)
    files = [*(entry.get("enclosures") or ()), *(entry.get("media_content") or ())]
    return Entry(
        id=_text(entry.get("id")),
        link=_link(entry.get("link"), base),
        title=_words(entry.get("title"), "text/html", language),
        summary=_words(entry.get("description"), "text/html", language),
        contents=tuple(contents),
        authors=_people(entry),
        published=_moment(entry.get("published")),
        updated=_moment(entry.get("updated")),
        enclosures=tuple(made for file in files if (made := _enclosure(file, base))),
        tags=tuple(_text(tag.get("term")) for tag in entry.get("tags") or ()),
        language=language,
    )


def _enclosure(file: Mapping[str, Any], base: str) -> Enclosure | None:
    url = _link(file.get("url"), base)
    size = file.get("length") or file.get("filesize") or 0
    if not url:
        return None
    return Enclosure(url=url, type=_text(file.get("type")), size=size if isinstance(size, int) else 0)


def _people(thing: Mapping[str, Any]) -> tuple[Person, ...]:
    people = [
        Person(name=_text(each.get("name")), mail=_text(each.get("email")))
        for each in thing.get("authors") or ()
    ]
    if not people and (name := _text(thing.get("author"))):
        people = [Person(name=name)]
    return tuple(person for person in people if person.name or person.mail)


def _words(value: Any, kind: str = "text/plain", language: str = "") -> Words | None:
    return Words(value=value, type=kind, language=language) if isinstance(value, str) and value else None


def _moment(value: Any) -> Moment | None:
    return Moment(written=value, at=from_rfc3339(value)) if isinstance(value, str) and value else None


def _link(value: Any, base: str) -> str:
    return urljoin(base, value.strip()) if isinstance(value, str) and value.strip() else ""


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
