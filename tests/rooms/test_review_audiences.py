"""What must stay hidden when places close and open, conversations join, and answers come from elsewhere."""

from __future__ import annotations

import pytest

from colonnade.access import rules as access_rules
from colonnade.conversations import actions, queries, rules
from colonnade.conversations.models import Conversation, Post
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


# --- conversations that join, and answers from elsewhere --------------------------------------------------------------


def a_private_talk(world: World) -> tuple[Conversation, Post]:
    """A narrowed conversation at a place that is read from elsewhere, with a title that nobody else may read."""
    return actions.start(
        world.wire, by=world.identity(world.okafor), text="quietly", title="About my landlord", private=True
    )


def test_a_public_post_never_joins_a_private_conversation_whose_answer_came_first(world: World) -> None:
    talk, _ = a_private_talk(world)
    late = world.incoming(
        "inside", uri="https://pretend.example/inside", reply_to="https://pretend.example/root"
    )
    (inside,) = actions.receive(world.wire, [late], scope=talk.scope, conversation=talk).posts
    (root,) = actions.receive(world.wire, [world.incoming("root", uri="https://pretend.example/root")]).posts
    opened = Post.objects.get(pk=root).conversation
    assert opened.pk != talk.pk
    assert Post.objects.get(pk=inside).conversation_id == talk.pk
    assert queries.conversation_for(world.anonymous, talk.pk) is None
    more = actions.say(talk, "and more", by=world.identity(world.okafor))
    assert queries.post_for(world.anonymous, more.pk) is None


def test_a_private_conversation_is_never_merged_into_a_public_one(world: World) -> None:
    talk, _ = a_private_talk(world)
    root, middle = "https://pretend.example/root", "https://pretend.example/middle"
    actions.receive(world.wire, [world.incoming("root", uri=root)])
    inside = world.incoming("inside", uri="https://pretend.example/inside", reply_to=middle)
    (inside_id,) = actions.receive(world.wire, [inside], scope=talk.scope, conversation=talk).posts
    actions.receive(world.wire, [world.incoming("middle", uri=middle, reply_to=root)])
    talk.refresh_from_db()
    assert (talk.state, talk.duplicate_of_id) == ("open", None)
    kept = Post.objects.select_related("reply_to__said").get(pk=inside_id)
    assert kept.conversation_id == talk.pk
    assert kept.reply_to is not None
    assert kept.reply_to.said.text == "middle"


def test_an_answer_from_elsewhere_to_a_private_conversation_stays_in_it(world: World) -> None:
    talk, said = a_private_talk(world)
    item = world.incoming("an answer", uri="https://pretend.example/a", reply_to=said.said.uri)
    below = world.incoming("one below", reply_to="https://pretend.example/a")
    arrived = actions.receive(world.wire, [item, below]).posts
    assert queries.lines(world.anonymous, arrived) == []
    assert len(queries.lines(world.viewer(world.okafor), arrived)) == 2
    assert queries.conversation_for(world.anonymous, talk.pk) is None


def test_a_title_is_for_those_who_read_the_conversation(world: World) -> None:
    talk, _ = a_private_talk(world)
    wide = places.default_scope(world.wire)
    (open_post,) = actions.receive(
        world.wire, [world.incoming("open")], scope=wide, conversation=talk
    ).posts  # given on purpose
    assert queries.post_for(world.anonymous, open_post) is not None
    seen = queries.conversation_for(world.anonymous, talk.pk)
    assert seen is not None
    assert seen.title == ""
    own = queries.conversation_for(world.viewer(world.okafor), talk.pk)
    assert own is not None
    assert own.title == "About my landlord"


def test_a_deleted_post_takes_the_title_of_its_conversation_along(world: World) -> None:
    talk, post = actions.start(
        world.town, by=world.identity(world.okafor), text="words", title="My number is 555"
    )
    actions.say(talk, "Please take that down", by=world.identity(world.ana), reply_to=post)
    actions.delete(post.pk, by=world.okafor)
    seen = queries.conversation_for(world.anonymous, talk.pk)
    assert seen is not None
    assert seen.title == ""


def test_nothing_said_in_a_private_conversation_may_be_wider_than_it(world: World) -> None:
    talk, _ = world.start(world.questions, "private", by=world.okafor, private=True)
    with pytest.raises(rules.WideningRefused):
        actions.say(talk, "to all", by=world.identity(world.ana), scope=places.default_scope(world.questions))


def test_an_answer_goes_to_the_conversation_it_is_said_in_or_nowhere(world: World) -> None:
    talk, _ = world.start(world.questions, "private", by=world.okafor, private=True)
    _, elsewhere = world.start(world.questions, "public", by=world.okafor)
    with pytest.raises(ValueError, match="another conversation"):
        actions.say(talk, "for you alone", by=world.identity(world.ana), reply_to=elsewhere)
    with pytest.raises(ValueError, match="own place"):
        actions.receive(world.town, [world.incoming("x")], conversation=talk)


def test_who_takes_part_goes_on_reading_when_the_conversation_is_narrowed(world: World) -> None:
    talk, _ = world.start(world.questions, "May I?", by=world.okafor)
    actions.admit(talk, world.identity(world.okafor))
    actions.narrow(talk)
    later = actions.say(talk, "Between us: yes", by=world.identity(world.ana))
    assert queries.post_for(world.viewer(world.okafor), later.pk) is not None
    assert queries.post_for(world.anonymous, later.pk) is None
