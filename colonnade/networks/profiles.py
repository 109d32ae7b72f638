"""Profiles on networks that a page names as its own: read out of the one page that was fetched; nobody else is asked.

A link with `rel="me"` (microformats; what Mastodon proves a website by) says so outright. A plain link to somebody's page on
a network is a guess: sites put their own accounts into head and foot, but also name others. `me` tells the two apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import msgspec

from colonnade.primitives.text import bounded, normalise

MOST_PROFILES = 40
_MOST_LINKS = 5000


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody's page on a network: `address` as people there write it, `me` where the page says that it is its own.
    `feed` is where the network shows their posts as a feed, as far as that is known without asking."""

    network: str
    address: str
    url: str
    me: bool = False
    feed: str = ""


class _Network(msgspec.Struct, frozen=True):
    """How addresses of profiles look: `path` finds the name, `others` are paths that are nobody's."""

    name: str
    path: str
    feed: str = ""
    shown: str = "@{0}"
    others: frozenset[str] = frozenset()


_NAME = r"([\w.-]{1,64})"
_ALONE = rf"/{_NAME}/?\Z"
_AT = rf"/@{_NAME}/?\Z"
_NOBODYS = frozenset(
    re.findall(
        r"\S+",
        "about share sharer intent home search explore login signup settings help legal privacy terms hashtag i p reel "
        "reels tr dialog plugins watch groups events pages features pricing orgs topics marketplace jobs feed download "
        "share.php sharer.php embed developers policies policy contact",
    )
)
_BY_HOST: dict[str, tuple[_Network, ...]] = {
    "bsky.app": (
        _Network("Bluesky", r"/profile/([\w.:-]{1,253})/?\Z", feed="https://bsky.app/profile/{0}/rss"),
    ),
    "youtube.com": (
        _Network(
            "YouTube",
            r"/channel/(UC[\w-]{22})/?\Z",
            feed="https://www.youtube.com/feeds/videos.xml?channel_id={0}",
            shown="{0}",
        ),
        _Network("YouTube", _AT),
        _Network("YouTube", rf"/(?:c|user)/{_NAME}/?\Z", shown="{0}"),
    ),
    "medium.com": (_Network("Medium", _AT, feed="https://medium.com/feed/@{0}"),),
    "reddit.com": (
        _Network("Reddit", rf"/(?:u|user)/{_NAME}/?\Z", "https://www.reddit.com/user/{0}/.rss", "u/{0}"),
        _Network("Reddit", rf"/r/{_NAME}/?\Z", "https://www.reddit.com/r/{0}/.rss", "r/{0}"),
    ),
    "linkedin.com": (_Network("LinkedIn", rf"/(?:company|in|school|showcase)/{_NAME}/?\Z", shown="{0}"),),
    "tiktok.com": (_Network("TikTok", _AT),),
    "threads.net": (_Network("Threads", _AT),),
    "threads.com": (_Network("Threads", _AT),),
    "x.com": (_Network("X", _ALONE, others=_NOBODYS),),
    "twitter.com": (_Network("X", _ALONE, others=_NOBODYS),),
    "instagram.com": (_Network("Instagram", _ALONE, others=_NOBODYS),),
    "facebook.com": (_Network("Facebook", _ALONE, shown="{0}", others=_NOBODYS),),
    "t.me": (_Network("Telegram", _ALONE, others=_NOBODYS),),
    "vimeo.com": (_Network("Vimeo", r"/([A-Za-z][\w.-]{0,63})/?\Z", shown="{0}", others=_NOBODYS),),
    "twitch.tv": (_Network("Twitch", _ALONE, shown="{0}", others=_NOBODYS),),
    "github.com": (_Network("GitHub", _ALONE, "https://github.com/{0}.atom", "{0}", _NOBODYS),),
    "codeberg.org": (_Network("Codeberg", _ALONE, "https://codeberg.org/{0}.atom", "{0}", _NOBODYS),),
}
_OPEN = "Mastodon"
_OPEN_PATH = re.compile(rf"/(?:@|users/){_NAME}/?\Z")
KNOWN_NETWORKS = frozenset({_OPEN, *(one.name for known in _BY_HOST.values() for one in known)})
_CREATOR = re.compile(rf"@?{_NAME}@([\w.-]+\.[\w-]{{2,63}})\Z")


def profiles(page: Any, url: str) -> list[Profile]:
    """The profiles that a page (its tree, as `feeds.discover.page_of` makes it) names, those with rel=me first."""
    found: dict[tuple[str, str], Profile] = {}
    for one in (*_linked(page, url), *_creators(page)):
        key = (one.network, one.address.casefold())
        if key not in found or (one.me and not found[key].me):
            found[key] = one
    return sorted(found.values(), key=lambda one: not one.me)[:MOST_PROFILES]


def _linked(page: Any, url: str) -> Iterator[Profile]:
    for number, link in enumerate(page.iter("a", "link")):
        if number == _MOST_LINKS:
            return
        there = _absolute(url, link.get("href"))
        found = profile_at(there, me="me" in (link.get("rel") or "").lower().split()) if there else None
        if found is not None:
            yield found


def _creators(page: Any) -> Iterator[Profile]:
    """`<meta name="fediverse:creator" content="@name@host">`."""
    for meta in page.iter("meta"):
        if (meta.get("name") or "").strip().lower() == "fediverse:creator":
            named = _CREATOR.match((meta.get("content") or "").strip())
            if named is not None:
                yield _open(named[1], named[2].lower(), me=False)


def profile_at(url: str, *, me: bool = False) -> Profile | None:
    """Whose page this address is, as far as the address says it; None for any other."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    path = unquote(parts.path)
    for known in _BY_HOST.get(_without_www(host), ()):
        named = re.match(known.path, path)
        if named is not None and named[1].lower() not in known.others:
            return Profile(
                network=known.name,
                address=known.shown.format(named[1]),
                url=url,
                me=me,
                feed=known.feed.format(named[1]) if known.feed else "",
            )
    if _without_www(host) in _BY_HOST:
        return None
    named = _OPEN_PATH.match(path)
    return _open(named[1], parts.netloc.lower(), me=me) if named is not None and "." in host else None


def _open(name: str, host: str, *, me: bool) -> Profile:
    """Somebody on a server of an open network."""
    page = f"https://{host}/@{name}"
    return Profile(network=_OPEN, address=f"@{name}@{host}", url=page, me=me, feed=f"{page}.rss")


def _without_www(host: str) -> str:
    for prefix in ("www.", "m.", "old.", "de.", "en."):
        if host.startswith(prefix):
            return host.removeprefix(prefix)
    return host


def _absolute(base: str, href: str | None) -> str:
    try:
        there = urljoin(base, (href or "").strip()).partition("#")[0] if href else ""
        return there if urlsplit(there).scheme in ("http", "https") and len(there) <= 500 else ""
    except ValueError:
        return ""


def title_of(page: Any) -> str:
    """What the page calls itself, in one line."""
    first = next(page.iter("title"), None)
    said = " ".join(normalise(first.text_content() if first is not None else "").split())
    return bounded(said, 200)[0]
