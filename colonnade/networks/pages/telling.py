"""A difference in plain words, in the language of the page where we have it, else in English."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from html import escape
from typing import TypeVar

import msgspec

from colonnade.networks.pages.difference import Changed, Difference
from colonnade.primitives.text import excerpt

_MOST_LINES = 20
_LONGEST = 400
_BESIDE = 8
_FIRST_LINES = 5
_ANEW = 0.8


class _Words(msgspec.Struct, frozen=True):
    title: str
    added: str
    removed: str
    changed: str
    before: str
    now: str
    anew: str
    more: str


_ENGLISH = _Words(
    title="{page} changed",
    added="New on the page:",
    removed="Taken away:",
    changed="Changed:",
    before="before: {words}",
    now="now: {words}",
    anew="Nearly all of the page reads otherwise now. It begins:",
    more="and {number} more",
)
_GERMAN = _Words(
    title="{page} wurde geändert",
    added="Neu auf der Seite:",
    removed="Weggenommen:",
    changed="Geändert:",
    before="vorher: {words}",
    now="jetzt: {words}",
    anew="Fast die ganze Seite lautet jetzt anders. Sie beginnt so:",
    more="und {number} weitere",
)


class Told(msgspec.Struct, frozen=True):
    """What a post says: title, plain text, and the same as HTML."""

    title: str
    text: str
    html: str


def told(
    difference: Difference, before: Sequence[str], now: Sequence[str], *, page: str, lang: str = ""
) -> Told:
    """The post about a difference between two readings of a page that is called `page`."""
    words = _GERMAN if lang.lower().split("-")[0] == "de" else _ENGLISH
    text: list[str] = []
    markup: list[str] = []
    for heading, items in _sections(difference, before, now, words):
        text.append("\n".join((heading, *(f"• {item[0]}" for item in items))))
        markup.append(
            f"<p><b>{escape(heading)}</b></p><ul>{''.join(f'<li>{item[1]}</li>' for item in items)}</ul>"
        )
    return Told(words.title.format(page=page), "\n\n".join(text), "".join(markup))


_Item = tuple[str, str]
Thing = TypeVar("Thing")


def _sections(
    difference: Difference, before: Sequence[str], now: Sequence[str], words: _Words
) -> Iterator[tuple[str, list[_Item]]]:
    """Heading and items (plain, marked up) of each part that has any."""
    if _is_anew(difference, before, now):
        yield words.anew, [_plain(line) for line in now[:_FIRST_LINES]]
        return
    if difference.added:
        yield words.added, _few(difference.added, _inserted, words)
    if difference.changed:
        yield words.changed, _few(difference.changed, lambda pair: _pair(pair, words), words)
    if difference.removed:
        yield words.removed, _few(difference.removed, _deleted, words)


def _is_anew(difference: Difference, before: Sequence[str], now: Sequence[str]) -> bool:
    return (
        min(len(before), len(now)) > _FIRST_LINES
        and len(difference.added) >= _ANEW * len(now)
        and len(difference.removed) >= _ANEW * len(before)
    )


def _few(things: Sequence[Thing], item: Callable[[Thing], _Item], words: _Words) -> list[_Item]:
    shown = [item(one) for one in things[:_MOST_LINES]]
    if len(things) > _MOST_LINES:
        shown.append(_plain(words.more.format(number=len(things) - _MOST_LINES)))
    return shown


def _plain(line: str) -> _Item:
    short = excerpt(line, _LONGEST)
    return short, escape(short)


def _inserted(line: str) -> _Item:
    short = excerpt(line, _LONGEST)
    return short, f"<ins>{escape(short)}</ins>"


def _deleted(line: str) -> _Item:
    short = excerpt(line, _LONGEST)
    return short, f"<del>{escape(short)}</del>"


def _pair(pair: Changed, words: _Words) -> _Item:
    """Both readings of a line, each cut to what is different and a few words round it."""
    before, now = _apart(pair)
    lines = (words.now.format(words=now), words.before.format(words=before))
    return " — ".join(lines), "<br>".join(map(escape, lines))


def _apart(pair: Changed) -> tuple[str, str]:
    old, new = pair.before.split(), pair.now.split()
    same = min(len(old), len(new))
    first = next((at for at in range(same) if old[at] != new[at]), same)
    last = next((at for at in range(same - first) if old[-1 - at] != new[-1 - at]), same - first)
    return _stretch(old, first, last), _stretch(new, first, last)


def _stretch(words: list[str], first: int, last: int) -> str:
    start, end = max(0, first - _BESIDE), min(len(words), len(words) - last + _BESIDE)
    line = " ".join(words[start:end])
    return excerpt(f"{'… ' if start else ''}{line}{' …' if end < len(words) else ''}", _LONGEST)
