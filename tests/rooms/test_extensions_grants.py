"""Tokens: kept as hashes, worth no more than their person, dead when they should be."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from colonnade.conversations import queries as conversations
from colonnade.core import db
from colonnade.extensions import actions, queries, rules
from colonnade.extensions.models import Grant
from colonnade.people import actions as people
from colonnade.primitives import clock
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World.make()


def test_a_token_is_shown_once_and_kept_as_a_hash(world: World) -> None:
    token = actions.grant(world.ana, ["read", "cases"], name="Phone")
    (kept,) = Grant.objects.all()
    assert token.startswith("cln_")
    assert len(token) >= 47
    assert token not in str(vars(kept))
    found = queries.viewer_for_token(token)
    assert found is not None
    grant, viewer = found
    assert (grant, viewer.person) == (kept, world.ana.pk)
    assert viewer.permissions == frozenset({"read", "cases"})
    assert viewer.holds == world.viewer(world.ana).holds


def test_a_token_limited_to_places_sees_nothing_beyond_them(world: World) -> None:
    _, here = world.start(world.town, "In town", by=world.ana)
    _, there = world.start(world.staff_room, "Among us", by=world.ana)
    token = actions.grant(world.ana, ["read"], places=[world.town])
    found = queries.viewer_for_token(token)
    assert found is not None
    assert conversations.newest(found[1]) == [here.pk]
    assert conversations.post_for(found[1], there.pk) is None


def test_a_ceiling_stays_one_when_its_last_place_is_gone(world: World) -> None:
    world.start(world.town, "In town", by=world.ana)
    token = actions.grant(world.ana, ["read"], places=[world.partners])
    found = queries.viewer_for_token(token)
    assert found is not None
    grant = found[0]
    with db.act():
        grant.places.clear()
    after = queries.viewer_for_token(token)
    assert after is not None
    assert after[1].ceiling == frozenset()
    assert conversations.newest(after[1]) == []


def test_a_token_dies_with_its_person_its_time_and_its_revocation(world: World) -> None:
    with clock.stopped_at(clock.now()) as move:
        short = actions.grant(world.ana, ["read"], expires_at=clock.now() + timedelta(hours=1))
        long, other = actions.grant(world.ana, ["read"]), actions.grant(world.lea, ["read"])
        move(3600)
        assert queries.viewer_for_token(short) is None
    (grant,) = queries.grants_of(world.ana).exclude(expires_at__isnull=False)
    with pytest.raises(PermissionDenied):
        actions.revoke(grant, by=world.lea)
    actions.revoke(grant, by=world.ana)
    actions.revoke(grant, by=world.ana)
    assert queries.viewer_for_token(long) is None
    assert queries.viewer_for_token(other) is not None
    people.suspend(world.lea, by=world.ines)
    assert queries.viewer_for_token(other) is None
    world.lea.refresh_from_db()
    with pytest.raises(PermissionDenied):
        actions.grant(world.lea, ["read"])


@pytest.mark.parametrize(
    "token", ["", "cln_", "cln_x", "bearer", "cln_" + "a" * 10_000, "cln_\x00", "cln_\ud800"]
)
def test_what_is_no_token_opens_nothing(world: World, token: str) -> None:
    assert queries.viewer_for_token(token) is None


def test_permissions_are_known_ones(world: World) -> None:
    with pytest.raises(rules.UnknownPermission, match="no permission “everything”; there are: read, write"):
        actions.grant(world.ana, ["read", "everything"])
    with pytest.raises(rules.UnknownPermission, match="needs a permission"):
        actions.grant(world.ana, [])
    assert rules.checked(["cases", "read", "cases"]) == ["read", "cases"]


def test_the_day_of_its_last_use_is_kept_and_written_once_a_day(
    world: World, django_assert_num_queries: object
) -> None:
    token = actions.grant(world.ana, ["read"])
    with clock.stopped_at(clock.now()) as move:
        found = queries.viewer_for_token(token)
        assert found is not None
        actions.note_use(found[0])
        again = queries.viewer_for_token(token)
        assert again is not None
        assert again[0].last_used_on == clock.now().date()
        with django_assert_num_queries(0):  # type: ignore[operator]
            actions.note_use(again[0])
        move(86_400)
        actions.note_use(again[0])
        assert Grant.objects.get().last_used_on == clock.now().date()
