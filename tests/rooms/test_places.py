"""Places: what is stored of an account, who may add one, and what a failed reading leaves behind."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from colonnade.conversations import actions as conversations
from colonnade.networks.base import Author
from colonnade.people import actions as people
from colonnade.places import actions, queries
from colonnade.places.models import Account, Place
from tests.rooms.at_once import held_open
from tests.world import World


@pytest.fixture
def world(db: None) -> World:
    return World.make()


def an_account(world: World) -> Place:
    return actions.add_account(
        "pretend",
        "pretend://town",
        name="The town",
        credentials={"token": "canary-7f3a"},
        identity=Author(network="pretend", address="port.alder"),
        by=world.ines,
    )


def test_credentials_are_stored_as_ciphertext_alone(world: World) -> None:
    place = an_account(world)
    with connection.cursor() as cursor:
        cursor.execute("SELECT credentials FROM places_account WHERE place_id = %s", [place.pk])
        stored = bytes(cursor.fetchone()[0])
    assert b"canary" not in stored
    assert Account.objects.get(place=place).credentials == {"token": "canary-7f3a"}


def test_only_owners_and_admins_add_places(world: World) -> None:
    with pytest.raises(PermissionDenied):
        actions.add_source("feeds", "https://herald.example/feed", by=world.ana)
    assert actions.add_source("feeds", "https://herald.example/feed", by=world.tomasz).kind == "source"


def test_a_source_is_listed_once(world: World) -> None:
    first = actions.add_source("feeds", "https://herald.example/feed", by=world.ines)
    assert actions.add_source("feeds", "https://herald.example/feed", by=world.ines) == first


def test_a_place_that_can_not_be_reached_says_why_and_is_asked_again_later(world: World) -> None:
    place = actions.add_source("feeds", "http://127.0.0.1:9/feed", by=world.ines)
    conversations.poll(place)
    place.polling.refresh_from_db()
    assert place.polling.health == "failing"
    assert place.polling.last_error
    assert place.polling.due_at is not None


def test_leaving_a_space_takes_its_posts_from_sight(world: World) -> None:
    assert world.partners in queries.places_for(world.viewer(world.partner))
    actions.leave(world.partners, world.partner)
    assert world.partners not in queries.places_for(world.viewer(world.partner))


def test_a_membership_that_has_ended_lets_nobody_in(world: World) -> None:
    from datetime import timedelta

    from colonnade.primitives import clock

    actions.join(world.partners, world.lea, expires_at=clock.now() + timedelta(hours=1))
    assert world.partners in queries.places_for(world.viewer(world.lea))
    with clock.stopped_at(clock.now() + timedelta(hours=2)):
        assert world.partners not in queries.places_for(world.viewer(world.lea))


def test_a_claim_is_reversible_and_roles_are_kept_by_rules(world: World) -> None:
    face = world.identity(world.okafor)
    claim = people.claim(face, world.lea, by=world.ana, reason="same handwriting")
    face.refresh_from_db()
    assert face.person == world.lea
    people.reverse(claim, by=world.ana)
    face.refresh_from_db()
    assert face.person == world.okafor
    with pytest.raises(PermissionDenied):
        people.set_role(world.ines, "visitor", by=world.tomasz)
    with pytest.raises(PermissionDenied):
        people.suspend(world.ines, by=world.ines)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_feed_that_two_add_at_the_same_moment_is_one_place() -> None:
    added: list[Place] = []

    def add() -> None:
        added.append(actions.add_source("feeds", "https://river.example/feed"))

    held_open(add, add)
    assert len({place.pk for place in added}) == 1
    assert Place.objects.filter(source__address="https://river.example/feed").count() == 1
