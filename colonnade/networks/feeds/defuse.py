"""Taking out of a document what makes feedparser slow out of proportion, and nothing that a reader would miss.

Its patterns for mail addresses and for styles take time with the square of an unbroken run's length, its cleaner with
the square of the number of comments. Everything here is linear, and leaves ordinary documents as they are.
"""

from __future__ import annotations

import re

_MOST_COMMENTS = 200
_LONGEST_STYLE = 2000
_PIECE = 1000

_RUN = re.compile(rb"(?<![A-Za-z0-9_.+-])[A-Za-z0-9_.+-]{1500,}")
_SPACE = re.compile(rb"(?<!\s)\s{1000,}")
_STYLE = re.compile(rb"style(\s{0,20}=\s{0,20}(?:[\"']|&quot;|&apos;|&#3[49];)?)", re.IGNORECASE)
_STYLE_END = re.compile(rb"[\"'<>]|&(?:quot|apos|lt|gt|#3[49]);")


def defused(body: bytes) -> bytes:
    """The document without its comments if it has hundreds, without overlong styles, its overlong runs broken up."""
    for opens, closes in ((b"<!--", b"-->"), (b"&lt;!--", b"--&gt;")):
        if body.count(opens) > _MOST_COMMENTS:
            body = _without(body, opens, closes)
    body = _SPACE.sub(b" ", body)
    body = _RUN.sub(lambda found: _broken_up(found[0]), body)
    return _STYLE.sub(rb"x-style\1", body) if _has_long_style(body) else body


def _without(body: bytes, opens: bytes, closes: bytes) -> bytes:
    """Without what stands between the two; where nothing closes, without the opening marks alone."""
    kept: list[bytes] = []
    at = 0
    while (start := body.find(opens, at)) >= 0:
        kept.append(body[at:start])
        end = body.find(closes, start)
        if end < 0:
            kept.append(body[start:].replace(opens, b""))
            return b"".join(kept)
        at = end + len(closes)
    kept.append(body[at:])
    return b"".join(kept)


def _broken_up(run: bytes) -> bytes:
    return b" ".join(run[at : at + _PIECE] for at in range(0, len(run), _PIECE))


def _has_long_style(body: bytes) -> bool:
    end = 0
    for found in _STYLE.finditer(body):
        if found.end() > end:
            closes = _STYLE_END.search(body, found.end())
            end = closes.start() if closes else len(body)
        if end - found.end() > _LONGEST_STYLE:
            return True
    return False
