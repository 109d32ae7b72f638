"""A record `app.bsky.feed.post` as a post of ours (lexicons app.bsky.feed.post, app.bsky.richtext.facet, app.bsky.embed.*)."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from typing import Any

import msgspec

from colonnade.networks.base import Author, Media, Post

NETWORK = "bluesky"
POSTS = "app.bsky.feed.post"
_MOST_FACETS, _MOST_LANGS = 100, 3
_LINK, _MENTION, _TAG = (f"app.bsky.richtext.facet#{kind}" for kind in ("link", "mention", "tag"))


class _Ref(msgspec.Struct):
    uri: str = ""


class _Reply(msgspec.Struct):
    parent: _Ref


class _Span(msgspec.Struct):
    start: int = msgspec.field(name="byteStart")
    end: int = msgspec.field(name="byteEnd")


class _Feature(msgspec.Struct):
    kind: str = msgspec.field(name="$type", default="")
    uri: str = ""
    did: str = ""
    tag: str = ""


class _Facet(msgspec.Struct):
    index: _Span
    features: list[_Feature] = []


class _Card(msgspec.Struct):
    uri: str = ""
    title: str = ""


class _Link(msgspec.Struct):
    at: str = msgspec.field(name="$link", default="")


class _Blob(msgspec.Struct):
    ref: _Link | None = None
    media_type: str = msgspec.field(name="mimeType", default="")
    size: int = 0


class _Picture(msgspec.Struct):
    image: _Blob | None = None
    alt: str = ""


class _Attached(msgspec.Struct):
    external: _Card | None = None
    images: list[_Picture] = []
    video: _Blob | None = None
    alt: str = ""


class _Embed(_Attached):
    record: dict[str, Any] | None = None
    media: _Attached | None = None


class Record(msgspec.Struct):
    """What of a post's record is read; whatever else it holds is passed over."""

    text: str
    created: str = msgspec.field(name="createdAt", default="")
    langs: list[str] = []
    reply: _Reply | None = None
    facets: list[_Facet] = []
    embed: _Embed | None = None
    tags: list[str] = []


def author_of(did: str, handle: str = "") -> Author:
    """Somebody on this network: told apart by the DID for good, called by the handle as far as it is known."""
    return Author(
        network=NETWORK, address=did, name=handle, url=f"https://bsky.app/profile/{did}", proof="signed"
    )


def post_of(did: str, key: str, record: Record, *, heard_us: int, handle: str = "") -> Post:
    """The post that `did` keeps under `key`. `heard_us`: when the stream's server heard it, in microseconds since 1970;
    nothing was published later, whatever it says of itself."""
    attached = record.embed
    post = Post(
        uri=f"at://{did}/{POSTS}/{key}",
        author=author_of(did, handle),
        text=record.text,
        url=f"https://bsky.app/profile/{did}/post/{key}",
        published=_published(record.created, heard_us),
        reply_to=record.reply.parent.uri if record.reply else "",
        lang=record.langs[0] if record.langs else "",
    )
    if not (record.facets or attached or record.tags):
        return post
    facets = _sound(record.facets, record.text)
    features = [feature for facet in facets for feature in facet.features]
    return msgspec.structs.replace(
        post,
        html=_markup(record.text, facets, _cards(attached)),
        quotes=_quoted(attached),
        media=tuple(_media(did, attached)),
        tags=tuple(dict.fromkeys([*(one.tag for one in features if one.kind == _TAG), *record.tags])),
        mentions=tuple(dict.fromkeys(one.did for one in features if one.kind == _MENTION and one.did)),
    )


def _published(said: str, heard_us: int) -> datetime:
    heard = datetime.fromtimestamp(heard_us / 1_000_000, UTC)
    try:
        moment = datetime.fromisoformat(said)
        moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return heard
    return min(moment, heard)


def _sound(facets: list[_Facet], text: str) -> list[_Facet]:
    """Those that stand within the text, in order, none over another."""
    at, end, kept = 0, len(text.encode("utf-8", "replace")), []
    for facet in sorted(facets[:_MOST_FACETS], key=lambda one: one.index.start):
        if at <= facet.index.start < facet.index.end <= end:
            kept.append(facet)
            at = facet.index.end
    return kept


def _markup(text: str, facets: list[_Facet], cards: list[_Card]) -> str:
    """The text with its links, and below it the pages that are shown as cards; "" where there are neither."""
    links = {
        (facet.index.start, facet.index.end): feature.uri
        for facet in facets
        for feature in facet.features
        if feature.kind == _LINK and _is_web(feature.uri)
    }
    if not (links or cards):
        return ""
    raw, pieces, at = text.encode("utf-8", "replace"), [], 0
    for (start, end), uri in links.items():
        pieces += [_shown(raw[at:start]), f'<a href="{escape(uri)}">{_shown(raw[start:end])}</a>']
        at = end
    paragraphs = ["".join([*pieces, _shown(raw[at:])])]
    paragraphs += [f'<a href="{escape(card.uri)}">{escape(card.title or card.uri)}</a>' for card in cards]
    return "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs if paragraph)


def _shown(part: bytes) -> str:
    return escape(part.decode("utf-8", "replace")).replace("\n", "<br>")


def _cards(embed: _Embed | None) -> list[_Card]:
    parts = [embed, embed.media] if embed else []
    return [part.external for part in parts if part and part.external and _is_web(part.external.uri)]


def _quoted(embed: _Embed | None) -> tuple[str, ...]:
    """The post that is shown within: its uri, one level deeper where something else is shown beside it."""
    record = embed.record if embed else None
    for _ in range(2):
        if not isinstance(record, dict):
            return ()
        uri = record.get("uri")
        if isinstance(uri, str) and uri.startswith("at://"):
            return (uri,)
        record = record.get("record")
    return ()


def _media(did: str, embed: _Embed | None) -> list[Media]:
    found = []
    for part in (embed, embed.media) if embed else ():
        if part is None:
            continue
        files = [(one.image, one.alt) for one in part.images] + [(part.video, part.alt)]
        found += [_file(did, blob, alt) for blob, alt in files if blob and blob.ref and blob.ref.at]
    return found


def _file(did: str, blob: _Blob, alt: str) -> Media:
    assert blob.ref is not None
    kind = "video" if blob.media_type.startswith("video/") else "img"
    where = (
        f"https://video.bsky.app/watch/{did}/{blob.ref.at}/playlist.m3u8"
        if kind == "video"
        else f"https://cdn.bsky.app/img/feed_fullsize/plain/{did}/{blob.ref.at}"
    )
    return Media(
        url=where,
        media_type=blob.media_type or "application/octet-stream",
        size=max(0, blob.size),
        description=alt,
    )


def _is_web(uri: str) -> bool:
    return uri.startswith(("https://", "http://")) and len(uri) <= 2000
