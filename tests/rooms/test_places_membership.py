"""Membership of spaces: who may do what, whatever the door; and what it leaves in the audit log."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from colonnade.core.models import AuditEntry
from colonnade.places import actions, queries
from colonnade.places.models import Place
from colonnade.places.rules import ON_THE_WEB, SIGNED_IN_ONLY, STAFF_ONLY
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World.make()


@pytest.fixture
def harbour(world: World) -> Place:
    return actions.open_space("Harbour", audience=SIGNED_IN_ONLY, join_policy="ask", by=world.tomasz)


def test_nobody_lets_themselves_in_where_the_space_asks(world: World, harbour: Place) -> None:
    with pytest.raises(PermissionDenied):
        actions.come_in(harbour, world.okafor)
    actions.ask_to_join(harbour, world.okafor)
    with pytest.raises(PermissionDenied):
        actions.come_in(harbour, world.okafor)
    with pytest.raises(PermissionDenied):
        actions.accept(harbour, world.okafor, by=world.okafor)
    actions.accept(harbour, world.okafor, by=world.tomasz)
    assert harbour.principal_id in world.viewer(world.okafor).holds
    entry = AuditEntry.objects.get(what="membership changed")
    assert (entry.actor, entry.subject) == (world.tomasz.principal_id, f"place:{harbour.pk}")


def test_an_invitation_is_taken_once_and_keeps_its_role(world: World) -> None:
    actions.join(world.partners, world.ana, role="steward")
    with pytest.raises(PermissionDenied):
        actions.invite(world.partners, world.lea, by=world.partner)
    actions.invite(world.partners, world.lea, by=world.ana, role="steward")
    assert queries.invitations(world.lea) == [world.partners]
    assert world.partners not in queries.places_for(world.viewer(world.lea))
    assert actions.come_in(world.partners, world.lea).role == "steward"
    actions.send_away(world.partners, world.lea, by=world.ana)
    with pytest.raises(PermissionDenied):
        actions.come_in(world.partners, world.lea)


def test_a_suspended_steward_does_nothing_more(world: World) -> None:
    from colonnade.people import actions as people

    actions.join(world.partners, world.ana, role="steward")
    people.suspend(world.ana, by=world.ines)
    world.ana.refresh_from_db()
    with pytest.raises(PermissionDenied):
        actions.invite(world.partners, world.lea, by=world.ana)


def test_who_reads_a_space_is_changed_by_stewards_among_the_staff_alone(world: World) -> None:
    actions.join(world.partners, world.partner, role="steward")
    actions.join(world.partners, world.ana, role="steward")
    with pytest.raises(PermissionDenied):
        actions.set_audience(world.partners, ON_THE_WEB, by=world.partner)
    with pytest.raises(PermissionDenied):
        actions.set_audience(world.partners, ON_THE_WEB, by=world.lea)
    actions.set_audience(world.partners, STAFF_ONLY, by=world.ana)
    assert world.partners in queries.places_for(world.viewer(world.lea))


def test_the_consequence_of_other_readers_is_known_before(world: World, harbour: Place) -> None:
    narrower = queries.consequence(harbour, STAFF_ONLY, by=world.ana)
    assert (narrower.widens, narrower.newly, narrower.lost, narrower.oneself) == (False, 0, 2, False)
    assert set(narrower.names) == {"Ngozi Okafor", "Ferry Partner"}
    wider = queries.consequence(world.partners, SIGNED_IN_ONLY, by=world.ana)
    assert (wider.widens, wider.opens, wider.newly, wider.lost) == (True, False, 4, 0)
    assert queries.consequence(world.staff_room, ON_THE_WEB, by=world.ana).opens
    members = frozenset({(harbour.principal_id, harbour.principal_id)})
    assert queries.consequence(harbour, members, by=world.ana).oneself
