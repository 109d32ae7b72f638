"""However a search goes backwards through the days, it finds the same posts: each once, newest first, page by page."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from importlib import import_module
from itertools import product

import pytest
from django.apps import apps
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from colonnade.conversations import actions, queries
from colonnade.conversations.actions import store
from colonnade.conversations.models import PostText
from colonnade.conversations.queries import stretches
from colonnade.conversations.search import index, pairs
from colonnade.core import db as core_db
from colonnade.networks import base
from colonnade.places import actions as places
from colonnade.places.models import Scope
from colonnade.places.rules import STAFF_ONLY
from colonnade.primitives import ids
from tests.searching import search
from tests.world import World

AUTHOR = base.Author(network="pretend", address="river.watch")
DAY = timedelta(days=1)
ALIGNED = datetime(1970, 1, 1, tzinfo=UTC) + 80 * 256 * DAY
"""A day on which spans of 16 and of 256 days begin."""
SETTINGS = [
    {"WALKED": 0, "AT_ONCE": 0},
    {"WALKED": 1, "AT_ONCE": 0},
    {"WALKED": 10**6, "AT_ONCE": 0},
    {"WALKED": 3, "AT_ONCE": 0, "GROWING": 1},
    {"WALKED": 0, "AT_ONCE": 0, "GROWING": 40},
    {"WALKED": 0, "AT_ONCE": 1},
    {"TASTED": 0.1, "TASTED_OF_PAIRS": 0.1, "AT_ONCE": 0},
    {"TASTED": 0.5, "TASTED_OF_PAIRS": 0.5, "AT_ONCE": 0, "GROWING": 1, "ROOM": 0.1},
    {"TASTED": 20, "TASTED_OF_PAIRS": 20, "AT_ONCE": 3, "GROWING": 40},
    {},
]


def item(number: int, words: str, at: datetime | None = None, audience: str = "public") -> base.Item:
    post = base.Post(uri=f"u:{number}", author=AUTHOR, text=words, audience=audience, published=at)
    return base.Item(raw=b"{}", read=(post,))


def walk_thus(monkeypatch: pytest.MonkeyPatch, settings: dict[str, float]) -> None:
    for name, value in settings.items():
        monkeypatch.setattr(stretches, name, value)


def all_pages(viewer: object, query: str, limit: int) -> list[int]:
    found: list[int] = []
    while page := search(viewer, query, before=found[-1] if found else None, limit=limit):  # type: ignore[arg-type]
        assert len(page) <= limit
        found += page
    return found


def at_the_borders() -> list[datetime]:
    """The first and the last millisecond of days around the beginnings of the spans."""
    days = [
        ALIGNED + offset * DAY
        for offset in (-520, -257, -256, -255, -33, -17, -16, -15, -2, -1, 0, 1, 2, 15, 16, 40)
    ]
    return [moment for day in days for moment in (day, day + DAY - timedelta(milliseconds=1))]


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_a_hit_at_each_border_of_a_stretch_is_found_once_and_newest_first(
    db: None, settings: dict[str, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World.make()
    moments = at_the_borders()
    random.Random(5).shuffle(moments)
    done = actions.receive(world.wire, [item(n, "the ferry", at) for n, at in enumerate(moments)])
    expected = sorted(done.posts, reverse=True)
    assert sorted(ids.moment_of(post) for post in expected) == sorted(moments)
    walk_thus(monkeypatch, settings)
    for viewer, query in ((world.anonymous, "ferry"), (world.viewer(world.ana), '"the ferry"')):
        assert search(viewer, query, limit=100) == expected
        for limit in (1, 7):
            assert all_pages(viewer, query, limit) == expected
        for at, post in enumerate(expected):
            assert search(viewer, query, before=post, limit=3) == expected[at + 1 : at + 4]
            since = queries.Within(since=post)
            assert search(viewer, query, limit=100, within=since) == expected[: at + 1]


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_phrases_words_left_out_and_what_is_restricted_are_found_alike(
    db: None, settings: dict[str, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    world, rng = World.make(), random.Random(3)
    items = []
    for number in range(60):
        words = " ".join(rng.choices(["ferry", "bridge", "lamp", "tide"], k=4))
        audience = "restricted" if rng.random() < 0.3 else "public"
        items.append(item(number, words, ALIGNED - rng.randrange(400) * DAY, audience))
    actions.receive(world.wire, items)
    walk_thus(monkeypatch, settings)
    for viewer in (world.anonymous, world.viewer(world.ana)):
        lines = queries.lines(viewer, queries.newest(viewer, place=world.wire.pk, limit=200))
        for query, meant in (
            ("ferry", lambda words: "ferry" in words.split()),
            ('"ferry bridge"', lambda words: "ferry bridge" in words),
            ('"ferry bri*"', lambda words: "ferry bridge" in words),
            ('"ferry brid*"', lambda words: "ferry bridge" in words),
            ('"tide ferry" OR "lamp lamp"', lambda words: "tide ferry" in words or "lamp lamp" in words),
            ("ferry lamp -tide", lambda words: "tide" not in words and "ferry" in words and "lamp" in words),
        ):
            expected = [line.id for line in lines if meant(line.text)]
            assert expected
            assert all_pages(viewer, query, 7) == expected


def test_edited_texts_and_renewed_hints_keep_their_day(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World.make()
    walk_thus(monkeypatch, {"WALKED": 0, "AT_ONCE": 0})
    _, post = world.start(world.town, "the old bridge", by=world.ana)
    actions.edit(post.pk, "the new lamp", by=world.ana)
    assert search(world.anonymous, "bridge") == []
    assert search(world.anonymous, "lamp") == [post.pk]
    places.set_audience(world.town, STAFF_ONLY)
    for scope in Scope.objects.filter(stale_hints=True):
        actions.renew_hints(scope.pk)
    assert search(world.viewer(world.lea), "lamp") == [post.pk]
    actions.delete(post.pk, by=world.ana)
    assert search(world.viewer(world.lea), "lamp") == []


@pytest.mark.skipif("not __import__('django.db').db.connection.vendor == 'postgresql'", reason="a tsvector")
def test_posts_that_were_indexed_without_their_day_are_given_it(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World.make()
    walk_thus(monkeypatch, {"WALKED": 0, "AT_ONCE": 0})
    moments = at_the_borders()
    done = actions.receive(world.wire, [item(n, "the ferry", at) for n, at in enumerate(moments)])
    for said in PostText.objects.filter(pk__in=done.posts):
        with core_db.machinery():
            store.index_for_postgres(said.pk, "'the':1 'ferry':2 ':tp'", "{}")
    migration = import_module("colonnade.conversations.migrations.0005_days_in_the_index")
    with core_db.machinery(), connection.schema_editor() as editor:
        migration.give_days(None, editor)
        migration.give_days(None, editor)
    assert search(world.anonymous, "ferry", limit=100) == sorted(done.posts, reverse=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT post_id, tsv::text FROM conversations_posttext WHERE post_id = ANY(%s)", [done.posts]
        )
        for post, words in cursor.fetchall():
            cursor.execute("SELECT %s::tsvector::text", [index.tsvector(post, "", "the ferry", "tp")])
            assert set(words.split()) >= {
                part for part in cursor.fetchone()[0].split() if part.startswith("':")
            }


@pytest.mark.skipif("not __import__('django.db').db.connection.vendor == 'postgresql'", reason="GIN")
def test_posts_that_were_indexed_without_their_pairs_are_given_them(db: None) -> None:
    world = World.make()
    said = ["the old ferry", "ferry of old ferns", "苹果手机", "an old ferry"]
    posts = actions.receive(world.wire, [item(n, words) for n, words in enumerate(said)]).posts
    actions.delete(posts[3], by=world.tomasz)
    migration = import_module("colonnade.conversations.migrations.0009_pairs_of_words")
    with core_db.machinery(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with connection.schema_editor() as editor:
            migration.take_away(None, editor)
            migration.add(apps, editor)
            migration.give_pairs(apps, editor)
    assert search(world.anonymous, '"old ferry"') == [posts[0]]
    assert search(world.anonymous, "苹果") == [posts[2]]


def test_other_pairs_with_the_same_number_are_no_hits(db: None) -> None:
    """A number stands for many pairs: with 60 words there are some that share one."""
    words = [f"w{n}" for n in range(60)]
    numbers: dict[str, tuple[str, str]] = {}
    for one, other in product(words, words):
        shared = numbers.setdefault(pairs.of_fields([[one, other]]), (one, other))
        if not {one, other} & set(shared):
            break
    world = World.make()
    texts = [f"{one} {other}", f"{shared[0]} {shared[1]} {other} {one}", f"{one} {shared[0]} {other}"]
    hit, *_ = actions.receive(world.wire, [item(n, text) for n, text in enumerate(texts)]).posts
    assert search(world.anonymous, f'"{one} {other}"') == [hit]


@given(first=st.integers(0, 25_000), length=st.integers(1, 5_000), other=st.integers(-5_000, 30_000))
def test_spans_cover_the_days_that_were_asked_for_and_no_other(first: int, length: int, other: int) -> None:
    marks = index.days(first, first + length - 1).split(" | ")
    assert len(marks) <= 2 * (15 + 15) + length // 256
    for number in (first, first + length - 1, first - 1, first + length, max(0, first + other)):
        if number >= 0:
            post = ids.first_of(number * 86_400_000)
            own = index.tsvector(post, "", "", "").split()
            assert len(set(own) & set(marks)) == (1 if first <= number < first + length else 0)
