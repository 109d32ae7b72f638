"""Lists of feeds as OPML 1 and 2, read forgivingly and written strictly."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from email.utils import format_datetime
from html.entities import html5
from typing import Any

import msgspec
from lxml import etree

from colonnade.networks.feeds.sniff import as_ascii_like
from colonnade.primitives.clock import now
from colonnade.primitives.text import bounded

LARGEST = 8 * 1024 * 1024
MOST_OUTLINES = 20_000
_DEEPEST_FOLDER = 20
_LONGEST_TEXT = 500
_LONGEST_URL = 2000
_MOST_PROBLEMS = 50
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_WEB = re.compile(r"(?:https?|feed)://[^\s<>\"]+", re.IGNORECASE)
_AMPERSAND = re.compile(rb"&(#\d{1,7};|#x[0-9A-Fa-f]{1,6};|[A-Za-z][A-Za-z0-9]{1,30};)?")
_XMLS_OWN = (b"amp;", b"lt;", b"gt;", b"quot;", b"apos;")
_OUTLINE = re.compile(
    rb"<outline\b((?:(?!<outline\b|</outline\b|</body\b|</opml\b|<!--).)*?)>(?=\s*(?:<outline\b|</outline\b|</body\b|</opml\b|<!--|\Z))",
    re.DOTALL | re.IGNORECASE,
)
_ATTRIBUTE = re.compile(
    rb"\s(text|title|description|type|xmlUrl|htmlUrl|url|language|version|category|created)\s{0,20}=\s{0,20}\"",
    re.IGNORECASE,
)
_DOCTYPE = re.compile(rb"<!DOCTYPE[^\[>]{0,1000}(?:\[.{0,30000}?\]\s{0,100})?>", re.DOTALL | re.IGNORECASE)
_LOOK = 64 * 1024


class Outline(msgspec.Struct, frozen=True, kw_only=True):
    """One feed of a list: its address, its title (the address where it has none), its page, its folders from the outside in."""

    feed_url: str
    title: str = ""
    page_url: str = ""
    folder: tuple[str, ...] = ()


class Outlines(msgspec.Struct, frozen=True, kw_only=True):
    """What a list holds. `problems` are sentences: what was mended, what was left out."""

    outlines: tuple[Outline, ...] = ()
    title: str = ""
    problems: tuple[str, ...] = ()


def read(body: bytes) -> Outlines:
    """The feeds in an OPML document. Never raises: a document that is none gives no outlines and says why.

    Files in the wild have bare ampersands, missing end tags and wrong encodings; what can be read is read.
    """
    if len(body) > LARGEST:
        return Outlines(problems=(f"The file has {len(body)} bytes; at most {LARGEST} are read.",))
    problems: list[str] = []
    root = _root(body, problems)
    if root is None:
        return Outlines(problems=("This is not an OPML file.",))
    found = tuple(_feeds(root, problems))
    if not found and not problems:
        problems.append("The file names no feed.")
    title = root.findtext("head/title") if root.tag == "opml" else None
    return Outlines(outlines=found, title=_text(title or ""), problems=tuple(problems[:_MOST_PROBLEMS]))


def _root(body: bytes, problems: list[str]) -> Any:
    """The document's tree; strictly if it can be, else mended. Entities are never expanded, nothing is fetched."""
    body = _without_doctype(as_ascii_like(body).strip(b"\0 \t\r\n"))
    escaped = _AMPERSAND.sub(_escaped, body)
    requoted = _requoted(escaped)
    for mended, recover in ((body, False), (escaped, False), (requoted, False), (requoted, True)):
        parser = etree.XMLParser(recover=recover, resolve_entities=False, no_network=True, load_dtd=False)
        try:
            root = etree.fromstring(_declared(mended, recover=recover), parser)
        except (etree.XMLSyntaxError, ValueError):
            continue
        if root is None:
            continue
        if recover:
            lines = sorted({error.line for error in parser.error_log})[:5]
            problems.append(
                f"The file is not well-formed (line {', '.join(map(str, lines))}); it was mended."
            )
        elif mended != body:
            problems.append("The file has ampersands, quotes or tags that are not escaped; they were mended.")
        return root if root.tag == "opml" or next(root.iter("outline"), None) is not None else None
    return None


def _without_doctype(body: bytes) -> bytes:
    at = body[:_LOOK].upper().find(b"<!DOCTYPE")
    found = _DOCTYPE.match(body, at) if at >= 0 else None
    return body[:at] + body[found.end() :] if found else body


def _escaped(found: re.Match[bytes]) -> bytes:
    """XML's own references stay, HTML's become numbers, a bare ampersand becomes a written one."""
    name = found[1] or b""
    if name.startswith(b"#") or name in _XMLS_OWN:
        return found[0]
    letters = html5.get(name.decode("ascii"), "")
    return "".join(f"&#{ord(letter)};" for letter in letters).encode() or b"&amp;" + name


def _requoted(body: bytes) -> bytes:
    """Quotes and tags inside the values of outlines written as references.

    A value goes on to the last quote before the next attribute that outlines are known to have, or before the tag's
    end; what looks like an attribute a second time belongs to the value around it.
    """
    pieces: list[bytes] = []
    at = 0
    for tag in _OUTLINE.finditer(body):
        names, seen = [], set()
        for name in _ATTRIBUTE.finditer(tag[1]):
            if name[1].lower() not in seen:
                seen.add(name[1].lower())
                names.append(name)
        if not names:
            continue
        pieces.append(body[at : tag.start(1)])
        ends = [*(name.start() for name in names[1:]), len(tag[1])]
        for name, end in zip(names, ends, strict=True):
            value = tag[1][name.end() : end].rstrip().removesuffix(b"/").rstrip().removesuffix(b'"')
            value = value.replace(b"<", b"&lt;").replace(b">", b"&gt;").replace(b'"', b"&quot;")
            pieces.append(b' %s="%s"' % (name[1], value))
        pieces.append(b"/" if tag[1].rstrip().endswith(b"/") else b"")
        at = tag.end(1)
    pieces.append(body[at:])
    return b"".join(pieces)


def _declared(body: bytes, *, recover: bool) -> bytes:
    """Without a declared encoding that isn't true: libxml2 would stop at the first byte that breaks it."""
    without = re.sub(rb"\A(?:\xef\xbb\xbf)?\s*<\?xml[^<>]*\?>", b"", body)
    if not recover:
        return body
    return without.decode("utf-8", "replace").encode("utf-8")


def _feeds(root: Any, problems: list[str]) -> Iterator[Outline]:
    """A walk without recursion; the parser has bounded the depth."""
    seen: set[tuple[str, tuple[str, ...]]] = set()
    left_out = 0
    stack: list[tuple[Any, tuple[str, ...]]] = [(root, ())]
    while stack:
        node, folder = stack.pop()
        name = _text(_attribute(node, "text") or _attribute(node, "title"))
        url = _attribute(node, "xmlUrl").strip()
        if node.tag == "outline" and url:
            outline = _outline(node, url, name, folder)
            if outline is None:
                problems.append(f"{name or 'An entry'} has no address that could be a feed's.")
            elif (outline.feed_url, folder) not in seen:
                if len(seen) < MOST_OUTLINES:
                    seen.add((outline.feed_url, folder))
                    yield outline
                else:
                    left_out += 1
        is_folder = node.tag == "outline" and not url and name and len(folder) < _DEEPEST_FOLDER
        inside = (*folder, name) if is_folder else folder
        stack.extend((child, inside) for child in reversed(node) if isinstance(child.tag, str))
    if left_out:
        problems.append(f"{left_out} feeds beyond the first {MOST_OUTLINES} were left out.")


def _outline(node: Any, url: str, name: str, folder: tuple[str, ...]) -> Outline | None:
    if not _WEB.fullmatch(url) or len(url) > _LONGEST_URL:
        return None
    page = _attribute(node, "htmlUrl").strip()
    page = page if _WEB.fullmatch(page) and len(page) <= _LONGEST_URL else ""
    title = _text(_attribute(node, "title")) or name or _text(url)
    url = re.sub(r"\Afeed://", "https://", url, flags=re.IGNORECASE)
    return Outline(feed_url=url, title=title, page_url=page, folder=folder)


def _attribute(node: Any, name: str) -> str:
    """By its name in any case: writers disagree about xmlUrl, xmlURL and xmlurl."""
    value = node.get(name)
    if value is None:
        value = next((value for key, value in node.attrib.items() if key.lower() == name.lower()), "")
    return str(value)


def _text(text: str) -> str:
    return bounded(" ".join(_NOT_XML.sub("", text).split()), _LONGEST_TEXT)[0]


def write(outlines: Iterable[Outline], title: str = "") -> bytes:
    """An OPML 2.0 document with these feeds in their folders: what `read` gives back."""
    root = etree.Element("opml", version="2.0")
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = _text(title)
    etree.SubElement(head, "dateCreated").text = format_datetime(now(), usegmt=True)
    body = etree.SubElement(root, "body")
    folders: dict[tuple[str, ...], Any] = {(): body}
    for outline in outlines:
        name = _text(outline.title) or outline.feed_url
        attributes = {"type": "rss", "text": name, "title": name, "xmlUrl": outline.feed_url}
        if outline.page_url:
            attributes["htmlUrl"] = outline.page_url
        etree.SubElement(_folder(folders, outline.folder), "outline", attributes)
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return written


def _folder(folders: dict[tuple[str, ...], Any], path: tuple[str, ...]) -> Any:
    names = tuple(filter(None, map(_text, path)))[:_DEEPEST_FOLDER]
    for length in range(1, len(names) + 1):
        here = names[:length]
        if here not in folders:
            folders[here] = etree.SubElement(folders[here[:-1]], "outline", text=here[-1])
    return folders[names]
