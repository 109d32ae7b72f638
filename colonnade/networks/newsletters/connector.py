"""The connector to one address of ours, to which newsletters are sent."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any
from urllib.parse import urlsplit

import msgspec

from colonnade.networks.base import Capabilities, Incoming, Media, Post, Unreadable
from colonnade.networks.http import Client
from colonnade.networks.mail.read import header_of, read_message
from colonnade.networks.newsletters.links import Link, links_in_text, seen
from colonnade.primitives.text import MAX_TEXT, bounded

CONFIRM = "confirm-subscription"
_SHORT = 4000
_ASKS = re.compile(
    r"\b(confirm|verif|activat|validat|opt.?in\b|bestätig|bestaetig|aktivier|anmeldung abschließ)",
    re.IGNORECASE,
)
_SUBSCRIPTION = re.compile(
    r"subscri|newsletter|mailing.?list|sign.?up|signed up|e-?mail.?address|abonn|anmeld|e-?mail-?adresse|verteiler",
    re.IGNORECASE,
)
_PRESS = re.compile(r"confirm|verif|activat|validat|opt.?in\b|best(ä|ae|%C3%A4)tig|aktivier", re.IGNORECASE)
_YES = re.compile(r"\byes,|\bja,|subscribe me", re.IGNORECASE)
_ENDS = re.compile(
    r"unsubscri|opt.?out|abmeld|abbestell|austragen|manage.{0,20}(subscription|preference)", re.IGNORECASE
)
_IN_PUBLIC = re.compile(
    r"\b(view|read|open|see)\b.{0,30}\b(browser|online|web)|web.?version|online.?version|im browser|online ansehen",
    re.IGNORECASE,
)
_IN_ANGLES = re.compile(r"<\s*((?:https?://|mailto:)[^<>\s]{1,1900})\s*>", re.IGNORECASE)


class _Words(msgspec.Struct, frozen=True):
    asks: str
    press: str
    end: str


_ENGLISH = _Words(
    asks="This letter asks to confirm the subscription. Nothing is pressed by itself: if you want these letters, press",
    press="Confirm at {host}",
    end="Unsubscribe",
)
_GERMAN = _Words(
    asks="Dieser Brief bittet, das Abonnement zu bestätigen. Von selbst wird nichts gedrückt: Wenn Sie diese Briefe wollen, "
    "drücken Sie",
    press="Bestätigen bei {host}",
    end="Abbestellen",
)
_IS_GERMAN = re.compile(r"\b(und|oder|nicht|bitte|ihre?|sie|der|die|das|wir|bestätigen)\b", re.IGNORECASE)
_IS_ENGLISH = re.compile(r"\b(and|or|not|please|your?|the|we|this|confirm|to)\b", re.IGNORECASE)


class NewsletterConnector:
    """Reads what is pushed to `address`. Credentials are not needed."""

    capabilities = Capabilities(network="mail", can_read=True)

    def __init__(self, address: str, credentials: Mapping[str, Any], http: Client) -> None:
        self.address = address

    def read(self, payload: bytes) -> tuple[Incoming | Unreadable, ...]:
        """What a letter says (RFC 5322), for everybody who reads the source. Never raises."""
        (thing,) = read_message(payload)
        if isinstance(thing, Unreadable):
            return (thing,)
        try:
            return (_told(thing, payload),)
        except Exception as error:
            # Nobody knows what mail programs will invent next; whatever that raises, the next letter must come in.
            return (Unreadable(reason=f"It could not be understood: {type(error).__name__}: {error}"[:500]),)


def _told(post: Post, payload: bytes) -> Post:
    markup, links = seen(post.html) if post.html else ("", [])
    links = links or links_in_text(post.text)
    words = _words(post)
    press = _to_press(post, links)
    end = "" if any(_ENDS.search(f"{link.label} {link.url}") for link in links) else _end(payload)
    before = [(words.asks + ":", press, words.press.format(host=_host(press)))] if press else []
    after = [("", end, words.end)] if end else []
    return msgspec.structs.replace(
        post,
        audience="public",  # as wide as the source, which is for staff
        text=bounded("\n\n".join([*map(_in_text, before), post.text, *map(_in_text, after)]), MAX_TEXT)[0],
        html="".join([*map(_in_markup, before), markup, *map(_in_markup, after)]) if markup else "",
        url=_in_public(payload, links),
        media=_files(post.media),
        tags=(*post.tags, CONFIRM) if press else post.tags,
    )


def _words(post: Post) -> _Words:
    """German or English, by the letter's own words where it does not say."""
    if post.lang:
        return _GERMAN if post.lang.lower().startswith("de") else _ENGLISH
    sample = f"{post.title} {post.text[:2000]}"
    return _GERMAN if len(_IS_GERMAN.findall(sample)) > len(_IS_ENGLISH.findall(sample)) else _ENGLISH


def _to_press(post: Post, links: Sequence[Link]) -> str:
    """The link that confirms a subscription, if the letter asks for that: short, about a subscription, with such a link."""
    sample = f"{post.title} {post.text[:1500]}"
    if not (_ASKS.search(post.title) or (len(post.text) < _SHORT and _ASKS.search(sample))):
        return ""
    if not _SUBSCRIPTION.search(sample):
        return ""
    may = [link for link in links if not _ENDS.search(f"{link.label} {link.url}")]
    by_label = [link.url for link in may if _PRESS.search(link.label)]
    by_yes = [link.url for link in may if _YES.search(link.label)]
    by_address = [link.url for link in may if _PRESS.search(link.url)]
    return next(iter((*by_label, *by_yes, *by_address)), "")


def _end(payload: bytes) -> str:
    """Where the list itself says that one unsubscribes (RFC 2369), the web before mail."""
    found = _IN_ANGLES.findall(header_of(payload, "list-unsubscribe"))
    return next((url for url in found if url.lower().startswith("http")), found[0] if found else "")


def _in_public(payload: bytes, links: Sequence[Link]) -> str:
    """Where the letter stands on the web: as its list says (RFC 5064), else as it says itself."""
    archived = _IN_ANGLES.search(header_of(payload, "archived-at"))
    if archived and archived[1].lower().startswith("http"):
        return archived[1]
    return next((link.url for link in links if _IN_PUBLIC.search(link.label)), "")


def _files(media: Sequence[Media]) -> tuple[Media, ...]:
    """Attachments without the pictures of the layout."""
    return tuple(one for one in media if not one.media_type.startswith("image/"))


_Line = tuple[str, str, str]


def _in_text(line: _Line) -> str:
    words, url, label = line
    return f"{words}\n{url}" if words else f"{label}: {url}"


def _in_markup(line: _Line) -> str:
    words, url, label = line
    link = f'<a href="{escape(url)}">{escape(label)}</a>'
    return f"<p><b>{escape(words)}</b><br>{link}</p>" if words else f"<p>{link}</p>"


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or url
    except ValueError:
        return url
