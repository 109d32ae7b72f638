"""What is told of posts beside their words, as SQL about the table conversations_post."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from colonnade.conversations.queries.visibility import Predicate
from colonnade.conversations.search import question
from colonnade.people.models import STAFF_ROLES


def sql(told: question.Told) -> Predicate:
    """A condition as a piece of SQL and its parameters."""
    if isinstance(told, question.Not):
        inner, values = sql(told.part)
        return f"NOT ({inner})", values
    if isinstance(told, question.About):
        return CONDITIONS[told.name](told.values)
    parts = [sql(part) for part in told.parts]
    joint = " AND " if isinstance(told, question.All) else " OR "
    return "(" + joint.join(one for one, _ in parts) + ")", [value for _, some in parts for value in some]


def among(expression: str, values: Sequence[Any]) -> Predicate:
    """One of these values; of none nothing is."""
    return f"{expression} IN ({', '.join(['%s'] * len(values)) or 'NULL'})", list(values)


_OURS = (
    "(conversations_post.author_id IN (SELECT a.identity_id FROM places_account a) OR EXISTS (SELECT 1 FROM "
    "people_identity i JOIN people_person p ON p.id = i.person_id WHERE i.id = conversations_post.author_id "
    f"AND p.role IN ({', '.join(['%s'] * len(STAFF_ROLES))})))"
)
_LANG = "lower(replace(conversations_post.lang, '_', '-'))"


def _beside(table: str, condition: str, *values: Any) -> Predicate:
    """A row of another table that belongs to the post."""
    return f"EXISTS (SELECT 1 FROM {table} o WHERE {condition})", list(values)


def ours(values: Sequence[Any] = ()) -> Predicate:
    """By one of our accounts, or by staff."""
    return _OURS, sorted(STAFF_ROLES)


def _lang(values: Sequence[Any]) -> Predicate:
    (lang,) = values
    start = f"{lang}-"
    return f"({_LANG} = %s OR substr({_LANG}, 1, {len(start)}) = %s)", [lang, start]


def _answers(values: Sequence[Any]) -> Predicate:
    """It answers one of these authors."""
    said, authors = among("o.author_id", values)
    return _beside("conversations_post", f"o.id = conversations_post.reply_to_id AND {said}", *authors)


CONDITIONS: dict[str, Callable[[Sequence[Any]], Predicate]] = {
    "authors": lambda values: among("conversations_post.author_id", values),
    "places": lambda values: among("conversations_post.place_id", values),
    "since": lambda values: ("conversations_post.id >= %s", list(values)),
    "until": lambda values: ("conversations_post.id < %s", list(values)),
    "lang": _lang,
    "network": lambda values: _beside(
        "people_identity", "o.id = conversations_post.author_id AND lower(o.network) = %s", *values
    ),
    "reply": lambda _: ("conversations_post.reply_to_id IS NOT NULL", []),
    "answers": _answers,
    "media": lambda _: _beside("conversations_attachment", "o.post_id = conversations_post.id"),
    "quote": lambda _: _beside("conversations_origin", "o.post_id = conversations_post.id"),
    "titled": lambda _: _beside(
        "conversations_posttext", "o.post_id = conversations_post.id AND o.title <> ''"
    ),
    "linked": lambda _: _beside(
        "conversations_posttext", "o.post_id = conversations_post.id AND o.html LIKE %s", '%href="%'
    ),
    "ours": ours,
}
"""What can be told, by its name: authors, places (ids); since, until (ids, the second not included); lang (and what is more
of it, en-GB for en); network; reply, answers (ids of authors); media; quote; titled; linked; ours."""
