"""Six people and their day; each loses the connection at the worst moment, and nothing else.

While words are being typed the server is killed; at the moment of sending the network goes, or the server takes what was
sent and its answer never arrives. Afterwards everything typed is still there, and everything sent stands there once.
"""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from playwright.sync_api import expect

from colonnade.conversations import actions as conversations
from colonnade.conversations.models import Post
from colonnade.inbox import actions as inbox
from colonnade.inbox.models import Case
from colonnade.insight.models import Alert, Pulse
from colonnade.listening import actions as listening
from colonnade.listening import work as listening_work
from colonnade.listening.models import Watch
from colonnade.networks import base
from colonnade.people.models import Person
from colonnade.places import actions as places
from colonnade.primitives import clock
from colonnade.publishing import actions as publishing
from colonnade.publishing.models import Draft, Review
from colonnade.publishing.types import Wanted
from tests.doors.commands import colonnade
from tests.journeys.cuts import no_network, no_word_back, with_worker
from tests.journeys.house import House, seen
from tests.journeys.whole_server import until

pytestmark = [pytest.mark.django_db(transaction=True, serialized_rollback=True), pytest.mark.browser]

NOT_REACHED = "The server cannot be reached"


@pytest.fixture
def _django_db_helper(lasting_database: None) -> None:
    """One database for all tests of this file."""


def clear_desk(house: House) -> None:
    """Nothing waits for anybody."""
    for case in Case.objects.exclude(state="solved"):
        inbox.solve(case, by=house.world.tomasz)


def asked(house: House, words: str, name: str) -> Case:
    """Somebody asks something."""
    return inbox.ask(house.world.questions, name=name, text=words, ip_or_key=name).case


def said(words: str) -> int:
    """How often something stands there."""
    return Post.objects.filter(said__text=words).count()


def test_the_community_manager_answers_until_nothing_waits(house: House) -> None:
    clear_desk(house)
    asked(house, "Is the lift at the landing working?", "Grace Okafor")
    asked(house, "Where do I leave my bicycle?", "Marek")
    page = house.page(house.world.ana, "/today")
    keys, box = page.keyboard, page.locator(".in-place textarea")
    seen(page, "Where do I leave my bicycle?")
    page.locator("[data-cards] article", has_text="Is the lift").focus()
    keys.press("r")
    expect(box).to_be_focused()
    keys.insert_text("Yes, since ")
    house.fall()
    keys.insert_text("this morning.")
    keys.press("Control+Enter")
    expect(page.get_by_role("alert")).to_contain_text(NOT_REACHED)
    house.stand_up()
    expect(box).to_have_value("Yes, since this morning.")
    with no_word_back(page, "**/reply") as unheard:
        with page.expect_event("requestfailed"):
            keys.press("Control+Enter")
        expect(page.get_by_role("alert")).to_contain_text(NOT_REACHED)
        expect(box).to_be_focused()
    assert unheard == [200]
    expect(box).to_have_value("Yes, since this morning.")
    keys.press("Control+Enter")
    expect(box).to_have_value("")
    assert said("Yes, since this morning.") == 1

    page.reload()
    page.locator("[data-cards] article", has_text="Where do I leave").focus()
    keys.press("r")
    expect(box).to_be_focused()
    keys.insert_text("Behind the station.")
    with no_network(page):
        keys.press("Control+Enter")
        expect(page.get_by_role("alert")).to_contain_text(NOT_REACHED)
    expect(page.locator("[data-cut]")).to_contain_text("The network is back.")
    expect(box).to_have_value("Behind the station.")
    keys.press("Control+Enter")
    expect(box).to_have_value("")
    assert said("Behind the station.") == 1
    page.reload()
    seen(page, "Nothing waits.")


def test_the_head_of_service_hands_ten_cases_over_in_one_move_and_takes_it_back(house: House) -> None:
    clear_desk(house)
    cases = [asked(house, f"Where is bus {n}?", f"Rider {n}") for n in range(10)]
    page = house.page(house.world.ines, "/inbox?view=nobody")
    keys = page.keyboard
    expect(page.locator("[data-pick]")).to_have_count(10)
    expect(page.get_by_role("link", name=re.compile(r"^Nobody's 10"))).to_be_visible()
    assert page.locator("[data-case]").first.get_attribute("data-case") == str(cases[0].pk)
    for _ in cases:
        keys.press("j")
        keys.press("x")
    seen(page, "10 chosen")
    keys.press("h")
    page.get_by_role("button", name="Lea Brandt").wait_for()
    house.fall()
    page.get_by_role("button", name="Lea Brandt").click()
    expect(page.get_by_role("alert")).to_contain_text(NOT_REACHED)
    assert not Case.objects.filter(owner=house.world.lea).exists()
    house.stand_up()
    seen(page, "10 chosen")
    page.get_by_role("button", name="Lea Brandt").click()
    seen(page, "10 cases handed over.")
    assert Case.objects.filter(owner=house.world.lea, state="assigned").count() == 10
    with no_network(page):
        page.get_by_role("button", name="Undo").click()
        expect(page.locator("[data-toast]").get_by_role("alert")).to_contain_text(NOT_REACHED)
    page.get_by_role("button", name="Undo").click()
    seen(page, "10 cases are as they were.")
    assert Case.objects.filter(owner=None, state="open").count() == 10


def test_the_administrator_lets_somebody_in_and_keeps_a_copy(house: House, tmp_path: Path) -> None:
    page = house.page(house.world.tomasz, "/settings/members")
    with_worker(page)
    page.get_by_text("Invite somebody").click()
    page.fill("[name=name]", "Rosa Lind")
    page.fill("[name=email]", "rosa@portalder.example")
    house.fall()
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.locator("[data-unsent]")).to_contain_text("could not be reached")
    expect(page.locator("[name=name]")).to_have_value("Rosa Lind")
    expect(page.locator("[name=email]")).to_have_value("rosa@portalder.example")
    assert not Person.objects.filter(name="Rosa Lind").exists()
    house.stand_up()
    page.reload()
    expect(page.locator("[name=email]")).to_have_value("rosa@portalder.example")
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_role("main")).to_contain_text("rosa@portalder.example")
    assert Person.objects.filter(name="Rosa Lind").count() == 1
    page.goto(f"{house.home}/settings/audit")
    expect(page.get_by_role("main")).to_contain_text("Tomasz Zielke")

    copy = tmp_path / "port-alder.backup"
    assert "MB" in colonnade(house.environment, "backup", str(copy)).stdout
    assert copy.stat().st_size > 0
    told = colonnade(house.environment, "doctor", check=False).stdout
    assert "database" in told.lower()
    assert house.door.get("/readyz")[0] == 200


def test_the_press_officer_writes_a_line_and_keeps_it(house: House) -> None:
    page = house.page(house.world.tomasz, "/publish/new")
    with_worker(page)
    page.fill("[name=text]", "The bridge is closed until six; ")
    page.get_by_label("Town talk", exact=False).first.check()
    seen(page, "Everyone on the web")
    house.fall()
    page.locator("[name=text]").press("End")
    page.keyboard.insert_text("the ferry takes you for free.")
    house.stand_up()
    with no_network(page):
        page.get_by_role("button", name="Keep as draft").click()
        expect(page.locator("[data-unsent]")).to_contain_text("could not be reached")
    words = "The bridge is closed until six; the ferry takes you for free."
    expect(page.locator("[name=text]")).to_have_value(words)
    expect(page.get_by_label("Town talk", exact=False).first).to_be_checked()
    assert not Draft.objects.filter(text=words).exists()
    page.get_by_role("button", name="Keep as draft").click()
    page.wait_for_url(lambda url: not url.endswith("/publish/new"))
    assert Draft.objects.filter(text=words).count() == 1


PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


def watched(house: House, what: str, by: Person) -> Watch:
    """Somebody listens for a thing of which every four hours a word was said until now."""
    past = [told(house, f"{what}, {hour} hours ago", timedelta(hours=hour)) for hour in range(4, 96, 4)]
    conversations.receive(house.world.wire, past)
    watch = listening.add_watch(what, f'"{what}"', by=by)
    listening_work.backfill(watch, days=7, by=by)
    until(lambda: watch.mentions.count() == len(past), "what was stored")
    return watch


def told(house: House, words: str, back: timedelta = timedelta(), author: str = "walker") -> base.Item:
    item = house.world.incoming(words, author=author)
    (post,) = item.read
    assert isinstance(post, base.Post)
    return base.Item(raw=item.raw, read=(replace(post, published=clock.now() - back),))


def loud(house: House, watch: Watch, words: str) -> Alert:
    """Twelve people say it in one moment; the alert that comes of it."""
    until(
        lambda: any(one.state["detector"]["rows"] > 500 for one in Pulse.objects.filter(watch=watch)),
        "a past",
    )
    said = [told(house, f"{words} ({n})", author=f"person{n}") for n in range(12)]
    conversations.receive(house.world.wire, said)
    return until(lambda: Alert.objects.filter(watch=watch).first(), "the alert")


@pytest.mark.one_database
def test_the_press_officer_is_out_in_a_few_taps_and_nothing_cheerful_goes_out(house: House) -> None:
    world = house.world
    us = base.Author(network="pretend", address="harbour@town", name="Harbour", proof="signed")
    account = places.add_account("pretend", "pretend://harbour", name="Harbour", credentials={}, identity=us)
    cheerful = publishing.write(
        "Forty lanterns on the old bridge!", by=world.lea, targets=[Wanted(account.pk)]
    )
    soon = clock.now() + timedelta(hours=2)
    publishing.schedule(cheerful, f"{soon:%Y-%m-%dT%H:%M}", "UTC", by=world.lea)
    publishing.ask_for_approval(account, True, by=world.ines)
    line = publishing.write(
        "The old bridge is closed. The ferry runs every hour.", by=world.tomasz, targets=[Wanted(account.pk)]
    )
    loud(house, watched(house, "The old bridge", world.tomasz), "The old bridge has a crack!")
    page = house.page(world.tomasz, "/notices", **PHONE)
    seen(page, "“The old bridge” is unusually loud: 12 in five minutes").tap()
    for words in (
        "Since ",
        "By Person",
        "“The old bridge has a crack!",
        "We have said nothing about it yet.",
    ):
        seen(page.locator(".five"), words)
    page.get_by_role("button", name="Pause 1 that goes out within a day").tap()
    seen(page, "Everything planned is paused.")

    page.goto(f"{house.home}/publish/{line.pk}")
    words = page.locator("[name=text]")
    words.fill(words.input_value().replace("every hour", "every fifteen minutes"))
    page.get_by_role("button", name="Ask for approval").tap()
    until(lambda: Review.objects.filter(draft=line).exists(), "the question")
    chief = house.page(world.ines, "/today", **PHONE)
    seen(chief, "The ferry runs every fifteen minutes.")
    chief.locator("li", has_text="fifteen minutes").locator("[data-approve]").tap()
    seen(chief, "Approved, as it stands.")
    page.goto(f"{house.home}/today")
    page.locator("#approve").get_by_role("button", name="Publish now").tap()
    until(lambda: Draft.objects.get(pk=line.pk).state in ("going", "done"), "out")
    cheerful.refresh_from_db()
    assert cheerful.state == "waiting", "and it stays so until somebody resumes"


def test_the_mayor_writes_herself_on_her_phone(house: House) -> None:
    page = house.page(
        house.world.ines,
        f"/spaces/{house.world.town.slug}",
        viewport={"width": 360, "height": 740},
        has_touch=True,
        is_mobile=True,
    )
    with_worker(page)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.locator("#start-words").tap()
    page.keyboard.insert_text("Come and see ")
    house.fall()
    page.keyboard.insert_text("the new landing on Friday.")
    house.stand_up()
    expect(page.locator("#start-words")).to_have_value("Come and see the new landing on Friday.")
    with no_network(page):
        page.get_by_role("button", name="Start").tap()
        expect(page.locator("[data-waits] q")).to_have_text("Come and see the new landing on Friday.")
        assert said("Come and see the new landing on Friday.") == 0
    seen(page, "What waited for the network was sent.")
    expect(page.locator("[data-waits]")).to_have_count(0)
    page.evaluate("navigator.serviceWorker.controller.postMessage('send')")
    page.get_by_role("link", name="See it").tap()
    expect(page.locator(".said", has_text="Come and see the new landing on Friday.")).to_have_count(1)
    assert said("Come and see the new landing on Friday.") == 1


QUAY = (
    "Still water on the quay at seven",
    "My bicycle swims along the quay, send help",
    "Who keeps the pumps? The quay is a lake",
    "They closed the quay for cars this morning",
    "A swan sleeps in the middle of our quay now",
)


def test_the_analyst_follows_a_word_to_its_posts_and_takes_them_along(house: House) -> None:
    world = house.world
    watch = listening.add_watch("The quay", "quay", by=world.lea)
    page = house.page(world.lea, "/listen")
    page.get_by_role("link", name="The quay").click()
    conversations.receive(world.wire, [world.incoming("The quay is flooded")])
    seen(page, "The quay is flooded")
    house.fall()
    conversations.receive(world.wire, [world.incoming(words) for words in QUAY])
    house.stand_up()
    for words in QUAY:
        seen(page, words)
    shown = page.locator("[data-column] [data-post]")
    expect(shown).to_have_count(6)
    assert len({shown.nth(n).get_attribute("data-post") for n in range(6)}) == 6
    page.locator(
        ".menu summary", has=page.locator("xpath=self::*[@aria-label='More about this watch']")
    ).click()
    with page.expect_download() as table:
        page.get_by_role("link", name="Download as CSV").click()
    assert _lines(table.value) == 1 + 6
    assert str(watch.pk) in page.url


@pytest.mark.one_database
def test_the_analyst_goes_from_unusual_to_the_briefing_in_six_clicks(house: House) -> None:
    world = house.world
    alert = loud(house, watched(house, "The tunnel", world.lea), "A swan blocks the tunnel")
    until(lambda: Alert.objects.exclude(differs={}).filter(pk=alert.pk).exists(), "what is different")
    page = house.page(world.lea, "/today")
    page.locator("#unusual").get_by_role("link", name="swan", exact=True).click()  # 1: a different word
    seen(page, "Only posts with “swan”: 12.")
    page.locator(".tick-post").first.click()  # 2: a post that carries it
    page.locator(".tick-post").nth(1).click()  # 3
    page.get_by_role("button", name="Useful").click()  # 4: the verdict
    expect(page.get_by_role("button", name="Useful")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("[name=sentence]")).to_have_value(re.compile("“swan” stands in 12 of 12 posts"))
    page.locator("#finding").get_by_role("button", name="Keep").click()  # 5: the sentence
    seen(page, "It stands in the next briefing")
    finding = page.url.removeprefix(house.home)
    expect(page.locator("#posts [data-post]")).to_have_count(2)
    expect(page.locator(".chart")).to_be_visible()
    page.get_by_role("link", name="The tunnel").click()  # 6: it stays on the chart
    expect(page.locator(f".drawn a[href$='{finding}']").first).to_be_visible()
    page.goto(f"{house.home}/listen/alerts")
    seen(page, "1 of 1 alerts that people judged were useful")


def _lines(table: Any) -> int:
    return len(Path(table.path()).read_text("utf-8").strip().splitlines())


def test_nothing_complained_on_the_way(house: House) -> None:
    assert house.faults == []
