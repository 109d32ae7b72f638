"""Addresses of pages in a text, with and without "https://" before them."""

from __future__ import annotations

import re

import regex

from colonnade.primitives.entities.hosts import end_of_host
from colonnade.primitives.entities.types import Entity

_RUN = regex.compile(r"[\p{Latin}0-9][\p{Latin}0-9._-]*+")
_SCHEME = re.compile(r"https?\Z", re.IGNORECASE)
_PORT = re.compile(r":[0-9]{1,5}(?![0-9])")
_WITHOUT_SPACES = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Bopomofo}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_TAIL = regex.compile(
    rf"(?:[[\p{{L}}\p{{M}}\p{{N}}]--[{_WITHOUT_SPACES}\uff00-\uffef]]|[!*';:=+,.$%#\[\]\-_\~@\|\&–()/?])++",
    flags=regex.VERSION1,
)
_BRACKETS = re.compile(r"[()\[\]]")
_CLOSES = {")": "(", "]": "["}
_NOT_LAST = ".,:;!?'*$%~|@&–"
_SHORT_SLUG = re.compile(r"/([A-Za-z0-9]+)")
_MAX_SHORT_SLUG = 40

_SIGNS = "@#$＠＃＄"
_BEFORE_BARE = _SIGNS + "/-_.+"


def urls(text: str) -> list[Entity]:
    """The addresses in `text`, in order: http and https anywhere, others where their host ends as hosts do.

    An address ends before a script that is written without spaces, before a bracket that it did not open, and before
    the punctuation of the sentence. A mail address is none. Linear in the length of the text.
    """
    if "." not in text:
        return []
    found: list[Entity] = []
    at = 0
    while run := _RUN.search(text, at):
        url = _with_scheme(text, run) if text.startswith("://", run.end()) else _bare(text, run)
        if url:
            found.append(url)
        at = url.end if url else run.end()
    return found


def _with_scheme(text: str, run: regex.Match[str]) -> Entity | None:
    scheme = _SCHEME.search(run.group())
    if not scheme:
        return None
    start = run.start() + scheme.start()
    before = text[start - 1 : start]
    if (before.isalnum() and before.isascii()) or before in tuple(_SIGNS):
        return None
    return _url(text, start, run.end() + len("://"))


def _bare(text: str, run: regex.Match[str]) -> Entity | None:
    before = text[run.start() - 1 : run.start()] if run.start() else ""
    if (
        "." not in run.group()
        or before in tuple(_BEFORE_BARE)
        or text[run.end() : run.end() + 1] in ("@", "+")
    ):
        return None
    return _url(text, run.start(), run.start(), bare=True)


def _url(text: str, start: int, host_at: int, *, bare: bool = False) -> Entity | None:
    host_end = end_of_host(text, host_at, has_scheme=not bare)
    if host_end is None:
        return None
    host = text[host_at:host_end].lower()
    port = _PORT.match(text, host_end)
    end = _end_of_tail(text, port.end() if port else host_end, host, opens="/?" if bare else "/?#")
    if end is None:
        return None
    written = text[start:end]
    return Entity("url", start, end, f"https://{written}" if bare else written, host=host, bare=bare)


def _end_of_tail(text: str, start: int, host: str, *, opens: str) -> int | None:
    """Where path, query and fragment end; None if the whole is no address after all."""
    tail = _TAIL.match(text, start)
    if not tail or text[start] not in opens:
        return start
    whole = tail.group()[: _balanced_length(tail.group())].rstrip(_NOT_LAST)
    if host == "t.co" and (slug := _SHORT_SLUG.match(whole)):
        if len(slug[1]) > _MAX_SHORT_SLUG:
            return None
        if whole[slug.end() : slug.end() + 1] != "?":
            whole = slug.group()
    return start + len(whole)


def _balanced_length(tail: str) -> int:
    """How far brackets are balanced: up to one that closes nothing, else up to the first that is never closed."""
    open_at: list[int] = []
    for bracket in _BRACKETS.finditer(tail):
        if bracket.group() not in _CLOSES:
            open_at.append(bracket.start())
        elif open_at and tail[open_at[-1]] == _CLOSES[bracket.group()]:
            open_at.pop()
        else:
            return min([bracket.start(), *open_at])
    return open_at[0] if open_at else len(tail)
