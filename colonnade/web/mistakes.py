"""A mistake in a query as a screen shows it: in the reader's language, with the place marked."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext

from colonnade.listening.language.mistakes import QueryError

_AROUND = 40


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong; the query around it, in three stretches of which the middle one is wrong; how it is written."""

    sentence: str
    before: str
    wrong: str
    after: str
    example: str


def mistake(error: QueryError) -> Mistake:
    """What a screen shows of a query that cannot be read."""
    start, end = error.at
    query = error.query
    return Mistake(
        sentence=error.told(gettext),
        before=("…" if start > _AROUND else "") + query[max(0, start - _AROUND) : start],
        wrong=query[start:end],
        after=query[end : end + _AROUND] + ("…" if len(query) > end + _AROUND else ""),
        example=error.example,
    )
