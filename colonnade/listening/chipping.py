"""From a query back to the chips of the builder: names that are looked for, words that must be there too, words to leave out.
Plain Python."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from colonnade.listening.language.showing import one_line
from colonnade.listening.language.tree import And, Node, Not, Or, Phrase, Sign
from colonnade.listening.suggesting import MOST_NAMES, spellings

MOST_WORDS = 20


@dataclass(frozen=True, slots=True)
class Chips:
    """What the builder shows: names as one writes them, the ways in which they are looked for; one of `add` must be said too,
    none of `leave_out` may."""

    topic: str
    chosen: tuple[str, ...]
    add: tuple[str, ...]
    leave_out: tuple[str, ...]


@dataclass(eq=False)
class NoChips(ValueError):
    """A query that says more than chips can. `template` is the sentence with %(name)s for each of `values`."""

    template: str
    values: dict[str, object] = field(default_factory=dict)


def chips_of(tree: Node) -> Chips:
    """The chips of which the builder makes a query that asks for the same as this one. Raises NoChips."""
    groups: list[list[Node]] = []
    unwanted: list[Node] = []
    for part in _parts(tree, And):
        if isinstance(part, Not):
            unwanted += _parts(part.part, Or)
        else:
            groups.append(list(_parts(part, Or)))
    names, add = _told_apart(groups)
    chosen = tuple(dict.fromkeys(_way(one) for one in names))
    topic = _topic(chosen)
    return Chips(topic, chosen, _words(add), _words(unwanted))


def _parts(node: Node, kind: type[And] | type[Or]) -> Iterator[Node]:
    """The parts of AND within AND, of OR within OR; a node of another kind is a part by itself."""
    if isinstance(node, kind):
        for part in node.parts:
            yield from _parts(part, kind)
    else:
        yield node


def _told_apart(groups: Sequence[list[Node]]) -> tuple[list[Node], list[Node]]:
    """The names, and the words that must be there too. Names may be phrases, words may not."""
    if len(groups) > 2:
        raise NoChips(
            "It asks for more than two things at once; chips have a place for names and for words beside them."
        )
    if len(groups) < 2:
        return groups[0], []
    first, second = groups
    return (second, first) if not _are_words(second) and _are_words(first) else (first, second)


def _are_words(nodes: Sequence[Node]) -> bool:
    return all(isinstance(one, Phrase) and _is_plain(one) and len(one.elements) == 1 for one in nodes)


def _is_plain(node: Phrase) -> bool:
    """Whether these are words side by side and nothing else."""
    return (
        node.within is None
        and not node.where
        and all(one.kind == "word" and not one.bare for one in node.elements)
    )


def _way(node: Node) -> str:
    """How the builder writes a name. Raises NoChips."""
    if isinstance(node, Phrase) and _is_plain(node):
        words = [one.value for one in node.elements]
        return words[0] if len(words) == 1 else f'"{" ".join(words)}"'
    if isinstance(node, Sign) and node.sign in ("#", "@"):
        return node.sign + node.name
    raise _no_chip(node)


def _topic(chosen: Sequence[str]) -> str:
    """The names of which these are spellings. Raises NoChips."""
    names: list[str] = []
    for way in sorted(chosen, key=lambda one: (not one.startswith('"'), one[:1] in "#@")):
        if way not in spellings(", ".join(names)):
            names.append(way.strip('"#@'))
            if way not in spellings(names[-1]):
                raise NoChips("“%(part)s” has no chip.", {"part": way})
    if len(names) > MOST_NAMES:
        raise NoChips("It asks for more than %(most)d names; chips hold no more.", {"most": MOST_NAMES})
    return ", ".join(names)


def _words(nodes: Sequence[Node]) -> tuple[str, ...]:
    """Words alone, each once. Raises NoChips."""
    for one in nodes:
        if not _are_words([one]):
            raise _no_chip(one)
    found = tuple(dict.fromkeys(_way(one) for one in nodes))
    if len(found) > MOST_WORDS:
        raise NoChips("It asks for more than %(most)d words; chips hold no more.", {"most": MOST_WORDS})
    return found


def _no_chip(node: Node) -> NoChips:
    return NoChips("“%(part)s” has no chip.", {"part": one_line(node)})
