"""Answers: never wider than what is answered, held when something came in, taken back in time, followed to their end."""

from __future__ import annotations

from pathlib import Path

import pytest

from colonnade.access import queries as access
from colonnade.conversations import actions as conversations
from colonnade.conversations import queries as conversation_queries
from colonnade.conversations.rules import WideningRefused
from colonnade.core import worker
from colonnade.deliveries import actions as deliveries
from colonnade.deliveries.models import Delivery
from colonnade.deliveries.rules import TooLate
from colonnade.inbox import actions, queries, rules
from colonnade.inbox.models import Case
from colonnade.networks import base
from colonnade.places import actions as places
from colonnade.places.models import Place
from colonnade.primitives import clock
from tests.rooms import pretend_town
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World.make()


def asked(world: World, text: str = "When does the ferry leave?") -> actions.Asked:
    return actions.ask(world.questions, name="Mrs Okafor", text=text, ip_or_key="192.0.2.7")


def account(address: str = "pretend://port-alder", connector: str = "pretend") -> Place:
    return places.add_account(
        connector,
        address,
        name="Port Alder",
        credentials={"as": "harbour"},
        identity=base.Author(network=connector, address="harbour@town", name="Port Alder"),
    )


def elsewhere(world: World, place: Place, **more: str) -> Case:
    """Somebody there writes, and it is a case."""
    (post,) = conversations.receive(place, [world.incoming("Is the bridge open?", **more)]).posts
    (said,) = conversation_queries.said_of([post])
    talk = conversation_queries.conversation_by_id(said.conversation)
    found = conversation_queries.post_for(world.viewer(world.ana), post)
    return actions.open_case(talk, post=found, why="mention")


def again(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


# --- who reads it -------------------------------------------------------------------------------------------------


def test_an_answer_goes_to_the_asker_and_staff_under_the_name_of_who_wrote_it(world: World) -> None:
    question = asked(world)
    done = actions.reply(question.case, "At nine.", by=world.ana, seen_post=question.post.pk)
    assert done.post is not None
    talk = question.conversation.pk
    (_, answer) = conversation_queries.thread(world.viewer(question.person), talk)
    assert (answer.text, answer.author.name, answer.reply_to) == ("At nine.", "Ana Duarte", question.post.pk)
    assert conversation_queries.newest(world.anonymous) == []
    case = again(question.case)
    assert (case.state, case.owner, case.waiting_since) == ("waiting", world.ana, None)


def test_the_composer_says_in_words_who_will_read_an_answer(world: World) -> None:
    viewer = world.viewer(world.ana)
    assert queries.words_for_reply(viewer, asked(world).case).text == "Those in this conversation and staff"
    talk, post = world.start(world.town, "The lamp is broken", by=world.okafor)
    words = queries.words_for_reply(viewer, actions.open_case(talk, post=post))
    assert (words.text, words.public) == ("Everyone on the web", True)


def test_a_wider_answer_is_refused_and_a_narrower_one_is_not(world: World) -> None:
    question = asked(world)
    wide = places.default_scope(world.questions)
    with pytest.raises(WideningRefused, match="“Everyone on the web” would read this answer"):
        actions.reply(question.case, "At nine.", by=world.ana, scope=wide)
    staff = places.note_scope(world.questions, question.conversation.scope)
    done = actions.reply(question.case, "I think at nine", by=world.ana, scope=staff)
    assert done.post is not None
    assert conversation_queries.post_for(world.viewer(question.person), done.post.pk) is None


def test_an_answer_to_a_post_narrower_than_its_conversation_is_as_narrow(world: World) -> None:
    talk, post = world.start(world.town, "The lamp is broken", by=world.okafor)
    case = actions.open_case(talk, post=post)
    scope = places.scope_in(world.town, frozenset({(world.partners.principal_id,) * 2}))
    aside = conversations.say(talk, "Only for partners", by=world.identity(world.partner), scope=scope)
    done = actions.reply(case, "Understood", by=world.ana, seen_post=aside.pk)
    assert done.post is not None
    assert access.terms_of(done.post.scope.audience) == access.terms_of(scope.audience)


def test_a_staff_note_is_no_link_of_the_chain(world: World) -> None:
    question = asked(world)
    actions.note(question.case, "Ask the harbour first", by=world.lea)
    done = actions.reply(question.case, "At nine.", by=world.ana)
    assert done.post is not None
    assert conversation_queries.post_for(world.viewer(question.person), done.post.pk) is not None


def test_an_empty_answer_is_refused(world: World) -> None:
    with pytest.raises(rules.CannotAnswer, match="at least one word"):
        actions.reply(asked(world).case, " \u0301 ", by=world.ana)


def test_what_is_only_read_cannot_be_answered_there(world: World) -> None:
    with pytest.raises(rules.CannotAnswer, match="Harbour wire is only read here"):
        actions.reply(elsewhere(world, world.wire), "Open", by=world.ana)


# --- held ---------------------------------------------------------------------------------------------------------


def test_an_answer_is_held_when_its_writer_has_not_seen_the_newest_word(world: World) -> None:
    question = asked(world)
    more = actions.ask_more(question.conversation, question.person, "Sorry, I mean on Sunday.")
    with pytest.raises(rules.StaleReply) as held:
        actions.reply(question.case, "At nine.", by=world.ana, seen_post=question.post.pk)
    assert (held.value.text, held.value.newer) == ("At nine.", (more.pk,))
    assert again(question.case).state == "open"
    done = actions.reply(question.case, "At nine.", by=world.ana, seen_post=question.post.pk, force=True)
    assert done.post is not None


def test_a_colleagues_answer_and_note_hold_mine_but_my_own_words_do_not(world: World) -> None:
    question = asked(world)
    actions.note(question.case, "I have this", by=world.ana)
    actions.reply(question.case, "At nine.", by=world.ana, seen_post=question.post.pk)
    with pytest.raises(rules.StaleReply) as held:
        actions.reply(question.case, "At ten.", by=world.lea, seen_post=question.post.pk)
    assert len(held.value.newer) == 2


def test_what_was_written_earlier_and_arrived_later_holds_an_answer(world: World) -> None:
    place = account()
    case = elsewhere(world, place, uri="https://pretend.example/root")
    with clock.stopped_at(clock.now()) as move:
        move(60)
        late = base.Post(
            uri="https://pretend.example/late",
            author=base.Author(network="pretend", address="cyclist"),
            text="And the other one?",
            reply_to="https://pretend.example/root",
            published=clock.now().replace(year=2020),
        )
        (post,) = conversations.receive(place, [base.Item(raw=b"", read=(late,))]).posts
        assert case.opened_by_post is not None
        assert post < case.opened_by_post.pk
        with pytest.raises(rules.StaleReply) as held:
            actions.reply(case, "Open", by=world.ana, seen_post=case.opened_by_post.pk)
    assert held.value.newer == (post,)


def test_a_colleagues_answer_on_its_way_holds_mine(world: World) -> None:
    case = elsewhere(world, account())
    assert case.opened_by_post is not None
    seen = case.opened_by_post.pk
    first = actions.reply(case, "Open", by=world.ana, seen_post=seen)
    with pytest.raises(rules.StaleReply, match="already on its way") as held:
        actions.reply(case, "Open until six", by=world.lea, seen_post=seen)
    assert len(held.value.on_its_way) == 1
    again_by_me = actions.reply(case, "Open, sorry", by=world.ana, seen_post=seen)
    assert again_by_me.dispatch != first.dispatch


def test_what_one_may_not_see_holds_nothing(world: World) -> None:
    talk, post = world.start(world.town, "The lamp is broken", by=world.okafor)
    case = actions.open_case(talk, post=post)
    scope = places.scope_in(world.town, frozenset({(world.partners.principal_id,) * 2}))
    conversations.say(talk, "Only for partners", by=world.identity(world.partner), scope=scope)
    assert actions.reply(case, "We know", by=world.lea, seen_post=post.pk).post is not None


# --- out, and back by the same door ---------------------------------------------------------------------------------


def test_an_answer_elsewhere_is_dispatched_below_what_it_answers(world: World) -> None:
    case = elsewhere(world, account(), uri="https://pretend.example/question")
    done = actions.reply(case, "Open", by=world.ana, undo_s=30)
    assert done.dispatch is not None
    assert done.post is None
    content = done.dispatch.content
    assert (content["text"], content["reply_to"]) == ("Open", "https://pretend.example/question")
    assert "to" not in content
    assert again(case).dispatch == done.dispatch


def test_a_direct_word_is_answered_to_its_author_alone(world: World) -> None:
    place = account()
    direct = base.Post(
        uri="https://pretend.example/direct",
        author=base.Author(network="pretend", address="cyclist@town"),
        text="May I bring my bicycle?",
        audience="restricted",
    )
    (post,) = conversations.receive(place, [base.Item(raw=b"", read=(direct,))]).posts
    worker.settle()
    case = queries.case_of_conversation(
        world.viewer(world.ana), conversation_queries.said_of([post])[0].conversation
    )
    assert case is not None
    done = actions.reply(case, "You may", by=world.ana)
    assert done.dispatch is not None
    assert done.dispatch.content["to"] == "cyclist@town"


def test_a_letter_is_answered_by_a_letter_to_its_writer(world: World) -> None:
    place = places.add_account(
        "mail",
        "desk@portalder.example",
        name="Desk",
        credentials={},
        identity=base.Author(network="mail", address="desk@portalder.example"),
    )
    letter = base.Post(
        uri="mid:1@okafor.example",
        author=base.Author(network="mail", address="ngozi@okafor.example", name="Ngozi Okafor"),
        title="Ferry",
        text="When does it leave?",
        audience="restricted",
    )
    (post,) = conversations.receive(place, [base.Item(raw=b"", read=(letter,))]).posts
    worker.settle()
    (case,) = queries.cases_for(world.viewer(world.ana))
    assert (case.why, case.heard.id if case.heard else 0) == ("direct", post)
    row = queries.case_for(world.viewer(world.ana), case.id)
    assert row is not None
    done = actions.reply(row, "At nine.", by=world.ana)
    assert done.dispatch is not None
    (delivery,) = Delivery.objects.select_related("target").filter(dispatch=done.dispatch)
    assert delivery.target.address == "ngozi@okafor.example"
    assert (done.dispatch.content["title"], done.dispatch.content["reply_to"]) == (
        "Re: Ferry",
        "mid:1@okafor.example",
    )


def test_an_answer_is_taken_back_in_time_and_not_later(world: World) -> None:
    with clock.stopped_at(clock.now()) as move:
        here, there = asked(world), elsewhere(world, account())
        actions.reply(here.case, "At nine.", by=world.ana, undo_s=10)
        actions.reply(there, "Open", by=world.ana, undo_s=10)
        move(9)
        for case in (here.case, there):
            waited = case.waiting_since
            taken = actions.take_back(case, by=world.ana)
            assert (taken.state, taken.owner, taken.waiting_since) == ("assigned", world.ana, waited)
        (asker_sees, gone) = conversation_queries.thread(world.viewer(here.person), here.conversation.pk)
        assert (asker_sees.deleted, gone.deleted, gone.text) == (False, True, "")
        with pytest.raises(TooLate, match="no answer of yours"):
            actions.take_back(here.case, by=world.ana)
        actions.reply(there, "Open", by=world.ana, undo_s=10)
        move(10)
        with pytest.raises(TooLate, match="time to take it back is over"):
            actions.take_back(there, by=world.ana)
        with pytest.raises(TooLate, match="no answer of yours"):
            actions.take_back(there, by=world.lea)
    worker.settle()
    assert again(there).state == "waiting"


def test_an_answer_undone_as_a_delivery_makes_the_case_ours_again(world: World) -> None:
    case = elsewhere(world, account())
    done = actions.reply(case, "Open", by=world.ana, undo_s=60)
    assert done.dispatch is not None
    deliveries.undo(done.dispatch, world.ana)
    worker.settle()
    assert (again(case).state, again(case).owner) == ("assigned", world.ana)
    kinds = [entry.kind for entry in queries.history(world.viewer(world.ana), case)]
    assert kinds == ["opened", "replied", "taken_back"]


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_an_answer_that_fails_makes_the_case_ours_again_and_one_that_arrives_does_not(tmp_path: Path) -> None:
    pretend_town.allow_loopback()
    world = World.make()
    with pretend_town.town(tmp_path, "A") as town:
        place = town.account()
        town.says("Is the bridge open?")
        pretend_town.pull(place)
        (post,) = conversation_queries.newest(world.viewer(world.ana))
        found = conversation_queries.post_for(world.viewer(world.ana), post)
        assert found is not None
        case = actions.open_case(found.conversation, post=found)
        town.fail("refuse", times=1)
        actions.reply(case, "Open", by=world.ana, undo_s=0)
        pretend_town.deliver()
        worker.settle()
        assert (again(case).state, again(case).waiting_since) == ("assigned", case.waiting_since)
        actions.reply(case, "Open again", by=world.ana, undo_s=0)
        actions.solve(case, by=world.ana)
        pretend_town.deliver()
        pretend_town.pull(place)
        assert again(case).state == "solved"
        lines = conversation_queries.thread(world.viewer(world.ana), case.conversation_id)
        assert [line.text for line in lines] == ["Is the bridge open?", "Open again"]
        assert lines[1].reply_to == post
        kinds = [entry.kind for entry in queries.history(world.viewer(world.ana), case)]
        assert kinds == ["opened", "replied", "not_sent", "replied", "solved", "sent"]
