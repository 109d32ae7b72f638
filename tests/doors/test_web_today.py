"""Today: what needs somebody, what is louder than usual, what goes out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from colonnade.conversations import actions as conversations
from colonnade.core import events
from colonnade.inbox import actions as inbox
from colonnade.inbox.actions import Asked
from colonnade.listening import actions as listening
from colonnade.listening.models import Watch
from colonnade.networks import base
from colonnade.people.models import Person
from colonnade.primitives import clock
from colonnade.publishing import actions as publishing
from colonnade.publishing.types import Wanted
from tests.doors.web_visits import few_statements, text_of, visitor
from tests.world import World

pytestmark = pytest.mark.django_db

HX = {"HX-Request": "true"}
NOON = datetime(2026, 6, 10, 12, 5, tzinfo=UTC)


@pytest.fixture
def world() -> World:
    return World.make()


@pytest.fixture
def asked(world: World) -> Asked:
    return inbox.ask(world.questions, name="Grace", text="Is the 17:40 ferry running?", ip_or_key="1")


def needs(person: Person) -> str:
    return text_of(visitor(person).get("/today?part=needs"))


def mention(world: World, name: str, at: datetime, times: int) -> None:
    """The bridge is spoken of elsewhere, so many times in the minutes before a moment."""
    posts = [
        base.Post(
            uri=f"https://pretend.example/{name}/{number}",
            author=base.Author(network="pretend", address=f"walker{number}", name="A walker"),
            text=f"The bridge again, {name} {number}",
            published=at - timedelta(minutes=number + 1),
        )
        for number in range(times)
    ]
    conversations.receive(world.wire, [base.Item(raw=post.uri.encode(), read=(post,)) for post in posts])


def heard() -> None:
    events.stamp()
    while events.pump():
        events.stamp()


@pytest.fixture
def bridge(world: World) -> Watch:
    return listening.add_watch("Bridge", "bridge", by=world.ana)


def test_today_and_each_of_its_parts_need_few_statements(world: World, asked: Asked, bridge: Watch) -> None:
    mention(world, "yesterday", clock.now() - timedelta(days=2), 1)
    mention(world, "now", clock.now(), 9)
    heard()
    client = visitor(world.ana)
    for part in ("", "?part=needs", "?part=unusual", "?part=out", "?part=done"):
        with few_statements():
            assert client.get(f"/today{part}").status_code == 200, part


def test_it_greets_by_the_clock_of_its_reader(world: World) -> None:
    world.ana.time_zone = "Pacific/Auckland"
    for hour, words in ((20, "Good morning, Ana"), (2, "Good afternoon, Ana"), (9, "Good evening, Ana")):
        with clock.stopped_at(datetime(2026, 6, 10, hour, tzinfo=UTC)):
            assert words in _greeted(world.ana), hour


def _greeted(person: Person) -> str:
    from colonnade.web.views.today import greeting, zone_of

    return greeting(clock.now().astimezone(zone_of(person)), "Ana")


def test_what_is_mine_or_nobodys_needs_me(world: World, asked: Asked) -> None:
    assert "Is the 17:40 ferry running?" in needs(world.ana)
    inbox.take(asked.case, by=world.lea)
    assert "Is the 17:40 ferry running?" not in needs(world.ana)
    assert "Is the 17:40 ferry running?" in needs(world.lea)
    inbox.reply(asked.case, "It is.", by=world.lea)
    assert "Is the 17:40 ferry running?" not in needs(world.lea)
    assert "1</span> answered since yesterday" in text_of(visitor(world.lea).get("/today?part=done"))


def test_what_is_put_off_comes_back_by_its_time_and_when_they_write(world: World, asked: Asked) -> None:
    client, address = visitor(world.ana), f"/today/cases/{asked.case.pk}/later"
    told = client.post(address, {"until": "1"}, headers=HX)
    assert "Undo" in text_of(told)
    assert "17:40" not in needs(world.ana)
    assert "17:40" in needs(world.lea), "put off for oneself alone"
    client.post(address, {"undo": "1"}, headers=HX)
    assert "17:40" in needs(world.ana)
    client.post(address, {"until": "1"}, headers=HX)
    with clock.stopped_at(clock.now() + timedelta(minutes=61)):
        assert "17:40" in needs(world.ana)
    inbox.ask_more(asked.conversation, asked.person, "Is anybody there?")
    assert "Is anybody there?" in needs(world.ana)


def test_a_case_is_handed_over_from_its_card_and_back(world: World, asked: Asked) -> None:
    client, address = visitor(world.ana), f"/today/cases/{asked.case.pk}/hand-over"
    told = client.post(address, {"to": str(world.lea.pk)}, headers=HX)
    assert "Lea Brandt has it now." in text_of(told)
    assert told["HX-Trigger"] == "colonnade:changed"
    assert "17:40" not in needs(world.ana)
    client.post(address, {"undo": "1", "to": ""}, headers=HX)
    assert "17:40" in needs(world.ana)
    assert client.post(address, {"to": str(world.okafor.pk)}, headers=HX).status_code == 422


def test_a_watch_is_unusual_when_it_is_clearly_louder_than_at_this_hour_before(
    world: World, bridge: Watch
) -> None:
    with clock.stopped_at(NOON):
        for days in range(1, 6):
            mention(world, f"day {days}", NOON - timedelta(days=days), 2)
        mention(world, "now", NOON, 5)
        heard()
        assert "Unusual" not in text_of(
            visitor(world.ana).get("/today?part=unusual")
        )  # 5 is less than 3 times 2
        mention(world, "more", NOON, 3)
        heard()
        client = visitor(world.ana)
        with few_statements():
            page = text_of(client.get("/today?part=unusual"))
        assert "“Bridge” is 4 times its usual" in page
        assert 'class="plot of-bars"' in page
        figures = page[page.index("<tbody>") : page.index("</tbody>")]
        assert figures.count("<tr") == 24  # the same as a table, for whoever does not see the picture
        assert f'<a href="/listen/{bridge.pk}?hour=2026-06-10T1' in figures
        assert "8 in the last hour" in page
        assert page.count("<blockquote") == 3
        assert "Bridge" not in text_of(visitor(world.lea).get("/today?part=unusual")), "it is Ana's watch"


def test_what_is_nothing_is_silent_until_tomorrow(world: World, bridge: Watch) -> None:
    with clock.stopped_at(NOON):
        mention(world, "yesterday", NOON - timedelta(days=1, minutes=5), 1)
        mention(world, "now", NOON, 6)
        heard()
        client = visitor(world.ana)
        assert "“Bridge”" in text_of(client.get("/today?part=unusual"))
        told = client.post(f"/today/watches/{bridge.pk}", headers=HX)
        assert "Silent about “Bridge” until tomorrow." in text_of(told)
        assert "“Bridge”" not in text_of(client.get("/today?part=unusual"))
        client.post(f"/today/watches/{bridge.pk}", {"undo": "1"}, headers=HX)
        assert "“Bridge”" in text_of(client.get("/today?part=unusual"))


def test_a_watch_that_was_made_today_has_no_usual(world: World, bridge: Watch) -> None:
    mention(world, "now", clock.now(), 9)
    heard()
    assert "Bridge" not in text_of(visitor(world.ana).get("/today?part=unusual"))


def test_today_is_for_staff_alone(world: World, asked: Asked) -> None:
    assert visitor().get("/today").status_code == 302
    assert visitor(world.okafor).get("/today").status_code == 404
    assert visitor(world.okafor).post(f"/today/cases/{asked.case.pk}/later").status_code == 404


def test_what_is_planned_goes_out_today_and_a_pause_stands_above_it(world: World) -> None:
    with clock.stopped_at(NOON):
        draft = publishing.write("Swim at four.", by=world.lea, targets=[Wanted(world.town.pk)])
        publishing.schedule(draft, "2026-06-10T16:00", "UTC", by=world.lea)
        client = visitor(world.ana)
        out = text_of(client.get("/today?part=out"))
        assert "Swim at four." in out
        assert '<b class="num">1</b> goes out today' in out
        publishing.pause_all("The bridge", by=world.tomasz)
        with few_statements():
            out = text_of(client.get("/today?part=out"))
        assert "Everything planned is paused." in out
        assert "held with all" in out
        assert "/publish/all/resume" in out
        assert "goes out today" not in out
        assert "to check" not in out
