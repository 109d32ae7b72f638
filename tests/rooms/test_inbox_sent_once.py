"""An answer, a note and a conversation that are sent twice, since the first word back was lost, stand there once."""

from __future__ import annotations

import pytest

from colonnade.conversations import actions as conversations
from colonnade.conversations.models import Conversation, Post
from colonnade.inbox import actions as inbox
from colonnade.inbox.models import Case
from colonnade.inbox.rules import StaleReply
from tests.world import World

pytestmark = pytest.mark.django_db

KEY = "a key that nobody else has"


@pytest.fixture
def world() -> World:
    return World.make()


@pytest.fixture
def case(world: World) -> Case:
    return inbox.ask(world.questions, name="Grace", text="Is the ferry running?", ip_or_key="1").case


def test_the_same_answer_under_the_same_key_is_said_once(world: World, case: Case) -> None:
    first = inbox.reply(case, "Yes, it runs.", by=world.ana, key=KEY)
    again = inbox.reply(case, "Yes, it runs.", by=world.ana, key=KEY)
    assert again.post == first.post
    assert again.undo_until == first.undo_until
    assert Post.objects.filter(conversation=case.conversation).count() == 2


def test_other_words_under_the_same_key_are_held_until_their_writer_has_seen_the_first(
    world: World, case: Case
) -> None:
    first = inbox.reply(case, "Yes, it runs.", by=world.ana, key=KEY)
    with pytest.raises(StaleReply) as held:
        inbox.reply(case, "Yes, it runs, until nine.", by=world.ana, key=KEY)
    assert held.value.text == "Yes, it runs, until nine."
    assert first.post is not None
    assert held.value.newer == (first.post.pk,)
    inbox.reply(case, "Yes, it runs, until nine.", by=world.ana, key=KEY, force=True)
    assert Post.objects.filter(conversation=case.conversation).count() == 3


def test_a_key_of_one_is_no_key_of_another(world: World, case: Case) -> None:
    inbox.reply(case, "Yes.", by=world.ana, key=KEY)
    inbox.reply(case, "Yes.", by=world.lea, key=KEY)
    assert Post.objects.filter(conversation=case.conversation).count() == 3


def test_the_same_note_under_the_same_key_is_kept_once_and_another_beside_it(
    world: World, case: Case
) -> None:
    first = inbox.note(case, "She has asked before.", by=world.ana, key=KEY)
    assert inbox.note(case, "She has asked before.", by=world.ana, key=KEY) == first
    assert inbox.note(case, "Twice, in fact.", by=world.ana, key=KEY) != first


def test_the_same_conversation_under_the_same_key_is_opened_once(world: World) -> None:
    face = world.identity(world.ana)
    first = conversations.start(world.town, by=face, text="Who waters the trees?", key=KEY)
    again = conversations.start(world.town, by=face, text="Who waters the trees?", key=KEY)
    assert again == first
    assert Conversation.objects.filter(place=world.town).count() == 1
