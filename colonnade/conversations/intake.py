"""From what a connector read to rows ready to be written: pure work, done before any lock is held."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b

from colonnade.networks import base
from colonnade.primitives import clock, html, ids, text

MAX_TITLE, MAX_URI, MAX_MEDIA, MAX_TAGS, MAX_ORIGINS = 300, 4000, 20, 50, 20
MAX_SIZE = 2**62


@dataclass(slots=True)
class Prepared:
    """One post, cleaned and cut to size. `id` is a proposal until it is written."""

    id: int
    uri: str
    uri_hash: int
    author: base.Author
    arrived_ms: int
    text: str
    html: str
    title: str
    url: str
    lang: str
    reply_hash: int | None
    restricted: bool
    origins: tuple[str, ...]
    media: tuple[base.Media, ...]
    tags: tuple[str, ...]
    ours_key: str
    raw: bytes


@dataclass(slots=True)
class Placing:
    """A post with the conversation and the scope it goes to. `starts` says that the conversation is new."""

    post: Prepared
    conversation: int
    scope: int
    tier: str
    reply_to: int | None
    starts: bool
    waits_for: int | None = None
    orphans: tuple[int, ...] = ()


def uri_hash(uri: str) -> int:
    """The first 64 bits of a uri's BLAKE2b, as a signed integer that fits a bigint."""
    return int.from_bytes(
        blake2b(uri.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big", signed=True
    )


def prepare(post: base.Post, raw: bytes, *, local_uri: str = "") -> Prepared:
    """What will be written for a post. `local_uri` ("…/{id}") names posts of our own, which come without a uri.

    Raises ValueError with a sentence when there is nothing to keep.
    """
    arrived = clock.now_ms()
    id_ = ids.at(moment_ms(post, arrived))
    uri = _line(post.uri, MAX_URI) or local_uri.format(id=id_)
    if not uri:
        raise ValueError("The post has no name (uri) by which it could be told from others.")
    said, shown = worded(post)
    title = title_of(post.title)
    if text.is_blank(said) and text.is_blank(title) and not post.media:
        raise ValueError("The post has no text, no title and no file.")
    return Prepared(
        id=id_,
        uri=uri,
        uri_hash=uri_hash(uri),
        author=known_author(post.author),
        arrived_ms=arrived,
        text=said,
        html=str(shown),
        title=title,
        url=_web(post.url),
        lang=_line(post.lang, 16),
        reply_hash=uri_hash(_line(post.reply_to, MAX_URI)) if post.reply_to else None,
        restricted=post.audience == "restricted",
        origins=tuple(_line(uri, MAX_URI) for uri in post.quotes[:MAX_ORIGINS]),
        media=tuple(_media(one) for one in post.media[:MAX_MEDIA]),
        tags=tuple(_folded_tags(post.tags)),
        ours_key=_line(post.ours_key, 64),
        raw=raw,
    )


def moment_ms(post: base.Post, arrived_ms: int) -> int:
    """When a post counts as published, in milliseconds since 1970: as it says, within reason."""
    return ids.clamp_ms(_ms(post.published, arrived_ms), arrived_ms)


def name_hash(uri: str) -> int | None:
    """The hash under which a post with this name is kept, None for no name."""
    line = _line(uri, MAX_URI)
    return uri_hash(line) if line else None


def worded(post: base.Post) -> tuple[str, str]:
    """The text of a post as it is kept, and the safe HTML that shows it."""
    said = text.normalise(text.bounded(post.text)[0]).strip()
    shown = html.clean(post.html) if post.html else html.from_text(said)
    return said or text.normalise(html.to_text(shown)).strip(), shown


class Batch:
    """What a connector read, told apart by what has to be done with each thing in it, as far as it has been taken.

    `others` are edits, deletions, marks…; `refused` is what cannot be understood, with its reason.
    """

    def __init__(self, items: Sequence[base.Item], *, local_uri: str) -> None:
        self.others: list[tuple[bytes, base.Incoming]] = []
        self.refused: list[tuple[bytes, str]] = []
        self._items = items
        self._taken = 0
        self._local_uri = local_uri
        self._seen: set[int] = set()

    @property
    def left(self) -> int:
        """How many items have not been looked at."""
        return max(0, len(self._items) - self._taken)

    def take(self, items: int) -> list[Prepared]:
        """The posts of the next so many items, ready to be written; none that was there before in the same batch."""
        posts: list[Prepared] = []
        for item in self._items[self._taken : self._taken + items]:
            for read in item.read:
                if isinstance(read, base.Unreadable):
                    self.refused.append((item.raw, read.reason))
                elif isinstance(read, base.Post):
                    self._prepare(posts, read, item.raw)
                else:
                    self.others.append((item.raw, read))
        self._taken += items
        return posts

    def _prepare(self, posts: list[Prepared], post: base.Post, raw: bytes) -> None:
        try:
            ready = prepare(post, raw, local_uri=self._local_uri)
        except ValueError as refusal:
            self.refused.append((raw, str(refusal)))
            return
        if ready.uri_hash not in self._seen:
            self._seen.add(ready.uri_hash)
            posts.append(ready)


def title_of(title: str) -> str:
    """A title as posts and conversations bear it: one clean line."""
    return _line(title, MAX_TITLE)


def _ms(moment: datetime | None, arrived_ms: int) -> int:
    if moment is None:
        return arrived_ms
    try:
        return clock.ms_of(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    except (OverflowError, ValueError):
        return arrived_ms


def known_author(author: base.Author) -> base.Author:
    """An author as identities are kept: cleaned and cut to size."""
    network, address, name = called(author)
    return base.Author(
        network=network,
        address=address,
        name=name,
        url=_web(author.url),
        avatar_url=_web(author.avatar_url),
        proof=author.proof,
    )


def called(author: base.Author) -> tuple[str, str, str]:
    """Network, address and name of an author, as they are kept."""
    network, address = _line(author.network, 32) or "unknown", _line(author.address, 500) or "unknown"
    return network, address, _line(author.name, 200) if author.name else ""


def _line(value: str, limit: int) -> str:
    """One line without control characters, cut to `limit`."""
    if (
        value.isascii() and value.isprintable() and "  " not in value
    ):  # nearly all names and addresses are one already
        return value.strip()[:limit]
    return " ".join(text.normalise(value[: limit * 4]).split())[:limit]


def _media(media: base.Media) -> base.Media:
    return base.Media(
        url=_line(media.url, MAX_URI),
        media_type=_line(media.media_type, 100) or "application/octet-stream",
        size=max(0, min(media.size, MAX_SIZE)),
        description=text.normalise(media.description[:1500]),
    )


def _web(address: str) -> str:
    """An address that may stand in a link: http or https, else nothing."""
    address = _line(address, 2000)
    return address if address.lower().startswith(("http://", "https://")) else ""


def _folded_tags(tags: Iterable[str]) -> list[str]:
    folded = (text.fold(_line(tag, 100)).lstrip("#")[:100] for tag in tuple(tags)[:MAX_TAGS])
    return list(dict.fromkeys(tag for tag in folded if tag))
