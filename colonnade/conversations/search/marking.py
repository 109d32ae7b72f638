"""Where the words that were looked for stand in a text: for marking them. Pure functions over plain text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import regex

from colonnade.primitives import text as texts

Phrase: TypeAlias = tuple[str, ...]
"""One or more folded words that stand side by side."""

_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_ASCII_WORD = re.compile(r"[a-z0-9]+")
_BEFORE = 60


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text; `found` where it is what was looked for. The pieces together are the text."""

    text: str
    found: bool = False


def phrases_of(why: Iterable[str]) -> list[Phrase]:
    """Phrases as a mention keeps them, parted into words."""
    return [phrase for phrase in (tuple(texts.words(one)) for one in why) if phrase]


def pieces(text: str, phrases: Iterable[Phrase]) -> list[Piece]:
    """The text in stretches, those marked that hold one of the phrases; phrases that touch become one stretch."""
    found: list[Piece] = []
    done = 0
    for start, end in _places(text, phrases):
        if start > done:
            found.append(Piece(text[done:start]))
        found.append(Piece(text[start:end], found=True))
        done = end
    return [*found, Piece(text[done:])] if done < len(text) else found


def excerpt(text: str, phrases: Iterable[Phrase], most: int = 280) -> list[Piece]:
    """One line of at most about `most` letters around the first place that was found, cut between words."""
    wanted = list(phrases)
    line = " ".join(text.split())
    return pieces(_around(line, next(iter(_places(line, wanted)), (0, 0))[0], most)[0], wanted)


def excerpt_at(line: str, found: Iterable[tuple[int, int]], most: int = 280) -> list[Piece]:
    """As `excerpt`, of a line in which it is known from where to where stands what was found."""
    places = _joined(found)
    shown, shift = _around(line, places[0][0] if places else 0, most)
    end = len(shown) - (1 if shown.endswith("…") and len(shown) - shift < len(line) else 0)
    made, done = [], 0
    for start, stop in ((max(a + shift, 0), min(b + shift, end)) for a, b in places):
        if start >= stop:
            continue
        made += [Piece(shown[done:start])] if start > done else []
        made.append(Piece(shown[start:stop], found=True))
        done = stop
    return [*made, Piece(shown[done:])] if done < len(shown) else made


def _around(line: str, first: int, most: int) -> tuple[str, int]:
    """What is shown of a line around the letter `first`, and by how much its letters stand further right there."""
    start = max(first - _BEFORE, 0) if len(line) > most else 0
    if start:
        space = line.find(" ", start, first)
        start = space + 1 if space >= 0 else first
    before = "… " if start else ""
    return before + texts.excerpt(line[start:], most), len(before) - start


def _joined(found: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Stretches in order, those that touch made one."""
    made: list[tuple[int, int]] = []
    for start, end in sorted(one for one in found if one[0] < one[1]):
        if made and start <= made[-1][1]:
            made[-1] = (made[-1][0], max(end, made[-1][1]))
        else:
            made.append((start, end))
    return made


def _places(text: str, phrases: Iterable[Phrase]) -> list[tuple[int, int]]:
    """From where to where the phrases stand, in order, none within another."""
    by_first: dict[str, list[Phrase]] = {}
    for phrase in phrases:
        by_first.setdefault(phrase[0], []).append(phrase)
    spans, words = _words(text)
    if by_first.keys().isdisjoint(words):
        return []
    found: list[tuple[int, int]] = []
    for at, word in enumerate(words):
        length = _longest(by_first.get(word, ()), words, at)
        if not length:
            continue
        start, end = spans[at][0], spans[at + length - 1][1]
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def _words(text: str) -> tuple[list[tuple[int, int]], list[str]]:
    """The words, folded, and from where to where each stands. In ASCII, as most texts are, each run is one word and only
    its case is folded."""
    if text.isascii():
        runs = list(_ASCII_WORD.finditer(text.lower()))
        return [one.span() for one in runs], [one.group() for one in runs]
    parted = [(one.span(), word) for one in _WORD.finditer(text) for word in texts.words(one.group())]
    return [span for span, _ in parted], [word for _, word in parted]


def _longest(phrases: Iterable[Phrase], words: Sequence[str], at: int) -> int:
    """How many words from `at` on are one of these phrases; 0 where none begins there."""
    fits = (len(one) for one in phrases if tuple(words[at : at + len(one)]) == one)
    return max(fits, default=0)
