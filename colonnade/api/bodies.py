"""Bodies from strangers: bounded before they are read, bounded in depth before they are parsed."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest
from ninja.parser import Parser

from colonnade.api.problems import Wrong
from colonnade.primitives.json import BadJson, loads

MAX_BODY = 1024 * 1024
_NUL = "Text holds no character U+0000."


class BoundedJson(Parser):
    """JSON of at most a megabyte and 64 levels, without U+0000, which PostgreSQL cannot keep."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """The value of the body. Raises BadJson with a sentence."""
        value = loads(request.body, max_bytes=MAX_BODY)
        if b"\x00" in request.body or (rb"\u0000" in request.body and _holds_nul(value)):
            raise BadJson(_NUL)
        return cast("dict[str, Any]", value)


def _holds_nul(value: Any) -> bool:
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            if "\x00" in one:
                return True
        elif isinstance(one, dict):
            waiting += [*one.keys(), *one.values()]
        elif isinstance(one, list):
            waiting += one
    return False


def check_request(request: HttpRequest, most: int = MAX_BODY) -> None:
    """Look at a request before anything of it is read. Raises Wrong."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isascii() or not length.isdigit():
        raise Wrong(400, "malformed", "The Content-Length is no number.")
    if int(length) > most:
        raise Wrong(413, "too-large", f"The body has {int(length)} bytes; at most {most} are read.")
    if any("\x00" in value for values in request.GET.lists() for value in (values[0], *values[1])):
        raise Wrong(400, "malformed", _NUL)
