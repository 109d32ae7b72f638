"""Many cases in the inbox: page after page, several at once with one way back, who is writing, what was before."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from colonnade.inbox import actions as inbox
from colonnade.inbox import queries
from colonnade.inbox.models import Case
from colonnade.primitives import clock
from tests.doors.web_visits import few_statements, text_of, visitor
from tests.world import World

pytestmark = pytest.mark.django_db

HX = {"HX-Request": "true"}


@pytest.fixture
def world() -> World:
    return World.make()


@pytest.fixture
def three(world: World) -> list[Case]:
    return [opened(world, f"Question {number}") for number in range(3)]


def opened(world: World, text: str) -> Case:
    talk, post = world.start(world.town, text, by=world.okafor)
    return inbox.open_case(talk, post=post)


def states() -> list[tuple[Any, ...]]:
    return list(Case.objects.order_by("pk").values_list("state", "owner", "tags", "waiting_since"))


def do(client: Client, what: str, cases: list[Case], **more: str) -> Any:
    return client.post(f"/inbox/many/{what}", {"case": [case.pk for case in cases], **more}, headers=HX)


def undo(client: Client, told: Any) -> Any:
    sealed = re.search(r'name="before" value="([^"]+)"', text_of(told))
    assert sealed is not None
    return client.post("/inbox/many/undo", {"before": sealed[1]}, headers=HX)


@pytest.mark.parametrize(
    ("what", "more"), [("solve", {}), ("tag", {"tags": "Ferry, night"}), ("hand-over", {"to": "lea"})]
)
def test_several_cases_change_at_once_and_one_undo_puts_all_back(
    world: World, three: list[Case], what: str, more: dict[str, str]
) -> None:
    inbox.take(three[0], by=world.tomasz)
    more = {**more, "to": str(world.lea.pk)} if "to" in more else more
    before, client = states(), visitor(world.ana)
    told = do(client, what, three, **more)
    assert told.status_code == 200
    assert states() != before
    assert {state for state, *_ in states()} == {
        "solve": {"solved"},
        "tag": {"assigned", "open"},
        "hand-over": {"assigned"},
    }[what]
    assert "3 cases are as they were." in text_of(undo(client, told))
    assert states() == before


def test_undo_leaves_what_somebody_changed_meanwhile(world: World, three: list[Case]) -> None:
    client = visitor(world.ana)
    told = do(client, "solve", three)
    inbox.reopen(Case.objects.get(pk=three[1].pk), by=world.lea)
    inbox.take(Case.objects.get(pk=three[1].pk), by=world.lea)
    assert "2 cases are as they were." in text_of(undo(client, told))
    assert [state for state, *_ in states()] == ["open", "assigned", "open"]


def test_the_way_back_is_its_owners_alone(world: World, three: list[Case]) -> None:
    told = do(visitor(world.ana), "solve", three)
    assert undo(visitor(world.lea), told).status_code == 422
    assert {state for state, *_ in states()} == {"solved"}


def test_cases_out_of_sight_are_left_as_they_are(world: World, three: list[Case]) -> None:
    talk, post = world.start(world.partners, "The timetable is wrong.", by=world.partner)
    hidden = inbox.open_case(talk, post=post)
    told = text_of(do(visitor(world.lea), "solve", [*three, hidden]))
    assert "3 cases solved. 1 was left as it is." in told
    assert Case.objects.get(pk=hidden.pk).state == "open"


def test_choosing_nothing_says_so(world: World) -> None:
    assert "Choose at least one case." in text_of(do(visitor(world.ana), "solve", []))


def test_the_list_goes_on_page_after_page(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("colonnade.web.views.cases.lists.AT_ONCE", 3)
    made = [opened(world, f"Question {number}").pk for number in range(7)]
    client, address, found = visitor(world.ana), "/inbox?part=rows&view=all", []
    while address:
        with few_statements():
            page = text_of(client.get(address))
        found += [int(key) for key in re.findall(r'data-case="(\d+)"', page)]
        more = re.search(r'hx-get="([^"]+)"', page)
        address = more[1].replace("&amp;", "&") if more else ""
    assert found == made


def test_one_sees_who_is_writing_until_they_stop(world: World, three: list[Case]) -> None:
    address = f"/inbox/{three[0].pk}"
    writes, reads = visitor(world.tomasz), visitor(world.ana)
    writes.post(f"{address}/look", {"writing": "1"}, headers=HX)
    assert "Tomasz Zielke is writing" in text_of(reads.get(f"{address}?part=head"))
    with clock.stopped_at(clock.now() + timedelta(seconds=30)):
        assert "Tomasz Zielke is looking" in text_of(reads.get(f"{address}?part=head"))
    writes.post(f"{address}/look", {"writing": "1"}, headers=HX)
    writes.post(f"{address}/note", {"text": "I have it."}, headers=HX)
    assert "is writing" not in text_of(reads.get(f"{address}?part=head"))


def test_earlier_conversations_are_shown_as_far_as_one_may_see_them(world: World) -> None:
    world.start(world.partners, "The timetable is wrong.", by=world.partner)
    world.start(world.town, "When does the pool open?", by=world.partner)
    talk, post = world.start(world.town, "And the ferry?", by=world.partner)
    case = inbox.open_case(talk, post=post)
    address, client = f"/inbox/{case.pk}?part=earlier", visitor(world.ana)
    with few_statements():
        seen = text_of(client.get(address))
    assert "The timetable is wrong." in seen
    assert "When does the pool open?" in seen
    assert "And the ferry?" not in seen
    less = text_of(visitor(world.lea).get(address))
    assert "The timetable is wrong." not in less
    assert "When does the pool open?" in less


def test_what_waits_for_them_has_its_own_tab(world: World, three: list[Case]) -> None:
    inbox.wait(three[0], by=world.ana)
    page = text_of(visitor(world.ana).get("/inbox?view=waiting"))
    assert "Question 0" in page
    assert "Question 1" not in page
    assert queries.counts(world.viewer(world.ana)).waiting == 1
