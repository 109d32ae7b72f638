"""Markup to plain text, in one pass and linear time whatever the markup is.

This is for text alone (search, fingerprints, previews). Nothing of it is ever shown as HTML.
"""

from __future__ import annotations

import html
import re

DEEPEST = 256
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s<>/]{0,40})[^<>]*>")
_NAMELESS = re.compile(r"<[!?/][^<>]*>")
# fmt: off
_BREAKS = frozenset((
    "address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "figcaption", "figure", "footer", "h1",
    "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "table", "td", "th",
    "tr", "ul",
))
_SILENT = frozenset((
    "script", "style", "template", "noscript", "iframe", "object", "svg", "math", "head", "title",
))
_VOID = frozenset((
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
))
# fmt: on
_SPACES = re.compile(r"[ \t\r\f\v\u00a0]+")
_LINES = re.compile(r" ?\n ?")
_EMPTY_LINES = re.compile(r"\n{3,}")


def plain(markup: str) -> str:
    """The words of an HTML fragment: blocks on lines of their own, scripts and styles left out, entities decoded."""
    pieces: list[str] = []
    at, silent = 0, ""
    markup = _without_comments(markup)
    for tag in _TAG.finditer(markup):
        name, closes = tag[2].lower(), bool(tag[1])
        if silent:
            if closes and name == silent:
                silent, at = "", tag.end()
            continue
        pieces.append(_NAMELESS.sub("", markup[at : tag.start()]))
        at = tag.end()
        if name in _BREAKS:
            pieces.append("\0")
        elif name in _SILENT and not closes and not tag[0].endswith("/>"):
            silent = name
    if not silent:
        pieces.append(_NAMELESS.sub("", markup[at:]))
    text = html.unescape("".join(pieces).replace("\n", " ").replace("\0", "\n"))
    text = _LINES.sub("\n", _SPACES.sub(" ", text))
    return _EMPTY_LINES.sub("\n\n", text).strip()


def depth(markup: str) -> int:
    """How deep elements are nested at most, as far as open and close tags tell; an upper bound."""
    now = deepest = 0
    for tag in _TAG.finditer(markup):
        if tag[1]:
            now = max(0, now - 1)
        elif tag[2].lower() not in _VOID and not tag[0].endswith("/>"):
            now += 1
            deepest = max(deepest, now)
    return deepest


def _without_comments(markup: str) -> str:
    """What is left without `<!-- … -->`; an unclosed comment goes on to the end, as in a browser."""
    if "<!--" not in markup:
        return markup
    kept: list[str] = []
    at = 0
    while (start := markup.find("<!--", at)) >= 0:
        kept.append(markup[at:start])
        end = markup.find("-->", start + 2)
        if end < 0:
            return "".join(kept)
        at = end + 3
    kept.append(markup[at:])
    return "".join(kept)
