"""The gallery shows every component in each state; in a real browser both themes and both directions hold up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from colonnade.web.views.gallery import COMPONENTS
from tests.doors.streaming import Door
from tests.doors.web_visits import visitor
from tests.journeys.browsing import browser, new_page, sign_in
from tests.world import World

HERE = Path(__file__).resolve().parents[2] / "colonnade" / "web"

# Boxes of all specimens, as (state, left, top, width, height), rounded.
BOXES = """() => [...document.querySelectorAll('[data-state]')].map(one => {
  const box = one.getBoundingClientRect();
  return [one.dataset.state, Math.round(box.left), Math.round(box.top), Math.round(box.width), Math.round(box.height)];
})"""


@pytest.fixture
def world() -> World:
    return World.make()


@pytest.mark.django_db
def test_every_component_that_is_shared_stands_in_the_gallery(world: World) -> None:
    answer = visitor(world.ana).get("/gallery")
    assert answer.status_code == 200
    shown = answer.content.decode()
    for name in COMPONENTS:
        assert f'data-component="{name}"' in shown
        assert (HERE / "gallery" / f"{name}.html").exists()


@pytest.mark.django_db
def test_the_gallery_is_for_those_who_make_screens(world: World) -> None:
    assert visitor().get("/gallery").status_code == 302


@pytest.mark.browser
@pytest.mark.one_database
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
class TestInABrowser:
    """What the eye would see first: nothing cut off, nothing in one theme only, nothing that stays on the left."""

    def test_each_specimen_stands_in_both_themes_and_both_directions(self, world: World, door: Door) -> None:
        faults: list[str] = []
        home = f"http://127.0.0.1:{door.port}"
        with browser() as opened:
            page = new_page(opened, faults, viewport={"width": 1280, "height": 900})
            sign_in(page, home, "ana")
            light, light_pictures = _look(page, f"{home}/gallery?theme=light")
            dark, dark_pictures = _look(page, f"{home}/gallery?theme=dark")
            assert light == dark, "a theme changes colours, never sizes"
            same = [state for state, one in light_pictures.items() if one == dark_pictures[state]]
            assert same == [], "these have colours that no theme changes"
            turned, _ = _look(page, f"{home}/gallery?dir=rtl")
            assert [row[0] for row in turned] == [row[0] for row in light]
            stayed = [
                row[0]
                for row, other in zip(light, turned, strict=True)
                if row[1] == other[1] and row[3] < 600
            ]
            assert stayed == [], "these stay on the left when a page is read from the right"
            page.set_viewport_size({"width": 360, "height": 740})
            for address in ("/gallery", "/gallery?dir=rtl"):
                page.goto(home + address)
                wide = page.evaluate("() => document.documentElement.scrollWidth")
                assert wide <= 360, f"{address} is {wide} wide on a phone"
        assert faults == []


def _look(page: Any, address: str) -> tuple[list[list[Any]], dict[str, bytes]]:
    page.goto(address)
    pictures = {
        f"{number} {one.get_attribute('data-state')}": one.screenshot(animations="disabled")
        for number, one in enumerate(page.locator("[data-state]").all())
    }
    return page.evaluate(BOXES), pictures
