"""Rows of posts, written in bulk: executemany beside FTS5 on SQLite, COPY on PostgreSQL (both measured fastest)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import F

from colonnade.conversations.events import ConversationJoined
from colonnade.conversations.intake import Placing, Prepared
from colonnade.conversations.models import (
    Attachment,
    Conversation,
    ConversationCount,
    Origin,
    PendingReply,
    Post,
    PostText,
    Raw,
    Tag,
)
from colonnade.conversations.search import index
from colonnade.core import db
from colonnade.core.events import announce
from colonnade.places.models import Place
from colonnade.primitives import clock
from colonnade.primitives.text import normalise

AuthorIds = dict[tuple[str, str], int]


def known_posts(hashes: Iterable[int]) -> dict[int, tuple[int, str]]:
    """(id, uri) of the posts that are here already, by the hash of their uri."""
    rows = _rows_among(
        "SELECT p.uri_hash, p.id, t.uri FROM conversations_post p "
        "JOIN conversations_posttext t ON t.post_id = p.id WHERE p.uri_hash",
        hashes,
    )
    return {hash_: (post, uri) for hash_, post, uri in rows}


def taken_ids(ids: Iterable[int]) -> set[int]:
    """Which of these ids a post has already, or a conversation, which has the id of the post that opened it."""
    wanted = list(ids)
    posts = _rows_among("SELECT id FROM conversations_post WHERE id", wanted)
    talks = _rows_among("SELECT id FROM conversations_conversation WHERE id", wanted)
    return {row[0] for row in posts + talks}


def said_by(author: int, posts: Sequence[int]) -> tuple[int, ...]:
    """Those of some posts that are this author's."""
    return tuple(
        Post.objects.filter(pk__in=posts, author_id=author).order_by("pk").values_list("pk", flat=True)
    )


def not_buried(place: Place, posts: list[Prepared]) -> list[Prepared]:
    """The posts without those whose deletion came first."""
    rows = _rows_among(
        "SELECT uri_hash, place_id FROM conversations_buried WHERE uri_hash", [p.uri_hash for p in posts]
    )
    buried = {hash_ for hash_, where in rows if where == place.pk}
    return [post for post in posts if post.uri_hash not in buried] if buried else posts


def answered_posts(hashes: Iterable[int]) -> list[tuple[int, int, int, int, int | None]]:
    """Posts by the hash of their uri: (hash, post, conversation, place, scope of the conversation if it is narrowed)."""
    return _rows_among(
        "SELECT p.uri_hash, p.id, p.conversation_id, p.place_id, "
        "CASE WHEN c.principal_id IS NOT NULL THEN c.scope_id END FROM conversations_post p "
        "JOIN conversations_conversation c ON c.id = p.conversation_id WHERE p.uri_hash",
        hashes,
    )


def orphans_of(hashes: Iterable[int]) -> dict[int, list[tuple[int, int, int | None]]]:
    """Posts that wait for what they answer, by its uri's hash: (post, conversation, its scope, but None where the
    conversation is narrowed and nobody else's post may join it), oldest first."""
    rows = _rows_among(
        "SELECT r.uri_hash, r.post_id, p.conversation_id, CASE WHEN c.principal_id IS NULL THEN c.scope_id END "
        "FROM conversations_pendingreply r JOIN conversations_post p ON p.id = r.post_id "
        "JOIN conversations_conversation c ON c.id = p.conversation_id WHERE r.uri_hash",
        hashes,
    )
    found: dict[int, list[tuple[int, int, int | None]]] = {}
    for hash_, post, talk, scope in sorted(rows, key=lambda row: row[1]):
        found.setdefault(hash_, []).append((post, talk, scope))
    return found


def _rows_among(question: str, numbers: Iterable[int]) -> list[Any]:
    """The rows for which `question`, which ends in a column, finds one of these numbers there.

    Written out, not by the ORM: intake asks five such questions for each chunk, and preparing hundreds of parameters
    five times cost it more than the answers.
    """
    written = ", ".join(map(str, map(int, numbers)))
    if not written:
        return []
    with connection.cursor() as cursor:
        cursor.execute(f"{question} IN ({written})")
        return list(cursor.fetchall())


def write(place: Place, placed: list[Placing], authors: AuthorIds) -> None:
    """Write posts and all that belongs to them, inside the caller's transaction."""
    if not placed:
        return
    _start_conversations(place, placed)
    _copy(Post, _POST_COLUMNS, [_post_row(place, p, authors) for p in placed])
    if db.is_postgres():
        _copy(PostText, (*_TEXT_COLUMNS, "tsv"), [(*_text_row(p), _tsv(p)) for p in placed])
    else:
        _copy(PostText, _TEXT_COLUMNS, [_text_row(p) for p in placed])
        index_for_sqlite((p.post.id, p.post.title, p.post.text, index.hint(p.scope, p.tier)) for p in placed)
    write_raw(place, [(p.post.raw, p.post.id, "parsed", "") for p in placed if p.post.raw])
    _write_parts(placed)
    count(
        Counter((p.conversation, p.scope) for p in placed),
        {(p.conversation, p.scope): p.post.id for p in placed},
    )
    _mend_threads(place, placed)


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


def _tsv(placing: Placing) -> str:
    return index.tsvector(placing.post.title, placing.post.text, index.hint(placing.scope, placing.tier))


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


def set_tsv(post_id: int, words: str) -> None:
    """Set the words under which PostgreSQL finds a post."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {PostText._meta.db_table} SET tsv = %s::tsvector WHERE post_id = %s", [words, post_id]
        )


def write_raw(place: Place, rows: Sequence[tuple[bytes, int | None, str, str]]) -> None:
    """Keep payloads as they arrived: (payload, post or None, state, reason)."""
    now = clock.now()
    month = now.year * 100 + now.month
    stamp: Any = now if db.is_postgres() else str(now.replace(tzinfo=None))
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
    Attachment.objects.bulk_create(
        Attachment(
            post_id=p.post.id,
            url=media.url[:4000],
            name=media.url.rsplit("/", 1)[-1][:255],
            media_type=media.media_type[:100],
            size=max(0, media.size),
            description=media.description[:1500],
        )
        for p in placed
        for media in p.post.media
    )
    Origin.objects.bulk_create(
        Origin(post_id=p.post.id, uri=uri) for p in placed for uri in p.post.origins if uri
    )
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
    names = {name for _, name in tagged}
    Tag.objects.bulk_create([Tag(name=name) for name in sorted(names)], ignore_conflicts=True)
    by_name = dict(Tag.objects.filter(name__in=names).values_list("name", "pk"))
    joined = Tag.posts.through
    joined.objects.bulk_create(
        [joined(post_id=post, tag_id=by_name[name]) for post, name in tagged], ignore_conflicts=True
    )


def count(added: Counter[tuple[int, int]], newest: dict[tuple[int, int], int]) -> None:
    """Add to the counters by (conversation, scope); `newest` are the greatest ids added."""
    table = ConversationCount._meta.db_table
    greatest = "GREATEST" if db.is_postgres() else "max"
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {table} (conversation_id, scope_id, posts, newest) VALUES (%s, %s, %s, %s) "
            "ON CONFLICT (conversation_id, scope_id) DO UPDATE SET "
            f"posts = {table}.posts + excluded.posts, newest = {greatest}({table}.newest, excluded.newest)",
            [(talk, scope, n, newest[(talk, scope)]) for (talk, scope), n in sorted(added.items())],
        )


def uncount(conversation: int, scope: int) -> None:
    """One post fewer in this scope of a conversation."""
    rows = ConversationCount.objects.filter(conversation_id=conversation, scope_id=scope, posts__gt=0)
    rows.update(posts=F("posts") - 1)


def _mend_threads(place: Place, placed: list[Placing]) -> None:
    """Answers that came before what they answer now point at it, and stand in one conversation with it."""
    for placing in placed:
        if placing.orphans:
            _mend(place, placing.post.id, placing.conversation, placing.orphans)


def mend_missed(posts: Sequence[int]) -> None:
    """The same for answers that arrived at the same moment as what they answer, so that neither saw the other."""
    question = (
        "SELECT p.id, p.conversation_id, p.place_id, r.post_id FROM conversations_pendingreply r "
        "JOIN conversations_post p ON p.uri_hash = r.uri_hash WHERE "
    )
    missed = {*_rows_among(f"{question} p.id", posts), *_rows_among(f"{question} r.post_id", posts)}
    for parent, _, place, answer in sorted(missed):
        talk = Post.objects.values_list("conversation_id", flat=True).get(pk=parent)
        _mend(Place.objects.get(pk=place), parent, talk, (answer,))


def buried_after_all(posts: Sequence[int]) -> list[int]:
    """Which of these posts their own place had said to be gone, in a transaction that did not see them yet."""
    question = (
        "SELECT p.id FROM conversations_post p JOIN conversations_buried b "
        "ON b.uri_hash = p.uri_hash AND b.place_id = p.place_id WHERE NOT p.deleted AND p.id"
    )
    return [row[0] for row in _rows_among(question, posts)]


def _mend(place: Place, parent: int, conversation: int, answers: Sequence[int]) -> None:
    PendingReply.objects.filter(post_id__in=answers).delete()
    Post.objects.filter(pk__in=answers).update(reply_to_id=parent)
    for talk in _conversations_to_join(conversation, answers):
        merge(place, talk, conversation)


def _conversations_to_join(conversation: int, answers: Sequence[int]) -> list[int]:
    """Those of the same place that are read by the same people: what is said next in one goes to its readers alone."""
    into = Conversation.objects.get(pk=conversation)
    if into.principal_id is not None:
        return []
    rows = Conversation.objects.filter(
        posts__in=answers, place=into.place_id, scope=into.scope_id, principal__isnull=True
    )
    return sorted(set(rows.exclude(pk=into.pk).values_list("pk", flat=True)))


def merge(place: Place, source: int, target: int) -> None:
    """Move all posts of one conversation into another, which the first then is a duplicate of."""
    Post.objects.filter(conversation_id=source).update(conversation_id=target)
    counts = ConversationCount.objects.filter(conversation_id=source).order_by("scope").select_for_update()
    moved = {(target, row.scope_id): row for row in counts}
    count(
        Counter({key: row.posts for key, row in moved.items()}),
        {key: row.newest for key, row in moved.items()},
    )
    ConversationCount.objects.filter(conversation_id=source).delete()
    Conversation.objects.filter(pk=source).update(duplicate_of_id=target, state="closed")
    announce(
        ConversationJoined(conversation=source, into=target, place=place.pk), subject=f"place:{place.pk}"
    )
