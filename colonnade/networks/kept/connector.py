"""The connector to what is kept by hand."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any
from urllib.parse import urldefrag, urlsplit

import msgspec

from colonnade.networks.base import Author, Capabilities, Incoming, Post, Unreadable
from colonnade.networks.http import Client
from colonnade.primitives.json import BadJson, loads
from colonnade.primitives.text import bounded, is_blank, normalise

LONGEST_URL, LONGEST_TITLE, LONGEST_WORDS = 2000, 300, 4000


class Page(msgspec.Struct, frozen=True):
    """A page as somebody hands it in: its address, its title, the words that were chosen on it ("" for none)."""

    url: str
    title: str = ""
    words: str = ""


class KeptConnector:
    """Reads pages that were handed in as JSON. Address and credentials say nothing."""

    capabilities = Capabilities(network="web", can_read=True)

    def __init__(self, address: str, credentials: Mapping[str, Any], http: Client) -> None:
        self.address = address

    def read(self, payload: bytes) -> tuple[Incoming | Unreadable, ...]:
        """The post that a page is. Never raises."""
        try:
            page = msgspec.convert(loads(payload), Page)
            return (post_of(page),)
        except (BadJson, msgspec.ValidationError, ValueError, UnicodeError) as error:
            return (Unreadable(reason=f"That is no page that somebody keeps: {error}"[:500]),)


def post_of(page: Page) -> Post:
    """A page as a post of its site, once for each address and chosen words. Raises ValueError for what is no web address."""
    url = page.url.strip()[:LONGEST_URL]
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or len(page.url.strip()) > LONGEST_URL:
        raise ValueError("It has no web address.")
    title = bounded(" ".join(normalise(page.title).split()), LONGEST_TITLE)[0]
    words = bounded(normalise(page.words).strip(), LONGEST_WORDS)[0]
    site = f"{parts.scheme}://{parts.netloc}/"
    return Post(
        uri=uri_of(url, words),
        author=Author(network="web", address=site[:500], name=parts.hostname.removeprefix("www."), url=site),
        title=title if not is_blank(title) else url[:LONGEST_TITLE],
        text=words,
        url=url,
    )


def uri_of(url: str, words: str) -> str:
    """The one name of some words on a page; where in the page one stood, and white space, make no other."""
    same = f"{urldefrag(url)[0]}\0{' '.join(words.split())}"
    return f"kept:{sha256(same.encode('utf-8', 'replace')).hexdigest()[:40]}"
