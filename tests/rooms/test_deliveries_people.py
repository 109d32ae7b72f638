"""What people do with deliveries: who may, what fits where, settling, taking back, and what they are shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from colonnade.access.types import STAFF
from colonnade.conversations import actions as conversations
from colonnade.conversations.models import Post
from colonnade.core import worker
from colonnade.core.models import AuditEntry
from colonnade.deliveries import actions, queries, rules
from colonnade.deliveries.models import Attempt, Delivery
from colonnade.deliveries.types import Patience
from colonnade.networks.base import Author, Item, Outgoing
from colonnade.networks.base import Post as Said
from colonnade.places import actions as places
from colonnade.places.models import Scope
from colonnade.primitives import clock
from colonnade.primitives.states import NotAllowed
from tests.rooms import pretend_town
from tests.rooms.pretend_town import (
    Town,
    account_of,
    again,
    deliver,
    dispatch,
    pull,
    run_errands,
    send,
    target_of,
    town,
)
from tests.world import World

pytestmark = pytest.mark.django_db
QUICK = Patience(quiet_s=0.0)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with town(tmp_path_factory.mktemp("town"), "D") as there:
        yield there


@pytest.fixture
def there(running: Town, settings: Any) -> Town:
    pretend_town.allow_loopback(settings)
    return running.begin_anew()


@pytest.fixture
def world(settings: Any) -> World:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # nobody signs in here
    return World.make()


@pytest.fixture
def move() -> Iterator[Callable[[float], None]]:
    with clock.stopped_at(clock.now()) as moved:
        yield moved


def unclear(there: Town, text: str = "Did it arrive?") -> Delivery:
    """A delivery of which nobody can tell whether it arrived, not even by looking."""
    there.fail("cut_after")
    delivery = send(there.account(), text)
    deliver(QUICK)
    there.fail("error_before", on="find", times=None)
    return again(delivery)


# --- who may, and what fits ---------------------------------------------------------------------------------------


def test_only_staff_dispatch(there: Town, world: World) -> None:
    place = there.account()
    with pytest.raises(PermissionDenied):
        dispatch(place, "Let me!", by=world.okafor)
    assert dispatch(place, "Let me!", by=world.ana).by == world.ana


def test_what_staff_alone_may_read_does_not_leave_for_a_public_timeline(there: Town, world: World) -> None:
    place = there.account()
    notes = places.note_scope(place)
    with pytest.raises(rules.Unfit, match="More people"):
        actions.dispatch(Outgoing(text="Between us."), place=place, scope=notes, targets=[target_of(place)])
    room = places.default_scope(world.staff_room)
    with pytest.raises(rules.Unfit, match="More people"):
        actions.dispatch(
            Outgoing(text="Between us."), place=world.staff_room, scope=room, targets=[target_of(place)]
        )
    assert not Delivery.objects.exists()


def test_what_staff_alone_may_read_may_go_to_an_account_that_staff_alone_read(world: World) -> None:
    inner = places.add_account(
        "pretend",
        "pretend://inner",
        name="Inner",
        credentials={},
        identity=Author(network="pretend", address="us@inner"),
        audience=frozenset({(STAFF, STAFF)}),
    )
    assert dispatch(inner, "Between us.").state == "waiting"


@pytest.mark.parametrize(
    ("outgoing", "words"),
    [
        (Outgoing(text=" "), "nothing in it"),
        (Outgoing(text="x" * 5001), "5001 characters"),
    ],
)
def test_what_does_not_fit_there_is_refused_with_a_sentence(
    there: Town, outgoing: Outgoing, words: str
) -> None:
    place = there.account()
    with pytest.raises(rules.Unfit, match=words):
        actions.dispatch(outgoing, place=place, scope=places.default_scope(place), targets=[target_of(place)])


def test_an_audience_of_another_place_is_refused(there: Town, world: World) -> None:
    place = there.account()
    with pytest.raises(PermissionDenied):
        actions.dispatch(
            Outgoing(text="x"),
            place=place,
            scope=places.default_scope(world.town),
            targets=[target_of(place)],
        )


def test_the_same_target_twice_is_one_delivery(there: Town) -> None:
    place = there.account()
    made = dispatch(place, "Once.", targets=[target_of(place), target_of(place)])
    assert Delivery.objects.filter(dispatch=made).count() == 1


# --- an answer in a thread ----------------------------------------------------------------------------------------


def test_an_answer_stands_in_its_conversation_beside_the_question(there: Town) -> None:
    place = there.account()
    there.says("When does the ferry leave?")
    pull(place)
    question = Post.objects.get(said__text="When does the ferry leave?")
    actions.dispatch(
        Outgoing(text="At nine.", reply_to=question.said.uri),
        place=place,
        scope=Scope.objects.get(pk=question.scope_id),
        targets=[target_of(place)],
        conversation=question.conversation,
        reply_to=question,
        undo_s=0,
    )
    deliver()
    answer = Post.objects.get(said__text="At nine.")
    assert (answer.conversation_id, answer.reply_to_id) == (question.conversation_id, question.pk)
    pull(place)
    assert Post.objects.filter(conversation=question.conversation).count() == 2


# --- a person settles ---------------------------------------------------------------------------------------------


def test_a_person_says_that_it_is_there(there: Town, world: World) -> None:
    delivery = unclear(there)
    actions.settle(delivery, "confirmed", by=world.ana, uri="pretend://town/posts/w1")
    delivery = again(delivery)
    assert (delivery.state, delivery.due_at) == ("confirmed", None)
    write, word = Attempt.objects.filter(delivery=delivery).order_by("number")
    assert (write.outcome, write.settled_by) == ("there", "person")
    assert (word.kind, word.settled_by, word.by) == ("word", "person", world.ana)
    assert Post.objects.get(pk=delivery.post_id).said.uri == "pretend://town/posts/w1"
    assert run_errands(QUICK) == 0
    assert len(there.ledger) == 1


def test_without_its_name_our_post_comes_with_the_next_pull(there: Town, world: World) -> None:
    delivery = unclear(there)
    actions.settle(delivery, "confirmed", by=world.ana)
    assert again(delivery).post_id is None
    pull(delivery.account.place)
    assert Post.objects.filter(said__text="Did it arrive?").count() == 1


def test_a_person_says_that_it_is_not_there_and_it_is_sent_again(there: Town, world: World) -> None:
    there.fail("cut_before")
    delivery = send(there.account(), "Not there.")
    deliver()
    actions.settle(delivery, "not_there", by=world.ana)
    assert again(delivery).state == "waiting"
    deliver()
    assert again(delivery).state == "sent"
    assert there.texts() == ["Not there."]


def test_a_person_leaves_it(there: Town, world: World) -> None:
    delivery = unclear(there)
    actions.settle(delivery, "failed", by=world.ana)
    assert again(delivery).state == "failed"
    assert deliver() == run_errands(QUICK) == 0


def test_nobody_but_staff_settles_and_only_what_is_uncertain(there: Town, world: World) -> None:
    delivery = unclear(there)
    with pytest.raises(PermissionDenied):
        actions.settle(delivery, "confirmed", by=world.okafor)
    actions.settle(delivery, "confirmed", by=world.ana)
    with pytest.raises(NotAllowed):
        actions.settle(delivery, "not_there", by=world.ana)
    sent = send(there.account("ferry"), "Fine.")
    deliver()
    with pytest.raises(NotAllowed):
        actions.settle(sent, "not_there", by=world.ana)


def test_what_a_person_did_is_in_the_audit_log(there: Town, world: World) -> None:
    delivery = unclear(there)
    actions.settle(delivery, "confirmed", by=world.ana)
    entry = AuditEntry.objects.get(subject=f"delivery:{delivery.pk}")
    assert (entry.what, entry.actor) == ("delivery settled", world.ana.principal_id)


def test_what_has_failed_can_be_tried_again(there: Town, world: World) -> None:
    there.fail("refuse")
    delivery = send(there.account(), "Once more.")
    deliver()
    assert again(delivery).state == "failed"
    actions.try_again(delivery, by=world.ana)
    deliver()
    assert (again(delivery).state, again(delivery).dispatch.state) == ("sent", "done")
    with pytest.raises(NotAllowed):
        actions.try_again(delivery, by=world.ana)


def test_what_a_person_left_and_sent_again_begins_with_a_clean_slate(
    there: Town, world: World, move: Callable[[float], None]
) -> None:
    there.fail("refuse")
    delivery = send(there.account(), "From the beginning.")
    deliver()
    actions.try_again(delivery, by=world.ana)
    there.fail("cut_before")
    deliver(QUICK)
    assert again(delivery).state == "uncertain"
    past = queries.past_of(again(delivery))
    assert (past.looks, past.answered_no, len(past.open_writes)) == (0, False, 1)
    move(60)
    run_errands(QUICK)
    deliver(QUICK)
    assert there.texts() == ["From the beginning."]


# --- the network settles ------------------------------------------------------------------------------------------


def returned(delivery: Delivery, author: str = "harbour@town") -> Item:
    """What a pull brings when the network gives back what carries the delivery's key."""
    post = Said(
        uri=f"pretend://town/posts/{delivery.pk}",
        author=Author(network="pretend", address=author),
        text="Did it arrive?",
        ours_key=delivery.key,
    )
    return Item(raw=b"{}", read=(post,))


def test_somebody_else_cannot_confirm_with_our_key(there: Town) -> None:
    delivery = unclear(there)
    conversations.receive(delivery.account.place, [returned(delivery, author="troll@town")])
    worker.settle()
    assert again(delivery).state == "uncertain"


def test_the_same_key_in_another_place_confirms_nothing(there: Town) -> None:
    delivery = unclear(there)
    conversations.receive(there.account("ferry"), [returned(delivery)])
    worker.settle()
    assert again(delivery).state == "uncertain"


def test_what_nobody_ever_sent_is_not_confirmed(there: Town) -> None:
    delivery = send(there.account(), "Not gone yet.", undo_s=600)
    conversations.receive(delivery.account.place, [returned(delivery)])
    worker.settle()
    assert again(delivery).state == "waiting"


@pytest.mark.parametrize("state", ["sending", "waiting", "uncertain", "failed"])
def test_our_post_coming_back_confirms_whatever_we_believed(there: Town, world: World, state: str) -> None:
    delivery = send(there.account(), "Did it arrive?")
    [claimed] = actions.claim(lease_s=600 if state == "sending" else 0)
    actions.begin_attempt(claimed)
    actions.reclaim()
    if state in ("waiting", "failed"):
        actions.settle(delivery, "not_there" if state == "waiting" else "failed", by=world.ana)
    assert again(delivery).state == state
    conversations.receive(delivery.account.place, [returned(delivery)])
    worker.settle()
    delivery = again(delivery)
    assert delivery.state == "confirmed"
    assert delivery.post_id is not None
    assert deliver() == 0


# --- taking back --------------------------------------------------------------------------------------------------


def test_what_waits_is_simply_not_sent(there: Town, world: World) -> None:
    delivery = send(there.account(), "Better not.", undo_s=600)
    actions.recall(delivery, by=world.ana)
    assert again(delivery).state == "recalled"
    assert deliver() == 0


def test_what_is_there_is_deleted_there_and_leaves_a_tombstone_here(there: Town, world: World) -> None:
    place = there.account()
    delivery = send(place, "Delete there.")
    deliver()
    actions.recall(delivery, by=world.ana)
    assert again(delivery).state == "sent"
    run_errands()
    delivery = again(delivery)
    assert (delivery.state, delivery.recall_by) == ("recalled", world.ana)
    assert [line.kind for line in there.everything] == ["post", "delete"]
    assert Post.objects.get(pk=delivery.post_id).deleted
    pull(place)
    assert again(delivery).state == "recalled"


def test_a_broken_deletion_is_tried_again(there: Town, world: World, move: Callable[[float], None]) -> None:
    there.fail("cut_after", on="delete")
    delivery = send(there.account(), "Delete there.")
    deliver()
    actions.recall(delivery, by=world.ana)
    run_errands()
    assert again(delivery).state == "sent"
    move(60)
    run_errands()
    assert again(delivery).state == "recalled"


def test_a_refused_deletion_is_shown(there: Town, world: World) -> None:
    there.fail("refuse", on="delete")
    delivery = send(there.account(), "It stays.")
    deliver()
    actions.recall(delivery, by=world.ana)
    run_errands()
    delivery = again(delivery)
    assert (delivery.state, delivery.recall_asked_at) == ("sent", None)
    assert "says no" in delivery.last_error


def test_what_is_uncertain_is_not_taken_back_before_it_is_settled(there: Town, world: World) -> None:
    with pytest.raises(NotAllowed):
        actions.recall(unclear(there), by=world.ana)


# --- what is shown ------------------------------------------------------------------------------------------------


def test_staff_see_deliveries_with_their_state_in_words_and_others_see_none(
    there: Town, world: World
) -> None:
    delivery = unclear(there)
    [line] = queries.deliveries_for(world.viewer(world.ana))
    assert (line.id, line.words, line.place_name) == (delivery.pk, "Not sure it arrived: check", "Harbour")
    for viewer in (world.viewer(world.okafor), world.viewer(world.partner), world.anonymous):
        assert queries.deliveries_for(viewer) == []
        assert queries.delivery_for(viewer, delivery.pk) is None
        assert queries.to_act_on(viewer, delivery.pk) is None


def test_staff_who_may_not_read_the_audience_see_nothing_of_it(there: Town, world: World) -> None:
    inside = places.scope_in(world.partners, frozenset({(world.partners.principal_id,) * 2}))
    mail = places.add_account(
        "mail",
        "desk@portalder.example",
        name="Desk",
        credentials={"host": "localhost"},
        identity=Author(network="mail", address="desk@portalder.example"),
    )
    actions.dispatch(
        Outgoing(text="For partners."),
        place=world.partners,
        scope=inside,
        targets=[actions.letter_to(account_of(mail), "partner@ferry.example")],
    )
    assert len(queries.deliveries_for(world.viewer(world.ana))) == 1
    assert queries.deliveries_for(world.viewer(world.tomasz)) == []


def test_the_history_tells_every_attempt(there: Town, world: World, move: Callable[[float], None]) -> None:
    there.fail("cut_after")
    delivery = send(there.account(), "Its story.")
    deliver(QUICK)
    move(60)
    run_errands(QUICK)
    history = queries.delivery_for(world.viewer(world.ana), delivery.pk)
    assert history is not None
    told = [(one.kind, one.outcome, one.settled_by) for one in history.attempts]
    assert told == [("write", "there", "find"), ("find", "there", "")]


def test_a_list_can_be_continued_and_kept_to_some_states(there: Town, world: World) -> None:
    place = there.account()
    made = [send(place, f"Number {n}.") for n in range(4)]
    deliver()
    actions.recall(send(place, "Not sent.", undo_s=600), by=world.ana)
    viewer = world.viewer(world.ana)
    sent = queries.deliveries_for(viewer, states=["sent"], limit=3)
    assert [line.id for line in sent] == sorted((one.pk for one in made), reverse=True)[:3]
    rest = queries.deliveries_for(viewer, states=["sent"], before=sent[-1].id)
    assert len(rest) == 1


def test_lists_of_a_conversation_hold_its_own_deliveries(there: Town, world: World) -> None:
    place = there.account()
    there.says("A question.")
    pull(place)
    talk = Post.objects.get(said__text="A question.").conversation
    inside, _ = send(place, "Inside.", conversation=talk), send(place, "Outside.")
    lines = queries.of_conversation(world.viewer(world.ana), talk.pk)
    assert [line.id for line in lines] == [inside.pk]


def test_a_list_takes_the_same_number_of_statements_however_long(
    there: Town, world: World, django_assert_num_queries: Any
) -> None:
    place = there.account()
    for number in range(5):
        send(place, f"Number {number}.")
    viewer = world.viewer(world.ana)
    with django_assert_num_queries(1):
        assert len(queries.deliveries_for(viewer)) == 5
