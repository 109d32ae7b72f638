"""Who is spoken to or of: `@name`, `@name@server`, `@name/list`."""

from __future__ import annotations

import regex

from colonnade.primitives.entities.hosts import end_of_host
from colonnade.primitives.entities.types import Dialect, Entity

_BEFORE = r"(?:(?<![A-Za-z0-9_!#$%&*@＠])|(?<=(?:\A|[^A-Za-z0-9_+~.-])[rR][tT]:?))"
_NAME_INSIDE = r"[A-Za-z0-9_]++(?:[.-]++[A-Za-z0-9_]++)*+"
_SIGN = {
    Dialect.TWITTER: regex.compile(
        rf"{_BEFORE}[@＠]([A-Za-z0-9_]{{1,20}}+)(?:/([A-Za-z][A-Za-z0-9_-]{{0,24}}+))?"
    ),
    Dialect.FEDIVERSE: regex.compile(rf"{_BEFORE}(?<![\p{{Latin}}/=])[@＠]({_NAME_INSIDE})"),
    Dialect.ATPROTO: regex.compile(rf"{_BEFORE}(?<![\p{{Latin}}/=])[@＠]({_NAME_INSIDE})"),
}
_NOT_AFTER = regex.compile(r"[@＠]|://|\p{M}|[\p{Latin}--[A-Za-z]]", flags=regex.VERSION1)
_REPLY = regex.compile(r"\s*+(?=[@＠])")
_MAX_NAME = 253


def mentions(text: str, dialect: Dialect = Dialect.FEDIVERSE) -> list[Entity]:
    """The mentions in `text`, in order, by the habits of `dialect`. Whether anybody has the name is another matter."""
    if "@" not in text and "＠" not in text:
        return []
    found: list[Entity] = []
    at = 0
    while sign := _SIGN[dialect].search(text, at):
        mention = _mention(text, sign, dialect)
        if mention:
            found.append(mention)
        at = mention.end if mention else sign.end()
    return found


def replied_to(text: str, dialect: Dialect = Dialect.TWITTER) -> Entity | None:
    """The mention with which a text begins, white space apart: whom it answers by the old habit. None if it does not."""
    lead = _REPLY.match(text)
    sign = _SIGN[dialect].match(text, lead.end()) if lead else None
    return _mention(text, sign, dialect) if sign else None


def _mention(text: str, sign: regex.Match[str], dialect: Dialect) -> Entity | None:
    name, end, host, slug = sign[1], sign.end(), "", ""
    if len(name) > _MAX_NAME:
        return None
    if dialect is Dialect.TWITTER:
        slug = sign[2] or ""
    elif dialect is Dialect.ATPROTO:
        if end_of_host(name, 0, has_scheme=False) != len(name):
            return None
        name = name.lower()
    elif text[end : end + 1] in ("@", "＠"):
        host_end = end_of_host(text, end + 1, has_scheme=True)
        if host_end is None:
            return None
        host, end = text[end + 1 : host_end].lower(), host_end
    if _NOT_AFTER.match(text, end):
        return None
    return Entity("mention", sign.start(), end, name, host=host, slug=slug)
