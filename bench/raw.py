"""The raw engine: the rows that the product writes, written with the driver alone."""

from __future__ import annotations

import sqlite3
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

# The tables that intake fills, and how the new rows of each are found from the ids of the new posts.
_OF_POSTS = {
    "conversations_post": "id",
    "conversations_posttext": "post_id",
    "conversations_raw": "post_id",
    "conversations_pendingreply": "post_id",
    "conversations_tag_posts": "post_id",
    "conversations_attachment": "post_id",
    "conversations_origin": "post_id",
}
_BEFORE_POSTS = {"people_identity": "author_id", "conversations_conversation": "conversation_id"}
# A conversation has the id of the post that opened it.
_BY_ID_OF_POST = {
    "conversations_conversation": "id",
    "conversations_conversationcount": "conversation_id",
    "conversations_fts": "rowid",
}
_TAG = "conversations_tag"
_COUNTS, _OUTBOX, _FTS = "conversations_conversationcount", "core_outbox", "conversations_fts"


@dataclass
class Undone:
    """Rows by table, in the order in which they can be written, with the names of their columns."""

    rows: dict[str, list[tuple[Any, ...]]] = field(default_factory=dict)
    columns: dict[str, list[str]] = field(default_factory=dict)

    def sizes(self) -> dict[str, int]:
        return {table: len(rows) for table, rows in self.rows.items() if rows}

    def in_parts(self, parts: int) -> list[Undone]:
        """The same rows for so many transactions, each with its share of the posts and what belongs to them.

        Authors, tags and facts come with the first: what is written in one table by others' ids is there when needed.
        """
        posts = sorted(
            row[self.columns["conversations_post"].index("id")] for row in self.rows["conversations_post"]
        )
        bounds = [posts[len(posts) * n // parts] for n in range(1, parts)]
        made = [Undone(columns=self.columns) for _ in range(parts)]
        for table, rows in self.rows.items():
            key = _OF_POSTS.get(table) or _BY_ID_OF_POST.get(table)
            at = self.columns[table].index(key) if key else None
            for row in rows:
                part = made[bisect_right(bounds, row[at]) if at is not None else 0]
                part.rows.setdefault(table, []).append(row)
        return made


class _Undo(Exception):
    """Ends the transaction whose rows were read."""


def what_it_writes(take_in: Callable[[], list[int]]) -> Undone:
    """All rows that `take_in` (which returns the ids of its posts) writes; afterwards none of them is there."""
    from colonnade.core.db import act

    found = Undone()
    newest = _ask("SELECT coalesce(max(id), 0) FROM core_outbox", [])[1][0][0]
    try:
        with act():
            posts = take_in()
            _read(found, posts, newest)
            raise _Undo
    except _Undo:
        pass
    for table in (*_BEFORE_POSTS, _TAG):
        known = {row[0] for row in _read_by(table, "id", [row[0] for row in found.rows[table]])[1]}
        found.rows[table] = [row for row in found.rows[table] if row[0] not in known]
    return found


def _read(found: Undone, posts: list[int], newest: int) -> None:
    for table, column in _BEFORE_POSTS.items():
        ids = {row[0] for row in _read_by("conversations_post", "id", posts, column)[1]}
        found.columns[table], found.rows[table] = _read_by(table, "id", sorted(ids))
    tags = {row[0] for row in _read_by("conversations_tag_posts", "post_id", posts, "tag_id")[1]}
    found.columns[_TAG], found.rows[_TAG] = _read_by(_TAG, "id", sorted(tags))
    for table, column in _OF_POSTS.items():
        found.columns[table], found.rows[table] = _read_by(table, column, posts)
    if connection.vendor == "sqlite":
        found.columns[_FTS], found.rows[_FTS] = _words(found)
    found.columns[_COUNTS], found.rows[_COUNTS] = _counts(found)
    found.columns[_OUTBOX], found.rows[_OUTBOX] = _ask(
        f"SELECT * FROM {_OUTBOX} WHERE id > %s ORDER BY id", [newest]
    )


def _counts(found: Undone) -> tuple[list[str], list[tuple[Any, ...]]]:
    talk, scope = (
        found.columns["conversations_post"].index(name) for name in ("conversation_id", "scope_id")
    )
    added: dict[tuple[int, int], list[int]] = {}
    for row in found.rows["conversations_post"]:
        added.setdefault((row[talk], row[scope]), []).append(row[0])
    rows = [(*key, len(posts), max(posts)) for key, posts in sorted(added.items())]
    return ["conversation_id", "scope_id", "posts", "newest"], rows


def _words(found: Undone) -> tuple[list[str], list[tuple[Any, ...]]]:
    from colonnade.conversations.search import index

    names = found.columns["conversations_posttext"]
    at = [names.index(name) for name in ("post_id", "title", "text", "hint")]
    rows: list[tuple[Any, ...]] = [
        index.fts5_row(*(row[n] for n in at)) for row in found.rows["conversations_posttext"]
    ]
    return ["rowid", "title", "text", "hint"], rows


def _read_by(
    table: str, column: str, values: list[int], wanted: str = "*"
) -> tuple[list[str], list[tuple[Any, ...]]]:
    names: list[str] = []
    rows: list[tuple[Any, ...]] = []
    for at in range(0, len(values), 900):
        part = values[at : at + 900]
        marks = ", ".join(["%s"] * len(part))
        names, more = _ask(
            f"SELECT {wanted} FROM {table} WHERE {column} IN ({marks}) ORDER BY {column}", part
        )
        rows += more
    return names, rows


def _ask(sql: str, values: list[Any]) -> tuple[list[str], list[tuple[Any, ...]]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [column[0] for column in cursor.description], list(cursor.fetchall())


def engine() -> Any:
    """What writes rows without any of our code."""
    return _Postgres() if connection.vendor == "postgresql" else _Sqlite()


class _Sqlite:
    """`executemany` for each table in one transaction, with the product's pragmas."""

    def __init__(self) -> None:
        from colonnade.core.sqlite.base import PRAGMAS

        self._file = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None, timeout=30)
        for pragma in PRAGMAS:
            self._file.execute(pragma).fetchall()
        self._file.execute("PRAGMA busy_timeout = 30000")

    def write(self, undone: Undone) -> None:
        self._file.execute("BEGIN IMMEDIATE")
        for table, rows in undone.rows.items():
            if rows:
                names = undone.columns[table]
                marks = ", ".join(["?"] * len(names))
                self._file.executemany(
                    f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks}) {_on_conflict(table, 'max')}",
                    rows,
                )
        if facts := undone.rows.get(_OUTBOX):
            last = max(row[undone.columns[_OUTBOX].index("seq")] for row in facts)
            self._file.execute("UPDATE core_head SET seq = ?", [last])
        self._file.execute("COMMIT")

    def close(self) -> None:
        self._file.close()


class _Postgres:
    """COPY into a staging table, then INSERT … ON CONFLICT DO NOTHING, for each table, in one transaction."""

    def __init__(self) -> None:
        import psycopg

        parameters = connection.get_connection_params()
        keep = {k: v for k, v in parameters.items() if k in ("dbname", "host", "user", "port", "options")}
        self._line = psycopg.connect(**keep)
        self._staged: dict[str, list[str]] = {}

    def write(self, undone: Undone) -> None:
        with self._line.transaction():
            for table, rows in undone.rows.items():
                if rows:
                    self._copy(table, undone.columns[table], rows)

    def _copy(self, table: str, columns: list[str], rows: list[tuple[Any, ...]]) -> None:
        names = ", ".join(columns)
        if table not in self._staged:
            self._line.execute(
                f"CREATE TEMP TABLE staged_{table} ON COMMIT DELETE ROWS AS SELECT {names} FROM {table} LIMIT 0"
            )
            self._staged[table] = columns
        with self._line.cursor() as cursor:
            with cursor.copy(f"COPY staged_{table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            cursor.execute(
                f"INSERT INTO {table} ({names}) SELECT {names} FROM staged_{table} {_on_conflict(table, 'greatest')}"
            )

    def close(self) -> None:
        self._line.close()


def _on_conflict(table: str, greatest: str) -> str:
    if table == _COUNTS:
        return (
            "ON CONFLICT (conversation_id, scope_id) DO UPDATE SET posts = "
            f"{table}.posts + excluded.posts, newest = {greatest}({table}.newest, excluded.newest)"
        )
    return "" if table == _FTS or connection.vendor == "sqlite" else "ON CONFLICT DO NOTHING"
