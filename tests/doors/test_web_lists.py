"""Lists at the doors: whoever may see them reads queries by them, to others there are none."""

from __future__ import annotations

import pytest

from colonnade.conversations import actions as conversations
from colonnade.core import worker
from colonnade.listening import actions as listening
from tests.doors.programs import Program
from tests.doors.web_visits import few_statements, posts_on, text_of, told, visitor
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World.make()


def arrive(world: World, *texts: str) -> list[int]:
    made = conversations.receive(world.wire, [world.incoming(text) for text in texts])
    worker.settle()
    return made.posts


def test_staff_search_by_lists_and_to_others_there_are_none(world: World) -> None:
    bridge, ferry, _ = arrive(world, "the bridge is closed", "the ferry is closed", "the tunnel is closed")
    listening.add_list("crossings", "bridge OR ferry", by=world.lea)
    staff = visitor(world.lea)
    with few_statements(12):
        found = staff.get("/search?q=list:crossings closed")
    assert set(posts_on(found)) == {bridge, ferry}
    assert "crossings" in text_of(found)
    client = visitor(world.okafor)
    _, hidden, _ = told(client.get("/search?q=list:crossings closed"))
    _, absent, _ = told(client.get("/search?q=list:crossingz closed"))
    assert "There is no list" in hidden
    assert hidden.replace("crossings", "crossingz") == absent


def test_programs_of_staff_search_by_lists(world: World) -> None:
    bridge, _ = arrive(world, "the bridge is closed", "the tunnel is closed")
    listening.add_list("crossings", "bridge OR ferry", by=world.lea)
    found = Program(world.lea).get("/rest/search?q=list:crossings").json()["posts"]
    assert [post["id"] for post in found] == [str(bridge)]
    hours = Program(world.lea).get("/rest/search/hours?q=list:crossings").json()["hours"]
    assert sum(hour["posts"] for hour in hours) == 1
    refused = Program(world.okafor).get("/rest/search?q=list:crossings")
    assert (refused.status_code, refused.json()["errors"][0]["what"]) == (
        422,
        "There is no list “crossings”.",
    )
