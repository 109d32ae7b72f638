"""Elements that are understood but not kept: what they say is said with the few that are."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import unquote, urljoin, urlsplit

from colonnade.primitives.html.tidy import leads_somewhere
from colonnade.primitives.html.tokens import Token, escape, escape_attribute

_PARAGRAPHS = frozenset(
    {
        *(
            "div",
            "section",
            "article",
            "header",
            "footer",
            "main",
            "aside",
            "nav",
            "figure",
            "figcaption",
            "hr",
        ),
        *("caption", "tr", "dt", "dd", "details", "summary", "address", "center", "form", "fieldset"),
    }
)
_CELLS = frozenset({"td", "th"})
_RENAMED = {"h1": "h3", "h2": "h3", "strike": "s", "kbd": "code", "samp": "code", "tt": "code"}
WIDE_TAGS = _PARAGRAPHS | _CELLS | frozenset(_RENAMED) | {"img"}

_MAX_ALT = 500
_PIXEL = 3


def narrow(wide: Iterable[Token], base: str) -> str:
    """HTML that says with the allowed elements what `wide` says: blocks become paragraphs, headings small, pictures
    links to themselves, relative addresses absolute by `base`. The result still has to be cleaned.
    """
    out: list[str] = []
    in_link = False
    for token in wide:
        if token.name == "a":
            in_link = not token.closes
            out.append(token.raw if token.closes or not base else _link(token, base))
        elif token.name == "img":
            out.append(_picture(token, base, in_link=in_link))
        else:
            out.append(_said_with_few(token))
    return "".join(out)


def _said_with_few(token: Token) -> str:
    if token.name == "hr":
        return "<p></p>"
    if token.name in _PARAGRAPHS:
        return "</p>" if token.closes else "<p>"
    if token.name in _CELLS:
        return " " if token.closes else ""
    if token.name in _RENAMED:
        return f"</{_RENAMED[token.name]}>" if token.closes else f"<{_RENAMED[token.name]}>"
    return token.raw


def _link(token: Token, base: str) -> str:
    href, class_ = _absolute(token.attribute("href"), base), token.attribute("class")
    return f'<a href="{escape_attribute(href)}" class="{escape_attribute(class_)}">'


def _picture(token: Token, base: str, *, in_link: bool) -> str:
    """A link to the picture in the words of its description; inside a link the words alone; of a pixel nothing."""
    if any(_is_pixel(token.attribute(side)) for side in ("width", "height")):
        return ""
    words = " ".join(token.attribute("alt").split())[:_MAX_ALT]
    source = leads_somewhere(_absolute(token.attribute("src"), base))
    if in_link or not source:
        return escape(words)
    return f'<a href="{escape_attribute(source)}">{escape(words or _file_name(source))}</a>'


def _is_pixel(side: str) -> bool:
    return side.isascii() and side.isdigit() and len(side) < 9 and int(side) <= _PIXEL


def _absolute(address: str, base: str) -> str:
    if not address or not base:
        return address
    try:
        return urljoin(base, address)
    except ValueError:
        return ""


def _file_name(address: str) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:
        return address
    return unquote(parts.path.rstrip("/").rpartition("/")[2]) or parts.netloc or address
