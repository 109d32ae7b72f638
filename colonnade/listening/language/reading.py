"""A post as the language reads it: its words with their places, its tags, handles, emoji."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, TypeAlias

import msgspec
import regex

from colonnade.primitives import text as texts

Span: TypeAlias = tuple[int, int]
"""From the first word to the last one, both included, by their numbers in a post."""

FIELD_GAP = 1_000_000
"""Title and body lie so many words apart: nothing is near across them."""

_TAG = regex.compile(r"(?<![\p{L}\p{M}\p{N}_&/])[#＃]([\p{L}\p{M}\p{N}_]+)")
_HANDLE = regex.compile(
    r"(?<![\p{L}\p{M}\p{N}_@/.\-])@([\p{L}\p{N}_](?:[\p{L}\p{M}\p{N}_.\-]*[\p{L}\p{M}\p{N}_])?(?:@[\w\-]+(?:\.[\w\-]+)+(?<!-))?)"
)
_CASH = regex.compile(r"(?<![\p{L}\p{M}\p{N}_$])\$(\p{L}[\p{L}\p{N}_]*(?:\.[\p{L}\p{N}_]+)?)")
_PICTURE = regex.compile(r"[\p{Extended_Pictographic}\p{Regional_Indicator}\u20e3]")
_NO_EMOJI = frozenset("©®™‼⁉ℹ")
_TONES_AND_STYLES = regex.compile("[\U0001f3fb-\U0001f3ff\ufe0e\ufe0f]")
_STYLES = regex.compile("[\ufe0e\ufe0f]")
_SEGMENT = regex.compile(r"(?:\A|\s)?\S+")


class Heard(msgspec.Struct, frozen=True, gc=False):
    """A post as it is compared with queries. Only `text` is always there; what a network does not tell stays empty.

    `author`, `to` and `mentions` are handles ("ana", "ana@example.org"), `name` the author's name on show, `url` where the
    post itself stands, `at` milliseconds since 1970, `flags` of "media", "reply", "boost", "quote", "ours".
    """

    text: str
    title: str = ""
    author: str = ""
    name: str = ""
    to: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    url: str = ""
    lang: str = ""
    network: str = ""
    place: str = ""
    source: str = ""
    followers: int | None = None
    likes: int | None = None
    boosts: int | None = None
    replies: int | None = None
    at: int | None = None
    flags: frozenset[str] = frozenset()


class Letters(NamedTuple):
    """From which letter to which something stands in the text, or in the title."""

    start: int
    end: int
    in_title: bool = False


BESIDE = Letters(0, 0)
"""What a post has without saying so in its text."""


@dataclass(frozen=True, slots=True)
class Word:
    """A folded word, and from where to where it stands in the text as written."""

    folded: str
    start: int
    end: int


def located(text: str) -> list[Word]:
    """The words of a text in order, exactly those of `texts.words`, with where each stands in it.

    Folding may join or part letters ("ﬁ", "½"); then all words of a stretch without white space stand where it does.
    """
    found: list[Word] = []
    for segment in _SEGMENT.finditer(text):
        raw = segment.group()
        folded = texts.words(raw)
        runs = [run.span() for run in texts.runs(raw)]
        if len(runs) == len(folded):
            found += [
                Word(word, segment.start() + a, segment.start() + b)
                for word, (a, b) in zip(folded, runs, strict=True)
            ]
        else:
            start = segment.start() + len(raw) - len(raw.lstrip())
            found += [Word(word, start, segment.end()) for word in folded]
    return found


def emoji(text: str) -> Iterator[tuple[str, int, int]]:
    """The emoji of a text, without the mark of their style, with where each stands."""
    if text.isascii():
        return
    at = 0
    for letter in texts.graphemes(text):
        if _PICTURE.search(letter) and letter not in _NO_EMOJI:
            yield _STYLES.sub("", letter), at, at + len(letter)
        at += len(letter)


def toneless(picture: str) -> str:
    """An emoji without the tone of its skin."""
    return _TONES_AND_STYLES.sub("", picture)


class Reading:
    """A post with what was found out about it so far: each kind of thing is looked for when first asked."""

    def __init__(self, post: Heard) -> None:
        self.post = post

    @cached_property
    def title(self) -> list[Word]:
        """The words of the title."""
        return located(self.post.title) if self.post.title else []

    @cached_property
    def body(self) -> list[Word]:
        """The words of the text."""
        return located(self.post.text)

    @cached_property
    def places(self) -> dict[str, list[int]]:
        """Where each word stands, by its number; those of the text lie behind a gap that nothing is near across."""
        found: dict[str, list[int]] = {}
        for number, word in enumerate(self.title):
            found.setdefault(word.folded, []).append(number)
        for number, word in enumerate(self.body, FIELD_GAP):
            found.setdefault(word.folded, []).append(number)
        return found

    def word(self, number: int) -> Word | None:
        """The word with this number, None where there is none."""
        words, at = (self.body, number - FIELD_GAP) if number >= FIELD_GAP // 2 else (self.title, number)
        return words[at] if 0 <= at < len(words) else None

    @cached_property
    def signs(self) -> dict[str, list[Letters]]:
        """Tags, handles, cash tags and emoji, each with its sign, folded, and where it stands; BESIDE for what only the
        network tells."""
        found: dict[str, list[Letters]] = {}
        for text, in_title in ((self.post.title, True), (self.post.text, False)):
            for sign, start, end in _signs(text):
                _note(found, sign, Letters(start, end, in_title))
        for tag in self.post.tags:
            _note(found, "#" + texts.fold(tag.lstrip("#＃")), BESIDE)
        for handle in self.post.mentions:
            _note(found, "@" + texts.fold(handle.lstrip("@")), BESIDE)
        return found


def _signs(text: str) -> Iterator[tuple[str, int, int]]:
    """The tags, handles, cash tags and emoji of a text, folded, with where each stands; an emoji with a tone of skin is one
    without it, too."""
    for sign, pattern in (("#", _TAG), ("@", _HANDLE), ("$", _CASH)):
        if sign in text or (sign == "#" and "＃" in text):
            for one in pattern.finditer(text):
                yield sign + texts.fold(one.group(1)), *one.span()
    for picture, start, end in emoji(text):
        yield picture, start, end
        if toneless(picture) != picture:
            yield toneless(picture), start, end


def _note(found: dict[str, list[Letters]], what: str, where: Letters) -> None:
    """Keep a sign; a handle with a server is one without it, too."""
    found.setdefault(what, []).append(where)
    if what.startswith("@") and "@" in what[1:]:
        found.setdefault(what[: what.index("@", 1)], []).append(where)
