"""XML feeds of every kind and state, read by feedparser and brought into our own values."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from typing import Any

import feedparser

from colonnade.networks.feeds.dates import from_parts
from colonnade.networks.feeds.parsed import MOST_ENTRIES, Enclosure, Entry, Feed, Moment, Person, Words


def parse_xml(body: bytes, headers: Mapping[str, str]) -> Feed:
    """The feed in `body`. `headers` as for feedparser: content-type, content-location (absolute), content-language.

    The HTML inside comes back cleaned and with absolute addresses, as feedparser does both; that is a first fence,
    not the one that is relied on. May raise anything that feedparser raises; `parse.py` deals with that.
    """
    found = feedparser.parse(
        io.BytesIO(body), response_headers=dict(headers), sanitize_html=True, resolve_relative_uris=True
    )
    return to_feed(found)


def to_feed(found: Any) -> Feed:
    """feedparser's result in our values."""
    head: Mapping[str, Any] = found["feed"]
    return Feed(
        parser="feedparser",
        version=found.get("version") or "",
        sound=not found.get("bozo"),
        title=_words(head, "title"),
        subtitle=_words(head, "subtitle") or _words(head, "summary"),
        id=_text(head, "id"),
        link=_text(head, "link"),
        language=_text(head, "language"),
        authors=_people(head),
        published=_moment(head, "published"),
        updated=_moment(head, "updated"),
        image=_text(head.get("image") or {}, "href"),
        moved_to=_text(head, "newlocation") or _text(head, "itunes_new-feed-url"),
        entries=tuple(_entry(entry) for entry in found["entries"][:MOST_ENTRIES]),
    )


def _entry(entry: Mapping[str, Any]) -> Entry:
    contents = tuple(_one_text(part) for part in _dicts(_raw(entry, "content")) if "value" in part)
    reply_to = _raw(entry, "thr_in-reply-to")
    return Entry(
        id=_text(entry, "id"),
        id_is_link=bool(_raw(entry, "guidislink")),
        link=_text(entry, "link"),
        title=_words(entry, "title"),
        summary=_words(entry, "summary"),
        contents=contents,
        authors=_people(entry),
        published=_moment(entry, "published"),
        updated=_moment(entry, "updated"),
        created=_moment(entry, "created"),
        enclosures=_enclosures(entry),
        tags=tuple(_text(tag, "term") or _text(tag, "label") for tag in _dicts(_raw(entry, "tags"))),
        reply_to=(_text(reply_to, "ref") or _text(reply_to, "href")) if isinstance(reply_to, dict) else "",
        language=_text(entry, "language"),
    )


def _words(thing: Mapping[str, Any], name: str) -> Words | None:
    """A text with its detail. feedparser keeps the text itself under the plain name and how it was meant beside it."""
    value = _raw(thing, name)
    if not isinstance(value, str):
        return None
    detail = _raw(thing, f"{name}_detail")
    return _one_text({**detail, "value": value} if isinstance(detail, dict) else {"value": value})


def _one_text(detail: Mapping[str, Any]) -> Words:
    kind = detail.get("type") or "text/plain"
    return Words(value=str(detail["value"]), type=str(kind), language=str(detail.get("language") or ""))


def _people(thing: Mapping[str, Any]) -> tuple[Person, ...]:
    people = []
    for person in _dicts(_raw(thing, "authors")):
        made = Person(name=_text(person, "name"), mail=_text(person, "email"), url=_text(person, "href"))
        if made.name or made.mail or made.url:
            people.append(made)
    return tuple(people)


def _moment(thing: Mapping[str, Any], name: str) -> Moment | None:
    written = _text(thing, name)
    return Moment(written=written, at=from_parts(_raw(thing, f"{name}_parsed"))) if written else None


def _enclosures(entry: Mapping[str, Any]) -> tuple[Enclosure, ...]:
    found = []
    for link in _dicts(_raw(entry, "links")):
        if link.get("rel") == "enclosure" and (url := _text(link, "href")):
            size = _size(link.get("length"))
            found.append(
                Enclosure(url=url, type=_text(link, "type"), size=size, description=_text(link, "title"))
            )
    for media in _dicts(_raw(entry, "media_content")):
        if url := _text(media, "url"):
            kind = _text(media, "type") or f"{_text(media, 'medium') or 'application'}/*"
            found.append(Enclosure(url=url, type=kind, size=_size(media.get("filesize"))))
    return tuple(found)


def _size(written: Any) -> int:
    text = str(written or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


def _dicts(things: Any) -> Iterable[dict[str, Any]]:
    return [thing for thing in things if isinstance(thing, dict)] if isinstance(things, list) else []


def _text(thing: Mapping[str, Any], name: str) -> str:
    value = _raw(thing, name)
    return value if isinstance(value, str) else ""


def _raw(thing: Mapping[str, Any], name: str) -> Any:
    """The value under this very name: feedparser's own lookup falls back to other names, and warns."""
    return dict.get(thing, name) if isinstance(thing, dict) else None
