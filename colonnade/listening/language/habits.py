"""What people write by habit, from other languages of queries or as they would write to somebody, and what it means here.

All of it can be read, so it is no mistake; but it finds something else than was meant.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from colonnade.listening.language.atoms import QUOTES
from colonnade.listening.language.tree import Place


@dataclass(frozen=True, slots=True)
class Note:
    """What the author of a query that can be read should know. `template` is the sentence with %(name)s for each of
    `values`; `at` is where in the query it stands."""

    at: Place
    template: str
    values: dict[str, object] = field(default_factory=dict, compare=False)

    @property
    def sentence(self) -> str:
        """The note in English."""
        return self.told(str)

    def told(self, say: Callable[[str], str]) -> str:
        """The same in the language into which `say` puts a sentence."""
        return say(self.template) % self.values


# Phrases and what stands in braces are as they are written; of the rest the runs without white space.
_PART = re.compile(rf"[{QUOTES}][^{QUOTES}]*[{QUOTES}](?:~\d+)?|\{{[^{{}}]*\}}|[^\s(){{}}{QUOTES}]+")
_SMALL_NEAR = re.compile(r"(o?near)/\d+", re.IGNORECASE)
_SIGN_BEFORE = re.compile(r"([!+])\w")
_SINGLE = "'‘‚‹›’`´"
_ASKED = re.compile(r"\w{2,}\?")
_LANGUAGE = re.compile(r"lang:([a-z]{4,})", re.IGNORECASE)


def of(query: str) -> Iterator[Note]:
    """What of a query, as its author wrote it, does not mean here what it means elsewhere."""
    parts = [(part.span(), part.group()) for part in _PART.finditer(query)]
    for at, part in parts:
        if not part.startswith((*QUOTES, "{")):
            yield from _of_one(at, part)
    yield from _single_quotes(parts)


def _of_one(at: Place, part: str) -> Iterator[Note]:
    near, sign, language = _SMALL_NEAR.fullmatch(part), _SIGN_BEFORE.match(part), _LANGUAGE.fullmatch(part)
    if near and not near[1].isupper():
        yield Note(
            at,
            "“%(word)s” is looked for as a word here; the operator is written %(operator)s.",
            {"word": part, "operator": part.upper()},
        )
    if sign and sign[1] == "!":
        yield Note(
            at,
            "The ! of “%(word)s” says nothing here; to leave a word out, write %(better)s.",
            {"word": part, "better": f"-{part[1:]}"},
        )
    if part.startswith("~") and part[1:].isdigit():
        yield Note(at, "The ~ of “%(word)s” says nothing here; it follows a phrase at once.", {"word": part})
    if _ASKED.fullmatch(part):
        yield Note(
            at,
            "“%(word)s” asks for one more letter behind it; without the question mark it asks for the word.",
            {"word": part},
        )
    if language:
        yield Note(
            at,
            "“%(word)s” is no code of a language; those have two or three letters, as en or de.",
            {"word": language[1]},
        )


def _single_quotes(parts: list[tuple[Place, str]]) -> Iterator[Note]:
    """Words between single quotation marks, which are no phrase."""
    opened: int | None = None
    for (start, end), part in parts:
        if opened is not None and part[-1] in _SINGLE:
            yield Note(
                (opened, end),
                "Single quotation marks say nothing here; words side by side stand in double ones.",
            )
            opened = None
        elif part[0] in _SINGLE and part[-1] not in _SINGLE:
            opened = start
