"""The numbers of the desk that a process keeps, against counting anew: nothing that changes them is missed, and nobody sees
what was counted for others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from colonnade.access.types import Terms, Viewer
from colonnade.conversations import actions as conversations
from colonnade.conversations.models import Conversation
from colonnade.core import events
from colonnade.core.db import act, action
from colonnade.core.models import Outbox
from colonnade.inbox import actions
from colonnade.inbox.models import Case
from colonnade.inbox.queries import kept
from colonnade.inbox.queries.tally import Tally, tallies
from colonnade.people import actions as people
from colonnade.people.models import Person
from colonnade.places import actions as places
from colonnade.places.rules import ON_THE_WEB, STAFF_ONLY
from colonnade.primitives import clock
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture
def world() -> World:
    return World.make()


def opened(world: World, by: Person, *, private: bool = False, place: str = "town") -> Case:
    talk, post = world.start(getattr(world, place), "A lamp is broken", by=by, private=private)
    return actions.open_case(talk, post=post, why="mention")


def only(person: Person) -> Terms:
    return frozenset({(person.principal_id, person.principal_id)})


def anew(viewer: Viewer, *, drills: bool = True) -> set[Tally]:
    """As they are in the database: inside a transaction nothing is remembered."""
    with act():
        return set(tallies(viewer, drills=drills))


def lookers(world: World) -> list[Viewer]:
    ana = world.viewer(world.ana)
    narrowed = [replace(ana, ceiling=frozenset({world.partners.pk})), replace(ana, ceiling=frozenset())]
    return [ana, world.viewer(world.lea), world.viewer(world.tomasz), *narrowed, world.viewer(world.okafor)]


def all_agree(world: World) -> None:
    """What is kept is what is counted: before facts have their numbers, when they have, and once it was kept again."""
    for _ in range(2):
        for viewer in lookers(world):
            for drills in (True, False):
                assert set(tallies(viewer, drills=drills)) == anew(viewer, drills=drills)
        events.stamp()


@contextmanager
def counts(times: int) -> Iterator[None]:
    """Cases are counted so often meanwhile."""
    with CaptureQueriesContext(connection) as said:
        yield
    assert sum("FROM inbox_case c" in one["sql"] for one in said) == times, [one["sql"] for one in said]


def test_nothing_that_is_done_to_cases_posts_and_places_is_missed(world: World) -> None:
    all_agree(world)
    here, apart = opened(world, world.okafor), opened(world, world.ana, place="partners")
    all_agree(world)
    talk, post = world.start(world.town, "The lamp again", by=world.okafor)
    all_agree(world)
    actions.open_case(talk, post=post)
    all_agree(world)
    for owner in (world.lea, world.tomasz):
        actions.assign(here, to=owner, by=world.ana)
        all_agree(world)
    actions.solve(apart, by=world.ana)
    all_agree(world)
    actions.reopen(apart, by=world.ana)
    all_agree(world)
    # A talk that Ana alone may read; with one word in it for Lea, she too sees that there is a case.
    to_ana, to_lea = (places.scope_apart(world.town, only(one)) for one in (world.ana, world.lea))
    face = world.identity(world.ana)
    closed, _ = conversations.start(world.town, by=face, text="About the bridge", scope=to_ana)
    actions.open_case(closed)
    all_agree(world)
    assert sum(one.cases for one in anew(world.viewer(world.lea))) == 2
    conversations.say(closed, "Call the harbour", by=face, scope=to_lea)
    assert sum(one.cases for one in anew(world.viewer(world.lea))) == 3
    all_agree(world)
    with act():
        conversations.change.bury(here.opened_by_post)
    all_agree(world)
    places.set_audience(world.partners, STAFF_ONLY, by=world.ines)
    all_agree(world)
    places.leave(world.partners, world.ana)
    all_agree(world)
    people.suspend(world.lea, by=world.ines)
    all_agree(world)
    assert sum(one.cases for one in tallies(world.viewer(world.ana))) == 3  # of one case no word is left


def test_a_place_that_is_closed_and_opened_again_is_told_at_once(world: World) -> None:
    opened(world, world.okafor)
    events.stamp()
    lea = world.viewer(world.lea)
    assert sum(one.cases for one in tallies(lea)) == 1
    places.set_audience(world.town, only(world.ana), by=world.ines)
    assert not tallies(world.viewer(world.lea))
    events.stamp()
    assert not tallies(world.viewer(world.lea))
    places.set_audience(world.town, ON_THE_WEB, by=world.ines)
    events.stamp()
    assert sum(one.cases for one in tallies(world.viewer(world.lea))) == 1


def test_two_conversations_that_become_one_leave_no_case_behind(world: World) -> None:
    first = "https://pretend.example/first"
    for text in ("I saw it too", "So did I"):
        conversations.receive(world.wire, [world.incoming(text, reply_to=first)])
    for talk in Conversation.objects.all():
        actions.open_case(talk)
    all_agree(world)
    assert sum(one.cases for one in tallies(world.viewer(world.ana))) == 2
    conversations.receive(world.wire, [world.incoming("A lamp is broken", uri=first)])
    all_agree(world)
    assert sum(one.cases for one in tallies(world.viewer(world.ana))) == 1


def test_what_cannot_change_them_lets_them_stand(world: World) -> None:
    case, ana = opened(world, world.okafor), world.viewer(world.ana)
    elsewhere, post = world.start(world.town, "Good morning", by=world.okafor)
    events.stamp()
    with counts(1):
        first = tallies(ana)
    conversations.mark(post, "like", by=world.identity(world.lea))
    conversations.edit(post.pk, "Good evening", by=world.okafor)
    conversations.receive(world.wire, [world.incoming("The ferry is late")])
    conversations.say(elsewhere, "Good evening to you", by=world.identity(world.ana))
    events.stamp()
    with counts(0):
        assert tallies(ana) == first
        assert set(tallies(world.viewer(world.ana))) == set(first)
    conversations.say(case.conversation, "It still is", by=world.identity(world.okafor))
    events.stamp()
    with counts(1):
        tallies(ana)


def test_another_who_sees_the_same_is_told_the_same_and_nobody_else(world: World) -> None:
    opened(world, world.okafor)
    events.stamp()
    lea, tomasz, ana = (world.viewer(one) for one in (world.lea, world.tomasz, world.ana))
    tallies(lea)
    with counts(0):
        tallies(replace(tomasz, audiences=lea.audiences))
        assert not tallies(world.viewer(world.okafor))
    with counts(3):
        tallies(ana)
        tallies(lea, drills=False)
        tallies(replace(lea, ceiling=frozenset({world.town.pk})))


def test_a_case_is_late_when_its_hour_is_over_though_nothing_happens(world: World) -> None:
    opened(world, world.okafor)
    events.stamp()
    ana, now = world.viewer(world.ana), clock.now_s()
    found = []
    for minutes in (0, 30, 59, 61, 90, 30):
        with clock.told_as_of(now + minutes * 60):
            (tally,) = tallies(ana)
            assert {tally} == anew(ana)
            found.append(tally.late)
    assert found == [0, 0, 0, 1, 1, 0]
    with act():
        Case.objects.update(due_at=clock.now() + timedelta(minutes=5), version=2)
    actions.set_priority(Case.objects.get(), 1, by=world.ana)
    events.stamp()
    for minutes, late in ((0, 0), (4, 0), (6, 1)):
        with clock.told_as_of(now + minutes * 60):
            assert [one.late for one in tallies(ana)] == [late]


def test_what_is_counted_inside_a_transaction_is_forgotten_with_it(world: World) -> None:
    ana = world.viewer(world.ana)
    opened(world, world.okafor)
    events.stamp()
    assert sum(one.cases for one in tallies(ana)) == 1

    @action
    def open_and_fail() -> None:
        opened(world, world.okafor)
        assert sum(one.cases for one in tallies(ana)) == 2
        raise RuntimeError

    with pytest.raises(RuntimeError):
        open_and_fail()
    assert sum(one.cases for one in tallies(ana)) == 1
    opened(world, world.okafor)  # it is given the numbers of what was undone
    opened(world, world.okafor)
    events.stamp()
    assert sum(one.cases for one in tallies(ana)) == 3


def test_only_so_many_answers_are_kept(world: World) -> None:
    events.stamp()
    memory: kept.Memory[int, int] = kept.Memory()
    asked: list[int] = []

    def ask(question: int) -> int:
        return memory.still(question, lambda now: (asked.append(question) or question, None))

    assert [ask(number) for number in (*range(kept.MOST + 1), kept.MOST, 0)][-2:] == [kept.MOST, 0]
    assert asked == [*range(kept.MOST + 1), 0]


def lately(after: int, *, limit: int = 50) -> events.Lately:
    told = events.lately(after, limit=limit)
    assert told is not None
    return told


def test_what_happened_lately_is_told_in_full_or_not_at_all(world: World) -> None:
    events.stamp()
    head = events.head()
    for name in ("Harbour", "Bridge"):
        places.open_space(name)
    if connection.vendor == "postgresql":
        assert events.lately(head) is None
    events.stamp()
    told = lately(head)
    assert told.head == events.head() == head + len(told.facts or ()) > head
    assert [fact.seq for fact in told.facts or ()] == list(range(head + 1, told.head + 1))
    assert lately(told.head) == events.Lately(told.head, [])
    for after, limit in ((head, 1), (told.head + 1, 50)):
        assert lately(after, limit=limit) == events.Lately(told.head, None)
    with act():
        assert events.lately(head) is None
        Outbox.objects.filter(seq=head + 1).delete()
    assert lately(head) == events.Lately(told.head, None)
