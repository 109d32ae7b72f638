"""The numbers of the desk, which are counted in written-out SQL, against counting case by case."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db.models import QuerySet

from colonnade.access.types import Viewer
from colonnade.conversations import actions as conversations
from colonnade.conversations.models import ConversationCount
from colonnade.core.db import act
from colonnade.inbox import actions, queries, rules
from colonnade.inbox.models import Case
from colonnade.inbox.types import Load
from colonnade.people import actions as people
from colonnade.people import queries as people_queries
from colonnade.primitives import clock
from tests.world import World

pytestmark = pytest.mark.django_db

STATES = ("open", "assigned", "waiting")


@pytest.fixture
def world() -> World:
    return World.make()


def opened(world: World) -> QuerySet[Case]:
    """Cases that all may read, that members, staff or two people may read, and one of which nothing is left: of several
    owners, in several states, late and not."""
    here, now = (world.town, world.partners, world.staff_room), clock.now()
    owners = (None, world.ana, world.lea, world.tomasz)
    for number in range(14):
        talk, post = world.start(here[number % 3], "A lamp is broken", by=world.ana, private=number % 4 == 3)
        case = actions.open_case(talk, post=post, why=rules.DRILL if number == 6 else "mention")
        with act():
            Case.objects.filter(pk=case.pk).update(
                owner=owners[number % 4],
                state=STATES[number % 3],
                opened_at=now - timedelta(minutes=20 * number),
                due_at=now + timedelta(minutes=number - 8) if number % 5 == 0 else None,
                waiting_since=now - timedelta(minutes=15 * number) if number % 2 else None,
            )
        if number == 12:
            with act():
                conversations.change.bury(post)
        if number == 13:
            actions.solve(case, by=world.ana)
    return Case.objects.filter(solved_at=None).order_by("pk")


def sees(viewer: Viewer, case: Case) -> bool:
    """Whether any post of the conversation stands in a scope that the viewer sees."""
    held = ConversationCount.objects.filter(conversation=case.conversation_id, posts__gt=0)
    return rules.can_see_cases(viewer) and any(
        one.scope.audience_id in viewer.audiences
        and (viewer.ceiling is None or one.scope.place_id in viewer.ceiling)
        for one in held.select_related("scope")
    )


def late(case: Case, now: datetime) -> bool:
    due = case.due_at or (case.waiting_since or case.opened_at) + rules.PATIENCE
    return due < now


def lookers(world: World) -> list[Viewer]:
    ana = world.viewer(world.ana)
    members = [ana, world.viewer(world.lea), world.viewer(world.tomasz)]
    narrowed = [replace(ana, ceiling=frozenset({world.partners.pk})), replace(ana, ceiling=frozenset())]
    return [*members, *narrowed, world.viewer(world.okafor), world.anonymous]


def test_what_the_desk_counts_is_what_one_finds_case_by_case(world: World) -> None:
    cases = list(opened(world))
    for viewer in lookers(world):
        seen = [case for case in cases if sees(viewer, case)]
        assert set(queries.seen(viewer).filter(solved_at=None)) == set(seen)
        real = [case for case in seen if case.why != rules.DRILL]
        assert queries.counts(viewer, drills=False).all == len(real)
        for owner in (None, world.lea.pk):
            found = queries.counts(viewer, owner=owner)
            whose = [one for one in seen if owner in (None, one.owner_id)]
            mine = [one for one in seen if one.state == "assigned" and one.owner_id == viewer.person]
            states = [one.state for one in seen]
            assert (found.all, found.mine) == (len(whose), len(mine) if viewer.person else 0)
            assert (found.open, found.assigned) == (states.count("open"), states.count("assigned"))
            assert found.waiting == sum(one.state == "waiting" for one in whose)
            assert found.oldest == min((one.waiting_since for one in seen if one.waiting_since), default=None)


def test_the_wall_says_with_whom_how_much_waits_and_how_much_of_it_is_late(world: World) -> None:
    cases = list(opened(world))
    for viewer in lookers(world):
        seen = [one for one in cases if sees(viewer, one) and one.state != "waiting"]
        seen = [one for one in seen if one.why != rules.DRILL]
        desk, now = queries.desk_now(viewer), clock.now()
        loads = []
        for person in people_queries.staff():
            theirs = [one for one in seen if one.owner_id == person.pk]
            oldest = min((one.waiting_since or one.opened_at for one in theirs), default=None)
            loads.append(
                Load(person.pk, person.name, len(theirs), sum(late(one, now) for one in theirs), oldest)
            )
        assert desk.waiting == len(seen)
        assert desk.late == sum(late(one, now) for one in seen)
        assert desk.nobodys == sum(one.owner_id is None for one in seen)
        assert desk.oldest == min((one.waiting_since or one.opened_at for one in seen), default=None)
        assert desk.loads == tuple(
            sorted((one for one in loads if one.cases), key=lambda one: (-one.cases, one.name))
        )
        assert desk.free == tuple(one for one in loads if not one.cases)


def test_at_the_desk_are_those_in_teams_and_no_more_are_named_than_asked(world: World) -> None:
    everybody = queries.desk_now(world.viewer(world.ana))
    assert [one.name for one in everybody.free] == [one.name for one in people_queries.staff()]
    first = queries.desk_now(world.viewer(world.ana), free=1)
    assert (first.free, first.free_count) == (everybody.free[:1], len(everybody.free))
    people.make_team("Harbour", members=[world.lea, world.tomasz])
    talk, post = world.start(world.town, "A lamp is broken", by=world.okafor)
    actions.assign(actions.open_case(talk, post=post), to=world.ana, by=world.ana)
    desk = queries.desk_now(world.viewer(world.ana), free=1)
    assert [one.person for one in desk.loads] == [world.ana.pk]
    assert ([one.name for one in desk.free], desk.free_count) == (["Lea Brandt"], 2)


def test_what_one_has_put_off_is_not_counted_in_what_needs_one(world: World) -> None:
    viewer, cases = world.viewer(world.ana), []
    for _ in range(4):
        talk, post = world.start(world.town, "A lamp is broken", by=world.okafor)
        cases.append(actions.open_case(talk, post=post))
    actions.assign(cases[0], to=world.lea, by=world.ana)
    actions.later(cases[1], clock.now() + timedelta(days=1), by=world.ana)
    assert queries.needs(viewer, limit=1).count == 2
    assert queries.needs(world.viewer(world.lea), limit=1).count == 4
