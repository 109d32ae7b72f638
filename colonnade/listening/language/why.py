"""Why a query fits a post: what of it was found, and where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from colonnade.listening.language.evaluate import exact_at, holds, signs_at, spans
from colonnade.listening.language.reading import FIELD_GAP, Reading, Span
from colonnade.listening.language.showing import one_line
from colonnade.listening.language.tree import Exact, Near, Node, Not, Phrase, Sign, children

MOST_PLACES = 200


@dataclass(frozen=True, slots=True)
class Why:
    """One thing that was found: `term` as the query has it, from where to where it stands by letters in the text (or in the
    title); (0, 0) for what stands beside the text."""

    term: str
    start: int
    end: int
    in_title: bool = False


def why(node: Node, reading: Reading) -> list[Why]:
    """Everything a query asks for that this post holds, in the order of the query; nothing of what it leaves out. Of one
    thing that stands in very many places, the first MOST_PLACES."""
    return list(dict.fromkeys(_found(node, reading)))


def _found(node: Node, reading: Reading) -> Iterator[Why]:
    if isinstance(node, Not):
        return
    if isinstance(node, Exact | Sign):
        term = one_line(node)
        for letters in islice(
            exact_at(node, reading) if isinstance(node, Exact) else signs_at(node, reading), MOST_PLACES
        ):
            yield Why(term, *letters)
        return
    if isinstance(node, Phrase | Near):
        term = one_line(node)
        for span in spans(node, reading, MOST_PLACES):
            yield _at(term, span, reading)
        return
    parts = children(node)
    if not parts and holds(node, reading):
        yield Why(one_line(node), 0, 0)
    for part in parts:
        if holds(part, reading):
            yield from _found(part, reading)


def _at(term: str, span: Span, reading: Reading) -> Why:
    first, last = reading.word(span[0]), reading.word(span[1])
    if first is None or last is None or span[1] < span[0]:  # an emoji has no word
        return Why(term, 0, 0)
    return Why(term, first.start, last.end, in_title=span[0] < FIELD_GAP // 2)
