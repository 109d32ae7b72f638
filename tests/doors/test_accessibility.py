"""axe-core on every kind of page, in both themes, on a desk and on a phone: no violation of WCAG 2.2 AA.

Nothing of it depends on the database, so it runs on one.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from colonnade.conversations import actions as conversations
from colonnade.inbox import actions as inbox
from colonnade.inbox.models import Case
from colonnade.listening import actions as listening
from colonnade.people import queries as people
from tests.doors.streaming import Door
from tests.journeys.browsing import browser, new_page, served, sign_in
from tests.world import World

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.browser,
    pytest.mark.skipif(
        os.environ.get("COLONNADE_DATABASE_URL", "").startswith("postgres"),
        reason="what a page looks like does not depend on the database",
    ),
]

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RUN = "(tags) => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})"
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light", "viewport": {"width": 1280, "height": 900}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1280, "height": 900}},
    "phone": {"color_scheme": "light", "viewport": {"width": 360, "height": 740}},
}


@pytest.fixture(autouse=True)
def _beside_a_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


@pytest.fixture
def world() -> World:
    return World.make()


@pytest.fixture
def door(world: World, child_environment: dict[str, str]) -> Iterator[Door]:
    with served(child_environment) as one:
        yield one


def _axe() -> str:
    spec = find_spec("axe_playwright_python")
    assert spec is not None
    assert spec.origin is not None
    return (Path(spec.origin).parent / "axe.min.js").read_text("utf-8")


def _addresses(world: World) -> dict[str, list[str]]:
    """What staff and what everybody sees, with something on each page."""
    asked = inbox.ask(world.questions, name="Mrs Okafor", text="Is the lift working again?", ip_or_key="axe")
    case = Case.objects.get(conversation=asked.conversation)
    face = people.identity_here(world.ana)
    assert face is not None
    talk, _ = conversations.start(world.town, by=face, title="Lamps", text="Two are dark. #lamps")
    watch = listening.add_watch("Lamps", "lamps", by=world.ana)
    return {
        "staff": [
            "/today",
            "/inbox",
            f"/inbox/{case.pk}",
            "/columns",
            "/publish",
            "/publish/new",
            "/listen",
            "/listen/new",
            f"/listen/{watch.pk}",
            "/spaces",
            f"/spaces/{world.town.slug}",
            "/spaces/new",
            "/people",
            f"/people/{world.ana.pk}",
            "/search?q=lamps",
            "/deliveries",
            "/places",
            f"/places/{world.town.pk}",
            f"/conversations/{talk.pk}",
            "/notices",
            "/settings",
            "/gallery",
        ],
        "anybody": [
            "/",
            f"/conversations/{talk.pk}",
            "/spaces",
            "/search?q=lamps",
            "/nowhere",
            "/account/sign-in",
        ],
    }


@pytest.mark.parametrize("look", LOOKS)
def test_no_page_has_a_fault_that_axe_finds(world: World, door: Door, look: str) -> None:
    home, axe = f"http://127.0.0.1:{door.port}", _axe()
    found: list[str] = []
    faults: list[str] = []
    with browser() as opened:
        for who, addresses in _addresses(world).items():
            page = new_page(opened, faults, **LOOKS[look])
            if who == "staff":
                sign_in(page, home, "tomasz")
            for address in addresses:
                answer = page.goto(home + address)
                assert answer.status == (404 if address == "/nowhere" else 200), address
                page.wait_for_timeout(250)  # parts that the page fetches for itself
                page.evaluate(axe)
                for violation in page.evaluate(RUN, RULES)["violations"]:
                    nodes = "; ".join(node["html"][:120] for node in violation["nodes"][:3])
                    found.append(f"{who} {address}: {violation['id']}: {violation['help']}: {nodes}")
    assert not found, "\n".join(found)
    assert faults == []
