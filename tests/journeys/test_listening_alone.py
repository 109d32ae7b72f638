"""What listening and insight show is worked by keyboard alone: focus shows and stays, everything has a name.

Several screens in one window: what costs the most is to begin.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from playwright.sync_api import expect

from colonnade.conversations import actions as conversations
from colonnade.core.db import act
from colonnade.insight import work as insight_work
from colonnade.insight.models import Alert, Finding
from colonnade.listening import actions as listening
from colonnade.listening.models import Mention, Watch
from colonnade.networks import base
from colonnade.primitives import clock
from tests.journeys.house import House, seen
from tests.journeys.keyboard import Keyboard, nameless
from tests.journeys.whole_server import until

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.browser,
    pytest.mark.one_database,
]


@pytest.fixture
def _django_db_helper(lasting_database: None) -> None:
    """One database for all tests of this file; each adds what it needs."""


def said(house: House, *texts: str) -> None:
    """These words stream by, each by somebody else."""
    world = house.world
    items = [world.incoming(text, author=f"person{number}") for number, text in enumerate(texts)]
    conversations.receive(world.wire, items)


def said_before(house: House, *texts: str) -> None:
    """The same, an hour ago."""
    world, then = house.world, clock.now() - timedelta(hours=1)
    items = []
    for number, text in enumerate(texts):
        item = world.incoming(text, author=f"walker{number}")
        (post,) = item.read
        items.append(base.Item(raw=item.raw, read=(replace(post, published=then),)))
    conversations.receive(world.wire, items)


def caught(watch: Watch, posts: int) -> None:
    """Wait until the worker has put so many posts under a watch."""
    until(lambda: Mention.objects.filter(watch=watch).count() >= posts, f"{posts} mentions")


def unusual(watch: Watch, posts: int) -> Alert:
    """An alert as the detector raises it, and what is different looked for as it has it done."""
    now = clock.now()
    with act():
        alert = Alert.objects.create(
            watch=watch,
            since=now - timedelta(minutes=10),
            raised_at=now,
            score=0.9,
            posts=posts,
            expected=0.5,
            low=0.0,
            high=2.0,
        )
        insight_work.queue_difference(alert.pk)
    until(lambda: "word" in Alert.objects.get(pk=alert.pk).differs, "what is different")
    return alert


@contextmanager
def fetched_anew(page: Any, part: str) -> Iterator[None]:
    """What happens inside makes the page fetch a part of it; what stood there is replaced when this is over."""
    page.evaluate("(part) => { document.querySelector(part).old = true; }", part)
    yield
    until(lambda: page.evaluate("(part) => !document.querySelector(part)?.old", part), f"a new {part}")


def told_well(page: Any) -> None:
    """Nothing that one may stand on is without a name; one heading says what the page is; its parts are landmarks."""
    assert nameless(page) == []
    assert page.locator("h1").count() == 1
    assert page.locator("main, [role=main]").count() == 1
    assert page.locator("h1").inner_text().strip()
    assert page.title().strip()


def test_mentions_are_labelled_sorted_and_handed_over_while_more_come(house: House) -> None:
    world = house.world
    watch = listening.add_watch("Trams", "tram", by=world.ana)
    said(house, "A tram to the sea", "The tram of the toy shop", "No tram today")
    caught(watch, 3)
    page = house.page(world.ana, f"/listen/{watch.pk}")
    keys = Keyboard(page)
    seen(page, "No tram today")
    told_well(page)
    keys.press("j")
    keys.wait_on(".post")
    keys.press("y")
    expect(page.locator(".post:focus [data-in-post=y]")).to_have_attribute("aria-pressed", "true")
    keys.press("j", "n")
    expect(page.locator(".post:focus [data-in-post=n]")).to_have_attribute("aria-pressed", "true")
    keys.press("e")
    expect(page.locator(".post:focus [data-in-post=e]")).to_have_attribute("aria-pressed", "true")
    keys.hold()
    said(house, "A tram at last")
    seen(page, "A tram at last")
    assert keys.is_held()

    keys.press("x", "k", "x")
    seen(page, "2 chosen")
    keys.to("Tag", back=True)
    keys.press("Enter")
    keys.to("Tags, with commas between")
    keys.write("timetable")
    keys.to("Add")
    keys.press("Enter")
    seen(page, "timetable")
    keys.stands()
    keys.to("Undo")
    keys.press("Enter")
    expect(page.locator(".mention", has_text="timetable")).to_have_count(0)
    keys.stands()
    keys.press("j")
    keys.wait_on(".post")
    keys.press("x")
    seen(page, "1 chosen")
    keys.to("Hand over", back=True)
    keys.press("Enter")
    page.locator("[data-colleagues] button", has_text="Lea Brandt").wait_for()
    keys.to("Lea Brandt")
    keys.press("Enter")
    page.locator(".mention .chip", has_text="Lea Brandt").wait_for()
    keys.stands()
    assert Mention.objects.filter(watch=watch, owner=world.lea).count() == 1


def test_from_an_alert_to_the_briefing_in_six_keys(house: House) -> None:
    world = house.world
    watch = listening.add_watch("The old bridge", "bridge", by=world.ana)
    said_before(house, *[f"Fog on the bridge {number}" for number in range(12)])
    said(house, *[f"A lorry hit the bridge {number}" for number in range(9)], "The bridge! And now?")
    caught(watch, 22)
    alert = unusual(watch, 10)
    page = house.page(world.ana, "/listen/alerts")
    keys = Keyboard(page)
    told_well(page)
    keys.press("j")
    keys.wait_on("a.row")
    keys.press("Enter")  # one
    page.wait_for_url(f"**/listen/alerts/{alert.pk}")
    told_well(page)
    keys.to("lorry")
    keys.press("Enter")  # two
    page.wait_for_url("**what=lorry*")
    keys.to("This post carries the finding")
    keys.press("Space")  # three
    keys.hold()
    with fetched_anew(page, ".drawn-alert figure"):
        said(house, "They close the bridge")
    assert keys.is_held()
    keys.press("u")  # four
    expect(page.locator("[data-alert-key=u]")).to_have_attribute("aria-pressed", "true")
    keys.stands()
    keys.to("Keep")
    keys.press("Enter")  # five
    page.wait_for_url("**/listen/findings/*")
    told_well(page)
    finding = Finding.objects.get(alert=alert)
    assert finding.in_briefings

    page.goto(f"{house.home}/briefings")
    told_well(page)
    keys.to("Name")
    keys.write("Nine o'clock")
    keys.to("The old bridge")
    keys.press("Space")
    keys.to("Set it up")
    keys.press("Enter")
    page.wait_for_url(re.compile(r"/briefings/\d+$"))
    keys.to("Look at it now")
    keys.press("Enter")  # six
    page.wait_for_url(re.compile(r"/briefings/\d+/\d+$"))
    told_well(page)
    seen(page, finding.sentence)


def test_watches_are_compared(house: House) -> None:
    for name in ("Ferries", "Buses"):
        listening.add_watch(name, name.lower(), by=house.world.ana)
    said(house, "Ferries again", "Buses, too")
    page = house.page(house.world.ana, "/listen/compare")
    keys = Keyboard(page)
    for name in ("Buses", "Ferries"):
        keys.to(name)
        keys.press("Space")
    keys.to("Show")
    keys.press("Enter")
    page.wait_for_url("**/listen/compare?*w=*")
    seen(page, "Share of voice")
    told_well(page)
    keys.to("Figures")
    keys.press("Enter")
    expect(page.locator("details[open] table")).to_have_count(1)
    keys.to("48 hours", back=True)
    keys.press("Enter")
    page.wait_for_url("**by=hour*")
    assert len(keys.walk_through()) > 10


def test_a_wall_is_arranged_and_hangs(house: House) -> None:
    listening.add_watch("Markets", "market", by=house.world.ana)
    page = house.page(house.world.ana, "/wall/arrange")
    keys = Keyboard(page)
    told_well(page)
    keys.to("Name")
    keys.write("Harbour office")
    keys.to("Mood")
    keys.press("Space")
    keys.to("Set it up")
    keys.press("Enter")
    page.wait_for_url(re.compile(r"/wall/\d+"))
    told_well(page)
    keys.press("Tab", "Tab")
    keys.hold()
    said(house, "The market begins")
    seen(page, "The market begins")
    assert keys.is_held()


def test_a_scenario_is_written_rehearsed_and_looked_back_at(house: House) -> None:
    page = house.page(house.world.tomasz, "/scenarios")
    keys = Keyboard(page)
    told_well(page)
    keys.to("New scenario")
    keys.press("Enter")
    page.wait_for_url("**/scenarios/new")
    told_well(page)
    keys.to("What may happen")
    keys.write("The quay is flooded")
    keys.to("Words")
    keys.write("Call the harbour")
    keys.to("Words")
    keys.write("Put up the sandbags")
    keys.to("What is said in a drill")
    keys.write("Walker: The quay is under water!")
    keys.to("Keep")
    keys.press("Enter")
    page.wait_for_url(re.compile(r"/scenarios/\d+$"))
    keys.to("Begin a drill")
    keys.press("Enter")
    page.wait_for_url("**/scenarios/runs/*")
    told_well(page)
    boxes = page.locator(".clocked button.box")
    keys.to(boxes.nth(0).get_attribute("aria-label"))
    keys.press("Enter")
    seen(page, "1 of 2 done")
    name = boxes.nth(1).get_attribute("aria-label")
    keys.to(name)
    with fetched_anew(page, ".clocked"):
        house.world.start(house.world.town, "Water in the street", by=house.world.lea)
    assert keys.stands()["name"] == name
    keys.to("End the drill", back=True)
    keys.press("Enter")
    seen(page, "Debrief")
    told_well(page)
    keys.to("What we learned")
    keys.write("More sandbags.")
    keys.to("Keep")
    keys.press("Enter")
    page.wait_for_url(re.compile(r"/scenarios/\d+$"))
    expect(page.locator(".learned")).to_have_text("More sandbags.")


def test_nothing_complained_on_the_way(house: House) -> None:
    assert house.faults == []
