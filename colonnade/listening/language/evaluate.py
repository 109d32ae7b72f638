"""What a query means for one post: whether it fits, and where. The matcher and the indexes answer as this does."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

import regex

from colonnade.listening.language import fields, forms
from colonnade.listening.language.reading import BESIDE, FIELD_GAP, Letters, Reading, Span, Word
from colonnade.listening.language.tree import (
    And,
    Element,
    Exact,
    Field,
    Flag,
    Named,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Range,
    Sign,
)
from colonnade.primitives import text as texts

_QUESTION = frozenset("?？؟;")


def holds(node: Node, reading: Reading) -> bool:
    """Whether a post fits a query."""
    if isinstance(node, And):
        return all(holds(part, reading) for part in node.parts)
    if isinstance(node, Or):
        return any(holds(part, reading) for part in node.parts)
    if isinstance(node, Not):
        return not holds(node.part, reading)
    if isinstance(node, Named):
        return holds(node.part, reading)
    if isinstance(node, Field):
        return fields.answers(reading.post, node.name, node.value)
    if isinstance(node, Range):
        return _in_range(node, reading)
    if isinstance(node, Flag):
        return _flag(node, reading)
    return next(_places(node, reading), None) is not None


def _in_range(node: Range, reading: Reading) -> bool:
    """What a network does not tell lies in no range."""
    value = getattr(reading.post, node.name)
    return (
        value is not None
        and (node.low is None or value >= node.low)
        and (node.high is None or value <= node.high)
    )


def _flag(node: Flag, reading: Reading) -> bool:
    post = reading.post
    if node.value == "link":
        return bool(post.links)
    if node.value == "question":
        return not _QUESTION.isdisjoint(post.text)
    return node.value in post.flags


# --- where something stands ---------------------------------------------------------------------------------------


def spans(node: Node, reading: Reading, most: int | None = None) -> list[Span]:
    """Where a phrase, a sign, exact characters, NEAR or alternatives of them stand, by the numbers of words; `most`: no more
    than so many are looked for."""
    found = islice(_places(node, reading), most)
    return sorted(set(found)) if isinstance(node, Near | Or | Named) else list(found)


def _places(node: Node, reading: Reading) -> Iterator[Span]:
    """The same, looked for one after the other: whoever asks whether there is one need not wait for all."""
    if isinstance(node, Phrase):
        return _phrase(node, reading)
    if isinstance(node, Exact):
        return (_words_at(reading, one) for one in exact_at(node, reading))
    if isinstance(node, Sign):
        return (_words_at(reading, one) for one in signs_at(node, reading))
    if isinstance(node, Near):
        return _near(node, reading)
    if isinstance(node, Named):
        return _places(node.part, reading)
    assert isinstance(node, Or)
    return (span for part in node.parts for span in _places(part, reading))


def _near(node: Near, reading: Reading) -> Iterator[Span]:
    """Both, apart from each other, with at most so many words between them."""
    left = spans(node.left, reading)
    right = spans(node.right, reading) if left else []
    yield from _followed(left, right, node.most)
    if not node.ordered:
        yield from _followed(right, left, node.most)


def _followed(ones: Sequence[Span], others: Sequence[Span], most: int) -> Iterator[Span]:
    """Each with each that begins behind its end, at most so many words further on."""
    others = sorted(others)
    for start, end in ones:
        first = bisect_right(others, end, key=_start)
        last = bisect_right(others, end + 1 + most, key=_start)
        for other in others[first:last]:
            yield min(start, other[0]), max(end, other[1])


def _start(span: Span) -> int:
    return span[0]


def _phrase(node: Phrase, reading: Reading) -> Iterator[Span]:
    if len(node.elements) == 1:
        return ((at, at) for at in _at(node.elements[0], reading) if _is_in(node, at))
    places = [_at(one, reading) if one.kind != "any" else None for one in node.elements]
    if any(one is not None and not one for one in places):
        return iter(())
    found = _in_order(places, reading) if node.within is None else _together(places, node.within)
    return (span for span in found if _is_in(node, span[0]))


def _is_in(node: Phrase, at: int) -> bool:
    return not node.where or at < FIELD_GAP // 2


def _at(element: Element, reading: Reading) -> Sequence[int]:
    """The numbers of the words that an element stands for."""
    if element.kind == "word" and not element.bare:
        return reading.places.get(element.value, ())
    return sorted(at for word, places in reading.places.items() if fits(element, word) for at in places)


def fits(element: Element, word: str) -> bool:
    """Whether a folded word is what an element stands for."""
    if element.kind == "stem":
        return forms.stem(word, element.lang) == element.value
    if element.bare:
        word = forms.bare(word)
    if element.kind == "pattern":
        return forms.fits(word, element.value)
    return element.kind == "any" or word == element.value


def _in_order(places: Sequence[Sequence[int] | None], reading: Reading) -> Iterator[Span]:
    """Where elements stand side by side. None stands for any one word."""
    first = next(number for number, one in enumerate(places) if one is not None)
    others = [(number, set(one)) for number, one in enumerate(places) if one is not None and number != first]
    for at in places[first] or ():
        start, end = at - first, at - first + len(places) - 1
        if all(start + number in one for number, one in others) and _is_whole(reading, start, end):
            yield start, end


def _is_whole(reading: Reading, start: int, end: int) -> bool:
    """Whether there are words from here to there, for those that may be any."""
    return (
        start >= 0
        and reading.word(start) is not None
        and reading.word(end) is not None
        and ((start >= FIELD_GAP // 2) == (end >= FIELD_GAP // 2))
    )


def _together(places: Sequence[Sequence[int] | None], within: int) -> Iterator[Span]:
    """The shortest stretches from each start that hold every element at a place of its own."""
    every = [one or () for one in places]
    length = len(every) + within
    for start in sorted({at for one in every for at in one}):
        window = [one[bisect_left(one, start) : bisect_left(one, start + length)] for one in every]
        end = _shortest(window, start)
        if end is not None:
            yield start, end


def _shortest(window: Sequence[Sequence[int]], start: int) -> int | None:
    """The first end by which every element has a place of its own in a stretch that begins with one of them; what is so
    by one end is so by each that comes after it."""
    if not all(window) or not _own_places(window):
        return None
    ends = sorted({at for one in window for at in one})
    return ends[bisect_left(ends, True, key=lambda end: _own_places(_up_to(window, end)))]


def _up_to(window: Sequence[Sequence[int]], end: int) -> list[Sequence[int]]:
    return [one[: bisect_right(one, end)] for one in window]


def _own_places(cut: Sequence[Sequence[int]]) -> bool:
    """Whether each element can be given a place that no other has (augmenting paths, Kuhn 1955)."""
    holder: dict[int, int] = {}

    def give(element: int, tried: set[int]) -> bool:
        for at in cut[element]:
            if at not in tried:
                tried.add(at)
                if at not in holder or give(holder[at], tried):
                    holder[at] = element
                    return True
        return False

    return all(give(element, set()) for element in range(len(cut)))


# --- signs and exact characters -----------------------------------------------------------------------------------


def signs_at(node: Sign, reading: Reading) -> Iterable[Letters]:
    """Where a tag, handle, cash tag or emoji stands."""
    wanted = node.sign + node.name
    if node.sign and ("*" in node.name or "?" in node.name):
        return [
            at
            for sign, places in reading.signs.items()
            if sign[0] == node.sign and forms.fits(sign, wanted)
            for at in places
        ]
    return reading.signs.get(wanted, ())


def exact_at(node: Exact, reading: Reading) -> list[Letters]:
    """Where these very characters stand and no word is longer than written here; any white space is one space."""
    pattern = r"\s+".join(regex.escape(part) for part in node.text.split(" "))
    wanted = texts.words(node.text)
    return [
        Letters(*found.span(), in_title)
        for text, in_title in ((reading.post.title, True), (reading.post.text, False))
        for found in regex.finditer(pattern, text, overlapped=True)
        if not wanted or _folded(reading, Letters(*found.span(), in_title)) == wanted
    ]


def _folded(reading: Reading, at: Letters) -> list[str]:
    words, _, inside = _inside(reading, at)
    return [words[number].folded for number in inside]


def _inside(reading: Reading, at: Letters) -> tuple[list[Word], int, list[int]]:
    """The words of the title or the text, the number of the first, and which of them lie between these letters."""
    words, first = (reading.title, 0) if at.in_title else (reading.body, FIELD_GAP)
    start = bisect_right(words, at.start, key=lambda word: word.end)
    end = bisect_left(words, at.end, key=lambda word: word.start)
    return words, first, list(range(start, end))


def _words_at(reading: Reading, at: Letters) -> Span:
    """The words that stand from one letter to another; between words, the place of the next one; far from all words for what
    does not stand in the text."""
    if at == BESIDE:
        return -FIELD_GAP, -FIELD_GAP
    words, first, inside = _inside(reading, at)
    if inside:
        return first + inside[0], first + inside[-1]
    behind = bisect_right(words, at.start, key=lambda word: word.end)
    return first + behind, first + behind - 1
