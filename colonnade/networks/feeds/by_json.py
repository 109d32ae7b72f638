"""JSON Feed 1 and 1.1 (jsonfeed.org/version/1.1), forgiving in what it takes: a wrong type is a missing value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin

from colonnade.networks.feeds.dates import from_rfc3339
from colonnade.networks.feeds.parsed import (
    MOST_ENTRIES,
    Enclosure,
    Entry,
    Feed,
    Moment,
    NotAFeed,
    Person,
    Words,
)
from colonnade.primitives.json import BadJson, loads

_MOST_PARTS = 200


def is_json(body: bytes) -> bool:
    """Whether the document begins as a JSON object does."""
    return body[:64].removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")


def parse_json(body: bytes, url: str) -> Feed:
    """The feed in a JSON document fetched from `url`. Raises NotAFeed."""
    try:
        document = loads(body.decode("utf-8-sig", "replace").encode("utf-8", "replace"))
    except BadJson as error:
        raise NotAFeed(str(error)) from None
    if not isinstance(document, dict) or not isinstance(document.get("items"), list):
        raise NotAFeed("This JSON is no feed: it has no list of items.")
    version = _text(document.get("version"))
    if "jsonfeed.org/version/" not in version:
        raise NotAFeed("This JSON does not say that it is a JSON Feed.")
    base = _link(document.get("feed_url"), url) or url
    items = [item for item in document["items"][:MOST_ENTRIES] if isinstance(item, dict)]
    odd = len(document["items"][:MOST_ENTRIES]) - len(items)
    return Feed(
        parser="json",
        version="json11" if version.rstrip("/").endswith("1.1") else "json1",
        sound=not odd,
        title=_words(document.get("title")),
        subtitle=_words(document.get("description")),
        id=_text(document.get("feed_url")),
        link=_link(document.get("home_page_url"), base),
        language=_text(document.get("language")),
        authors=_people(document, base),
        image=_link(document.get("icon"), base) or _link(document.get("favicon"), base),
        entries=tuple(_entry(item, base) for item in items),
        problems=(f"{odd} of the feed's items are no objects.",) if odd else (),
    )


def _entry(item: Mapping[str, Any], base: str) -> Entry:
    language = _text(item.get("language"))
    contents = [_words(item.get("content_html"), "text/html", language)]
    contents.append(_words(item.get("content_text"), "text/plain", language))
    link = _link(item.get("url"), base)
    external = _link(item.get("external_url"), base)
    return Entry(
        id=_text(item.get("id")),
        link=link or external,
        title=_words(item.get("title"), language=language),
        summary=_words(item.get("summary"), language=language),
        contents=tuple(words for words in contents if words is not None),
        authors=_people(item, base),
        published=_moment(item.get("date_published")),
        updated=_moment(item.get("date_modified")),
        enclosures=_enclosures(item, base),
        tags=tuple(filter(None, map(_text, _list(item.get("tags"))))),
        language=language,
    )


def _enclosures(item: Mapping[str, Any], base: str) -> tuple[Enclosure, ...]:
    found = []
    for part in _list(item.get("attachments")):
        if isinstance(part, dict) and (link := _link(part.get("url"), base)):
            size = part.get("size_in_bytes")
            found.append(
                Enclosure(
                    url=link,
                    type=_text(part.get("mime_type")),
                    size=int(size) if isinstance(size, int | float) and 0 <= size < 2**53 else 0,
                    description=_text(part.get("title")),
                )
            )
    if image := _link(item.get("image"), base):
        found.append(Enclosure(url=image, type="image/*"))
    return tuple(found)


def _people(thing: Mapping[str, Any], base: str) -> tuple[Person, ...]:
    """`authors` of version 1.1, else the one `author` of version 1."""
    found = []
    for person in _list(thing.get("authors")) or [thing.get("author")]:
        if isinstance(person, dict):
            name, link = _text(person.get("name")), _link(person.get("url"), base)
            mail = link.removeprefix("mailto:") if link.startswith("mailto:") else ""
            if name or link:
                found.append(Person(name=name, mail=mail, url="" if mail else link))
    return tuple(found)


def _words(value: Any, kind: str = "text/plain", language: str = "") -> Words | None:
    text = _text(value)
    return Words(value=text, type=kind, language=language) if text else None


def _moment(value: Any) -> Moment | None:
    text = _text(value)
    return Moment(written=text[:64], at=from_rfc3339(text)) if text else None


def _link(value: Any, base: str) -> str:
    text = _text(value).strip()
    try:
        return urljoin(base, text) if text else ""
    except ValueError:
        return ""


def _list(value: Any) -> list[Any]:
    return value[:_MOST_PARTS] if isinstance(value, list) else []


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if is_number and abs(value) < 2**63 else ""
