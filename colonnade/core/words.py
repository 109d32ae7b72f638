"""Rows that are found by the words of their names, without a look at all names there are.

A room keeps a table of words beside its own (a subclass of `Word`), and brings it up to date in the action that gives a
name. Whoever asks gets the rows that bear, for each word asked, one that begins so: at most so many are looked at,
whatever there is. Words are cut and folded by `primitives.text`, so that both databases agree.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import regex
from django.db import connection, models

from colonnade.primitives import text

LONGEST = 40
MOST_ASKED = 5
LOOKED_AT = 300
"""Rows at most that are looked at for each of the words asked: as many as bear it, and as many as bear a longer one."""
_LAST = "\U0010ffff"
_NO_WORDS = frozenset({"http", "https", "www"})
# Scripts written without spaces: a run of letters is a whole phrase, and what is asked may stand inside it.
_UNPARTED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]")

Range = tuple[str, str]
"""A word asked, and what is behind every word that begins with it."""


class Word(models.Model):
    """One word that a row bears; subclasses add `bearer`, the foreign key to it, and `Meta.constraints` over both."""

    word = models.CharField(max_length=LONGEST)

    class Meta:
        abstract = True


def words_of(*names: str) -> set[str]:
    """The words by whose beginnings something of these names is found."""
    found: set[str] = set()
    for word in text.words(" ".join(names)):
        starts = range(len(word)) if not word.isascii() and _UNPARTED.search(word) else (0,)
        found.update(word[at : at + LONGEST] for at in starts)
    return found - _NO_WORDS


def bear(model: type[Word], names: Iterable[tuple[int, Sequence[str]]]) -> None:
    """Write the words of rows (id, names) that have none yet. Inside an action."""
    rows = [(word, pk) for pk, said in names for word in sorted(words_of(*said))]
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {model._meta.db_table} (word, bearer_id) VALUES (%s, %s) ON CONFLICT DO NOTHING",
            rows,
        )


def bear_anew(model: type[Word], names: Iterable[tuple[int, Sequence[str]]]) -> None:
    """The same for rows that were called otherwise before. Inside an action."""
    known = list(names)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"DELETE FROM {model._meta.db_table} WHERE bearer_id = %s", [(pk,) for pk, _ in known]
        )
    bear(model, known)


def bearers(model: type[Word], asked: str, limit: int) -> list[int]:
    """Ids of rows that bear, for each word asked, one that begins with it; whole words first, then the newest rows.

    At most `limit`. None is missing unless more than LOOKED_AT rows bear each of the words. One statement.
    """
    ranges = _ranges(asked)
    if not ranges:
        return []
    table = model._meta.db_table
    parts = [_led_by(table, first, [one for one in ranges if one != first]) for first in ranges]
    with connection.cursor() as cursor:
        cursor.execute(
            " UNION ALL ".join(sql for sql, _ in parts), [value for _, values in parts for value in values]
        )
        ranked = sorted(set(cursor.fetchall()), key=lambda row: (row[0], -row[1]))
    return list(dict.fromkeys(pk for _, pk in ranked))[:limit]


def all_bearing(model: type[Word], words: Sequence[str], *, begins: bool, most: int) -> list[int] | None:
    """Ids of all rows that bear every one of these folded words; `begins`: the last is the beginning of one. None where they
    are more than `most`, or where none of the words is kept. One statement."""
    *before, last = words
    ranges = [(one[:LONGEST], one[:LONGEST]) for one in before]
    ranges.append((last[:LONGEST], last[:LONGEST] + _LAST * begins))
    first, *others = [one for one in ranges if one[0] not in _NO_WORDS] or [("", "")]
    if not first[0]:
        return None
    table = model._meta.db_table
    also = f" AND EXISTS (SELECT 1 FROM {table} o WHERE o.bearer_id = w.bearer_id AND o.word >= %s AND o.word <= %s)"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT w.bearer_id FROM {table} w WHERE w.word >= %s AND w.word <= %s{also * len(others)} "
            "LIMIT %s",
            [*first, *(value for one in others for value in one), most + 1],
        )
        found = [row[0] for row in cursor.fetchall()]
    return found if len(found) <= most else None


def _ranges(asked: str) -> list[Range]:
    words = dict.fromkeys(word[:LONGEST] for word in text.words(asked))
    return [(word, word + _LAST) for word in words if word not in _NO_WORDS][:MOST_ASKED]


def _led_by(table: str, first: Range, others: list[Range]) -> tuple[str, list[str]]:
    """Rows (0 for the whole word or 1, id) that bear the first word, at most so many, and all the others too."""
    whole = (
        f"SELECT 0 AS rank, bearer_id FROM {table} WHERE word = %s ORDER BY bearer_id DESC LIMIT {LOOKED_AT}"
    )
    begun = f"SELECT 1 AS rank, bearer_id FROM {table} WHERE word > %s AND word < %s LIMIT {LOOKED_AT}"
    also = f"EXISTS (SELECT 1 FROM {table} o WHERE o.bearer_id = found.bearer_id AND o.word >= %s AND o.word < %s)"
    sql = (
        "SELECT rank, bearer_id FROM "
        f"(SELECT * FROM ({whole}) AS whole UNION ALL SELECT * FROM ({begun}) AS begun) AS found"
    )
    if others:
        sql += " WHERE " + " AND ".join([also] * len(others))
    return sql, [first[0], first[0], first[1], *(value for one in others for value in one)]
