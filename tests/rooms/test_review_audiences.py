"""What must stay hidden when places close and open, conversations join, and answers come from elsewhere."""

from __future__ import annotations

import pytest

from colonnade.access import rules as access_rules
from colonnade.conversations import actions, queries
from colonnade.conversations.models import Post
from colonnade.places import actions as places
from colonnade.places.models import Place, Scope
from colonnade.places.queries import terms_of
from colonnade.places.rules import ON_THE_WEB, STAFF_ONLY
from tests.world import World


@pytest.fixture
def world(db: None) -> World:
    return World.make()


def reopened(place: Place) -> None:
    places.set_audience(place, STAFF_ONLY)
    places.set_audience(place, ON_THE_WEB)


# --- a place that closes and opens again ----------------------------------------------------------------------------


def test_staff_notes_stay_notes_when_a_place_closes_and_opens_again(world: World) -> None:
    talk, said = world.start(world.town, "When does the ferry go?", by=world.okafor)
    note = actions.note(talk, "Ask the harbour first", by=world.identity(world.ana), person=world.ana)
    reopened(world.town)
    assert queries.post_for(world.anonymous, said.pk) is not None
    assert queries.post_for(world.anonymous, note.pk) is None
    assert queries.post_for(world.viewer(world.lea), note.pk) is not None


def test_a_private_question_stays_private_when_a_place_closes_and_opens_again(world: World) -> None:
    talk, question = world.start(world.questions, "May I bring a dog?", by=world.okafor, private=True)
    places.set_audience(world.questions, STAFF_ONLY)
    talk.refresh_from_db()
    meanwhile = actions.say(talk, "On a lead.", by=world.identity(world.ana), reply_to=question)
    places.set_audience(world.questions, ON_THE_WEB)
    assert queries.post_for(world.anonymous, question.pk) is None
    assert queries.post_for(world.anonymous, meanwhile.pk) is None
    assert queries.conversation_for(world.anonymous, talk.pk) is None


def test_notes_written_in_a_place_of_staff_alone_do_not_open_with_it(world: World) -> None:
    talk, said = world.start(world.staff_room, "The new ticket machine", by=world.ana)
    note = actions.note(talk, "It does not work", by=world.identity(world.lea), person=world.lea)
    answer = actions.say(talk, "Not at all", by=world.identity(world.ana), reply_to=note)
    places.set_audience(world.staff_room, ON_THE_WEB)
    assert queries.post_for(world.anonymous, said.pk) is not None
    assert queries.post_for(world.anonymous, note.pk) is None
    assert queries.post_for(world.anonymous, answer.pk) is None


def test_what_arrives_while_a_place_is_being_closed_does_not_stand_open(world: World) -> None:
    before = Place.objects.get(pk=world.wire.pk)  # as a worker holds it while it waits for the network
    places.set_audience(world.wire, STAFF_ONLY)
    arrived = actions.receive(before, [world.incoming("The bridge is closed")]).posts
    talk, question = world.start(before, "May I?", by=world.okafor, private=True)
    assert queries.lines(world.anonymous, [*arrived, question.pk]) == []
    assert queries.conversation_for(world.viewer(world.okafor), talk.pk) is None
    assert len(queries.lines(world.viewer(world.lea), [*arrived, question.pk])) == 2
    assert Scope.objects.filter(place=world.wire, tier="p").count() == 0


def test_the_narrowest_of_a_very_long_chain_is_found(world: World) -> None:
    """An answer two hundred answers below a private post, each of which the network called public."""
    talk, private = world.start(world.questions, "between us", by=world.okafor, private=True)
    last = private.said.uri
    for number in range(205):
        item = world.incoming(
            f"answer {number}", uri=f"https://pretend.example/chain/{number}", reply_to=last
        )
        (pk,) = actions.receive(world.wire, [item]).posts
        last = f"https://pretend.example/chain/{number}"
    audience = queries.audience_of_reply(Post.objects.get(pk=pk))
    assert access_rules.is_within(audience, terms_of(Scope.objects.get(pk=talk.scope_id)))
