"""A post that streams by, as queries are compared with it: exactly as it would be once it were kept."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from html import unescape

from colonnade.conversations import intake
from colonnade.conversations.queries.outside import Answered
from colonnade.listening.language.reading import Heard
from colonnade.networks import base
from colonnade.places.models import PlaceKind
from colonnade.primitives import text as texts

OURS = (PlaceKind.ACCOUNT, PlaceKind.SPACE)
Address = tuple[str, str]
"""Network and address."""

_LINK = re.compile(r'<a [^>]*?href="([^"]+)"')
# Markup that cleaning leaves as it is, as far as its links go: connectors make it so out of plain text and addresses.
_PLAIN_MARKUP = re.compile(
    r'(?:[^<]|<(?:/?p|br|/a|a href="https?://[A-Za-z0-9.-]{1,200}(?:/[A-Za-z0-9_./?=%&;#~+,:@!-]{0,900})?")>)*'
)
_LONG = 5_000
_MAY_HOLD_A_LINK = re.compile(r"\w[.\u3002\uff0e\uff61]\w|://")


def heard_of(post: base.Post, place: str, parent: Answered | None, arrived_ms: int) -> Heard | None:
    """A post of the source called `place`; `parent` is what it answers, where that is here. None where there is nothing to
    keep: no words and no file."""
    said, shown = _worded(post)
    title = intake.title_of(post.title) if post.title else ""
    if not post.media and _is_blank(said) and texts.is_blank(title):
        return None
    network, address, name = intake.called(post.author)
    links = dict.fromkeys(unescape(link) for link in _LINK.findall(shown)) if shown else ()
    flags = {"reply": parent is not None, "quote": bool(post.quotes), "media": bool(post.media)}
    return Heard(
        text=said,
        title=title,
        author=address,
        name=name,
        to=(parent.address,) if parent else (),
        links=tuple(links),
        url=post.url if post.url.startswith(("http://", "https://")) else "",
        lang=post.lang[:16],
        network=network,
        place=place,
        source=place,
        at=intake.moment_ms(post, arrived_ms),
        flags=frozenset(flag for flag, is_so in flags.items() if is_so),
    )


def _worded(post: base.Post) -> tuple[str, str]:
    """Text and HTML as intake makes them, as far as queries ask: of HTML only the links. Most posts are plain words."""
    if not post.text or len(post.text) > _LONG or len(post.html) > _LONG:
        return intake.worded(post)
    if post.html and not _PLAIN_MARKUP.fullmatch(post.html):
        return intake.worded(post)
    if not post.html and _MAY_HOLD_A_LINK.search(post.text):
        return intake.worded(post)
    if post.text.isascii() and post.text.isprintable():
        return post.text.strip(), post.html
    return texts.normalise(post.text).strip(), post.html


def _is_blank(said: str) -> bool:
    """Whether nothing can be seen of a text that is normal. Asked without the slow pattern where any letter says it."""
    return not any(map(str.isalnum, said[:40])) and texts.is_blank(said)


def parents_of(post: base.Post) -> list[int]:
    """The hashes of what a post answers or quotes."""
    if not (post.reply_to or post.quotes):
        return []
    return [hash_ for uri in (post.reply_to, *post.quotes) if (hash_ := intake.name_hash(uri)) is not None]


def answered_by(post: base.Post, here: Mapping[int, Answered]) -> Answered | None:
    """The post that this one answers, where it is here."""
    hash_ = intake.name_hash(post.reply_to)
    return here.get(hash_) if hash_ is not None else None


def concerns_us(post: base.Post, ours: Collection[Address], here: Mapping[int, Answered]) -> bool:
    """Whether a post names one of our accounts, or answers or quotes what we said or what was said at our place."""
    if any((post.author.network, address) in ours for address in post.mentions):
        return True
    if not here:
        return False
    known = (here.get(hash_) for hash_ in parents_of(post))
    return any(
        one is not None and (one.place_kind in OURS or (one.network, one.address) in ours) for one in known
    )


def is_ours(post: base.Post, ours: Collection[Address]) -> bool:
    """Whether it is our own word: it comes by our account, and mentions nobody."""
    return (post.author.network, post.author.address) in ours
