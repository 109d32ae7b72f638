"""The panels of a wall, and how it is arranged: what hangs is public, whoever has opened it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from colonnade.conversations import actions as conversations
from colonnade.core import worker
from colonnade.insight import queries as insight
from colonnade.insight.models import Wall
from colonnade.insight.rules import PANELS
from colonnade.listening import actions as listening
from colonnade.listening.models import Watch
from colonnade.networks.base import Author, Item, Post
from colonnade.places import actions as places
from colonnade.primitives import clock
from colonnade.web.bubbles import Bubble, bubbles, packed
from tests.doors.streaming import Door
from tests.doors.web_visits import few_statements, text_of, visitor
from tests.journeys.browsing import browser, new_page, sign_in
from tests.world import World

OF_THEIR_OWN = [one for one in PANELS if one != "glance"]
WEEK_AGO = clock.now() - timedelta(days=7)
FRONT = "document.querySelector('.sheet.front').dataset.sheet"

CUT = """() => [...document.querySelectorAll('.of-mood .part > *')].filter(
  (one) => one.offsetWidth && one.getBoundingClientRect().right > one.parentElement.getBoundingClientRect().right
).map((one) => one.textContent)"""  # words of moods that do not fit into their part

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World.make()


@pytest.fixture
def watches(world: World) -> list[Watch]:
    return [listening.add_watch(f"The {one}", one, by=world.ana) for one in ("bridge", "ferry")]


def said(world: World, *words: str, minutes_ago: int = 10) -> None:
    moment = clock.now() - timedelta(minutes=minutes_ago)
    posts = [
        Post(
            uri=f"https://pretend.example/{minutes_ago}/{number}",
            author=Author(network="pretend", address=f"walker{number}", name="A walker"),
            text=one,
            published=moment,
        )
        for number, one in enumerate(words)
    ]
    conversations.receive(world.wire, [Item(raw=post.uri.encode(), read=(post,)) for post in posts])
    worker.settle()


def test_each_panel_needs_few_statements(world: World, watches: list[Watch]) -> None:
    said(world, "The bridge is closed", "The ferry runs", "The bridge, a wonderful day, I love it")
    client = visitor(world.ana)
    for name in (*OF_THEIR_OWN, "alerts"):
        with few_statements():
            assert client.get(f"/wall?part={name}").status_code == 200, name


def test_a_share_counts_what_all_may_read_without_copies(world: World, watches: list[Watch]) -> None:
    closed = places.open_space("Closed circle", members_only=True)
    places.join(closed, world.ana)
    conversations.receive(closed, [world.incoming(f"the ferry, behind doors {n}") for n in range(5)])
    said(
        world,
        "The bridge was painted green today",
        "Who has seen the bridge keeper?",
        "A ferry full of geese",
    )
    shares = {
        one.name: (one.posts, one.share) for one in insight.voices(world.anonymous, watches, since=WEEK_AGO)
    }
    assert shares == {"The bridge": (2, 67), "The ferry": (1, 33)}
    shown = text_of(visitor(world.ines).get("/wall?part=share"))
    assert "67 %" in shown
    assert "Its part of the 3 public mentions" in shown


def test_where_it_is_said_names_no_place_that_not_everybody_knows(world: World, watches: list[Watch]) -> None:
    closed = places.open_space("Rosewood circle", members_only=True)
    places.join(closed, world.ines)
    conversations.receive(closed, [world.incoming("the ferry, behind doors")])
    said(world, "The ferry runs")
    shown = text_of(visitor(world.ines).get("/wall?part=networks"))
    assert "Harbour wire: 1 mention" in shown
    assert "Rosewood" not in shown


def test_what_was_answered_in_private_does_not_rise(world: World, watches: list[Watch]) -> None:
    said(world, "The bridge is old", "The ferry is new")
    first = insight.told_most(world.anonymous, watches, since=WEEK_AGO, limit=2)
    assert [one.answers for one in first] == [0, 0]
    assert "The bridge is old" in text_of(visitor(world.ana).get("/wall?part=posts"))


def test_bubbles_never_lie_over_one_another() -> None:
    circles = packed([400, 90, 90, 30, 12, 5, 1, 1, 1])
    for at, one in enumerate(circles):
        for other in circles[:at]:
            assert (one.x - other.x) ** 2 + (one.y - other.y) ** 2 >= (one.r + other.r) ** 2
    assert circles[0].r == max(circle.r for circle in circles)


def test_a_name_in_a_bubble_stands_whole_where_there_is_room() -> None:
    drawn = bubbles([Bubble("Port Alder on the make-believe network", 126), Bubble("Ideas", 1)])
    words = re.findall(r"<text x=[^>]*>([^<]*)</text>", drawn)
    assert " ".join(words) == "Port Alder on the make-believe network Ideas"


def test_a_wall_is_arranged_has_an_address_and_is_taken_down(world: World, watches: list[Watch]) -> None:
    client = visitor(world.ana)
    chosen = {"name": "Council hall", "panel": ["share", "volume"], "watch": [str(watches[0].pk)]}
    answer = client.post("/wall/arrange", chosen | {"seconds": "30", "look": "dark"})
    wall = Wall.objects.get()
    assert answer["Location"] == f"/wall/{wall.pk}?kept=1"
    assert wall.panels == ["volume", "share"], "in the order in which panels turn"
    shown = text_of(visitor(world.lea).get(f"/wall/{wall.pk}"))
    assert 'data-theme="dark"' in shown
    assert 'data-wall-seconds="30"' in shown
    assert 'data-sheet="glance"' not in shown
    assert "The ferry" not in text_of(visitor(world.lea).get(f"/wall/{wall.pk}?part=volume"))
    with few_statements():
        assert "Council hall" in text_of(client.get(f"/wall/{wall.pk}/arrange"))
    client.post(f"/wall/{wall.pk}/take-down")
    assert client.get(f"/wall/{wall.pk}").status_code == 404


def test_a_wall_without_a_name_or_a_panel_is_refused_and_keeps_what_was_typed(world: World) -> None:
    answer = visitor(world.ana).post("/wall/arrange", {"name": "Hall", "seconds": "20"})
    assert answer.status_code == 422
    assert 'value="Hall"' in text_of(answer)
    assert "Choose what it shows." in text_of(answer)
    assert not Wall.objects.exists()


def test_nobody_but_staff_arranges_a_wall(world: World) -> None:
    assert visitor().get("/wall/arrange").status_code == 302
    assert visitor(world.okafor).get("/wall/arrange").status_code == 404


@pytest.mark.browser
@pytest.mark.one_database
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
class TestInABrowser:
    """Nobody touches it."""

    def test_panels_take_turns_and_an_alert_comes_first_until_it_was_seen(
        self, world: World, watches: list[Watch], door: Door
    ) -> None:
        said(world, "The bridge is closed", "The ferry runs")
        grey = [f"The bridge at noon, picture {number}" for number in range(11)]
        said(world, *grey, "The bridge, a wonderful day, I love it", minutes_ago=5 * 60)
        with browser() as opened:
            page = new_page(opened, [], viewport={"width": 1920, "height": 1080})
            page.clock.install()
            home = f"http://127.0.0.1:{door.port}"
            sign_in(page, home, "ana")
            page.goto(f"{home}/wall")
            page.wait_for_selector(".of-share b", state="attached")
            page.wait_for_selector(".of-volume .huge", state="attached")
            assert page.evaluate(FRONT) == "glance"
            page.clock.fast_forward(21_000)
            page.wait_for_function(f"() => {FRONT} === 'volume'")
            said(world, *[f"The bridge is closed, {n}" for n in range(9)], minutes_ago=24 * 60 * 2)
            said(world, *[f"The bridge is closed, again {n}" for n in range(40)], minutes_ago=0)
            page.evaluate("() => htmx.trigger('.of-alerts', 'colonnade:look')")
            page.wait_for_function(f"() => {FRONT} === 'alerts'")
            page.click("[data-wall-seen]")
            page.wait_for_function(f"() => {FRONT} === 'volume'")
            assert page.evaluate(CUT) == []
            page.set_viewport_size({"width": 360, "height": 740})
            assert page.evaluate(CUT) == []
            below = " ".join(page.locator(".told-below").first.inner_text().split())
            assert "8 % positive" in below, "what does not fit stands below"
            shown = page.locator(".told-below").first.bounding_box()
            assert shown is not None
            assert shown["height"] > 10
