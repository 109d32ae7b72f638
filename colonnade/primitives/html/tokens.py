"""Reading HTML that the parser itself wrote, and so needs no parser.

What comes out of nh3 is well-formed: tags in small letters, attributes in double quotes, every element closed, and no
"<" that is not the start of a tag.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import NamedTuple

_TOKEN = re.compile(r'<(/?)([a-z][a-z0-9]*)((?: [a-z]+="[^"]*")*)>|([^<]+)')
_ATTRIBUTE = re.compile(r' ([a-z]+)="([^"]*)"')
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\xa0": "&nbsp;"})
_ESCAPED = re.compile("[&<>\xa0]")
_ATTRIBUTE_ESCAPES = _ESCAPES | str.maketrans({'"': "&quot;"})


class NotCanonical(ValueError):
    """The HTML was not written by the parser."""


class Token(NamedTuple):
    """A run of text (`name` is ""), an opening or a closing tag; `raw` is how it was written."""

    raw: str
    name: str = ""
    closes: bool = False
    attributes: str = ""

    def attribute(self, name: str) -> str:
        """The value of an attribute, entities resolved; "" if it has none."""
        for found, value in _ATTRIBUTE.findall(self.attributes):
            if found == name:
                return html.unescape(value)
        return ""


def tokens(canonical: str) -> Iterator[Token]:
    """The tokens of HTML in canonical form. Raises NotCanonical at the first thing that is not."""
    at = 0
    for found in _TOKEN.finditer(canonical):
        if found.start() != at:
            break
        at = found.end()
        yield Token(found.group(), found[2] or "", bool(found[1]), found[3] or "")
    if at != len(canonical):
        raise NotCanonical(canonical[at : at + 40])


def escape(text: str) -> str:
    """`text` as it stands between tags in canonical form."""
    return text.translate(_ESCAPES) if _ESCAPED.search(text) else text


def escape_attribute(text: str) -> str:
    """`text` as it stands inside the quotes of an attribute in canonical form."""
    return text.translate(_ATTRIBUTE_ESCAPES)
