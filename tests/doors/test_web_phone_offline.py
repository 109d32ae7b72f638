"""Without a network, in a real browser: what was last seen is shown and said to be old, what was written is sent once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from colonnade.conversations.models import Post
from tests.doors.streaming import Door
from tests.journeys.browsing import browser, new_page, served, sign_in
from tests.journeys.whole_server import until
from tests.world import World

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.browser,
    pytest.mark.one_database,
]

WORDS = "The ferry is late again."


@pytest.fixture
def world() -> World:
    return World.make()


@pytest.fixture
def door(world: World, child_environment: dict[str, str]) -> Iterator[Door]:
    with served(child_environment) as one:
        yield one


def test_without_a_network_the_last_seen_page_is_shown_and_words_are_sent_once_when_it_is_back(
    world: World, door: Door
) -> None:
    talk, _ = world.start(world.town, "The bridge is closed.", by=world.tomasz)
    home = f"http://127.0.0.1:{door.port}"
    address = f"{home}/conversations/{talk.pk}"
    faults: list[str] = []
    with browser() as opened:
        page = new_page(opened, faults)
        sign_in(page, home, "ana")
        # A page that was loading while the worker started may stay without it: the next one has it.
        active = (
            "async () => (await navigator.serviceWorker.getRegistration('/'))?.active?.state === 'activated'"
        )
        _until(page, active, "a worker")
        assert _against_a_place_on_the_home_screen(page) <= {"in-incognito"}  # as any window of a test is
        page.goto(address)
        expect(page.get_by_text("The bridge is closed.").first).to_be_visible()
        _until(page, f"async () => (await caches.match({address!r})) !== undefined", "the kept page")

        page.context.set_offline(True)
        page.goto(address)
        expect(page.get_by_text("The bridge is closed.").first).to_be_visible()
        expect(page.get_by_text("There is no network. This is what you saw here").first).to_be_visible()
        page.fill("main textarea[name=text]", WORDS)
        page.click("main [data-sends]")
        expect(page.locator("[data-waits] q")).to_have_text(WORDS)
        page.goto(f"{home}/places")
        expect(page.get_by_role("heading", name="There is no network")).to_be_visible()
        page.goto(address)

        page.context.set_offline(False)
        expect(page.get_by_text("What waited for the network was sent.").first).to_be_visible()
        expect(page.locator("[data-waits]")).to_have_count(0)
        page.goto(address)
        page.evaluate("navigator.serviceWorker.controller.postMessage('send')")
        expect(page.locator(".said", has_text=WORDS)).to_have_count(1)
        _sign_out(page, home)
        assert page.evaluate("caches.keys()") == ["files-1", "pages:anybody"]
    assert Post.objects.filter(conversation=talk, said__text=WORDS).count() == 1
    assert faults == []


def _against_a_place_on_the_home_screen(page: Any) -> set[str]:
    """What the browser itself has against the manifest, and against keeping the house among the phone's programs."""
    session = page.context.new_cdp_session(page)
    assert session.send("Page.getAppManifest")["errors"] == []
    return {one["errorId"] for one in session.send("Page.getInstallabilityErrors")["installabilityErrors"]}


def _sign_out(page: Any, home: str) -> None:
    page.goto(f"{home}/account/sign-out")
    page.click("main button")
    page.wait_for_url(f"{home}/")
    _until(page, "async () => (await caches.keys()).includes('pages:anybody')", "the pages of anybody")


def _until(page: Any, script: str, what: str) -> None:
    """Ask the page again and again; the browser's own wait for a script is refused by our content policy."""
    until(lambda: page.evaluate(script), what)
