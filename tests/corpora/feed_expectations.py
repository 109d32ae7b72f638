"""What feedparser's own test feeds expect, put as questions to any parser's result.

Each case is a file with a comment "Expect: <Python expression>" over the names `feed`, `entries`, `bozo` and so on.
The one evaluator here asks the same expression of two results: feedparser's own, and a view of *our* `Feed`, built
value by value from what we keep.
"""

from __future__ import annotations

import ast
import datetime
import re
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import msgspec

from colonnade.networks.feeds.parsed import Entry, Feed, Moment, Person, Words

SERVED_AT = "http://127.0.0.1:8097/tests/"
_EXPECT = re.compile(r"Expect:\s*(.*?)\s*(?:-->|$)", re.MULTILINE)
_HEADER = re.compile(r"^Header:\s+([^:\r\n]+):(.*?)\s*$", re.MULTILINE)

# a name in an expectation -> the field of ours that it asks for
FEED_FIELDS = {
    "title": "feed title",
    "title_detail": "feed title",
    "subtitle": "feed subtitle",
    "subtitle_detail": "feed subtitle",
    "tagline": "feed subtitle",
    "tagline_detail": "feed subtitle",
    "description": "feed subtitle",
    "link": "feed link",
    "id": "feed id",
    "guid": "feed id",
    "language": "feed language",
    "author": "feed author",
    "author_detail": "feed author",
    "authors": "feed author",
    "published": "feed published",
    "published_parsed": "feed published",
    "updated": "feed updated",
    "updated_parsed": "feed updated",
    "modified": "feed updated",
    "modified_parsed": "feed updated",
    "image": "feed image",
    "newlocation": "feed moved to",
}
ENTRY_FIELDS = {
    "title": "title",
    "title_detail": "title",
    "link": "link",
    "id": "id",
    "guid": "id",
    "guidislink": "id",
    "author": "author",
    "author_detail": "author",
    "authors": "author",
    "summary": "summary",
    "summary_detail": "summary",
    "description": "summary",
    "content": "content",
    "published": "published",
    "published_parsed": "published",
    "issued": "published",
    "issued_parsed": "published",
    "updated": "updated",
    "updated_parsed": "updated",
    "modified": "updated",
    "modified_parsed": "updated",
    "created": "created",
    "created_parsed": "created",
    "enclosures": "enclosures",
    "tags": "tags",
    "category": "tags",
    "language": "language",
    "thr_in-reply-to": "reply to",
}
KEPT_DETAILS = {"value", "type", "language", "name", "email", "url", "href", "length", "term", "ref"}


class Case(msgspec.Struct, frozen=True):
    """One file: its document, the headers it comes with, its address, and the expression ("" where there is none)."""

    name: str
    body: bytes
    headers: dict[str, str]
    url: str
    expect: str


def load(path: Path, root: Path) -> Case:
    """Read one case; a document in UTF-16 or UTF-32 has its comment in that encoding."""
    body = path.read_bytes()
    text = _decoded(body)
    url = urljoin(SERVED_AT, path.relative_to(root).as_posix())
    headers = {name.strip().lower(): value.strip() for name, value in _HEADER.findall(text)}
    found = _EXPECT.search(text)
    expression = found[1].replace('\\"', '"') if found else ""
    return Case(path.relative_to(root).as_posix(), body, headers, url, expression.removesuffix('",').strip())


def fields_of(expression: str) -> set[str]:
    """The fields that an expression asks for: names of ours, or "-" for one that we don't keep."""
    fields: set[str] = set()
    for node in ast.walk(ast.parse(expression, mode="eval")):
        chain = _chain(node)
        if chain[:1] == ["feed"] and len(chain) > 1:
            fields.add(_field(FEED_FIELDS, chain[1:]))
        elif chain[:1] == ["entries"] and len(chain) > 2:
            fields.add(_field(ENTRY_FIELDS, chain[2:]))
        elif isinstance(node, ast.Name) and node.id not in (
            "feed",
            "entries",
            "bozo",
            "len",
            "ord",
            "datetime",
        ):
            fields.add("-")
    return {"-"} if "-" in fields else fields


def _field(known: dict[str, str], chain: list[Any]) -> str:
    details = [part for part in chain[1:] if isinstance(part, str)]
    return known.get(str(chain[0]), "-") if KEPT_DETAILS.issuperset(details) else "-"


def _chain(node: ast.AST) -> list[Any]:
    """`entries[0]['content'][0]` as ["entries", 0, "content", 0]; [] for anything else."""
    match node:
        case ast.Name(id=name):
            return [name]
        case ast.Subscript(value=value, slice=ast.Constant(value=key)):
            before = _chain(value)
            return [*before, key] if before else []
        case ast.Attribute(value=value, attr=name):
            before = _chain(value)
            return [*before, name] if before else []
    return []


def holds(expression: str, names: dict[str, Any]) -> bool:
    """Whether the expectation holds of these names; one that cannot be evaluated does not hold."""
    safe = {"len": len, "ord": ord, "isinstance": isinstance, "datetime": datetime}
    try:
        return bool(eval(expression, {"__builtins__": safe, **names}))
    except Exception:
        return False


class View(dict[str, Any]):
    """A dictionary whose values are attributes as well, as the expectations want."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


def names_of(feed: Feed) -> dict[str, Any]:
    """Our values under the names that the expectations use."""
    head = View(link=feed.link, id=feed.id, guid=feed.id, language=feed.language, newlocation=feed.moved_to)
    _put_words(head, ("title",), feed.title)
    _put_words(head, ("subtitle", "tagline", "description"), feed.subtitle)
    _put_people(head, feed.authors)
    _put_moment(head, ("published",), feed.published)
    _put_moment(head, ("updated", "modified"), feed.updated)
    if feed.image:
        head["image"] = View(href=feed.image, url=feed.image)
    return {"feed": head, "entries": [_entry(each) for each in feed.entries], "bozo": not feed.sound}


def _entry(entry: Entry) -> View:
    view = View(
        link=entry.link, id=entry.id, guid=entry.id, guidislink=entry.id_is_link, language=entry.language
    )
    _put_words(view, ("title",), entry.title)
    _put_words(view, ("summary", "description"), entry.summary)
    if entry.contents:
        view["content"] = [_words(words) for words in entry.contents]
        if entry.summary is None:
            _put_words(view, ("summary", "description"), entry.contents[0])
    _put_people(view, entry.authors)
    _put_moment(view, ("published", "issued"), entry.published)
    _put_moment(view, ("updated", "modified"), entry.updated)
    _put_moment(view, ("created",), entry.created)
    view["enclosures"] = [
        View(href=file.url, type=file.type, length=str(file.size)) for file in entry.enclosures
    ]
    view["tags"] = [View(term=tag) for tag in entry.tags]
    if entry.tags:
        view["category"] = entry.tags[0]
    if entry.reply_to:
        view["thr_in-reply-to"] = View(ref=entry.reply_to)
    return view


def _put_words(view: View, names: tuple[str, ...], words: Words | None) -> None:
    for name in names if words else ():
        view[name], view[f"{name}_detail"] = words.value, _words(words)


def _words(words: Words) -> View:
    return View(value=words.value, type=words.type, language=words.language or None)


def _put_people(view: View, people: tuple[Person, ...]) -> None:
    view["authors"] = [_person(person) for person in people]
    if people:
        view["author_detail"] = _person(people[0])
        name, mail = people[0].name, people[0].mail
        view["author"] = f"{name} ({mail})" if name and mail else name or mail


def _person(person: Person) -> View:
    told = {"name": person.name, "email": person.mail, "href": person.url, "url": person.url}
    return View({key: value for key, value in told.items() if value})


def _put_moment(view: View, names: tuple[str, ...], moment: Moment | None) -> None:
    for name in names if moment else ():
        view[name] = moment.written
        view[f"{name}_parsed"] = moment.at.utctimetuple() if moment.at else None


def _decoded(body: bytes) -> str:
    for mark, encoding in (
        (b"\x00\x00\xfe\xff", "utf-32"),
        (b"\xff\xfe\x00\x00", "utf-32"),
        (b"\xfe\xff", "utf-16"),
        (b"\xff\xfe", "utf-16"),
        (b"\x00\x00\x00<", "utf-32-be"),
        (b"<\x00\x00\x00", "utf-32-le"),
        (b"\x00<", "utf-16-be"),
        (b"<\x00", "utf-16-le"),
        (b"\x4c\x6f\xa7\x94", "cp037"),
    ):
        if body.startswith(mark):
            return body.decode(encoding, "replace")
    return body.decode("utf-8", "replace")
