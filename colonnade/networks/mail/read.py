"""A message that came in, as a post. Tolerant of everything a mail program ever did; what is no message says why."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import msgspec

from colonnade.networks.base import Author, Media, Post, Refused, Unreadable
from colonnade.networks.mail.addresses import ascii_domain, uri_of
from colonnade.networks.mail.markup import html_without_quote, text_of_html
from colonnade.networks.mail.parts import Part, TooInvolved, leaves
from colonnade.networks.mail.quotes import without_quote
from colonnade.networks.mail.words import decoded, header_text
from colonnade.primitives.text import MAX_TEXT, bounded, is_blank

MOST_BYTES = 40 * 1024 * 1024
_MOST_WORDS = 1024 * 1024
_MOST_FILES = 100
_YEARS = range(1970, 2200)
_ID = re.compile(r"<\s*([^<>\s]{1,900})\s*>")
_IN_ANGLES = re.compile(r"<\s*([^<>]{1,320}?)\s*>")
_BARE = re.compile(r"([^\s<>,;:\"()@]{1,200}@[^\s<>,;:\"()@]{1,253})")
_LOCAL_ONLY = re.compile(r"\s*([^\s<>,;:\"()@]{1,200})\s*(?:\(|\Z)")
_COMMENT = re.compile(r"\(([^()]{0,200})\)")
_ANSWER = re.compile(r"\s*(re|aw|sv|antw|rif|odp|vs)\b\s*(\[\d+\])?\s*:", re.IGNORECASE)
_FORWARD = re.compile(r"\s*(fwd?|wg|tr|rv|i)\s*:", re.IGNORECASE)
_MBOX = re.compile(rb">?From (?!\s*:)")
_LANG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


class _Body(msgspec.Struct):
    """What the parts add up to. `told_of` is the message that a report is about."""

    texts: list[str]
    htmls: list[str]
    files: list[Media]
    told_of: str = ""
    room: int = _MOST_WORDS


def read_message(payload: bytes) -> tuple[Post | Unreadable]:
    """What the message says (RFC 5322). Never raises."""
    if not payload.strip():
        return (Unreadable(reason="It is empty."),)
    if len(payload) > MOST_BYTES:
        return (Unreadable(reason=f"It is larger than {MOST_BYTES} bytes."),)
    try:
        return (_post(payload),)
    except TooInvolved as error:
        return (Unreadable(reason=str(error)),)
    except Exception as error:
        # The library meets headers that nobody has met before; whatever that raises, the next message must come in.
        return (Unreadable(reason=f"It could not be understood: {type(error).__name__}: {error}"[:500]),)


def header_of(payload: bytes, name: str) -> str:
    """One header of a message as text, "" where it has none; the values of one that stands there several times, joined."""
    message = Part(payload, _start(payload), len(payload))
    return ", ".join(header_text(str(value), 4000) for value in message.headers.get_all(name, [])[:20])


def _post(payload: bytes) -> Post | Unreadable:
    message = Part(payload, _start(payload), len(payload))
    author = _author(message)
    if author is None:
        return Unreadable(reason="It is no mail, or names no sender.")
    uri = _uri(message, payload)
    body = _body(message, uri)
    title = _header(message, "subject", 1000)
    answered = _answered(message, body)
    text, html = "\n\n".join(body.texts).strip("\n"), "\n".join(body.htmls)
    if (answered or _ANSWER.match(title)) and not _FORWARD.match(title):
        text, html = without_quote(text), html_without_quote(html) if html else ""
    text = text if text.strip() else text_of_html(html)
    if is_blank(text) and is_blank(title) and not body.files:
        return Unreadable(reason="There is nothing in it.")
    return Post(
        uri=uri,
        author=author,
        text=bounded(text, MAX_TEXT)[0],
        html=html,
        title=title,
        published=_moment(_header(message, "date", 200)),
        reply_to=answered,
        lang=lang if _LANG.fullmatch(lang := _header(message, "content-language", 40)) else "",
        audience="restricted",
        media=tuple(body.files),
        tags=_tags(message),
    )


def _start(payload: bytes) -> int:
    """Where the message begins: after an mbox line, if there is one."""
    return payload.find(b"\n") + 1 if _MBOX.match(payload) else 0


def _header(message: Part, name: str, most: int = 4000) -> str:
    return header_text(str(message.headers.get(name) or ""), most)


def _author(message: Part) -> Author | None:
    for name in ("from", "sender", "reply-to", "return-path"):
        written = str(message.headers.get(name) or "")[:4000]
        address, shown = _who(written)
        if address:
            return Author(network="mail", address=address, name=bounded(shown, 200)[0])
    if message.type == "multipart/report":
        # A report may come from nobody, so that nobody can answer it.
        return Author(network="mail", address="mailer-daemon@nameless.invalid", name="Mail delivery")
    return None


def _who(written: str) -> tuple[str, str]:
    """Address and name in a From header, of the first if there are several."""
    if angles := _IN_ANGLES.search(written):
        name = header_text(written[: angles.start()])
        name = name.rpartition(",")[2] if "@" in name else name
        return _address(header_text(angles[1])), name.strip(" \"'")
    bare, comment = _BARE.search(written) or _LOCAL_ONLY.match(written), _COMMENT.search(written)
    return (_address(header_text(bare[1])) if bare else ""), (header_text(comment[1]) if comment else "")


def _address(written: str) -> str:
    """In small letters, since hardly any mail system tells Ana@ and ana@ apart, and people write both."""
    local, at, domain = written.lower().rpartition("@")
    if not at:
        return "" if is_blank(written) or " " in written else written.lower()
    try:
        return f"{local}@{ascii_domain(domain)}"
    except Refused:
        return f"{local}@{domain}"


def _uri(message: Part, payload: bytes) -> str:
    """The message's own id; one without gets a name made of its bytes, so that it is the same when it comes twice."""
    written = str(message.headers.get("message-id") or "")
    found = _ID.search(written)
    name = found[1] if found else written.strip() if re.fullmatch(r"\s*[^<>\s]{3,900}\s*", written) else ""
    return uri_of(header_text(name) or f"{hashlib.sha256(payload).hexdigest()[:40]}@nameless.invalid")


def _answered(message: Part, body: _Body) -> str:
    """The message answered: In-Reply-To, else the last of References, else what a report is about."""
    first = _ID.search(str(message.headers.get("in-reply-to") or "")[:4000])
    last = _ID.findall(str(message.headers.get("references") or "")[-4000:])
    name = first[1] if first else last[-1] if last else body.told_of
    return uri_of(header_text(name)) if name else ""


def _moment(written: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(written)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return moment if moment.year in _YEARS else None


def _tags(message: Part) -> tuple[str, ...]:
    """What a machine wrote says so: nobody should answer it by machine."""
    tags = []
    if message.type == "multipart/report" or _header(message, "return-path") == "<>":
        tags.append("bounce")
    automatic = _header(message, "auto-submitted", 100).lower()
    if (automatic and automatic != "no") or _header(message, "precedence", 100).lower() in (
        "bulk",
        "junk",
        "list",
    ):
        tags.append("automatic")
    return tuple(tags)


def _body(message: Part, uri: str) -> _Body:
    body = _Body(texts=[], htmls=[], files=[])
    for number, part in enumerate(leaves(message)):
        words = body.texts if part.type == "text/plain" else body.htmls if part.type == "text/html" else None
        if words is not None and not _is_file(part, first=not (body.texts or body.htmls)):
            told = decoded(part.content(body.room), part.parameter("charset"))
            body.room = max(0, body.room - len(told))
            words.append(told.replace("\r\n", "\n"))
            continue
        if part.type in ("message/rfc822", "text/rfc822-headers") and message.type == "multipart/report":
            inner = _ID.search(part.content(64 * 1024).decode("latin-1").partition("essage-I")[2][:1000])
            body.told_of = inner[1] if inner else ""
        if len(body.files) < _MOST_FILES and part.end > part.start:
            body.files.append(_file(part, uri, number))
    return body


def _is_file(part: Part, *, first: bool) -> bool:
    """Whether a part of text is a file: it says so, or it has a name and comes after the words."""
    return part.disposition == "attachment" or (bool(_name(part)) and not first)


def _file(part: Part, uri: str, number: int) -> Media:
    """The attachment as it can be told without its bytes: those stay in the raw message."""
    content_id = _ID.search(str(part.headers.get("content-id") or ""))
    return Media(
        url=f"{uri}/{uri_of(header_text(content_id[1])).removeprefix('mid:') if content_id else f'part-{number}'}",
        media_type=header_text(part.type, 100),
        size=part.size(),
        description=_name(part),
    )


def _name(part: Part) -> str:
    written = part.parameter("filename", "content-disposition") or part.parameter("name")
    return bounded(header_text(written), 200)[0]
