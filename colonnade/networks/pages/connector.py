"""The connector to one page that is watched for change."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any
from urllib.parse import unquote, urldefrag

import msgspec

from colonnade.networks.base import (
    Author,
    Batch,
    Capabilities,
    Item,
    NetworkError,
    Post,
    Refused,
    SignInNeeded,
    TryLater,
)
from colonnade.networks.feeds.hints import Hints
from colonnade.networks.feeds.pace import LONGEST_S, again_in_s
from colonnade.networks.http import Client, Response
from colonnade.networks.pages.difference import FEWEST_LETTERS, Difference, difference, marks_apart
from colonnade.networks.pages.memory import Memory, recall
from colonnade.networks.pages.readable import LARGEST, Page, readable
from colonnade.networks.pages.telling import told

ACCEPT = "text/html, application/xhtml+xml, text/plain;q=0.9, */*;q=0.1"


class PageConnector:
    """Watches the page at `address`. A fragment names the part that is watched: the id of an element, or the words of a
    heading, under which it stands. Credentials are not needed."""

    capabilities = Capabilities(network="web", can_pull=True)

    def __init__(self, address: str, credentials: Mapping[str, Any], http: Client) -> None:
        self.address = address
        self._page, self._part = urldefrag(address)
        self._http = http

    def pull(self, cursor: Mapping[str, Any]) -> Batch:
        """What is different since `cursor`, as one post; the first look says nothing, and remembers.

        Raises NetworkError, also where nothing can be read on the page: then what was read last stays.
        """
        memory = recall(cursor)
        response = self._http.get(self._page, headers=_headers(memory), max_bytes=LARGEST)
        if response.status == 304:
            return self._batch(memory, response)
        if response.status == 410:
            return Batch(cursor=memory.as_cursor(), gone=True, again_in_s=LONGEST_S)
        check_status(response)
        body = blake2b(response.body, digest_size=12).hexdigest()
        if memory.watched and body == memory.body:
            return self._batch(memory, response)
        page = readable(response, unquote(self._part))
        if not page.lines:
            raise Refused(page.why)
        memory.etag, memory.modified = _kept_header(response, "etag"), _kept_header(response, "last-modified")
        memory.body, memory.title, memory.lang = body, page.title, page.lang
        return self._batch(memory, response, self._compared(memory, page))

    def _compared(self, memory: Memory, page: Page) -> tuple[Item, ...]:
        """The post about what is different, if that is worth telling; from then on this is what the page said last."""
        lines = list(page.lines)
        if not memory.watched:
            memory.watched, memory.lines = True, lines
            return ()
        found = difference(memory.lines, lines, flips=memory.flips())
        if 0 < found.letters < FEWEST_LETTERS:
            return ()  # what was read last stays, so that small steps add up
        before, memory.lines = memory.lines, lines
        memory.note_moved(marks_apart(before, lines))
        if not found.letters or not found.moved:
            return ()
        memory.note_told()
        return (self._item(memory, found, before),)

    def _item(self, memory: Memory, found: Difference, before: list[str]) -> Item:
        name = memory.title or self._page
        if self._part:
            name = f"{name}: {unquote(self._part)}"
        said = told(found, before, memory.lines, page=name, lang=memory.lang)
        digest = blake2b(
            "\n".join((said.text, *memory.lines)).encode("utf-8", "replace"), digest_size=8
        ).hexdigest()
        post = Post(
            uri=f"{self._page}#changed-{memory.told}-{digest}",
            author=Author(
                network="web", address=self._page[:500], name=memory.title or self._page[:200], url=self._page
            ),
            title=said.title,
            text=said.text,
            html=said.html,
            url=self.address,
            lang=memory.lang,
        )
        return Item(raw=msgspec.json.encode(post), read=(post,), external_id=digest)

    def _batch(self, memory: Memory, response: Response, items: tuple[Item, ...] = ()) -> Batch:
        moments = [datetime.fromtimestamp(second, UTC) for second in memory.changes]
        moved_to = response.moved_to
        return Batch(
            items=items,
            cursor=memory.as_cursor(),
            again_in_s=again_in_s(moments, Hints(), response.headers),
            title=memory.title,
            moved_to=f"{moved_to}#{self._part}" if moved_to and self._part else moved_to,
        )


def check_status(response: Response) -> None:
    """Raises NetworkError for an answer that is no page."""
    status = response.status
    if status in (200, 203, 226):
        return
    if status == 401:
        raise SignInNeeded("The page asks for a sign-in (401).")
    if status >= 500 or status in (408, 421, 425):
        raise TryLater(f"The page's server is in trouble ({status}).")
    if status >= 400:
        raise Refused(f"The page's server answers {status}.")
    raise NetworkError(f"The page's server answers {status}.")


def _headers(memory: Memory) -> dict[str, str]:
    headers = {"accept": ACCEPT}
    if memory.etag:
        headers["if-none-match"] = memory.etag
    if memory.modified:
        headers["if-modified-since"] = memory.modified
    return headers


def _kept_header(response: Response, name: str) -> str:
    value = response.headers.get(name, "")
    return value if len(value) <= 500 and value.isascii() and value.isprintable() else ""
