"""Safe HTML as plain text, for mail, search, notices and networks without markup."""

from __future__ import annotations

import html
import re

from colonnade.primitives.html.cleaner import clean
from colonnade.primitives.html.safe import SafeHtml
from colonnade.primitives.html.tidy import BLOCKS
from colonnade.primitives.html.tokens import Token, tokens
from colonnade.primitives.text import bounded, normalise

_SPACE = re.compile(r"[ \t\n\r\f]+")
_AROUND_LINE_ENDS = re.compile(r"[ \t]*\n[ \t]*")
_MANY_LINE_ENDS = re.compile(r"\n{3,}")
_KEPT_SPACE = str.maketrans({" ": "\x00", "\t": "\x01"})
_SPACE_AGAIN = str.maketrans({"\x00": " ", "\x01": "\t"})
_ITEM = re.compile(r"\x00*(?:-|[0-9]+\.) \Z")


def to_text(markup: str) -> str:
    """What the HTML says, as plain text of at most MAX_TEXT code points; anything but SafeHtml is cleaned first.

    Paragraphs are parted by a blank line, items have "- " or their number, quoted lines "> ". A link whose words are
    not its address has the address behind it in brackets; mentions and hashtags are their words alone.
    """
    safe = markup if isinstance(markup, SafeHtml) else clean(markup)
    reader = _Reader()
    for token in tokens(safe):
        reader.take(token)
    return bounded(normalise(reader.text()))[0]


class _Reader:
    """One way through the tokens of one text. `_written` has one list for the text and one for each open quotation."""

    def __init__(self) -> None:
        self._written: list[list[str]] = [[]]
        self._lists: list[int | None] = []
        self._link = ("", 0)
        self._in_pre = 0

    def text(self) -> str:
        while len(self._written) > 1:
            self._end_quotation()
        return _settled("".join(self._written[0])).translate(_SPACE_AGAIN)

    def take(self, token: Token) -> None:
        if not token.name:
            words = html.unescape(token.raw)
            self._write(words.translate(_KEPT_SPACE) if self._in_pre else _SPACE.sub(" ", words))
        elif token.closes:
            self._close(token.name)
        else:
            self._open(token)

    def _write(self, words: str) -> None:
        self._written[-1].append(words)

    def _open(self, token: Token) -> None:
        if token.name == "br":
            self._write("\n")
        elif token.name == "a":
            silent = token.attribute("class")
            self._link = ("" if silent else token.attribute("href"), len(self._written[-1]))
        if token.name in BLOCKS:
            self._write(self._distance(token.name))
        if token.name == "blockquote":
            self._written.append([])
        elif token.name == "pre":
            self._in_pre += 1
        elif token.name in ("ul", "ol"):
            self._lists.append(0 if token.name == "ol" else None)
        elif token.name == "li":
            self._item()

    def _distance(self, name: str) -> str:
        """What parts a block from what stands before it, or after it: nothing inside a fresh item."""
        written = self._written[-1]
        if name != "li" and written and _ITEM.fullmatch(written[-1]):
            return ""
        if name == "li" or (self._lists and name in ("ul", "ol")):
            return "" if written and written[-1].endswith("\n") else "\n"
        return "\n\n"

    def _item(self) -> None:
        number = self._lists[-1] if self._lists else None
        indent = "\x00" * 2 * (len(self._lists) - 1)
        if number is None:
            self._write(f"{indent}- ")
        else:
            self._lists[-1] = number + 1
            self._write(f"{indent}{number + 1}. ")

    def _close(self, name: str) -> None:
        if name == "a":
            self._end_link()
        elif name == "pre":
            self._in_pre -= 1
        elif name in ("ul", "ol"):
            self._lists.pop()
        elif name == "blockquote":
            self._end_quotation()
        if name in BLOCKS and name != "li":
            self._write(self._distance(name))

    def _end_link(self) -> None:
        href, start = self._link
        words = "".join(self._written[-1][start:]).strip()
        if href and words.rstrip("/") not in _spellings(href):
            self._write(f" ({href.removeprefix('mailto:')})" if words else href)
        self._link = ("", 0)

    def _end_quotation(self) -> None:
        quoted = _settled("".join(self._written.pop()))
        self._write("\n".join(f"> {line}".rstrip() for line in quoted.split("\n")))


def _spellings(href: str) -> tuple[str, ...]:
    """How an address may be written out in words."""
    href = href.rstrip("/")
    without = href.partition("://")[2] or href.removeprefix("mailto:")
    return href, without, without.removeprefix("www.")


def _settled(text: str) -> str:
    return _MANY_LINE_ENDS.sub("\n\n", _AROUND_LINE_ENDS.sub("\n", text)).strip()
