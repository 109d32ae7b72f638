"""Rows of posts, written in bulk: executemany beside FTS5 on SQLite, COPY on PostgreSQL (both measured fastest)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from colonnade.conversations.actions import counting, joining
from colonnade.conversations.intake import Placing
from colonnade.conversations.models import (
    Attachment,
    Conversation,
    Origin,
    PendingReply,
    Post,
    PostText,
    Raw,
    Tag,
)
from colonnade.conversations.search import index
from colonnade.core import db
from colonnade.places.models import Place
from colonnade.primitives import clock
from colonnade.primitives.text import normalise

AuthorIds = dict[tuple[str, str], int]


def write(place: Place, placed: list[Placing], authors: AuthorIds) -> None:
    """Write posts and all that belongs to them, inside the caller's transaction."""
    if not placed:
        return
    _start_conversations(place, placed)
    _copy(Post, _POST_COLUMNS, [_post_row(place, p, authors) for p in placed])
    if db.is_postgres():
        _copy(PostText, (*_TEXT_COLUMNS, "tsv", "pairs"), [(*_text_row(p), *_words(p)) for p in placed])
    else:
        _copy(PostText, _TEXT_COLUMNS, [_text_row(p) for p in placed])
        index_for_sqlite((p.post.id, p.post.title, p.post.text, index.hint(p.scope, p.tier)) for p in placed)
    write_raw(place, [(p.post.raw, p.post.id, "parsed", "") for p in placed if p.post.raw])
    _write_parts(placed)
    joining.lock_those_to_join(placed)
    counting.count(
        Counter((p.conversation, p.scope) for p in placed),
        {(p.conversation, p.scope): p.post.id for p in placed},
    )
    joining.mend_threads(place, placed)


_POST_COLUMNS = (
    "id",
    "scope_id",
    "place_id",
    "conversation_id",
    "author_id",
    "reply_to_id",
    "uri_hash",
    "arrived_ms",
    "deleted",
    "lang",
)
_TEXT_COLUMNS = ("post_id", "uri", "url", "title", "text", "html", "hint")


def _post_row(place: Place, placing: Placing, authors: AuthorIds) -> tuple[Any, ...]:
    post = placing.post
    author = authors[(post.author.network, post.author.address)]
    return (
        post.id,
        placing.scope,
        place.pk,
        placing.conversation,
        author,
        placing.reply_to,
        post.uri_hash,
        post.arrived_ms,
        False,
        post.lang,
    )


def _text_row(placing: Placing) -> tuple[Any, ...]:
    post = placing.post
    hint = index.hint(placing.scope, placing.tier)
    return (post.id, post.uri, post.url, post.title, post.text, post.html, hint)


def _words(placing: Placing) -> tuple[str, str]:
    post = placing.post
    return index.postgres_row(post.id, post.title, post.text, index.hint(placing.scope, placing.tier))


def _copy(model: type[Any], columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Write many rows of one table the quickest way its database has."""
    if not rows:
        return
    table, names = model._meta.db_table, ", ".join(columns)
    with connection.cursor() as cursor:
        if db.is_postgres():
            copying = cursor.copy(f"COPY {table} ({names}) FROM STDIN")
            with connection.wrap_database_errors, copying as copy:
                for row in rows:
                    copy.write_row(row)
            return
        marks = ", ".join(["%s"] * len(columns))
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)


def index_for_sqlite(rows: Iterable[tuple[int, str, str, str]]) -> None:
    """Put (post, title, text, hint) into the full-text index of SQLite.

    In the order of their ids: FTS5 writes out what it has gathered whenever an id is smaller than the one before.
    """
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO conversations_fts (rowid, title, text, hint) VALUES (%s, %s, %s, %s)",
            [index.fts5_row(*row) for row in sorted(rows)],
        )


def unindex_for_sqlite(rows: Iterable[tuple[int, str, str, str]]) -> None:
    """Take (post, title, text, hint), as they stand in the index, out of it."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO conversations_fts (conversations_fts, rowid, title, text, hint) "
            "VALUES ('delete', %s, %s, %s, %s)",
            [index.fts5_row(*row) for row in rows],
        )


def index_for_postgres(post: int, words: str, pairs: str) -> None:
    """Set the words under which PostgreSQL finds a post, and their pairs, both as `index.postgres_row` gives them."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {PostText._meta.db_table} SET tsv = %s::tsvector, pairs = %s::smallint[] WHERE post_id = %s",
            [words, pairs, post],
        )


def insert_raw(raw: Raw, payload: bytes) -> None:
    """Write one payload as it arrived, and give the row its id.

    Ten megabytes may come. Written into the statement, as Django does it, they take eighty on PostgreSQL, where they
    are sent as bytes here; on SQLite they are written into room made for them, and not copied twice on the way.
    """
    table = Raw._meta.db_table
    columns = "(month, place_id, payload, state, reason, arrived_at)"
    given = (raw.month, raw.place_id)
    if not db.is_postgres():
        line = db.raw_connection()
        made = (*given, len(payload), raw.state, raw.reason, _stamp(raw.arrived_at))
        cursor = line.execute(f"INSERT INTO {table} {columns} VALUES (?, ?, zeroblob(?), ?, ?, ?)", made)
        raw.pk = cursor.lastrowid
        with line.blobopen(table, "payload", raw.pk) as room:
            room.write(payload)
        return
    import psycopg

    values = (*given, payload, raw.state, raw.reason, raw.arrived_at)
    with connection.wrap_database_errors, psycopg.Cursor(db.raw_connection()) as cursor:
        cursor.execute(f"INSERT INTO {table} {columns} VALUES (%s, %s, %b, %s, %s, %s) RETURNING id", values)
        row = cursor.fetchone()
        assert row is not None
        raw.pk = row[0]


def payload_of(raw: Raw) -> bytes:
    """The payload of a row, read as bytes: on PostgreSQL not as twice as many digits, on SQLite not copied twice."""
    table = Raw._meta.db_table
    if not db.is_postgres():
        with db.raw_connection().blobopen(table, "payload", raw.pk, readonly=True) as room:
            return bytes(room.read())
    import psycopg

    with connection.wrap_database_errors, psycopg.Cursor(db.raw_connection()) as cursor:
        row = cursor.execute(f"SELECT payload FROM {table} WHERE id = %s", [raw.pk], binary=True).fetchone()
    return bytes(row[0]) if row else b""


def _stamp(moment: datetime) -> str:
    """A moment as Django writes it on SQLite."""
    return str(moment.replace(tzinfo=None))


def write_raw(place: Place, rows: Sequence[tuple[bytes, int | None, str, str]]) -> None:
    """Keep payloads as they arrived: (payload, post or None, state, reason)."""
    now = clock.now()
    month = now.year * 100 + now.month
    stamp: Any = now if db.is_postgres() else _stamp(now)
    _copy(
        Raw,
        ("month", "place_id", "post_id", "payload", "state", "reason", "arrived_at"),
        [
            (month, place.pk, post, payload, state, normalise(reason)[:500], stamp)
            for payload, post, state, reason in rows
        ],
    )


def _start_conversations(place: Place, placed: list[Placing]) -> None:
    _copy(
        Conversation,
        ("id", "place_id", "scope_id", "kind", "title", "state"),
        [(p.conversation, place.pk, p.scope, "talk", p.post.title, "open") for p in placed if p.starts],
    )


def _write_parts(placed: list[Placing]) -> None:
    """Files, quotes, tags and open replies: few posts have any."""
    files = [(p.post.id, media) for p in placed for media in p.post.media]
    if files:
        Attachment.objects.bulk_create(
            Attachment(
                post_id=post,
                url=media.url[:4000],
                name=media.url.rsplit("/", 1)[-1][:255],
                media_type=media.media_type[:100],
                size=max(0, media.size),
                description=media.description[:1500],
            )
            for post, media in files
        )
    origins = [Origin(post_id=p.post.id, uri=uri) for p in placed for uri in p.post.origins if uri]
    if origins:
        Origin.objects.bulk_create(origins)
    _copy(
        PendingReply,
        ("post_id", "uri_hash"),
        [(p.post.id, p.waits_for) for p in placed if p.waits_for is not None],
    )
    tagged = [(p.post.id, tag) for p in placed for tag in p.post.tags]
    if tagged:
        tag_posts(tagged)


def tag_posts(tagged: Sequence[tuple[int, str]]) -> None:
    """Join posts with tags by name; new names are written."""
    names = sorted({name for _, name in tagged})
    joined = Tag.posts.through._meta.db_table
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO conversations_tag (name) VALUES (%s) ON CONFLICT DO NOTHING",
            [(name,) for name in names],
        )
        marks = ", ".join(["%s"] * len(names))
        cursor.execute(f"SELECT name, id FROM conversations_tag WHERE name IN ({marks})", names)
        by_name = dict(cursor.fetchall())
        cursor.executemany(
            f"INSERT INTO {joined} (post_id, tag_id) VALUES (%s, %s) ON CONFLICT DO NOTHING",
            [(post, by_name[name]) for post, name in tagged],
        )
