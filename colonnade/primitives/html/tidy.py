"""What the parser leaves to be done: bounds, text in one form, links that lead somewhere, no empty paragraphs."""

from __future__ import annotations

import re
from typing import NamedTuple

from colonnade.primitives.html.tokens import NotCanonical, Token, escape_attribute, tokens
from colonnade.primitives.text import MAX_TEXT, Isolates, normalise_part

MAX_MARKUP = 9 * MAX_TEXT // 10
"""Characters of tags in a result, beside MAX_TEXT of text."""
MAX_DEPTH = 24
"""Elements inside each other. Deeper tags are left out and words stay."""
MAX_HREF = 2_048

BLOCKS = frozenset({"p", "pre", "blockquote", "ul", "ol", "li", "h3", "h4", "h5", "h6"})

_LEADS_SOMEWHERE = re.compile(
    r"https?://[^\s/?#@\\]+(?:[/?#].*)?|mailto:[^\s@?]+@[^\s@?]+(?:\?.*)?", re.IGNORECASE
)
_NOT_IN_AN_ADDRESS = re.compile("[\x00-\x20\x7f-\xa0\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
_HALF_AN_ENTITY = re.compile(r"&[a-z]*\Z")
_EMPTY_PARAGRAPHS = re.compile(r"(?:<p>(?:\s|&nbsp;|<br>)*</p>\s*)+")


class Tidied(NamedTuple):
    """`was_cut`: something was left out for its length. `is_settled`: tidying again would change nothing."""

    html: str
    was_cut: bool
    is_settled: bool


def tidy(canonical: str, *, rel: str) -> Tidied:
    """Canonical HTML of allowed elements, tidied. Raises NotCanonical if it is not what the parser writes."""
    one_pass = _Pass(rel)
    for token in tokens(canonical):
        one_pass.take(token)
    return one_pass.result()


def leads_somewhere(href: str) -> str:
    """`href` without characters that no address has, or "" if it is not http, https or mailto, or hides its host."""
    href = _NOT_IN_AN_ADDRESS.sub("", href)
    return href if len(href) <= MAX_HREF and _LEADS_SOMEWHERE.fullmatch(href) else ""


class _Pass:
    """One way through the tokens of one text."""

    def __init__(self, rel: str) -> None:
        self._rel = rel
        self._out: list[str] = []
        self._open: list[tuple[str, bool]] = []
        self._kept_open = 0
        self._isolates = Isolates()
        self._text_left, self._markup_left = MAX_TEXT, MAX_MARKUP
        self._was_cut = False
        self._is_whole = True
        self._before_pre_text = False

    def take(self, token: Token) -> None:
        if not token.name:
            self._text(token.raw)
        elif token.closes:
            self._close(token.name)
        else:
            self._opening(token)
        self._before_pre_text = token.name == "pre" and not token.closes

    def result(self) -> Tidied:
        if self._open:
            raise NotCanonical(f"{self._open} left open")
        self._out.append(self._isolates.close())
        html = _EMPTY_PARAGRAPHS.sub(_nothing_or_a_break, "".join(self._out)).strip()
        return Tidied(html, self._was_cut, self._is_whole and html.isascii())

    def _text(self, text: str) -> None:
        if self._before_pre_text:
            text = text.lstrip("\n")  # the parser takes one away each time
        text = normalise_part(text, self._isolates)
        if len(text) > self._text_left:
            text = _HALF_AN_ENTITY.sub("", text[: self._text_left])
            self._cut()
        self._text_left -= len(text)
        self._out.append(text)

    def _opening(self, token: Token) -> None:
        if token.name in BLOCKS or token.name == "br":
            self._out.append(self._isolates.close())
        written = self._written(token)
        cost = len(written) + len(f"</{token.name}>")
        if written and cost > self._markup_left:
            self._cut()
        is_kept = bool(written) and not self._was_cut and self._kept_open < MAX_DEPTH
        if is_kept:
            self._markup_left -= cost
            self._out.append(written)
        else:
            self._is_whole = False
        if not is_kept and (token.name in BLOCKS or token.name == "br"):
            self._out.append(" ")
        if token.name != "br":
            self._open.append((token.name, is_kept))
            self._kept_open += is_kept

    def _close(self, name: str) -> None:
        opened, was_kept = self._open.pop() if self._open else ("", False)
        if opened != name:
            raise NotCanonical(f"</{name}> closes <{opened}>")
        if name in BLOCKS:
            self._out.append(self._isolates.close())
        if was_kept:
            self._kept_open -= 1
            self._out.append(f"</{name}>")

    def _written(self, token: Token) -> str:
        """The opening tag as it shall be, or "" if only what is inside shall stay."""
        if not token.attributes and token.name not in ("a", "span"):
            return f"<{token.name}>"
        class_ = token.attribute("class")
        attributes = f' class="{escape_attribute(class_)}"' if class_ else ""
        if token.name == "a":
            href = leads_somewhere(token.attribute("href"))
            if not href:
                return ""
            attributes = f' href="{escape_attribute(href)}"{attributes} rel="{self._rel}"'
        elif not class_:
            return "" if token.name == "span" else f"<{token.name}>"
        return f"<{token.name}{attributes}>"

    def _cut(self) -> None:
        self._text_left = self._markup_left = 0
        self._was_cut = True


def _nothing_or_a_break(empty: re.Match[str]) -> str:
    """What stands for empty paragraphs: nothing beside a tag, a line break between two words."""
    before, after = empty.string[: empty.start()][-1:], empty.string[empty.end() :][:1]
    return "" if before in ("", ">") or after in ("", "<") else "<br>"
