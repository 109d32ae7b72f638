"""What can still be had from a document on which the parser gives up: each entry for itself."""

from __future__ import annotations

import re

from colonnade.networks.feeds.sniff import as_ascii_like

_MOST_ENTRIES = 2000
_OPENS = re.compile(rb"<(?:[\w.-]{1,40}:)?(item|entry)[\s>]", re.IGNORECASE)
_ROOT = re.compile(rb"<([\w.-]{1,40}:)?(rss|rdf|feed|channel)[\s>/]", re.IGNORECASE)
_LARGEST_HEAD = 64 * 1024


def pieces(body: bytes) -> tuple[bytes, list[bytes]]:
    """The head of a feed document, and each of its entries from its opening tag to before the next one's."""
    body = as_ascii_like(body)
    starts = [found.start() for found in _OPENS.finditer(body)][: _MOST_ENTRIES + 1]
    ends = [*starts[1:], len(body)]
    entries = [body[start:end] for start, end in zip(starts, ends, strict=True)][:_MOST_ENTRIES]
    head = body[: starts[0]] if starts else body
    return head[:_LARGEST_HEAD], entries


def alone(head: bytes, entry: bytes) -> bytes:
    """A document with this one entry, under the head of its feed; with nothing but a root where the head is broken."""
    if head:
        return head + entry
    return b"<rss version='2.0'><channel>" + entry


def without_texts(head: bytes) -> bytes:
    """Only the root's opening tag of a head: what entries need (namespaces) without what may be broken."""
    found = _ROOT.search(head)
    if not found:
        return b""
    end = head.find(b">", found.start())
    root = head[found.start() : end + 1] if end > 0 else b""
    return root + (b"<channel>" if found[2].lower() in (b"rss", b"rdf") else b"")
