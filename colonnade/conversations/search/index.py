"""The words and hints that go into the index of either database, and the query that asks it."""

from __future__ import annotations

from collections.abc import Iterable

from colonnade.access.models import Tier
from colonnade.conversations.search.terms import Phrase, Search
from colonnade.primitives import text

# PostgreSQL's limits: a lexeme under 2 kB, positions up to 16,383 and at most 255 of them for one lexeme, 1 MB in all.
_LONGEST_WORD, _LAST_POSITION, _FIELD_GAP, _MOST_BYTES = 400, 16_000, 4, 500_000
MOST_SCOPES_IN_A_HINT = 200


def hint(scope: int, tier: str) -> str:
    """What stands beside the words of a post: its tier, and its scope where that is restricted."""
    return f"t{tier} s{scope}" if tier == Tier.RESTRICTED else f"t{tier}"


def fts5_row(post: int, title: str, body: str, hints: str) -> tuple[int, str, str, str]:
    """What FTS5 is given for a post: words already cut and folded, joined by spaces."""
    return post, " ".join(text.words(title)), " ".join(text.words(body)), hints


def tsvector(title: str, body: str, hints: str) -> str:
    """The literal of a PostgreSQL tsvector: words at their places, title and body apart, hints marked by a colon."""
    places: dict[str, list[int]] = {}
    position, room = 0, _MOST_BYTES
    for field in (title, body):
        for word in text.words(field):
            position += 1
            if position > _LAST_POSITION:
                break
            if word[:_LONGEST_WORD] not in places:
                room -= len(word[:_LONGEST_WORD].encode())
                if room < 0:
                    break
            if len(places.setdefault(word[:_LONGEST_WORD], [])) < 255:
                places[word[:_LONGEST_WORD]].append(position)
        position += _FIELD_GAP
    words = [f"'{word}':{','.join(map(str, at))}" for word, at in places.items()]
    return " ".join(words + [f"':{mark}'" for mark in hints.split()])


def tsquery(search: Search) -> str:
    """A search as PostgreSQL's tsquery. Words hold letters, digits and marks alone, so quoting them is enough."""
    parts = [_phrase(phrase) for phrase in search.wanted] + [f"!{_phrase(p)}" for p in search.unwanted]
    return " & ".join(parts)


def _phrase(phrase: Phrase) -> str:
    return "(" + " <-> ".join(f"'{word[:_LONGEST_WORD]}'" for word in phrase) + ")"


def fts5(search: Search) -> str:
    """A search as SQLite's FTS5 asks it, over title and text."""
    wanted = " AND ".join(_quoted(phrase) for phrase in search.wanted)
    for phrase in search.unwanted:
        wanted = f"({wanted}) NOT {_quoted(phrase)}"
    return f"{{title text}}: ({wanted})"


def _quoted(phrase: Phrase) -> str:
    return '"' + " ".join(phrase) + '"'


def seen_hints(tiers: Iterable[str], own_scopes: Iterable[int]) -> list[str] | None:
    """The hints under which all that a viewer sees is found; None where there are too many scopes to be of use."""
    own = list(own_scopes)
    if len(own) > MOST_SCOPES_IN_A_HINT:
        return None
    return [f"t{tier}" for tier in sorted(tiers)] + [f"s{scope}" for scope in own]
