"""Entries as posts: one name in the world for each, somebody who said it, and text that is fit to keep."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from hashlib import blake2b
from urllib.parse import quote, urldefrag

import msgspec

from colonnade.networks.base import Author, Media, Post
from colonnade.networks.feeds.parsed import Enclosure, Entry, Feed, Moment, Words
from colonnade.networks.feeds.plain import DEEPEST, depth, plain
from colonnade.primitives.clock import now
from colonnade.primitives.text import bounded, is_blank, normalise

NETWORK = "web"
MOST_POSTS = 2000
_LONGEST_HTML = 512 * 1024
_LONGEST_TITLE = 1000
_LONGEST_NAME = 300
_LONGEST_URL = 2000
_MOST_MEDIA = 32
_MOST_TAGS = 32
_LONGEST_TAG = 100
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,30}:[^\s<>\"]+")
_WEB = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_PICTURE = re.compile(
    r"""<(?:img|video|audio|source|iframe|embed)\b[^<>]{0,2000}?\ssrc\s?=\s?["']([^"'<>]{1,2000})""", re.I
)
_UNWRITABLE = re.compile("[\x00\ud800-\udfff]")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8}){0,4}")


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """A post, when it was last changed, and what tells it from the feed's other entries and from its own earlier text.

    `key` doesn't depend on the feed's address, so a feed that moves doesn't say everything again.
    """

    post: Post
    edited: datetime | None
    key: str
    fingerprint: str


def posts_of(feed: Feed, base: str) -> Iterator[Made]:
    """The feed's entries as posts, in its order, each name once. `base` is the feed's address, for names that need one."""
    links = Counter(entry.link for entry in feed.entries if not entry.id)
    taken: set[str] = set()
    for entry in _newest(feed.entries):
        made = _made(entry, feed, base, link_is_name=links[entry.link] == 1)
        if made is not None and made.key not in taken:
            taken.add(made.key)
            yield made


def unseen(feed: Feed, base: str) -> Iterator[tuple[str, str]]:
    """Of entries that hold words, of which nothing can be seen (combining marks alone): a key, and the words."""
    for entry in _newest(feed.entries):
        words = "\n".join(each.value for each in (entry.title, _body(entry)) if each is not None).strip()
        if words and _made(entry, feed, base, link_is_name=False) is None:
            yield _digest("unseen", words), words


def _newest(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """All entries, or of more than `MOST_POSTS` the newest; without dates those that stand first."""
    if len(entries) <= MOST_POSTS:
        return entries
    dates = [_date(entry) for entry in entries]
    if None in dates:
        return entries[:MOST_POSTS]
    order = sorted(range(len(entries)), key=lambda at: dates[at] or now(), reverse=True)[:MOST_POSTS]
    return tuple(entries[at] for at in sorted(order))


def _made(entry: Entry, feed: Feed, base: str, *, link_is_name: bool) -> Made | None:
    title = _line(entry.title, _LONGEST_TITLE)
    words = _body(entry)
    text = _text(words)
    media = tuple(_media(entry.enclosures))
    link = _web(entry.link)
    html = _html(words)
    pictures = tuple(_PICTURE.findall(html)[:_MOST_MEDIA]) if not text else ()
    if not (title or text or media or link or pictures):
        return None
    name = entry.id.strip() or (link if link_is_name and link != _web(feed.link) else "")
    shown = (title, text, link, *sorted(each.url for each in media), *pictures)
    fingerprint = _digest(*shown)
    identity = name or "\0".join((title, text, link, *pictures))
    post = Post(
        uri=_uri(name, base) if name else f"{base}#{_digest(identity)}",
        author=_author(entry, feed, base),
        text=text,
        html=html,
        title=title,
        url=link,
        published=_published(entry),
        reply_to=entry.reply_to.strip() if _URI.fullmatch(entry.reply_to.strip()[:_LONGEST_URL]) else "",
        lang=_language((words.language if words else "") or entry.language or feed.language),
        media=media,
        tags=tuple(_tags(entry.tags)),
    )
    return Made(post=post, edited=_past(entry.updated), key=_digest(identity), fingerprint=fingerprint)


# --- what was said -----------------------------------------------------------------------------------------------


def _body(entry: Entry) -> Words | None:
    """The fullest text: content rather than summary, markup rather than plain where a feed sends both."""
    contents = [words for words in entry.contents if words.value.strip() and "/" in words.type]
    readable = [words for words in contents if words.is_markup or words.type.startswith("text/")]
    markup = [words for words in readable if words.is_markup]
    return next(iter(markup or readable), None) or entry.summary


def _text(words: Words | None) -> str:
    if words is None:
        return ""
    value, _ = bounded(words.value, 8 * _LONGEST_HTML)
    text, _ = bounded(normalise(plain(value) if words.is_markup else value))
    return "" if is_blank(text) else text.strip()


def _html(words: Words | None) -> str:
    """The markup as it came, if it is one that can be cleaned and shown: not endless, not nested without end."""
    if words is None or not words.is_markup or len(words.value) > _LONGEST_HTML:
        return ""
    value = _UNWRITABLE.sub("", words.value)
    return value if "<" in value and depth(value) <= DEEPEST else ""


def _line(words: Words | None, most: int) -> str:
    """One line of plain text. RSS never says whether a title is markup; there the parser has judged by its looks."""
    if words is None:
        return ""
    value, _ = bounded(words.value, 8 * most)
    text = plain(value) if words.is_markup else value
    line = " ".join(normalise(text).split())
    return "" if is_blank(line) else bounded(line, most)[0]


def _media(enclosures: tuple[Enclosure, ...]) -> Iterator[Media]:
    seen: set[str] = set()
    for file in enclosures:
        url = _web(file.url)
        if url and url not in seen and len(seen) < _MOST_MEDIA:
            seen.add(url)
            kind = file.type.strip().lower()
            yield Media(
                url=url,
                media_type=kind
                if re.fullmatch(r"[\w.+-]{1,60}/[\w.+*-]{1,60}", kind)
                else "application/octet-stream",
                size=min(max(file.size, 0), 2**53),
                description=_line(Words(value=file.description), _LONGEST_TITLE),
            )


def _tags(tags: tuple[str, ...]) -> Iterator[str]:
    cleaned = (" ".join(normalise(bounded(tag, _LONGEST_TAG)[0]).split()) for tag in tags[: 4 * _MOST_TAGS])
    yield from list(dict.fromkeys(tag for tag in cleaned if tag))[:_MOST_TAGS]


# --- who, when, where --------------------------------------------------------------------------------------------


def _author(entry: Entry, feed: Feed, base: str) -> Author:
    """The entry's first author, else the feed's, else the feed itself under its title."""
    home = _web(feed.link) or base
    people = entry.authors or feed.authors
    title = _line(feed.title, _LONGEST_NAME)
    if not people:
        return Author(network=NETWORK, address=home, name=title, url=home, avatar_url=_web(feed.image))
    name = _line(Words(value=people[0].name), _LONGEST_NAME)
    mail = people[0].mail.strip()
    mail = mail if re.fullmatch(r"[^\s@<>\"]{1,64}@[^\s@<>\"]{1,255}", mail) else ""
    url = _web(people[0].url)
    address = url or mail or (f"{home}#{quote(name)}" if name else home)
    return Author(network=NETWORK, address=_writable(address), name=name or mail or title, url=url)


def _uri(name: str, base: str) -> str:
    """A name that is a URI already stays; any other becomes one by the feed's address."""
    name = _writable(name)
    if _URI.fullmatch(name) and len(name) <= _LONGEST_URL:
        return name
    short = quote(name, safe="")
    return f"{urldefrag(base).url}#{short if len(short) <= 400 else _digest(name)}"


def _published(entry: Entry) -> datetime | None:
    for moment in (entry.published, entry.created, entry.updated):
        if at := _past(moment):
            return at
    return None


def _date(entry: Entry) -> datetime | None:
    return next(
        (each.at for each in (entry.published, entry.created, entry.updated) if each and each.at), None
    )


def _past(moment: Moment | None) -> datetime | None:
    """The time, held to no later than now: nothing that is here was said tomorrow."""
    return min(moment.at, now()) if moment and moment.at else None


def _web(url: str) -> str:
    url = _writable(url.strip())
    return url if len(url) <= _LONGEST_URL and _WEB.fullmatch(url) else ""


def _language(written: str) -> str:
    return written.replace("_", "-") if _LANGUAGE.fullmatch(written) else ""


def _writable(text: str) -> str:
    return _UNWRITABLE.sub("\ufffd", text)


def _digest(*parts: str) -> str:
    """16 hex digits that stand for these texts."""
    whole = "\0".join(parts).encode("utf-8", "replace")
    return blake2b(whole, digest_size=8).hexdigest()
