"""The wall: everything at one glance, live, and not a word on it that a passer-by may not read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from colonnade.conversations import actions as conversations
from colonnade.core import worker
from colonnade.inbox import actions as inbox
from colonnade.inbox import queries
from colonnade.inbox.actions import Asked
from colonnade.listening import actions as listening
from colonnade.listening.models import Watch
from colonnade.networks.base import Author, Item, Post
from colonnade.people import actions as people
from colonnade.people.models import Person
from colonnade.places import actions as places
from colonnade.primitives import clock
from colonnade.publishing import actions as publishing
from colonnade.publishing.types import Wanted
from colonnade.web.views.wall import in_pieces
from tests.doors.streaming import Door
from tests.doors.web_visits import few_statements, text_of, visitor
from tests.journeys.browsing import browser, new_page, sign_in
from tests.world import World

NOON = datetime(2026, 6, 10, 12, 50, tzinfo=UTC)
PARTS = ("desk", "answers", "unusual", "talk", "out", "health")

# By how much the page is larger than its window, and how tall a numeral is.
BEYOND = """() => {
  const page = document.documentElement;
  return [page.scrollWidth - innerWidth, page.scrollHeight - innerHeight];
}"""
TALL = "() => parseFloat(getComputedStyle(document.querySelector('.wall .big')).fontSize)"

# The least height of figures, and of words, of the panel that shows all at a glance.
FAR = """() => ['.big, .load-count b', '.beside, .loads b, .words, .chart .says, .ticks text, h2'].map((asked) => Math.min(
  ...[...document.querySelectorAll('.glance :is(' + asked + ')')].map((one) => parseFloat(getComputedStyle(one).fontSize))
))"""

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World.make()


@pytest.fixture
def asked(world: World) -> Asked:
    return inbox.ask(world.questions, name="Grace", text="Is the 17:40 ferry running?", ip_or_key="1")


@pytest.fixture
def bridge(world: World) -> Watch:
    return listening.add_watch("The bridge", "bridge", by=world.ana)


def part(person: Person, name: str) -> str:
    return text_of(visitor(person).get(f"/wall?part={name}"))


def whole(person: Person) -> str:
    """The wall with all its parts, as it hangs."""
    return text_of(visitor(person).get("/wall")) + "".join(part(person, name) for name in PARTS)


def said(world: World, moments: list[datetime], words: str = "The bridge again") -> None:
    posts = [
        Post(
            uri=f"https://pretend.example/{words[:12].replace(' ', '-')}/{number}-{moment.timestamp()}",
            author=Author(network="pretend", address=f"walker{number}", name="A walker"),
            text=f"{words}, {number}",
            published=moment,
        )
        for number, moment in enumerate(moments)
    ]
    conversations.receive(world.wire, [Item(raw=post.uri.encode(), read=(post,)) for post in posts])
    worker.settle()


def test_the_wall_and_each_of_its_parts_need_few_statements(
    world: World, asked: Asked, bridge: Watch
) -> None:
    inbox.take(asked.case, by=world.lea)
    said(world, [clock.now() - timedelta(days=1, minutes=at) for at in range(3)])
    said(world, [clock.now()] * 9, "The bridge now")
    _planned(world)
    client = visitor(world.ana)
    for name in ("", *PARTS):
        with few_statements():
            assert client.get(f"/wall?part={name}").status_code == 200, name


def test_it_says_how_much_waits_with_whom_and_who_is_free(world: World, asked: Asked) -> None:
    second = inbox.ask(world.questions, name="Jonas", text="And the lift?", ip_or_key="2")
    inbox.ask(world.questions, name="Pia", text="And the bus?", ip_or_key="3")
    inbox.take(second.case, by=world.lea)
    desk = queries.desk_now(world.viewer(world.ana))
    assert (desk.waiting, desk.nobodys, desk.late) == (3, 2, 0)
    assert [(one.name, one.cases) for one in desk.loads] == [("Lea Brandt", 1)]
    assert "Ana Duarte" in [one.name for one in desk.free]
    shown = part(world.ana, "desk")
    assert "Lea Brandt" in shown
    assert "free" in shown


def test_where_there_are_teams_only_they_are_at_the_desk(world: World) -> None:
    people.make_team("Service desk", [world.lea])
    assert [one.name for one in queries.desk_now(world.viewer(world.ana)).free] == ["Lea Brandt"]


def test_an_answer_ends_the_wait_and_says_how_long_it_took(world: World) -> None:
    with clock.stopped_at(NOON - timedelta(minutes=9)):
        asked = inbox.ask(world.questions, name="Grace", text="Is it running?", ip_or_key="1")
    with clock.stopped_at(NOON):
        inbox.reply(asked.case, "It is.", by=world.ana)
        desk = queries.desk_now(world.viewer(world.ana))
        assert (desk.waiting, desk.oldest) == (0, None)
        shown = part(world.ana, "answers")
    assert "<b>9</b>" in shown
    assert "1 answer" in shown


def test_the_usual_is_of_the_days_before_and_only_over_several(world: World) -> None:
    for day in range(1, 6):
        with clock.stopped_at(NOON - timedelta(days=day)):
            asked = inbox.ask(
                world.questions, name="Grace", text=f"Is it running, {day}?", ip_or_key=str(day)
            )
        with clock.stopped_at(NOON - timedelta(days=day) + timedelta(minutes=10 * day)):
            inbox.reply(asked.case, "It is.", by=world.ana)
        with clock.stopped_at(NOON):
            found = queries.first_answers(world.viewer(world.ana), NOON.replace(hour=0))
        assert found.count == 0
        assert (found.usual is None) == (day < 5)
    assert found.usual == timedelta(minutes=30)


def test_who_has_much_that_is_late_needs_help(world: World) -> None:
    with clock.stopped_at(NOON - timedelta(hours=3)):
        for number in range(5):
            asked = inbox.ask(world.questions, name="Grace", text=f"And {number}?", ip_or_key=str(number))
            inbox.take(asked.case, by=world.lea)
    with clock.stopped_at(NOON):
        shown = part(world.ana, "desk")
        assert "needs help" in shown
        assert "5 late" in shown
        assert "<b>3</b>" in shown, "for three hours"


def test_what_is_unusual_is_drawn_minute_by_minute_beside_its_usual(world: World, bridge: Watch) -> None:
    with clock.stopped_at(NOON):
        said(world, [NOON - timedelta(days=day) for day in range(1, 6)])
        assert "Nothing unusual" in part(world.ana, "unusual")
        said(world, [NOON - timedelta(minutes=at) for at in range(8)], "The bridge is closed")
        shown = part(world.lea, "unusual")  # Ana's watch: the wall is everybody's
        assert "Nothing unusual" not in shown
        assert "8 in the last hour, where 1 is usual." in shown
        assert 'class="line"' in shown
        assert f"/listen/{bridge.pk}?hour=2026-06-10T12" in shown


def test_without_a_watch_it_says_how_to_begin(world: World) -> None:
    assert "Start the first watch" in part(world.ana, "unusual")
    assert "Nothing was said about us in public" in part(world.ana, "talk")


def test_public_talk_stands_newest_first_and_each_post_once(world: World, bridge: Watch) -> None:
    listening.add_watch("The ferry", "ferry", by=world.ana)
    now = clock.now()
    said(world, [now - timedelta(minutes=5)], "The bridge is old")
    said(world, [now], "The bridge and the ferry")
    shown = part(world.ana, "talk")
    assert shown.count("The bridge and the ferry") == 1
    assert shown.index("The bridge and the ferry") < shown.index("The bridge is old")


def _planned(world: World) -> None:
    closed = places.open_space("Rosewood circle", members_only=True)
    places.join(closed, world.ana)
    for place, words in ((world.town, "Hawthorn opens"), (closed, "Juniper closes")):
        draft = publishing.write(words, by=world.ana, targets=[Wanted(place.pk)])
        soon = clock.now() + timedelta(hours=2)
        publishing.schedule(draft, f"{soon:%Y-%m-%dT%H:%M}", "UTC", by=world.ana)


def test_no_word_on_it_that_not_everybody_may_read_even_for_an_owner(
    world: World, asked: Asked, bridge: Watch
) -> None:
    inbox.note(asked.case, "Marigold: she is a friend of the mayor.", by=world.ana)
    closed = places.open_space("Rosewood circle two", members_only=True)
    for person in (world.ana, world.ines):
        places.join(closed, person)
    conversations.receive(closed, [world.incoming("Foxglove, the bridge, behind doors")])
    said(world, [clock.now()], "Primrose on the bridge")
    _planned(world)
    shown = whole(world.ines)
    assert "Primrose on the bridge" in shown, "what everybody may read"
    for word in ("Marigold", "Foxglove", "Rosewood", "Hawthorn", "Juniper", "17:40", "Grace"):
        assert word not in shown, word
    assert world.town.name in part(world.ana, "out"), "when and where something goes out in public"


def test_a_curve_on_it_counts_only_what_everybody_may_read(world: World, bridge: Watch) -> None:
    with clock.stopped_at(NOON):
        said(world, [NOON - timedelta(days=1)])
        closed = places.open_space("Closed circle", members_only=True)
        places.join(closed, world.ana)
        conversations.receive(closed, [world.incoming(f"the bridge, behind doors {n}") for n in range(9)])
        worker.settle()
        assert "Nothing unusual" in part(world.ana, "unusual")
        assert "1 mention in 24 hours" not in part(world.ana, "unusual")


def test_it_is_dark_or_light_by_choice(world: World) -> None:
    client = visitor(world.ana)
    assert 'data-theme="dark"' in text_of(client.get("/wall?look=dark"))
    assert 'data-theme="light"' in text_of(client.get("/wall?look=light"))
    assert "data-theme" not in text_of(client.get("/wall?look=red"))


def test_the_wall_is_for_staff_alone(world: World) -> None:
    assert visitor().get("/wall").status_code == 302
    assert visitor(world.okafor).get("/wall").status_code == 404


def test_a_wait_is_told_in_what_one_reads_from_afar() -> None:
    def told(**span: float) -> str:
        return " ".join(f"{one.number} {one.unit}" for one in in_pieces(timedelta(**span)))

    assert told(seconds=30) == "0 min"
    assert told(minutes=59) == "59 min"
    assert told(minutes=134) == "2 h 14 min"
    assert told(hours=17, minutes=50) == "17 h"
    assert told(hours=49) == "2 days"
    assert in_pieces(None) == []


@pytest.mark.browser
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
class TestInABrowser:
    """As it hangs: all of it at once, alive without a hand."""

    def test_it_lives_needs_no_scrolling_and_escape_leaves_it(
        self, world: World, asked: Asked, bridge: Watch, door: Door
    ) -> None:
        said(world, [clock.now() - timedelta(minutes=at) for at in range(12)], "The bridge is long and old")
        faults: list[str] = []
        with browser() as opened:
            page = new_page(opened, faults, viewport={"width": 1920, "height": 1080})
            home = f"http://127.0.0.1:{door.port}"
            sign_in(page, home, "ana")
            page.goto(f"{home}/wall?look=dark")
            page.wait_for_selector(".says .words")
            page.wait_for_selector(".chart .picture")
            assert page.evaluate(BEYOND) == [0, 0]
            assert page.evaluate(TALL) >= 80
            figures, words = page.evaluate(FAR)
            assert figures >= 1080 / 25, "a figure that is read from five metres"
            assert words >= 1080 / 48
            page.focus(".wall .nobody a")
            conversations.receive(world.wire, [world.incoming("They opened the bridge again")])
            inbox.ask(world.questions, name="Pia", text="And the bus?", ip_or_key="2")
            page.wait_for_selector(".wall .nobody .load-count:has-text('2')")
            assert page.evaluate("() => document.activeElement.closest('.nobody') !== null")
            page.wait_for_selector("text=They opened the bridge again")
            assert page.locator(".says > li").first.inner_text().endswith("They opened the bridge again")
            assert page.evaluate(BEYOND) == [0, 0]
            for cut, said_of_it in ((True, ":not([hidden])"), (False, "[hidden]")):
                page.context.set_offline(cut)
                page.evaluate("() => htmx.trigger('.wall .desk', 'colonnade:look')")
                page.wait_for_selector(f"[data-wall-stale]{said_of_it}", state="attached")
            page.keyboard.press("Escape")
            page.wait_for_url("**/today")
        assert faults == []
