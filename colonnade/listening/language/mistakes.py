"""What is said about a query that cannot be read: where, what was expected, and an example."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from colonnade.listening.language.tree import Place

LONGEST = 60
"""Letters of a word of the query that are told in a sentence about it."""


@dataclass(eq=False)
class QueryError(ValueError):
    """A query that cannot be read. `template` is the sentence with %(name)s for each of `values`, so that a screen can
    put it into the reader's language (a value may be a mistake itself); `at` from where to where the mistake stands; `example`
    shows how it is written."""

    template: str
    at: Place
    example: str = ""
    values: dict[str, object] = field(default_factory=dict)
    query: str = ""

    @property
    def sentence(self) -> str:
        """What is wrong and what was expected, in English."""
        return self.told(str)

    def told(self, say: Callable[[str], str]) -> str:
        """The same in the language into which `say` puts a sentence."""
        values = {
            name: value.told(say) if isinstance(value, QueryError) else _shortened(name, value)
            for name, value in self.values.items()
        }
        return say(self.template) % values

    def __str__(self) -> str:
        return f"{self.sentence} Example: {self.example}" if self.example else self.sentence

    def caret(self, wide: int = 60) -> str:
        """The part of the query around the mistake, and below it a caret under each letter of it."""
        start, end = self.at
        first = max(0, start - wide // 2)
        line = _shown(self.query[first : first + wide])
        marks = max(1, min(end, first + wide) - start)
        return f"{line}\n{' ' * (start - first)}{'^' * marks}"


def _shortened(name: str, value: object) -> object:
    """A word as it stands in a sentence, as far as it can be shown; what is known is told whole."""
    if not isinstance(value, str) or name == "known":
        return value
    shown = _shown(value[:LONGEST])
    return f"{shown}…" if len(value) > LONGEST else shown


def _shown(text: str) -> str:
    return "".join(one if one.isprintable() else " " for one in text)


_MEANT = {"&": "AND", "&&": "AND", "+": "AND", "|": "OR", "||": "OR", "!": "NOT"}


def no_word(raw: str, at: Place) -> QueryError:
    """What stands alone in a query and holds no word: mostly an operator of another language."""
    if raw in _MEANT:
        return QueryError(
            "“%(word)s” is no operator here; the operator is written %(operator)s.",
            at,
            f"bridge {_MEANT[raw]} ferry",
            {"word": raw, "operator": _MEANT[raw]},
        )
    if raw == "-":
        return QueryError("After - a word was expected, without a space.", at, "bridge -dental")
    if raw.startswith("~"):
        return QueryError(
            "After ~ a number was expected, and before it a phrase: how many other words may lie between.",
            at,
            '"bridge closed"~5',
        )
    return QueryError(
        "There is no letter and no digit in “%(word)s”; in braces it is looked for as it is written.",
        at,
        "{" + (raw if len(raw) < LONGEST else "…") + "}",
        {"word": raw},
    )
