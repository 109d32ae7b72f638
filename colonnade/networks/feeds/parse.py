"""From a document's bytes to a `Feed`, whatever the bytes are: it ends, in bounded time, with a feed or a reason.

Small documents are parsed here. What is large, or makes the parser fail, goes to a child process with limits on time
and memory (`aside.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urljoin

from colonnade.networks.feeds import sniff
from colonnade.networks.feeds.aside import parse_aside
from colonnade.networks.feeds.by_fastfeedparser import parse_fast
from colonnade.networks.feeds.by_feedparser import parse_xml
from colonnade.networks.feeds.by_json import is_json, parse_json
from colonnade.networks.feeds.defuse import defused
from colonnade.networks.feeds.parsed import Feed, NotAFeed

LARGEST = 8 * 1024 * 1024
_LARGEST_HERE = 128 * 1024
_LARGEST_FAST_HERE = 2 * 1024 * 1024


def parse(body: bytes, url: str, headers: Mapping[str, str] | None = None) -> Feed:
    """The feed in `body`, fetched from `url` with these response headers (lower-case names). Raises NotAFeed."""
    _refuse_what_is_no_feed(body)
    if is_json(body):
        return parse_json(body, url)
    known = feed_headers(url, headers or {})
    body = defused(body)
    if len(body) > _LARGEST_HERE:
        return _something(parse_aside(body, known))
    try:
        return _something(parse_xml(body, known))
    except NotAFeed:
        raise
    except Exception:  # whatever feedparser stumbles over: the child tries again, entry by entry
        return _something(parse_aside(body, known))


def parse_plain(body: bytes, url: str) -> Feed | None:
    """The feed as the fast parser reads it; None where the cheap check says no, or where it fails."""
    if len(body) > _LARGEST_FAST_HERE or is_json(body) or not sniff.is_plain_xml(body):
        return None
    try:
        return parse_fast(body, url)
    except Exception:  # any failure of the fast parser only means that feedparser reads it
        return None


def feed_headers(url: str, headers: Mapping[str, str]) -> dict[str, str]:
    """The headers that matter to a parser; the document's own place becomes absolute, for it is the base of links."""
    known = {name: headers[name] for name in ("content-type", "content-language") if name in headers}
    known.setdefault("content-type", "application/xml")  # without it feedparser would guess ISO 8859-1
    try:
        known["content-location"] = urljoin(url, headers.get("content-location", ""))
    except ValueError:
        known["content-location"] = url
    return known


def _refuse_what_is_no_feed(body: bytes) -> None:
    if len(body) > LARGEST:
        raise NotAFeed(f"The document has {len(body)} bytes; at most {LARGEST} are read.")
    if not body.strip(b"\0 \t\r\n"):
        raise NotAFeed("The document is empty.")
    if not is_json(body) and not sniff.may_be_feed(body):
        raise NotAFeed("This is a web page, not a feed." if sniff.is_html(body) else "This is not a feed.")


def _something(feed: Feed) -> Feed:
    """The feed, if it is one: a format that was recognised, or at least an entry or something about itself."""
    if feed.version or feed.entries or feed.problems or feed.title or feed.subtitle or feed.link:
        return feed
    raise NotAFeed("This is not a feed.")
