"""A deletion that comes before its post, also in the very moment in which the post is written."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from colonnade.conversations import actions
from colonnade.conversations.events import PostsBuried
from colonnade.conversations.intake import uri_hash
from colonnade.conversations.models import Buried, Post, PostText
from colonnade.core import db, events, worker
from colonnade.places import actions as places
from tests.rooms.at_once import URI, gone, held_open, item
from tests.world import World

at_once = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture
def world(db: None) -> World:
    return World.make()


@at_once
def test_a_deletion_that_is_committed_after_its_post_was_heard_of_is_done() -> None:
    world = World.make()
    held_open(
        lambda: actions.receive(world.wire, [gone()]),
        lambda: actions.receive(world.wire, [item(URI)]),
    )
    assert not Post.objects.filter(deleted=False).exists()
    assert not PostText.objects.filter(text__contains="words").exists()


@at_once
def test_a_post_that_is_committed_after_its_deletion_was_heard_of_is_gone() -> None:
    world = World.make()
    if (
        not db.is_postgres()
    ):  # there one comes before the other, and the post before its deletion is another test
        actions.receive(world.wire, [gone()])
    held_open(
        lambda: actions.receive(world.wire, [item(URI)]),
        lambda: actions.receive(world.wire, [gone()]),
    )
    assert not Post.objects.filter(deleted=False).exists()


def test_a_deletion_that_finds_no_post_is_announced_once_and_done_when_it_is_heard(world: World) -> None:
    worker.settle()
    before = events.head()
    for _ in range(2):
        actions.receive(world.wire, [gone(), gone("https://pretend.example/other")])
    events.stamp()
    (told,) = [heard.event for heard in events.since(before, kinds=[PostsBuried])]
    assert isinstance(told, PostsBuried)
    assert set(told.burials) == set(Buried.objects.values_list("pk", flat=True))
    with db.act():
        Buried.objects.all().delete()
    (post,) = actions.receive(world.wire, [item(URI)]).posts
    assert actions.receive(world.town, [gone()]).buried != []
    actions.mend_buried(list(Buried.objects.values_list("pk", flat=True)))
    assert not Post.objects.get(pk=post).deleted  # another place has no say
    with db.act():
        Buried.objects.update(place=world.wire)
    actions.mend_buried(list(Buried.objects.values_list("pk", flat=True)))
    assert Post.objects.get(pk=post).deleted


def test_each_place_that_said_a_post_is_gone_keeps_it_away(world: World) -> None:
    other = places.add_source("pretend", "pretend://other", name="Other wire")
    for place in (world.wire, other):
        actions.receive(place, [gone()])
    assert Buried.objects.count() == 2
    for place in (world.wire, other):
        assert actions.receive(place, [item(URI)]).posts == []
    third = places.add_source("pretend", "pretend://third", name="Third wire")
    assert len(actions.receive(third, [item(URI)]).posts) == 1


def _insert_burial(uri_hash: int, place: int) -> None:
    """As the release before this one writes it: it knows no other column."""
    with db.act(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO conversations_buried (uri_hash, author_address, at, place_id) "
            "VALUES (%s, '', '2026-01-01 00:00:00', %s)",
            [uri_hash, place],
        )


@at_once
def test_burials_from_before_they_were_kept_by_place_stay_and_the_last_release_goes_on_writing_them() -> None:
    world = World.make()
    known = MigrationLoader(connection)
    before = known.project_state(("conversations", "0002_full_text"))
    step = known.get_migration("conversations", "0003_buried_by_place")
    with db.machinery(), connection.schema_editor() as editor:
        step.unapply(before.clone(), editor)
    try:
        _insert_burial(uri_hash(URI), world.wire.pk)
    finally:
        with db.machinery(), connection.schema_editor() as editor:
            step.apply(before.clone(), editor)
    _insert_burial(uri_hash("https://pretend.example/other"), world.wire.pk)
    for uri in (URI, "https://pretend.example/other"):
        assert actions.receive(world.wire, [item(uri)]).posts == []
