"""However a search on SQLite goes backwards through time, it finds the same posts; none is lost where FTS5 loses some."""

from __future__ import annotations

import random
import sqlite3
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from colonnade.conversations import actions, queries
from colonnade.conversations.queries import windows
from colonnade.core import db as core_db
from colonnade.networks import base
from colonnade.primitives import ids
from tests.searching import search
from tests.world import World

pytestmark = pytest.mark.one_database

AUTHOR = base.Author(network="pretend", address="river.watch")
BEGAN = datetime(2026, 3, 1, tzinfo=UTC)
POSTS = 600
SETTINGS = [
    {},
    {"FIRST": 1, "GROWING": 2, "BARREN": 1},
    {"FIRST": 7, "GROWING": 1, "ROOM": 0.3, "BARREN": 3},
    {"FIRST": 50, "GROWING": 3, "BARREN": 10**6},
]
ASKED = {
    "ferry": lambda said: "ferry" in said.split(),
    "ferry tide": lambda said: "tide" in said.split(),
    "ferry lamp": lambda said: "lamp" in said.split(),
    '"ferry tide"': lambda said: "ferry tide" in said,
    "ferry -tide": lambda said: "tide" not in said.split(),
    "lamp OR quay": lambda said: "lamp" in said or "quay" in said,
    "fer*": lambda said: "ferry" in said,
}


def fill(world: World) -> None:
    """Posts of which each holds one word and some hold others. Their ids are the same each time: it is by them that FTS5 loses."""
    chance = random.Random(1)
    items = []
    for number in range(POSTS):
        words = [
            "ferry",
            *(word for word, share in (("tide", 0.3), ("lamp", 0.05)) if chance.random() < share),
        ]
        chance.shuffle(words)
        said = base.Post(
            uri=f"u:{number}",
            author=AUTHOR,
            text=" ".join(words),
            audience="restricted" if chance.random() < 0.3 else "public",
            published=BEGAN + timedelta(seconds=20 * number),
        )
        items.append(base.Item(raw=b"{}", read=(said,)))
    ids._random.seed(1)
    actions.receive(world.wire, items)
    ids._random.seed()


def with_small_pages() -> None:
    """Pages of 64 bytes: the table of a word's pages then fills pages after a hundred posts instead of 300,000."""
    with core_db.machinery(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO conversations_fts (conversations_fts, rank) VALUES ('pgsz', 64)")


def in_one_piece() -> None:
    with core_db.machinery(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO conversations_fts (conversations_fts) VALUES ('optimize')")


def backwards(match: str) -> set[int]:
    """What FTS5 itself says when it is asked for the newest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rowid FROM conversations_fts WHERE conversations_fts MATCH %s ORDER BY rowid DESC",
            [match],
        )
        return {row[0] for row in cursor.fetchall()}


def all_pages(viewer: object, query: str, limit: int) -> list[int]:
    found: list[int] = []
    while page := search(viewer, query, before=found[-1] if found else None, limit=limit):  # type: ignore[arg-type]
        found += page
    return found


def test_no_hit_is_lost_where_the_list_of_a_word_is_long(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World.make()
    with_small_pages()
    fill(world)
    in_one_piece()
    everything = {}
    for viewer in (world.anonymous, world.viewer(world.lea)):
        shown = queries.lines(viewer, queries.newest(viewer, place=world.wire.pk, limit=POSTS))
        everything |= {line.id: line.text for line in shown}
        for settings in SETTINGS:
            with monkeypatch.context() as patch:
                for name, value in settings.items():
                    patch.setattr(windows, name, value)
                for query, meant in ASKED.items():
                    expected = [line.id for line in shown if meant(line.text)]
                    assert search(viewer, query, limit=POSTS) == expected, (query, settings)
                    assert all_pages(viewer, query, 97)[:300] == expected[:300], (query, settings)
    tides = {pk for pk, said in everything.items() if "tide" in said.split()}
    assert 100 < len(tides) < POSTS
    if sqlite3.sqlite_version_info[:2] == (3, 40):
        assert tides - backwards("{title text}: (ferry AND tide)"), "the fault is no longer provoked"


def test_a_search_ends_where_it_is_told_to(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World.make()
    fill(world)
    every = search(world.anonymous, "ferry", limit=POSTS)
    for settings in SETTINGS:
        for name, value in settings.items():
            monkeypatch.setattr(windows, name, value)
        for at in (0, 1, 2, 60, len(every) - 2, len(every) - 1):
            assert search(world.anonymous, "ferry", before=every[at], limit=3) == every[at + 1 : at + 4]
            since = queries.Within(since=every[at])
            assert search(world.anonymous, "ferry", limit=POSTS, within=since) == every[: at + 1]
    assert search(world.anonymous, "ferry", before=every[-1] >> 1) == []
    assert search(world.anonymous, "ferry", within=queries.Within(since=every[0] + 1)) == []


def test_of_an_empty_house_nothing_is_found(db: None) -> None:
    assert search(World.make().anonymous, "ferry") == []
