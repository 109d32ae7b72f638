"""A status of Mastodon's client API as a post of ours."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec

from colonnade.networks.base import Author, Media, Post

NETWORK = "mastodon"


class _Account(msgspec.Struct):
    acct: str
    username: str = ""
    display_name: str = ""
    url: str = ""
    avatar_static: str = ""


class _Attachment(msgspec.Struct):
    kind: str = msgspec.field(name="type", default="")
    url: str | None = None
    description: str | None = None


class _Named(msgspec.Struct):
    name: str = ""


class _Mention(msgspec.Struct):
    acct: str = ""


class _Quoted(msgspec.Struct):
    uri: str = ""


class _Quote(msgspec.Struct):
    quoted_status: _Quoted | None = None


class Status(msgspec.Struct):
    """What of a status is read; whatever else it holds is passed over. `id` is this server's own name of it."""

    id: str
    uri: str
    account: _Account
    content: str = ""
    url: str | None = None
    created_at: str = ""
    in_reply_to_id: str | None = None
    spoiler_text: str = ""
    visibility: str = "public"
    language: str | None = None
    media_attachments: list[_Attachment] = []
    mentions: list[_Mention] = []
    tags: list[_Named] = []
    quote: _Quote | None = None


def post_of(status: Status, host: str, uris: Mapping[str, str]) -> Post:
    """The post; `host` is the server that told it, `uris` the names of statuses by this server's ids, as far as known."""
    who = status.account
    quoted = status.quote.quoted_status if status.quote else None
    return Post(
        uri=status.uri,
        author=Author(
            network=NETWORK,
            address=_address(who.acct, host),
            name=who.display_name or who.username,
            url=who.url,
            avatar_url=who.avatar_static,
        ),
        html=status.content,
        title=status.spoiler_text,
        url=status.url or "",
        published=_moment(status.created_at),
        reply_to=uris.get(status.in_reply_to_id or "", ""),
        quotes=(quoted.uri,) if quoted and quoted.uri else (),
        lang=status.language or "",
        audience="public" if status.visibility in ("public", "unlisted") else "restricted",
        media=tuple(_media(one) for one in status.media_attachments if one.url),
        tags=tuple(one.name for one in status.tags if one.name),
        mentions=tuple(_address(one.acct, host) for one in status.mentions if one.acct),
    )


def _address(acct: str, host: str) -> str:
    return acct if "@" in acct else f"{acct}@{host}"


def _moment(said: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(said)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def _media(one: _Attachment) -> Media:
    kinds = {"image": "image/*", "gifv": "video/mp4", "video": "video/mp4", "audio": "audio/*"}
    return Media(
        url=one.url or "",
        media_type=kinds.get(one.kind, "application/octet-stream"),
        description=one.description or "",
    )
