"""What of a text a query asks for, to be marked in it: whatever of the parts that are not left out stands there."""

from __future__ import annotations

from collections.abc import Iterator

from colonnade.conversations.search.marking import Phrase as Words
from colonnade.conversations.search.marking import Piece, excerpt, excerpt_at
from colonnade.listening.language.reading import Heard, Reading
from colonnade.listening.language.tree import Exact, Near, Node, Not, Phrase, Sign, children
from colonnade.listening.language.why import why


class Marks:
    """Marks what one query asks for in many texts. Plain words are found by a quicker way than all else."""

    def __init__(self, tree: Node) -> None:
        self._sought = list(_placed(tree))
        self._plain = [words for one in self._sought if (words := _plain(one))]
        self._is_plain = len(self._plain) == len(self._sought)

    def excerpt(self, text: str, most: int = 280, *, title: bool = False) -> list[Piece]:
        """One line of at most about `most` letters around the first thing found."""
        if self._is_plain:
            return excerpt(text, self._plain, most)
        line = " ".join(text.split())
        reading = Reading(Heard("", title=line) if title else Heard(line))
        found = (one for sought in self._sought for one in why(sought, reading))
        return excerpt_at(line, ((one.start, one.end) for one in found if one.in_title == title), most)


def _placed(node: Node) -> Iterator[Node]:
    """The parts that stand somewhere in a text, without what is left out."""
    if isinstance(node, Phrase | Exact | Sign | Near):
        yield node
    elif not isinstance(node, Not):
        for part in children(node):
            yield from _placed(part)


def _plain(node: Node) -> Words:
    """The words of a plain phrase, () for all else."""
    is_so = isinstance(node, Phrase) and node.within is None and not node.where
    if not is_so or any(one.kind != "word" or one.bare for one in node.elements):  # type: ignore[union-attr]
        return ()
    return tuple(one.value for one in node.elements)  # type: ignore[union-attr]
