"""From whatever somebody pastes (a site's name, a page, a feed, a list) to the feeds that are behind it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Literal
from urllib.parse import urljoin, urlsplit

import msgspec
from lxml import etree
from lxml import html as lxml_html

from colonnade.networks.base import NetworkError
from colonnade.networks.feeds import opml, sniff
from colonnade.networks.feeds.by_json import is_json
from colonnade.networks.feeds.connector import ACCEPT
from colonnade.networks.feeds.parse import LARGEST, parse
from colonnade.networks.feeds.parsed import Feed, NotAFeed
from colonnade.networks.feeds.plain import DEEPEST, depth
from colonnade.networks.http import Client, Response
from colonnade.primitives.clock import monotonic_s
from colonnade.primitives.text import bounded

Kind = Literal["rss", "atom", "rdf", "cdf", "json", "opml"]

_TYPES: dict[str, Kind] = {
    "application/rss+xml": "rss",
    "application/atom+xml": "atom",
    "application/rdf+xml": "rdf",
    "application/feed+json": "json",
    "text/xml": "rss",
    "application/xml": "rss",
    "text/x-opml": "opml",
}
_WELL_KNOWN = ("/feed", "/feed.xml", "/rss.xml", "/atom.xml", "/index.xml", "/feed.json")
_LOOKS_LIKE_FEED = re.compile(
    r"(?:^|[/._-])(?:rss|atom|feed|feeds)(?:[/._-]|$)|\.(?:rss|atom|rdf|xml)$|feed\.json$", re.IGNORECASE
)
_MOST_LINKS = 30
_MOST_GUESSES = 4
_ALL_GUESSES_S = 30.0
_LARGEST_PAGE = 2 * 1024 * 1024
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A feed (or, with kind "opml", a list of feeds): where it is, what it calls itself, which format it has."""

    url: str
    title: str = ""
    kind: Kind = "rss"


def discover(http: Client, url: str) -> list[Found]:
    """The feeds behind `url`, likeliest first; [] where there are none. At most eleven fetches, about
    a minute.

    The address may be a feed, an OPML list, or a page: then its own links to feeds, else a few links that look like
    feeds and a few usual paths, of which only those are given that are feeds. Raises NetworkError if `url` itself
    cannot be fetched.
    """
    return behind(http, fetched(http, url))


def fetched(http: Client, url: str) -> Response:
    """What is at an address as people type it. Raises NetworkError."""
    return http.get(_complete(url), headers={"accept": f"text/html, {ACCEPT}"}, max_bytes=LARGEST)


def behind(http: Client, response: Response) -> list[Found]:
    """The same as `discover`, of what was fetched already."""
    if itself := _as_feed(response):
        return [itself]
    page = page_of(response)
    if page is None:
        return []
    announced = list(_announced(page, response.url))
    if announced:
        return announced
    guesses = [*_linked(page, response.url), *(urljoin(response.url, path) for path in _WELL_KNOWN)]
    return list(_that_are_feeds(http, dict.fromkeys(guesses)))


def _complete(url: str) -> str:
    """What people type, as an address: feed:// and a missing scheme become https."""
    url = url.strip()
    for prefix in ("feed:https://", "feed:http://"):
        if url.lower().startswith(prefix):
            return url[5:]
    if url.lower().startswith("feed://"):
        return f"https://{url[7:]}"
    has_port = re.match(r"[\w.-]+:\d{1,5}(/|$)", url)
    return url if _SCHEME.match(url) and not has_port else f"https://{url}"


def _as_feed(response: Response) -> Found | None:
    if response.status != 200:
        return None
    try:
        feed = parse(response.body, response.url, response.headers)
    except NotAFeed:
        if not sniff.is_opml(response.body):
            return None
        lists = opml.read(response.body)
        return Found(url=response.url, title=lists.title, kind="opml") if lists.outlines else None
    title = bounded(" ".join((feed.title.value if feed.title else "").split()), 300)[0]
    return Found(url=response.url, title=title, kind=_kind(feed))


def _kind(feed: Feed) -> Kind:
    if feed.version.startswith("atom"):
        return "atom"
    if feed.version.startswith("json"):
        return "json"
    if feed.version in ("rss090", "rss10"):
        return "rdf"
    return "cdf" if feed.version == "cdf" else "rss"


def page_of(response: Response) -> Any:
    """The page's tree, or None: bounded in size and depth, nothing fetched, nothing run."""
    body = response.body[:_LARGEST_PAGE]
    if is_json(body) or not body.strip(b"\0 \t\r\n"):
        return None
    charset = re.search(r"charset=\"?([\w-]{1,40})", response.headers.get("content-type", ""), re.IGNORECASE)
    try:
        text = body.decode(charset[1] if charset else "utf-8", "replace")
    except LookupError:
        text = body.decode("utf-8", "replace")
    if depth(text) > 8 * DEEPEST:
        text = text[: 64 * 1024]
    try:
        parser = lxml_html.HTMLParser(encoding="utf-8", no_network=True)
        return lxml_html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return None


def _announced(page: Any, url: str) -> Iterator[Found]:
    """`<link rel="alternate" type="application/rss+xml">` and its kin."""
    base = _base(page, url)
    seen: set[str] = set()
    for link in page.iter("link", "a"):
        rels = (link.get("rel") or "").lower().split()
        kind = _TYPES.get((link.get("type") or "").partition(";")[0].strip().lower())
        is_feed = "feed" in rels or ("alternate" in rels and kind is not None)
        if not is_feed or len(seen) >= _MOST_LINKS or (link.tag == "a" and kind is None):
            continue
        there = _absolute(base, link.get("href"))
        if there and there not in seen:
            seen.add(there)
            title = bounded(" ".join((link.get("title") or "").split()), 300)[0]
            yield Found(url=there, title=title, kind=kind or "rss")


def _linked(page: Any, url: str) -> list[str]:
    """The page's first links whose address looks like a feed's, those on its own host before others."""
    base, host = _base(page, url), urlsplit(url).hostname
    found: dict[str, bool] = {}
    for link in page.iter("a"):
        there = _absolute(base, link.get("href"))
        if there and _LOOKS_LIKE_FEED.search(urlsplit(there).path):
            found.setdefault(there, urlsplit(there).hostname == host)
    return sorted(found, key=lambda there: not found[there])[:_MOST_GUESSES]


def _that_are_feeds(http: Client, guesses: Iterable[str]) -> Iterator[Found]:
    seen: set[str] = set()
    until = monotonic_s() + _ALL_GUESSES_S
    for guess in guesses:
        left = until - monotonic_s()
        if left <= 0:
            return
        try:
            response = http.get(
                guess, headers={"accept": ACCEPT}, max_bytes=LARGEST, timeout_s=min(left, 10.0)
            )
        except NetworkError:
            continue
        found = _as_feed(response)
        if found is not None and found.url not in seen:
            seen.add(found.url)
            yield found


def _base(page: Any, url: str) -> str:
    first = next(page.iter("base"), None)
    return _absolute(url, first.get("href") if first is not None else None) or url


def _absolute(base: str, href: str | None) -> str:
    try:
        there = urljoin(base, (href or "").strip()).partition("#")[0] if href else ""
        return there if urlsplit(there).scheme in ("http", "https") and len(there) <= 2000 else ""
    except ValueError:
        return ""
