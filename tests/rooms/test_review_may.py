"""Who may, and for how long: what is lent ends, and nobody speaks in another's name."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from colonnade.access import actions as access
from colonnade.conversations import actions, queries
from colonnade.core import events
from colonnade.core.worker import settle
from colonnade.extensions import actions as extensions
from colonnade.inbox import actions as inbox
from colonnade.inbox import rules as inbox_rules
from colonnade.inbox.models import Case
from colonnade.networks import base
from colonnade.people import actions as people
from colonnade.people.models import Role
from colonnade.places import actions as places
from colonnade.places.rules import STAFF_ONLY
from colonnade.primitives import clock
from tests.world import World


@pytest.fixture
def world(db: None) -> World:
    return World.make()


def test_whoever_is_no_longer_staff_is_in_no_team(world: World) -> None:
    team = people.make_team("Press", [world.lea])
    scope = places.scope_in(world.staff_room, frozenset({(team.principal_id, team.principal_id)}))
    press = places.open_space("Press", audience=frozenset({(team.principal_id, team.principal_id)}))
    _, post = world.start(press, "under embargo", by=world.lea)
    assert scope.place_id == world.staff_room.pk
    assert queries.post_for(world.viewer(world.lea), post.pk) is not None
    people.set_role(world.lea, Role.VISITOR, by=world.ines)
    assert queries.post_for(world.viewer(world.lea), post.pk) is None
    assert not team.members.exists()


def test_a_membership_can_be_lengthened_ended_early_and_begun_anew(world: World) -> None:
    _, post = world.start(world.partners, "the timetable", by=world.ana)

    def sees() -> bool:
        return queries.post_for(world.viewer(world.okafor), post.pk) is not None

    places.join(world.partners, world.okafor, expires_at=clock.now() - timedelta(hours=1))
    assert not sees()
    places.join(world.partners, world.okafor, expires_at=clock.now() + timedelta(hours=1))
    assert sees()
    places.join(world.partners, world.okafor, expires_at=clock.now() - timedelta(hours=1))
    assert not sees()
    places.join(world.partners, world.okafor)
    assert sees()


def test_nobody_makes_a_token_that_speaks_for_another(world: World) -> None:
    with pytest.raises(PermissionDenied):
        extensions.grant(world.ines, ["admin"], by=world.ana)
    assert extensions.grant(world.ana, ["read"], by=world.ana)


def test_only_staff_say_whose_identity_it_is(world: World) -> None:
    face = world.identity(world.lea)
    with pytest.raises(PermissionDenied):
        people.claim(face, world.okafor, by=world.okafor)
    claim = people.claim(face, world.ana, by=world.ines)
    with pytest.raises(PermissionDenied):
        people.reverse(claim, by=world.okafor)


def test_a_case_is_answered_in_its_own_conversation(world: World) -> None:
    asked = inbox.ask(world.questions, name="Guest", text="May I bring a dog?", ip_or_key="1")
    _, elsewhere = world.start(world.questions, "public", by=world.okafor)
    with pytest.raises(inbox_rules.CannotAnswer):
        inbox.reply(asked.case, "for you alone", by=world.ana, reply_to=elsewhere)


def test_letters_that_no_database_takes_are_left_out_of_titles_and_outcomes(world: World) -> None:
    talk, post = actions.start(
        world.town, by=world.identity(world.ana), text="a\x00b", title="nul\x00  title \ud800"
    )
    assert talk.title == post.said.title
    case = inbox.open_case(talk, post=post)
    assert "\x00" not in inbox.solve(case, by=world.ana, outcome="done\x00").outcome


def test_catching_up_after_thousands_of_posts_goes_in_bounded_steps(world: World) -> None:
    author = base.Author(network="pretend", address="a")
    for batch in range(12):
        said = [
            base.Item(raw=b"", read=(base.Post(uri=f"urn:{batch}:{n}", author=author, text="level"),))
            for n in range(180)
        ]
        actions.receive(world.wire, said)
    settle()
    seq, seen, steps = 0, set(), 0
    while True:
        step = queries.arrived_since(world.anonymous, seq)
        assert len(step.new) < 1_200
        seen |= set(step.new)
        seq, steps = step.seq, steps + 1
        if not step.more:
            break
    assert len(seen) == 12 * 180
    assert seq == events.head() or steps > 1


def test_what_a_conversation_lends_ends_with_its_time(world: World) -> None:
    talk, _ = world.start(world.questions, "private", by=world.ana, private=True)
    actions.admit(talk, world.identity(world.partner), until=clock.now() + timedelta(hours=1))
    assert queries.conversation_for(world.viewer(world.partner), talk.pk) is not None
    access.suspend(world.partner.principal_id)
    assert queries.conversation_for(world.viewer(world.partner), talk.pk) is None


def test_a_letter_to_an_account_that_only_staff_read_opens_a_case_too(world: World) -> None:
    place = places.add_account(
        "pretend",
        "pretend://letters",
        name="Letters",
        credentials={},
        identity=base.Author(network="pretend", address="letters"),
        audience=STAFF_ONLY,
    )
    letter = base.Post(
        uri="urn:letter",
        author=base.Author(network="pretend", address="mrs.okafor"),
        text="Please answer me",
        audience="restricted",
    )
    done = actions.receive(place, [base.Item(raw=b"", read=(letter,))])
    inbox.hear(done.posts)
    assert Case.objects.get().why == "direct"
