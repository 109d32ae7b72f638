"""Columns and notices: one member's own, and never more than they may see."""

from __future__ import annotations

import pytest

from colonnade.conversations import actions as conversations
from colonnade.conversations import queries as conversation_queries
from colonnade.core import worker
from colonnade.deliveries.models import Delivery
from colonnade.inbox import actions as inbox
from colonnade.listening import actions as listening
from colonnade.networks import base
from colonnade.people import actions as people
from colonnade.people.models import Role
from colonnade.places import actions as places
from colonnade.places.rules import STAFF_ONLY
from colonnade.workspace import actions, queries, rules
from colonnade.workspace.models import NoticeKind
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World.make()


def titles(world: World) -> list[str]:
    return [line.title for line in queries.columns_for(world.viewer(world.ana))]


def test_columns_stand_in_order_and_are_moved_and_taken_away(world: World) -> None:
    watch = listening.add_watch("Ferry", "ferry", by=world.lea)
    _, post = world.start(world.town, "Good morning", by=world.okafor)
    actions.add_column(world.ana, "all")
    town = actions.add_column(world.ana, "place", place=world.town.pk)
    actions.add_column(world.ana, "watch", watch=watch.pk)
    person = actions.add_column(world.ana, "person", identity=post.author_id, width=9)
    assert titles(world) == ["Everything", "Town talk", "Ferry", "Ngozi Okafor"]
    assert person.width == 3
    actions.move_column(world.ana, person.pk, to=0)
    actions.move_column(world.lea, town.pk, to=0)
    assert titles(world) == ["Ngozi Okafor", "Everything", "Town talk", "Ferry"]
    actions.remove_column(world.lea, town.pk)
    actions.remove_column(world.ana, town.pk)
    assert titles(world) == ["Ngozi Okafor", "Everything", "Ferry"]
    assert queries.columns_for(world.viewer(world.lea)) == []
    assert queries.columns_for(world.anonymous) == []


def test_a_column_for_what_is_hidden_is_refused_like_one_for_what_is_not(world: World) -> None:
    world.start(world.partners, "Among partners", by=world.partner)
    hidden = world.identity(world.partner).pk
    watch = listening.add_watch("Ferry", "ferry", by=world.lea)
    for person, kind, about in (
        (world.lea, "place", {"place": world.partners.pk}),
        (world.lea, "place", {"place": 7}),
        (world.lea, "person", {"identity": hidden}),
        (world.lea, "person", {"identity": 7}),
        (world.okafor, "watch", {"watch": watch.pk}),
        (world.okafor, "watch", {"watch": 7}),
        (world.lea, "sort of", {}),
    ):
        with pytest.raises(rules.CannotArrange, match="There is nothing to show in such a column"):
            actions.add_column(person, kind, **about)


def test_a_column_loses_its_name_with_the_right_to_see_it(world: World) -> None:
    column = actions.add_column(world.ana, "place", place=world.partners.pk)
    places.leave(world.partners, world.ana)
    (line,) = queries.columns_for(world.viewer(world.ana))
    assert (line.id, line.gone, line.title) == (column.pk, True, "")


def test_there_is_an_end_to_columns(world: World) -> None:
    for _ in range(rules.MOST_COLUMNS):
        actions.add_column(world.ana, "all")
    with pytest.raises(rules.CannotArrange, match="as many columns as fit"):
        actions.add_column(world.ana, "all")


def test_whoever_is_given_a_case_is_told_once_and_only_while_they_may_see_it(world: World) -> None:
    question = inbox.ask(world.questions, name="", text="When?", ip_or_key="x")
    inbox.assign(question.case, to=world.lea, by=world.ana)
    worker.settle()
    (notice,) = queries.notices_for(world.viewer(world.lea))
    assert (notice.text, notice.case, notice.read) == ("A case was given to you.", question.case.pk, False)
    assert queries.unread_notices(world.viewer(world.lea)) == 1
    actions.tell_of_case(world.lea.pk, question.case.pk, 2)
    assert queries.unread_notices(world.viewer(world.lea)) == 1
    people.set_role(world.lea, Role.GUEST, by=world.ines)
    assert queries.notices_for(world.viewer(world.lea)) == []
    assert queries.unread_notices(world.viewer(world.lea)) == 0


def test_whoever_takes_a_case_themselves_is_not_told(world: World) -> None:
    question = inbox.ask(world.questions, name="", text="When?", ip_or_key="x")
    inbox.take(question.case, by=world.lea)
    worker.settle()
    assert queries.notices_for(world.viewer(world.lea)) == []


def test_whoever_wrote_it_is_told_that_it_was_not_sent(world: World) -> None:
    place = places.add_account(
        "pretend",
        "pretend://port-alder",
        name="Port Alder",
        credentials={},
        identity=base.Author(network="pretend", address="harbour@town"),
    )
    (post,) = conversations.receive(place, [world.incoming("Is the bridge open?")]).posts
    found = conversation_queries.post_for(world.viewer(world.ana), post)
    assert found is not None
    case = inbox.open_case(found.conversation, post=found)
    done = inbox.reply(case, "Open", by=world.ana)
    assert done.dispatch is not None
    (delivery,) = Delivery.objects.filter(dispatch=done.dispatch)
    actions.tell_of_delivery(delivery.pk, NoticeKind.NOT_SENT)
    actions.tell_of_delivery(delivery.pk, NoticeKind.NOT_SENT)
    (notice,) = queries.notices_for(world.viewer(world.ana))
    assert (notice.kind, notice.delivery) == ("not_sent", delivery.pk)
    assert queries.notices_for(world.viewer(world.lea)) == []
    assert actions.mark_read(world.lea) == 0
    assert actions.mark_read(world.ana, [notice.id]) == 1
    assert queries.unread_notices(world.viewer(world.ana)) == 0
    places.set_audience(place, STAFF_ONLY)
    assert len(queries.notices_for(world.viewer(world.ana))) == 1
