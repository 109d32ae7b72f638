"""Parts that do not come, in a real browser: their place says so, and they come by themselves."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from colonnade.inbox import actions as inbox
from colonnade.places import actions as places
from colonnade.workspace import actions as workspace
from tests.journeys.browsing import browser, new_page, served, sign_in
from tests.journeys.cuts import no_network
from tests.world import World

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.browser,
    pytest.mark.one_database,
]

COUNTED = """
    let looks = 0, answers = 0;
    addEventListener("colonnade:look", () => { document.documentElement.dataset.looks = looks += 1; }, true);
    addEventListener("htmx:afterRequest", () => { document.documentElement.dataset.answers = answers += 1; });
"""
HIDDEN = """(is) => {
    Object.defineProperty(document, "hidden", { value: is, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
}"""
SAID = "This could not be fetched. It is tried again by itself."


def test_parts_come_by_themselves_and_what_does_not_come_says_so_where_it_would_stand(
    child_environment: dict[str, str],
) -> None:
    world = World.make()
    for number in range(32):
        talk, post = world.start(world.town, f"Lamp {number} is broken", by=world.tomasz)
        inbox.open_case(talk, post=post)
    workspace.add_column(world.lea, "cases", which="all")
    world.start(world.town, "The bridge is closed.", by=world.tomasz)
    for number in range(14):
        world.start(world.town, f"Tram {number} is late", by=world.okafor)
    faults: list[str] = []
    with served(child_environment) as door, browser() as opened:
        home = f"http://127.0.0.1:{door.port}"
        page = new_page(opened, faults)
        sign_in(page, home, "ana")

        def broken(route: Any) -> None:
            route.fulfill(status=500, body="")

        for address, asked, place, there in (
            (f"/people/{world.tomasz.pk}", "**/*part=notes", "#notes", "Keep note"),
            ("/columns", "**/columns/posts*", "#column-1", "The bridge is closed."),
        ):
            page.route(asked, broken)
            page.goto(home + address)
            expect(page.locator(place)).to_contain_text(SAID)
            page.unroute(asked, broken)
            expect(page.locator(place)).to_contain_text(there)
            expect(page.locator(place)).not_to_contain_text(SAID)

        page.goto(f"{home}/people")
        with no_network(page):
            page.fill("[name=q]", "Lea")
            expect(page.locator("#people-list")).to_contain_text(SAID)
        expect(page.locator("#people-list .person-row")).to_have_count(1)
        with no_network(page):
            page.keyboard.press("Control+k")
            expect(page.locator("[data-toasts]")).to_contain_text("The server cannot be reached")
        page = new_page(opened, faults)
        sign_in(page, home, "lea")
        column_goes_on(page, home)
        more_to_judge(page, home)
        a_frame_looks_again(new_page(opened, faults), home, world)
    assert faults == []


def column_goes_on(page: Page, home: str) -> None:
    """The next rows of a column come when one reaches its end, and whoever asked for them stands on the first of them. (In
    the same browser, since starting another takes longer than all that it is shown.)"""
    page.goto(f"{home}/columns")
    rows, more = page.locator("#column-1 [data-case]"), page.locator("#column-1 [data-more] button")
    expect(rows).to_have_count(30)
    above = rows.nth(29).bounding_box()
    more.evaluate("(button) => { button.focus({ preventScroll: true }); button.click(); }")
    expect(rows).to_have_count(32)
    expect(rows.nth(30)).to_be_focused()
    assert rows.nth(29).bounding_box() == above
    expect(more).to_have_count(0)


def more_to_judge(page: Page, home: str) -> None:
    """Whoever asks the builder of a watch for more posts goes on with the first of them, and their answer changes nothing else.
    (In the same browser.)"""
    page.goto(f"{home}/listen/new")
    page.fill("[name=topic]", "tram")
    hits = page.locator(".hit")
    expect(hits).to_have_count(6)
    page.get_by_role("button", name="More to judge").click()
    expect(hits).to_have_count(12)
    expect(hits.first).to_be_focused()
    page.keyboard.press("y")
    expect(page.locator(".so-many")).to_contain_text("finds 1 of 1")
    expect(hits).to_have_count(12)
    expect(page.locator("form.watching")).to_have_count(1)


def a_frame_looks_again(page: Page, home: str, world: World) -> None:
    """A talk in the box on another site looks again ever more seldom, and not while nobody sees it. (In the same browser.)"""
    widget = places.make_widget(world.questions, ["https://ferry.example"])
    asked = inbox.ask(world.questions, name="Grace", text="When does it go?", ip_or_key="192.0.2.7")
    page.clock.install()
    page.add_init_script(COUNTED)
    page.goto(f"{home}/embed/{widget.key}/{asked.resume_token}")

    def after(seconds: float, looks: int) -> None:
        page.clock.run_for(int(seconds * 1000))
        assert page.locator("html").get_attribute("data-looks") == (str(looks) if looks else None)
        if looks:
            expect(page.locator("html")).to_have_attribute("data-answers", str(looks))

    after(4, looks=0)
    after(1.5, looks=1)
    after(6, looks=1)
    after(2, looks=2)
    page.evaluate(HIDDEN, True)
    after(600, looks=2)
    page.evaluate(HIDDEN, False)
    after(0.1, looks=3)
    inbox.reply(asked.case, "At 17:40.", by=world.ana)
    after(8, looks=4)
    expect(page.locator("[data-looks-again]")).to_contain_text("At 17:40.")
    after(5.5, looks=5)
