"""axe-core on every kind of page, in both themes, on a desk and on a phone: no violation of WCAG 2.2 AA.

Nothing of it depends on the database, so it runs on one.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from colonnade.conversations import actions as conversations
from colonnade.inbox import actions as inbox
from colonnade.inbox.models import Case
from colonnade.listening import actions as listening
from colonnade.networks.base import Author
from colonnade.people import actions as people_actions
from colonnade.people import queries as people
from colonnade.places import actions as places
from colonnade.publishing import actions as publishing
from colonnade.publishing import queries as drafts
from colonnade.publishing.types import Wanted
from colonnade.workspace import actions as workspace
from tests.doors import heard_pages
from tests.doors.streaming import Door
from tests.journeys.browsing import browser, new_page, sign_in
from tests.world import World

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.browser,
    pytest.mark.one_database,
    pytest.mark.usefixtures("one_browser"),
]

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# Another theme changes colours and nothing else (tests/doors/test_web_gallery.py), so there only they are looked at again.
OF_COLOURS = ["color-contrast", "link-in-text-block"]
RUN = "(only) => axe.run(document, {runOnly: only, resultTypes: ['violations']})"
SIZES: dict[str, Any] = {"desk": {"width": 1280, "height": 900}, "phone": {"width": 360, "height": 740}}


@pytest.fixture
def world() -> World:
    return World.make()


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
    places.set_aim("Nobody waits in the dark.", owner=world.ana, by=world.ines)
    people_actions.set_team(None, "Service", [world.ana, world.lea], by=world.ines)
    for kind in ("all", "cases", "drafts", "notices"):
        workspace.add_column(world.tomasz, kind)
    workspace.add_column(world.tomasz, "search", words="lamps")
    return {
        "staff": [
            "/today",
            "/wall",
            "/inbox",
            f"/inbox/{case.pk}",
            "/columns",
            "/publish?view=approval",
            "/publish/new",
            f"/publish/{_fallen(world)}",
            "/listen",
            "/listen/new",
            f"/listen/{watch.pk}",
            *heard_pages.addresses(world, watch),
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
            "/settings/organisation",
            "/settings/aims",
            "/settings/teams",
            "/start",
            "/start?step=site&name=Port+Alder",
            "/people/import",
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


def _fallen(world: World) -> int:
    """A draft that waits for another look, since one letter changed after somebody approved it."""
    us = Author(network="pretend", address="harbour@town", name="Harbour", proof="signed")
    harbour = places.add_account("pretend", "pretend://harbour", name="Harbour", credentials={}, identity=us)
    publishing.ask_for_approval(harbour, True, by=world.ines)
    draft = publishing.write("The ferry runs.", by=world.ana, targets=[Wanted(harbour.pk)])
    line = drafts.draft_for(world.viewer(world.lea), draft.pk)
    assert line is not None
    assert line.review is not None
    publishing.approve(draft, by=world.lea, seen=line.review.fingerprint)
    publishing.change(draft, "The ferry tuns.", by=world.ana, version=draft.version)
    return draft.pk


def test_no_page_has_a_fault_that_axe_finds(world: World, door: Door) -> None:
    home, axe = f"http://127.0.0.1:{door.port}", _axe()
    found: list[str] = []
    faults: list[str] = []
    with browser() as opened:
        for who, addresses in _addresses(world).items():
            page = new_page(opened, faults)
            if who == "staff":
                sign_in(page, home, "tomasz")
            for address in addresses:
                page.set_viewport_size(SIZES["desk"])
                answer = page.goto(home + address)
                assert answer.status == (404 if address == "/nowhere" else 200), address
                page.wait_for_timeout(250)  # parts that the page fetches for itself
                page.evaluate(axe)
                for size in SIZES:  # a page that is made narrow is as one that was opened narrow
                    page.set_viewport_size(SIZES[size])
                    found += [f"{who} {address} on a {size}: {one}" for one in _looked_at(page)]
    assert not found, "\n".join(found)
    assert faults == []


def _looked_at(page: Any) -> list[str]:
    """What axe finds on this page by day, and of its colours by night."""
    told = []
    for theme, only in (
        ("light", {"type": "tag", "values": RULES}),
        ("dark", {"type": "rule", "values": OF_COLOURS}),
    ):
        page.emulate_media(color_scheme=theme)
        for violation in page.evaluate(RUN, only)["violations"]:
            nodes = "; ".join(node["html"][:120] for node in violation["nodes"][:3])
            told.append(f"{theme}: {violation['id']}: {violation['help']}: {nodes}")
    return told
