"""The one cleaner: HTML from anywhere becomes HTML that may stand in our pages.

What stays is text with paragraphs, emphasis, lists, quotations, code, small headings and links. Pictures become links
to them, blocks of a layout become paragraphs, everything else loses its tags and keeps its words. A result is returned
only when cleaning it again changes nothing: a page parses it as the cleaner saw it, which leaves no room for markup
that turns into something else when it is read a second time.
"""

from __future__ import annotations

import re
from itertools import islice

import nh3
import regex

from colonnade.primitives.html.safe import SafeHtml
from colonnade.primitives.html.tidy import MAX_MARKUP, tidy
from colonnade.primitives.html.tokens import NotCanonical, tokens
from colonnade.primitives.html.wide import WIDE_TAGS, narrow
from colonnade.primitives.text import MAX_TEXT, paired

TAGS = frozenset(
    "p br a em strong b i u s del ins code pre blockquote ul ol li h3 h4 h5 h6 span".split()  # noqa: SIM905
)
CLASSES = {"a": {"mention", "hashtag"}, "span": {"mention", "hashtag", "ellipsis", "invisible"}}
SCHEMES = frozenset({"http", "https", "mailto"})
REL = "nofollow noopener noreferrer ugc"

MAX_SOURCE = 2 * MAX_TEXT
"""Code points of HTML that are looked at; some of the parser's work grows with the square."""
MAX_ELEMENTS = 2_000
MAX_TAGS = 15_000
"""Elements, and tags of any kind, that are looked at. Beyond them tags are left out and words stay."""

_WITH_THEIR_CONTENT = {
    "script",
    "style",
    "title",
    "template",
    "noscript",
    "iframe",
    "svg",
    "math",
    "select",
}
_ROUNDS = 5

_CLEANER = nh3.Cleaner(
    tags=set(TAGS),
    attributes={"a": {"href"}},
    allowed_classes=CLASSES,
    url_schemes=set(SCHEMES),
    url_relative="deny",
    link_rel=REL,
    clean_content_tags=_WITH_THEIR_CONTENT,
)
_WIDE_CLEANER = nh3.Cleaner(
    tags=set(TAGS | WIDE_TAGS),
    attributes={"a": {"href"}, "img": {"src", "alt", "width", "height"}},
    allowed_classes=CLASSES,
    url_schemes=set(SCHEMES),
    url_relative="pass_through",
    link_rel=None,
    clean_content_tags=_WITH_THEIR_CONTENT,
)
_TEXT_CLEANER = nh3.Cleaner(tags=set(), attributes={}, clean_content_tags=_WITH_THEIR_CONTENT)
_HAS_WIDE_TAGS = re.compile(rf"<(?:{'|'.join(sorted(WIDE_TAGS))})\b", re.IGNORECASE)
_ELEMENT = re.compile(r"<(?!br\b)[a-z]", re.IGNORECASE)
_TAG = re.compile(r"<[/a-z]", re.IGNORECASE)
_ANYTHING_LIKE_TAGS = re.compile(r"(?:<[^<>]*>\s*)+")
_MARK_AFTER_TAG = regex.compile(r">\p{M}")
_UNFINISHED = re.compile(r"(?:<[^<>]*|&[#A-Za-z0-9]{0,31})\Z")


def clean(html: str, *, base: str = "") -> SafeHtml:
    """`html`, from anywhere and of any shape, as safe HTML in canonical form.

    `base` is the address against which relative addresses are resolved; without it they are dropped. Never raises.
    Cleaning a result again gives the same. Work is bounded whatever the input: see MAX_SOURCE, MAX_ELEMENTS and MAX_TAGS.
    """
    source, was_cut = _bounded(html)
    source = paired(source)
    if base or _HAS_WIDE_TAGS.search(source):
        source = _narrowed(source, base)
    return settled(source, was_cut=was_cut)


def settled(html: str, *, was_cut: bool = False) -> SafeHtml:
    """`html` cleaned until cleaning changes nothing; if that does not come about, its words alone."""
    for _ in range(_ROUNDS):
        parsed = _CLEANER.clean(html)
        try:
            once = tidy(parsed, rel=REL)
        except NotCanonical:
            break
        was_cut = was_cut or once.was_cut
        few, _was_cut = _bounded(once.html)
        if few == once.html and (few == html or (once.is_settled and _CLEANER.clean(few) == few)):
            return _safe(few, was_cut)
        html = few
    return _safe(_words_alone(html), was_cut)


def written_by_us(html: str, *, was_cut: bool = False) -> SafeHtml:
    """HTML put together in this room out of tidy parts: checked, and cleaned only if the parser reads it differently."""
    if len(html) <= MAX_MARKUP and not _MARK_AFTER_TAG.search(html) and _CLEANER.clean(html) == html:
        return _safe(html, was_cut)
    return settled(html, was_cut=was_cut)


def _safe(html: str, was_cut: bool) -> SafeHtml:
    safe = SafeHtml(html)
    safe.was_cut = was_cut
    return safe


def _bounded(html: str) -> tuple[str, bool]:
    """`html` with no more characters and elements than may be looked at, and whether something was cut off."""
    was_cut = len(html) > MAX_SOURCE
    if was_cut:
        html = _UNFINISHED.sub("", html[:MAX_SOURCE])
    if html.count("<") > MAX_ELEMENTS:
        for pattern, most in ((_TAG, MAX_TAGS), (_ELEMENT, MAX_ELEMENTS)):
            html = _few(pattern, most, html)
    return html, was_cut


def _few(pattern: re.Pattern[str], most: int, html: str) -> str:
    beyond = next(islice(pattern.finditer(html), most, None), None)
    if not beyond:
        return html
    words = _ANYTHING_LIKE_TAGS.sub(" ", html[beyond.start() :]).replace("<", "&lt;")
    return html[: beyond.start()] + words


def _narrowed(source: str, base: str) -> str:
    try:
        return narrow(tokens(_WIDE_CLEANER.clean(source)), base)
    except NotCanonical:
        return source


def _words_alone(html: str) -> str:
    """The words without any markup: what cleaning cannot change, whatever the parser makes of the tags."""
    try:
        return tidy(_TEXT_CLEANER.clean(html), rel=REL).html
    except NotCanonical:
        return ""
