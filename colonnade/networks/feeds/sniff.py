"""A first look at a document's bytes, before any parser: what it may be.

Everything here is linear in the size of the document.
"""

from __future__ import annotations

import re
from xml.parsers import expat

_LOOK = 64 * 1024
_BOMS = (
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\xfe\xff", "utf-16-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\x00\x00\x00<", "utf-32-be"),
    (b"<\x00\x00\x00", "utf-32-le"),
    (b"\x00<", "utf-16-be"),
    (b"<\x00", "utf-16-le"),
    (b"\x4c\x6f\xa7\x94", "cp037"),
)
_ROOT = re.compile(rb"<(?:[\w.-]{1,40}:)?(?:rss|rdf|feed|channel|item|entry)[\s>/]", re.IGNORECASE)
_OPML = re.compile(rb"<(?:opml|outline)[\s>]", re.IGNORECASE)
_HTML = re.compile(rb"\s*<(?:!doctype\s{1,20}html|html)[\s>]", re.IGNORECASE)
_DECLARED = re.compile(rb"""\A<\?xml[^<>]{0,200}?encoding\s*=\s*["']([\w.-]{1,40})["']""")


def as_ascii_like(body: bytes) -> bytes:
    """The document with its tags readable as ASCII: UTF-16, UTF-32 and EBCDIC become UTF-8, others stay as they are."""
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return body.decode(encoding, "replace").removeprefix("\ufeff").encode("utf-8", "replace")
    return body


def may_be_feed(body: bytes) -> bool:
    """Whether some element of a feed opens near the beginning."""
    return bool(_ROOT.search(as_ascii_like(body[:_LOOK])))


def is_html(body: bytes) -> bool:
    """Whether the document says that it is a web page."""
    start = body[:_LOOK].removeprefix(b"\xef\xbb\xbf").lstrip()
    while start.startswith(b"<!--"):
        start = start.partition(b"-->")[2].lstrip()
    return bool(_HTML.match(start))


def is_opml(body: bytes) -> bool:
    """Whether the document looks like a list of feeds."""
    return bool(_OPML.search(as_ascii_like(body[:_LOOK])))


def is_plain_xml(body: bytes) -> bool:
    """The cheap check of the fast parser: well-formed UTF-8 XML without DOCTYPE, hence no entities beyond XML's five."""
    body = body.removeprefix(b"\xef\xbb\xbf")
    declared = _DECLARED.match(body)
    if declared and declared[1].lower() not in (b"utf-8", b"utf8", b"us-ascii", b"ascii"):
        return False
    return b"xml:base" not in body and _is_utf8(body) and _is_well_formed(body)


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _is_well_formed(body: bytes) -> bool:
    reader = expat.ParserCreate("utf-8", namespace_separator=" ")
    doctypes: list[str] = []
    reader.StartDoctypeDeclHandler = lambda name, *_: doctypes.append(name)
    try:
        reader.Parse(body, True)
    except expat.ExpatError:
        return False
    return not doctypes
