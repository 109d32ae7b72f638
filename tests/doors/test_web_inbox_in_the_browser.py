"""A list that does not jump under the pointer, in a real browser."""

from __future__ import annotations

import pytest

from colonnade.inbox import actions as inbox
from tests.journeys.browsing import browser, new_page, served, sign_in
from tests.world import World

pytestmark = [pytest.mark.django_db(transaction=True, serialized_rollback=True), pytest.mark.browser]


def test_what_arrives_waits_behind_a_pill_while_the_list_is_in_use(child_environment: dict[str, str]) -> None:
    world = World.make()
    cases = [
        inbox.ask(world.questions, name=f"Asker {n}", text="When?", ip_or_key=str(n)).case for n in range(3)
    ]
    faults: list[str] = []
    with served(child_environment) as door, browser() as opened:
        page = new_page(opened, faults)
        sign_in(page, f"http://127.0.0.1:{door.port}", "ana")
        row = page.locator(f"[data-case='{cases[1].pk}']")
        row.hover()
        row.focus()
        before = row.bounding_box()
        inbox.solve(cases[0], by=world.lea)
        pressing = inbox.ask(world.questions, name="Grace", text="Now!", ip_or_key="9").case
        inbox.set_priority(pressing, 2, by=world.lea)
        page.locator("[data-new]").wait_for()
        page.locator("li.left").wait_for()
        assert row.bounding_box() == before
        assert page.evaluate("document.activeElement.dataset.case") == str(cases[1].pk)
        page.locator("[data-new]").click()
        page.locator(f"li:first-child [data-case='{pressing.pk}']").wait_for()
        page.keyboard.press("x")
        page.locator("[data-many] button", has_text="Solved").click()
        page.locator("[data-toast] button", has_text="Undo").click()
        page.get_by_text("1 case is as it was.").wait_for()
    assert faults == []
