"""Parts that do not come, in a real browser: their place says so, and they come by themselves."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.journeys.browsing import browser, new_page, served, sign_in
from tests.journeys.cuts import no_network
from tests.world import World

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.browser,
    pytest.mark.one_database,
]

SAID = "This could not be fetched. It is tried again by itself."


def test_what_does_not_come_says_so_where_it_would_stand_and_comes_by_itself(
    child_environment: dict[str, str],
) -> None:
    world = World.make()
    world.start(world.town, "The bridge is closed.", by=world.tomasz)
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
    assert faults == []
