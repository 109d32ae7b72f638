"""Approving by keyboard and by thumb, in a real browser: what was looked at leaves, the focus goes to the next."""

from __future__ import annotations

import pytest

from colonnade.networks.base import Author
from colonnade.places import actions as places
from colonnade.publishing import actions
from colonnade.publishing.models import Draft, Review
from colonnade.publishing.types import Wanted
from tests.journeys.browsing import browser, new_page, served, sign_in
from tests.world import World

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.browser,
    pytest.mark.one_database,
]


def test_the_row_that_has_the_focus_is_approved_and_no_other(child_environment: dict[str, str]) -> None:
    world = World.make()
    us = Author(network="pretend", address="harbour@town", name="Harbour", proof="signed")
    harbour = places.add_account("pretend", "pretend://harbour", name="Harbour", credentials={}, identity=us)
    actions.ask_for_approval(harbour, True, by=world.ines)
    for text in ("The ferry runs.", "The market opens."):
        draft = actions.write(text, by=world.ana, targets=[Wanted(harbour.pk)])
        actions.ask_review(draft, by=world.ana)
    first, second = Draft.objects.order_by("pk")
    faults: list[str] = []
    with served(child_environment) as door, browser() as opened:
        page = new_page(opened, faults)
        sign_in(page, f"http://127.0.0.1:{door.port}", "tomasz")
        page.goto(f"http://127.0.0.1:{door.port}/publish?view=approval")
        page.keyboard.press("a")
        assert not Review.objects.filter(verdict="approved").exists(), "nothing has the focus yet"
        page.keyboard.press("j")
        page.keyboard.press("j")
        page.keyboard.press("a")
        page.get_by_text("Approved, as it stands.").wait_for()
        assert Review.objects.get(verdict="approved").draft == second
        page.wait_for_function(f"document.activeElement.id === 'look-{first.pk}'")
        page.goto(f"http://127.0.0.1:{door.port}/today")
        page.set_viewport_size({"width": 360, "height": 740})
        page.locator("[data-approve]").click()
        page.get_by_text("Approved, as it stands.").wait_for()
        assert Review.objects.filter(verdict="approved").count() == 2
        page.locator("li.left [data-approve]").wait_for()
    assert faults == []


def test_where_the_server_cannot_say_who_sees_it_no_old_answer_stands_there(
    child_environment: dict[str, str],
) -> None:
    world = World.make()
    faults: list[str] = []
    with served(child_environment) as door, browser() as opened:
        page = new_page(opened, faults)
        sign_in(page, f"http://127.0.0.1:{door.port}", "ana")
        page.goto(f"http://127.0.0.1:{door.port}/publish/new")
        page.get_by_text("Only you see this").wait_for()
        page.route("**/publish/look", lambda route: route.abort())
        page.locator(f"input[name=place][value='{world.town.pk}']").check()
        page.locator("#sees.unknown").wait_for()
        assert "Only you see this" not in page.inner_text("#sees")
        page.unroute("**/publish/look")
        page.locator("#sees.public").get_by_text("will see this").wait_for()
    assert faults == []
