"""Rows are found by the beginnings of the words in their names, and never by a look at all names."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from colonnade.conversations import actions as conversations
from colonnade.conversations import queries as read
from colonnade.core import words
from colonnade.networks.base import Author
from colonnade.people import actions as people
from colonnade.people import queries
from colonnade.people.models import Identity, NameWord
from tests.world import World

pytestmark = pytest.mark.django_db


def met(*names: tuple[str, str]) -> list[int]:
    authors = [Author(network="pretend", address=address, name=name) for address, name in names]
    known = people.meet_identities(authors)
    return [known["pretend", address] for address, _ in names]


def found(asked: str) -> set[str]:
    return {one.name for one in Identity.objects.filter(pk__in=queries.called(asked))}


def test_a_name_is_found_by_the_beginning_of_any_of_its_words() -> None:
    met(("ana@portalder.example", "Ana Lópes"), ("anabel", "Anabel Quay"), ("lópes.boats", "Boats & more"))
    assert found("ana") == {"Ana Lópes", "Anabel Quay"}
    assert found("LÓPES") == {"Ana Lópes", "Boats & more"}
    assert found("lóp an") == {"Ana Lópes"}
    assert found("ana@portalder") == {"Ana Lópes"}
    assert found("nabel") == set()
    assert found("  ") == found("'; --") == set()


def test_where_words_are_not_parted_a_name_is_found_by_what_stands_inside() -> None:
    met(("taro", "山田太郎"), ("ana", "Ana"))
    assert found("太郎") == {"山田太郎"}
    assert found("山田") == {"山田太郎"}


def test_a_new_name_is_found_and_the_old_one_is_not(world: World) -> None:
    met(("walker7", "Heron Lover"))
    met(("walker7", "Otter Lover"))
    assert (found("otter"), found("heron l")) == ({"Otter Lover"}, set())
    people.set_profile(world.ana, name="Anke", time_zone="UTC", language="en")
    assert "Anke" in found("anke")


@pytest.fixture
def world() -> World:
    return World.make()


def test_every_name_has_its_words(world: World) -> None:
    conversations.receive(world.wire, [world.incoming("hello", author="heron.lover")])
    borne: dict[int, set[str]] = {}
    for word, bearer in NameWord.objects.values_list("word", "bearer"):
        borne.setdefault(bearer, set()).add(word)
    assert borne == {one.pk: words.words_of(one.name, one.address) for one in Identity.objects.all()}


def test_a_title_is_found_as_it_stands_now(world: World) -> None:
    face = queries.identity_here(world.ana)
    assert face is not None
    talk, _ = conversations.start(world.town, by=face, title="Lamps on the quay", text="Two are dark.")
    assert read.titled("quay", 10) == [talk.pk]
    assert read.titled("quay lamp", 10) == [talk.pk]
    assert read.titled("dark", 10) == []


def test_whole_words_come_first_and_then_the_newest() -> None:
    many = met(*((f"ferry{n}", "Ferry") for n in range(4)), ("ferryman", "Ferryman"))
    newest = sorted(many[:4], reverse=True)
    assert words.bearers(NameWord, "ferry", 10) == [*newest, many[4]]
    assert words.bearers(NameWord, "ferry", 2) == newest[:2]
    assert words.bearers(NameWord, "ferryma", 10) == [many[4]]


def test_a_look_for_a_name_reads_no_table_from_end_to_end() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("SQLite tells its plan beforehand; PostgreSQL reads small tables as it likes")
    with CaptureQueriesContext(connection) as said:
        queries.called("ana lopes")
    for query in said:
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN QUERY PLAN " + query["sql"])
            plan = [row[3] for row in cursor.fetchall()]
        assert not [line for line in plan if line.startswith("SCAN people_")], plan
