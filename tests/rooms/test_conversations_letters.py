"""Scripts without spaces: a name is found wherever it stands, in what was indexed before that as well."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from colonnade.conversations import actions
from colonnade.conversations.actions import store
from colonnade.conversations.models import PostText
from colonnade.core import db
from tests.searching import search
from tests.world import World

pytestmark = pytest.mark.django_db

SAID = ["我喜欢苹果手机", "スマホを買った", "ผมชอบกรุงเทพ", "the ferry, né à Genève"]
FOUND = {"苹果": 0, "手机": 0, "スマホ": 1, "กรุงเทพ": 2, "genève": 3, "ferry": 3}


def found(world: World, posts: list[int]) -> dict[str, int]:
    return {word: posts.index(hit) for word in FOUND for hit in search(world.anonymous, word, limit=9)}


def test_a_name_is_found_inside_a_run_of_letters() -> None:
    world = World.make()
    posts = actions.receive(world.wire, [world.incoming(text) for text in SAID]).posts
    assert found(world, posts) == FOUND
    assert search(world.anonymous, "果苹", limit=9) == []


def test_what_was_indexed_in_whole_runs_is_indexed_anew_and_can_still_be_taken_out() -> None:
    world = World.make()
    posts = actions.receive(world.wire, [world.incoming(text) for text in SAID]).posts
    migration = import_module("colonnade.conversations.migrations.0008_letters_as_words")
    with db.machinery():
        for said in PostText.objects.filter(pk__in=posts[:3]):
            _index_as_before(said, migration._words_before(said.text))
        assert set(found(world, posts)) == {"genève", "ferry"}
        migration.index_anew(apps, connection.schema_editor())
        if db.is_postgres():
            pairs = import_module("colonnade.conversations.migrations.0009_pairs_of_words")
            pairs.give_pairs(apps, connection.schema_editor())
    assert found(world, posts) == FOUND
    actions.delete(posts[0], by=world.tomasz)
    assert set(found(world, posts)) == FOUND.keys() - {"苹果", "手机"}


def _index_as_before(said: PostText, words: str) -> None:
    if db.is_postgres():
        store.index_for_postgres(said.pk, f"'{words}':1 ':{said.hint}'", "{}")
        return
    store.unindex_for_sqlite([(said.pk, said.title, said.text, said.hint)])
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO conversations_fts (rowid, title, text, hint) VALUES (%s, '', %s, %s)",
            [said.pk, words, said.hint],
        )
