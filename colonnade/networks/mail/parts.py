"""A message taken apart: headers and parts as places in the payload, so that attachments are never copied.

The library's parser builds the whole tree in memory, several times the size of the message, and calls itself for
every level; here every part is two offsets, and depth and number of parts are bounded (RFC 2045, 2046).
"""

from __future__ import annotations

import quopri
import re
from collections.abc import Iterator
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import Compat32
from typing import Any

from colonnade.networks.mail.words import base64_bytes

MOST_PARTS = 500
MOST_DEPTH = 20
MOST_HEAD = 256 * 1024
_MOST_PARAMETERS = 8 * 1024
_MOST_ALIKE = 100_000
_HEAD_END = re.compile(rb"\r?\n\r?\n|\A\r?\n")
_NO_HEADER = re.compile(rb"^(?![ \t]|[!-9;-~]+[ \t]*:)[^\n]*(?:\n|\Z)", re.MULTILINE)
_SPACE_BEFORE_COLON = re.compile(rb"^([!-9;-~]+)[ \t]+:", re.MULTILINE)


class TooInvolved(Exception):
    """More parts, or parts more deeply inside each other, than any honest message has; the message says which."""


class _AsItStands(Compat32):
    """Headers as they came; bytes beyond ASCII stay as surrogate escapes until somebody guesses their charset."""

    def header_fetch_parse(self, name: str, value: str) -> Any:
        return value


_parser = BytesHeaderParser(policy=_AsItStands())


class Part:
    """A message or a part of one: its headers, and where in `payload` its body lies."""

    def __init__(self, payload: bytes, start: int, end: int, *, in_digest: bool = False) -> None:
        self.payload = payload
        found = _HEAD_END.search(payload, start, min(end, start + MOST_HEAD))
        # A part may begin with the empty line: then it has no headers.
        if payload[start : start + 1] == b"\n" or payload[start : start + 2] == b"\r\n":
            head_end, self.start = start, payload.index(b"\n", start) + 1
        elif found:
            head_end, self.start = found.start(), found.end()
        else:
            head_end = self.start = min(end, start + MOST_HEAD)
        self.end = end
        self.headers: Message = _parser.parsebytes(_mended(payload[start:head_end]))
        self._usual = "message/rfc822" if in_digest else "text/plain"

    @property
    def type(self) -> str:
        """The media type in small letters, text/plain where none is given."""
        written = self.headers.get("content-type")
        return self.headers.get_content_type() if written and "/" in written else self._usual

    @property
    def disposition(self) -> str:
        """ "attachment", "inline", or "" where nothing is said."""
        return str(self.headers.get("content-disposition") or "").partition(";")[0].strip().lower()

    def parameter(self, name: str, header: str = "content-type") -> str:
        """A parameter of a header, RFC 2231 forms included, or ""."""
        if len(self.headers.get(header) or "") > _MOST_PARAMETERS:
            return ""
        try:
            value = self.headers.get_param(name, "", header)
            if isinstance(value, tuple):
                charset, _, text = value
                return text.encode("latin-1", "replace").decode(charset or "ascii", "replace")
        except (LookupError, ValueError, TypeError, RecursionError):
            return ""
        return str(value or "")

    def size(self) -> int:
        """About how many bytes it has when decoded."""
        raw = self.end - self.start
        return raw * 3 // 4 if self._encoding() == "base64" else raw

    def content(self, most: int) -> bytes:
        """The first `most` bytes of the body as written, without their transfer encoding; broken encodings give what they can."""
        raw = self.payload[self.start : min(self.end, self.start + most)]
        match self._encoding():
            case "base64":
                return base64_bytes(raw)
            case "quoted-printable":
                return quopri.decodestring(raw)
            case _:
                return raw

    def children(self) -> Iterator[Part]:
        """The parts of a multipart, in order; none if it has no boundary or is no multipart."""
        boundary = self.parameter("boundary").rstrip().encode("ascii", "surrogateescape")
        if not self.type.startswith("multipart/") or not boundary or len(boundary) > 200:
            return
        in_digest = self.type == "multipart/digest"
        begun = -1
        for line_start, line_end, closing in self._delimiters(b"--" + boundary):
            if begun >= 0:
                yield Part(
                    self.payload,
                    begun,
                    _before_line_end(self.payload, begun, line_start),
                    in_digest=in_digest,
                )
            begun = -1 if closing else min(line_end, self.end)
            if closing:
                return
        if begun >= 0:
            yield Part(self.payload, begun, self.end, in_digest=in_digest)

    def _delimiters(self, delimiter: bytes) -> Iterator[tuple[int, int, bool]]:
        """Where the lines lie that part the parts (from, to), and whether one is the last. Raises TooInvolved."""
        payload, line, alike = self.payload, b"\n" + delimiter, 0
        found = payload.find(line, max(0, self.start - 1), self.end)
        while found >= 0:
            after = found + len(line)
            line_end = payload.find(b"\n", after, self.end)
            place = self.end if line_end < 0 else line_end + 1
            rest = payload[after : min(place, after + 100)].strip()
            if rest in (b"", b"--"):
                yield found + 1, place, rest == b"--"
            elif (alike := alike + 1) > _MOST_ALIKE:
                raise TooInvolved("Its lines nearly all look like the border of a part.")
            found = payload.find(line, place - 1, self.end) if place < self.end else -1

    def _encoding(self) -> str:
        return str(self.headers.get("content-transfer-encoding") or "").strip().lower()


def leaves(message: Part) -> Iterator[Part]:
    """The parts that hold something, in order; a mail inside the mail counts as one. Raises TooInvolved."""
    waiting = [(message, 0)]
    count = 0
    while waiting:
        part, depth = waiting.pop()
        children = []
        if part.type.startswith("multipart/"):
            for child in part.children():
                count += 1
                if count > MOST_PARTS:
                    raise TooInvolved(f"It consists of more than {MOST_PARTS} parts.")
                children.append((child, depth + 1))
        if children and depth >= MOST_DEPTH:
            raise TooInvolved(f"Its parts lie more than {MOST_DEPTH} levels inside each other.")
        if not children:
            yield part
        waiting += reversed(children)


def _mended(head: bytes) -> bytes:
    """The header lines without those that are none (the library would take the first of them for the end of all), and
    without the white space before a colon that RFC 822 still allowed.
    """
    if _NO_HEADER.match(head):
        return head  # it begins with words: there are no headers at all
    return _SPACE_BEFORE_COLON.sub(rb"\1:", _NO_HEADER.sub(b"", head))


def _before_line_end(payload: bytes, start: int, end: int) -> int:
    """`end` without the line break before a delimiter, which belongs to the delimiter."""
    if payload[max(start, end - 2) : end] == b"\r\n":
        return end - 2
    return end - 1 if payload[max(start, end - 1) : end] == b"\n" else end
