"""The connector to one feed."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from typing import Any
from urllib.parse import urljoin, urlsplit

import msgspec

from colonnade.networks.base import (
    Batch,
    Capabilities,
    Edit,
    Incoming,
    Item,
    NetworkError,
    Post,
    Refused,
    SignInNeeded,
    TryLater,
    Unreadable,
)
from colonnade.networks.feeds.hints import Hints, hints
from colonnade.networks.feeds.memory import SAMPLE_EVERY, Memory, recall
from colonnade.networks.feeds.pace import LONGEST_S, again_in_s
from colonnade.networks.feeds.parse import LARGEST, parse, parse_plain
from colonnade.networks.feeds.parsed import Feed, NotAFeed
from colonnade.networks.feeds.posts import Made, posts_of, unseen
from colonnade.networks.http import Client, Response

ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.1"
)
_RAW_OF_UNREADABLE = 64 * 1024


class FeedConnector:
    """Reads the feed at `address`. `credentials` may hold `username` and `password`, or a bearer `token`; mostly {}."""

    capabilities = Capabilities(network="web", can_pull=True, can_read=True)

    def __init__(self, address: str, credentials: Mapping[str, Any], http: Client) -> None:
        self.address = address
        self._credentials = credentials
        self._http = http

    def pull(self, cursor: Mapping[str, Any]) -> Batch:
        """New and changed entries since `cursor`. Each item's raw form is its entry as JSON.

        A document that cannot be read comes as one Unreadable, once per document. `again_in_s` follows the feed's own
        pace. Raises NetworkError; `pace.after_failures_s` says when to try again then, unless TryLater does.
        """
        memory = recall(cursor)
        memory.base = memory.base or self.address
        response = self._http.get(self.address, headers=self._headers(memory), max_bytes=LARGEST)
        if response.status == 304:
            return self._batch(memory, response, (), moved_to=response.moved_to)
        if response.status == 410:
            return Batch(cursor=memory.as_cursor(), gone=True, again_in_s=LONGEST_S)
        _check_status(response)
        memory.etag = _kept_header(response, "etag")
        memory.modified = _kept_header(response, "last-modified")
        body = _digest(response.body)
        if body == memory.body:
            return self._batch(memory, response, (), moved_to=response.moved_to)
        memory.body = body
        return self._read_document(memory, response)

    def read(self, payload: bytes) -> tuple[Incoming | Unreadable, ...]:
        """The posts in a document that a hub pushed (WebSub), or any feed document. Never raises."""
        try:
            feed = parse(payload, self.address)
            made = tuple(each.post for each in posts_of(feed, self.address))
        except NotAFeed as error:
            return (Unreadable(reason=str(error)),)
        return made + tuple(Unreadable(reason=problem) for problem in feed.problems)

    # --- one visit ---------------------------------------------------------------------------------------------

    def _read_document(self, memory: Memory, response: Response) -> Batch:
        try:
            feed, made = self._posts(memory, response)
        except NotAFeed as error:
            raw = response.body[:_RAW_OF_UNREADABLE]
            memory.again_in_s = min(max(2 * memory.again_in_s, 3600.0), LONGEST_S)
            return self._batch(memory, response, (Item(raw=raw, read=(Unreadable(reason=str(error)),)),))
        hint = hints(response.body, response.headers)
        moments = [each.post.published for each in made if each.post.published]
        memory.again_in_s = again_in_s(moments, hint, response.headers)
        memory.hub, memory.topic = _push(hint, response.url)
        memory.title = feed.title.value[:300] if feed.title else ""
        blank = dict(unseen(feed, memory.base)) if len(made) < len(feed.entries) else {}
        items = (*_news(memory, made, feed), *_blanks(memory, blank))
        memory.remember((key, "") for key in blank)
        memory.remember((each.key, each.fingerprint) for each in reversed(made))
        moved_to = response.moved_to or _moved_to(feed, self.address)
        return self._batch(memory, response, items, moved_to=moved_to)

    def _posts(self, memory: Memory, response: Response) -> tuple[Feed, list[Made]]:
        """By the fast parser where this feed's samples allow it, else by feedparser; every so often by both."""
        fast = parse_plain(response.body, response.url) if memory.fast != "differs" else None
        if fast and memory.fast == "agrees" and memory.since_sample < SAMPLE_EVERY:
            memory.since_sample += 1
            return fast, list(posts_of(fast, memory.base))
        feed = parse(response.body, response.url, response.headers)
        made = list(posts_of(feed, memory.base))
        if fast and made:
            agree = as_told(made) == as_told(list(posts_of(fast, memory.base)))
            memory.fast, memory.since_sample = ("agrees" if agree else "differs"), 0
        return feed, made

    def _batch(
        self, memory: Memory, response: Response, items: tuple[Item, ...], *, moved_to: str = ""
    ) -> Batch:
        wait = memory.again_in_s or again_in_s((), Hints(), response.headers)
        return Batch(
            items=items,
            cursor=memory.as_cursor(),
            again_in_s=wait,
            title=memory.title,
            moved_to=moved_to,
            hub=memory.hub,
            topic=memory.topic,
        )

    def _headers(self, memory: Memory) -> dict[str, str]:
        headers = {"accept": ACCEPT}
        if memory.etag:
            headers["if-none-match"] = memory.etag
        if memory.modified:
            headers["if-modified-since"] = memory.modified
        if token := self._credentials.get("token"):
            headers["authorization"] = f"Bearer {token}"
        elif user := self._credentials.get("username"):
            pair = f"{user}:{self._credentials.get('password', '')}"
            headers["authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
        return headers


def _news(memory: Memory, made: list[Made], feed: Feed) -> Iterator[Item]:
    """New entries as posts, entries whose words changed as edits, problems of a document once."""
    known = memory.fingerprints()
    for each in made:
        before = known.get(each.key)
        if before == each.fingerprint:
            continue
        thing: Post | Edit = each.post if before is None else Edit(post=each.post, edited=each.edited)
        yield Item(raw=msgspec.json.encode(each.post), read=(thing,), external_id=each.key)
    for problem in feed.problems:
        yield Item(raw=problem.encode(), read=(Unreadable(reason=problem),))


def _blanks(memory: Memory, blank: Mapping[str, str]) -> Iterator[Item]:
    """Entries in which nothing can be seen, each once: kept as they came, with the reason."""
    known = memory.fingerprints()
    reason = "Nothing of the entry's text can be seen: only marks without letters, or invisible signs."
    for key, words in blank.items():
        if key not in known:
            raw = words.encode("utf-8", "replace")[:_RAW_OF_UNREADABLE]
            yield Item(raw=raw, read=(Unreadable(reason=reason),), external_id=key)


def as_told(made: list[Made]) -> list[tuple[Any, ...]]:
    """What two parsers must agree on: everything of a post but the very form of its markup."""
    return [(each.key, each.fingerprint, msgspec.structs.replace(each.post, html="")) for each in made]


def _check_status(response: Response) -> None:
    status = response.status
    if status in (200, 203, 226):
        return
    if status == 401:
        raise SignInNeeded("The feed asks for a sign-in (401).")
    if status >= 500 or status in (408, 421, 425):
        raise TryLater(f"The feed's server is in trouble ({status}).")
    if status >= 400:
        raise Refused(f"The feed's server answers {status}.")
    raise NetworkError(f"The feed's server answers {status}.")


def _kept_header(response: Response, name: str) -> str:
    value = response.headers.get(name, "")
    return value if len(value) <= 500 and value.isascii() and value.isprintable() else ""


def _push(hint: Hints, url: str) -> tuple[str, str]:
    """The hub and the name under which it knows this feed, both absolute; nothing unless both make sense."""
    try:
        hub, topic = urljoin(url, hint.hub), urljoin(url, hint.topic or url)
    except ValueError:
        return "", ""
    fine = hint.hub and all(
        each.startswith(("http://", "https://")) and len(each) <= 2000 for each in (hub, topic)
    )
    return (hub, topic) if fine else ("", "")


def _moved_to(feed: Feed, address: str) -> str:
    """Where the feed itself says that it lives now, if that is a web address and no step back from https."""
    there = feed.moved_to.strip()
    if not there.startswith(("http://", "https://")) or there == address or len(there) > 2000:
        return ""
    return there if urlsplit(there).scheme >= urlsplit(address).scheme else ""


def _digest(body: bytes) -> str:
    return blake2b(body, digest_size=12).hexdigest()
