"""Small graphs of states, written above the model whose state column they rule.

    CASE = Graph(start="open", edges={"open": ["assigned", "solved"], "assigned": ["open", "solved"]}, ends=["solved"])

A graph is checked when it is written down, so a state that nobody can reach or leave by mistake stops the program at
import and not a year later. A graph has no memory: the row holds the state, the graph says which step may follow.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping


class NotAllowed(Exception):
    """A step that the graph does not have. `str(error)` is a sentence that may be shown to a person."""

    def __init__(self, sentence: str, *, before: str, after: str) -> None:
        super().__init__(sentence)
        self.before = before
        self.after = after


class Graph:
    """States, the steps between them, where a thing starts and where it may end.

    `edges` maps a state to the states that may follow it; a state may follow itself only if it says so. `ends` are the
    states that nothing follows; left out, they are whichever states have no way on. Raises ValueError at definition
    if the start is unknown, a state cannot be reached from the start, a step leads to a state that is neither a key
    nor an end, or `ends` names a state that has a way on.
    """

    def __init__(
        self,
        *,
        start: str,
        edges: Mapping[str, Iterable[str]],
        ends: Iterable[str] | None = None,
    ) -> None:
        steps = {state: tuple(dict.fromkeys(after)) for state, after in edges.items()}
        named_ends = None if ends is None else tuple(ends)
        for state in _targets(steps) if named_ends is None else named_ends:
            steps.setdefault(state, ())
        self.start = start
        self._steps = steps
        self._refuse_faults(named_ends)
        self.ends = frozenset(state for state, after in steps.items() if not after)

    def _refuse_faults(self, named_ends: tuple[str, ...] | None) -> None:
        if self.start not in self._steps:
            raise ValueError(f"The start {self.start!r} is not among the states {sorted(self._steps)}.")
        for state, after in self._steps.items():
            for unknown in [other for other in after if other not in self._steps]:
                raise ValueError(
                    f"{state!r} leads to {unknown!r}, which is neither a key of edges nor in ends."
                )
        if lost := set(self._steps) - self._reached_from(self.start):
            raise ValueError(f"Nothing leads from {self.start!r} to {sorted(lost)}.")
        if named_ends is None:
            return
        for state in named_ends:
            if self._steps[state]:
                raise ValueError(
                    f"{state!r} is named as an end, yet {list(self._steps[state])} may follow it."
                )
        for state, after in self._steps.items():
            if not after and state not in named_ends:
                raise ValueError(f"{state!r} has no way on and is not named in ends.")

    def _reached_from(self, start: str) -> set[str]:
        reached, todo = {start}, [start]
        while todo:
            fresh = [state for state in self._steps[todo.pop()] if state not in reached]
            reached.update(fresh)
            todo.extend(fresh)
        return reached

    @property
    def states(self) -> tuple[str, ...]:
        """Every state, in the order in which it was written down."""
        return tuple(self._steps)

    def after(self, state: str) -> tuple[str, ...]:
        """The states that may follow `state`; empty for an end and for a state that does not exist."""
        return self._steps.get(state, ())

    def allows(self, before: str, after: str) -> bool:
        """Whether the step exists. An unknown state allows nothing."""
        return after in self.after(before)

    def check(self, before: str, after: str) -> None:
        """Return if the step exists, else raise NotAllowed with a sentence that says what may follow."""
        if self.allows(before, after):
            return
        for state in (before, after):
            if state not in self._steps:
                raise NotAllowed(
                    f"“{_words(state)}” is not a state; the states are {_listed(self.states)}.",
                    before=before,
                    after=after,
                )
        ways = self.after(before)
        way_on = f"what may follow is {_listed(ways)}" if ways else "nothing may follow it"
        raise NotAllowed(
            f"“{_words(before)}” cannot become “{_words(after)}”; {way_on}.", before=before, after=after
        )

    def choices(self) -> list[tuple[str, str]]:
        """(state, label) for a column's choices, in the order in which the states were written down."""
        return [(state, _words(state).capitalize()) for state in self._steps]

    @property
    def max_length(self) -> int:
        """Letters in the longest state: the least width of the column."""
        return max(len(state) for state in self._steps)


def _targets(steps: Mapping[str, Iterable[str]]) -> list[str]:
    return [state for after in steps.values() for state in after]


def _words(state: str) -> str:
    return state.replace("_", " ")


def _listed(states: Iterable[str]) -> str:
    *first, last = (f"“{_words(state)}”" for state in states)
    return f"{', '.join(first)} or {last}" if first else last
