"""The first steps in a browser: one is done, the next opens, and focus goes along."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.doors.streaming import Door
from tests.drawn import png
from tests.journeys.browsing import browser, new_page, sign_in
from tests.world import World

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.browser,
    pytest.mark.one_database,
]

FOCUS = "document.activeElement.closest('details')?.dataset.step"
OPEN = "[...document.querySelectorAll('details[data-step][open]')].map((one) => one.dataset.step)"
ACCENT = "getComputedStyle(document.documentElement).getPropertyValue('--accent')"


def choose(page: Any, colour: str) -> None:
    """What a browser does when somebody picks a colour."""
    page.eval_on_selector(
        "[name=accent]",
        "(field, colour) => { field.value = colour; field.dispatchEvent(new Event('input', {bubbles: true})); }",
        colour,
    )


def test_a_step_is_done_in_place_and_the_next_opens_under_the_hands(door: Door, tmp_path: Path) -> None:
    World.make()
    faults: list[str] = []
    logo = tmp_path / "logo.png"
    logo.write_bytes(png(8, 8))
    with browser() as opened:
        page = new_page(opened, faults)
        home = f"http://127.0.0.1:{door.port}"
        sign_in(page, home, "tomasz")
        page.goto(f"{home}/start?step=organisation")
        page.fill("[name=name]", "Port Alder")
        page.set_input_files("[name=logo]", str(logo))
        choose(page, "#7a1f5c")
        page.wait_for_selector("#shades figcaption:has-text('#7a1f5c')")
        page.click("[data-step=organisation] .btn.main")
        page.wait_for_selector("[data-step=aim][open]")
        page.wait_for_function(f"{FOCUS} === 'aim'")
        assert page.evaluate(OPEN) == ["aim"]
        assert page.locator("[data-step=organisation].stands").count() == 1
        page.click("[data-step=watch] summary")
        page.fill("[data-step=watch] [name=query]", "-nothing")
        page.press("[data-step=watch] [name=query]", "Enter")
        page.wait_for_selector("[data-step=watch] [role=alert]")
        assert page.input_value("[data-step=watch] [name=query]") == "-nothing"
        page.goto(f"{home}/")
        assert "#7a1f5c" in page.evaluate(ACCENT)
        assert page.eval_on_selector(".house-logo", "picture => picture.naturalWidth") == 8
    assert faults == []
