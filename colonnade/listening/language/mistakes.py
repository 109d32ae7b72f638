"""What is said about a query that cannot be read: where, what was expected, and an example."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from colonnade.listening.language.tree import Place


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
            name: value.told(say) if isinstance(value, QueryError) else value
            for name, value in self.values.items()
        }
        return say(self.template) % values

    def __str__(self) -> str:
        return f"{self.sentence} Example: {self.example}" if self.example else self.sentence

    def caret(self, wide: int = 60) -> str:
        """The part of the query around the mistake, and below it a caret under each letter of it."""
        start, end = self.at
        first = max(0, start - wide // 2)
        line = "".join(one if one.isprintable() else " " for one in self.query[first : first + wide])
        marks = max(1, min(end, first + wide) - start)
        return f"{line}\n{' ' * (start - first)}{'^' * marks}"
