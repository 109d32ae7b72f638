"""JSON from strangers: bounded in size and depth before a parser sees it.

A parser that calls itself for every bracket can be sent to the end of its stack by 100,000 brackets; so depth is
measured first, in one pass over the bytes without recursion.
"""

from __future__ import annotations

import re
from itertools import accumulate
from typing import Any

import msgspec

MAX_DEPTH = 64
MAX_BYTES = 8 * 1024 * 1024

_BOM = b"\xef\xbb\xbf"
_STRINGS = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)', re.DOTALL)
_NOT_BRACKETS = bytes(byte for byte in range(256) if byte not in b"[]{}")
_STEP = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}
_SURROGATE_ESCAPES = re.compile(
    rb"\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(\\u[dD][89a-fA-F][0-9a-fA-F]{2})"
)


class BadJson(ValueError):
    """Bytes that are refused; `str(error)` is a sentence with the reason, fit for quarantine and logs."""


def loads(data: bytes, *, max_depth: int = MAX_DEPTH, max_bytes: int = MAX_BYTES) -> Any:
    """The value written in `data` (UTF-8, a byte order mark allowed).

    Of two equal keys the later wins. Half a surrogate pair, written as an escape, becomes U+FFFD, so that one broken
    emoji costs one letter and not the message. Raises BadJson: larger than `max_bytes`, arrays and objects nested
    deeper than `max_depth`, not UTF-8, not JSON (NaN and numbers out of range included).
    """
    if len(data) > max_bytes:
        raise BadJson(f"This JSON has {len(data)} bytes; at most {max_bytes} are read.")
    data = data.removeprefix(_BOM)
    opened = data.count(b"[") + data.count(b"{")  # with so few brackets it cannot be deeper
    if opened > max_depth and depth(data) > max_depth:
        raise BadJson(f"This JSON is nested deeper than {max_depth} levels.")
    if rb"\u" in data:
        data = _SURROGATE_ESCAPES.sub(lambda found: rb"\ufffd" if found[1] else found[0], data)
    try:
        return msgspec.json.decode(data)
    except UnicodeDecodeError as error:
        raise BadJson(f"This JSON is not UTF-8: {error.reason} at byte {error.start}.") from error
    except (msgspec.DecodeError, RecursionError, ValueError) as error:
        raise BadJson(f"This is not JSON: {error}.") from error


def depth(data: bytes) -> int:
    """How deep arrays and objects are nested in `data`, brackets inside strings apart. Linear, without recursion."""
    if data.count(b"[") + data.count(b"{") <= 1:
        return data.count(b"[") + data.count(b"{")
    brackets = _STRINGS.sub(b"", data).translate(None, _NOT_BRACKETS)
    return max(accumulate((_STEP[bracket] for bracket in brackets), initial=0))
