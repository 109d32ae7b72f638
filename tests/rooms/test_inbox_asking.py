"""Somebody without an account asks, comes back by a link, and says more."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from colonnade.conversations import queries as conversations
from colonnade.conversations.models import Post
from colonnade.core import events
from colonnade.inbox import actions, queries, rules
from colonnade.inbox.models import Case
from colonnade.people import actions as people
from colonnade.people.models import Person, Role
from colonnade.places import actions as places
from colonnade.places.rules import STAFF_ONLY
from colonnade.primitives import clock
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World.make()


def asked(world: World, text: str = "When does the ferry leave?", key: str = "192.0.2.7") -> actions.Asked:
    return actions.ask(
        world.questions, name=" Mrs  Okafor ", text=text, ip_or_key=key, email="n@okafor.example"
    )


def test_a_question_makes_a_guest_a_private_conversation_and_a_case(world: World) -> None:
    question = asked(world)
    assert (question.person.name, question.person.role) == ("Mrs Okafor", Role.VISITOR)
    assert (question.case.state, question.case.why, question.case.reply_email) == (
        "open",
        "asked",
        "n@okafor.example",
    )
    talk = question.conversation.pk
    for viewer in (world.viewer(question.person), world.viewer(world.ana)):
        assert [line.text for line in conversations.thread(viewer, talk)] == ["When does the ferry leave?"]
    for viewer in (world.anonymous, world.viewer(world.okafor), world.viewer(world.partner)):
        assert conversations.conversation_for(viewer, talk) is None


def test_a_question_that_cannot_be_taken_leaves_nothing_behind(world: World) -> None:
    before = (Person.objects.count(), Post._default_manager.count(), events.head())
    for text, email, sentence in (
        ("", "", "at least one word"),
        ("\u0301\u0301 \x00", "", "at least one word"),
        ("x" * 10_001, "", "10,000"),
        ("When?", "not an address", "e-mail"),
    ):
        with pytest.raises(rules.CannotAsk, match=sentence):
            actions.ask(world.questions, name="", text=text, ip_or_key="192.0.2.7", email=email)
    assert (Person.objects.count(), Post._default_manager.count(), events.head()) == before


def test_questions_are_asked_only_where_everybody_may_read(world: World) -> None:
    for place in (world.signed_in, world.staff_room, world.partners, world.wire):
        with pytest.raises(rules.CannotAsk, match="cannot be asked here"):
            actions.ask(place, name="", text="Anybody there?", ip_or_key="192.0.2.7")


def test_one_address_asks_only_so_often_and_others_are_not_held_up(world: World) -> None:
    with clock.stopped_at(clock.now()) as move:
        for number in range(actions.asking.QUESTIONS[0]):
            asked(world, f"Question {number}")
        with pytest.raises(rules.TooOften, match="wait a few minutes"):
            asked(world)
        asked(world, key="198.51.100.9")
        move(actions.asking.QUESTIONS[1] + 60)
        asked(world)
    assert Case.objects.count() == actions.asking.QUESTIONS[0] + 2


def test_somebody_signed_in_asks_in_their_own_name(world: World) -> None:
    question = actions.ask(
        world.questions, name="ignored", text="Is the quay open?", ip_or_key="x", person=world.okafor
    )
    assert question.person == world.okafor


def test_a_link_brings_its_asker_back_and_nobody_else(world: World) -> None:
    question, other = asked(world), asked(world, "Where is the quay?")
    visitor = queries.visitor_by_token(question.resume_token)
    assert visitor is not None
    assert (visitor.person, visitor.conversation) == (question.person, question.conversation)
    assert conversations.conversation_for(visitor.viewer, other.conversation.pk) is None
    assert conversations.newest(visitor.viewer) == [question.post.pk]
    for token in ("", "x", question.resume_token[:-1], question.resume_token + "x", "a" * 10_000, "\x00"):
        assert queries.visitor_by_token(token) is None


def test_a_link_dies_when_it_is_revoked_and_a_new_one_lives(world: World) -> None:
    question = asked(world)
    fresh = actions.renew_way_back(question.conversation, question.person)
    assert queries.visitor_by_token(question.resume_token) is None
    assert queries.visitor_by_token(fresh) is not None
    actions.revoke_way_back(question.conversation, question.person, by=world.ana)
    assert queries.visitor_by_token(fresh) is None
    with pytest.raises(PermissionDenied):
        actions.revoke_way_back(question.conversation, question.person, by=world.okafor)


def test_a_link_is_good_for_ninety_days_and_for_nobody_suspended(world: World) -> None:
    with clock.stopped_at(clock.now()) as move:
        question = asked(world)
        move(90 * 86_400)
        assert queries.visitor_by_token(question.resume_token) is not None
        move(1)
        assert queries.visitor_by_token(question.resume_token) is None
        fresh = actions.renew_way_back(question.conversation, question.person)
    people.suspend(question.person, by=world.ines)
    assert queries.visitor_by_token(fresh) is None


def test_saying_more_is_for_those_who_take_part(world: World) -> None:
    question, other = asked(world), asked(world, "Where is the quay?")
    more = actions.ask_more(question.conversation, question.person, "And on Sunday?")
    assert Case.objects.get(pk=question.case.pk).last_heard == more
    with pytest.raises(PermissionDenied):
        actions.ask_more(question.conversation, other.person, "Me too")
    with pytest.raises(PermissionDenied):
        actions.ask_more(question.conversation, world.okafor, "Me too")
    with pytest.raises(rules.CannotAsk):
        actions.ask_more(question.conversation, question.person, " ")


def test_saying_more_is_limited(world: World) -> None:
    question = asked(world)
    with clock.stopped_at(clock.now()):
        for number in range(actions.asking.MORE_WORDS[0]):
            actions.ask_more(question.conversation, question.person, f"And {number}?")
        with pytest.raises(rules.TooOften):
            actions.ask_more(question.conversation, question.person, "And?")


def test_a_question_is_heard_after_its_space_was_narrowed_to_staff(world: World) -> None:
    """Narrowing the space narrows what stands in it: the guest's link opens nothing any more, the desk goes on."""
    question = asked(world)
    places.set_audience(world.questions, STAFF_ONLY)
    assert queries.visitor_by_token(question.resume_token) is None
    assert conversations.newest(world.viewer(question.person)) == []
    assert queries.case_for(world.viewer(world.ana), question.case.pk) == question.case
