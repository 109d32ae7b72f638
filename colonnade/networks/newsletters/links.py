"""The links of a letter with the words on them, and its markup without what nobody is meant to see."""

from __future__ import annotations

import re
from typing import Any

import msgspec
from lxml import etree, html

from colonnade.networks.feeds.plain import DEEPEST, depth

_MOST_LINKS = 400
_LONGEST_LABEL = 200
_LONGEST_URL = 2000
_HIDDEN = re.compile(
    r"display\s{0,5}:\s{0,5}none|visibility\s{0,5}:\s{0,5}hidden|max-height\s{0,5}:\s{0,5}0(?:px)?\s{0,5}(?:;|\Z)",
    re.IGNORECASE,
)
_URL = re.compile(r"https?://[^\s<>\"'()\[\]]{3,1900}", re.IGNORECASE)
_END = ".,;:!?…"


class Link(msgspec.Struct, frozen=True):
    """An address with the words on it."""

    url: str
    label: str


def seen(markup: str) -> tuple[str, list[Link]]:
    """The markup without hidden parts (previews for lists of mail, pixels), and its links to the web in order."""
    root = _tree(markup)
    if root is None:
        return markup, []
    for element in list(root.iter()):
        if isinstance(element.tag, str) and element is not root and _is_hidden(element):
            _drop(element)
    links = [
        Link(address, " ".join("".join(one.itertext()).split())[:_LONGEST_LABEL])
        for one in root.iter("a")
        if (address := _web(one.get("href")))
    ]
    return str(html.tostring(root, encoding="unicode")), links[:_MOST_LINKS]


def links_in_text(text: str) -> list[Link]:
    """The addresses in plain text, each with the words before it on its line, or those of the line above."""
    found: list[Link] = []
    above = ""
    for line in text.splitlines():
        end = 0
        for match in _URL.finditer(line):
            label = line[end : match.start()].strip(" <(:") or above
            found.append(Link(match.group().rstrip(_END), label[-_LONGEST_LABEL:]))
            end = match.end()
            if len(found) >= _MOST_LINKS:
                return found
        above = line.strip() or above
    return found


def _is_hidden(element: Any) -> bool:
    if element.tag == "img":
        return True  # no picture is fetched, pixels least of all
    return element.get("hidden") is not None or bool(_HIDDEN.search((element.get("style") or "")[:1000]))


def _drop(element: Any) -> None:
    """Without the element, but with the words after it."""
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        before = element.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + element.tail
        else:
            parent.text = (parent.text or "") + element.tail
    parent.remove(element)


def _web(address: str | None) -> str:
    told = (address or "").strip()
    return told if told.lower().startswith(("http://", "https://")) and len(told) <= _LONGEST_URL else ""


def _tree(markup: str) -> Any:
    if depth(markup) > 8 * DEEPEST:
        return None
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True)
    try:
        return html.document_fromstring(markup.replace("\0", "").encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return None
