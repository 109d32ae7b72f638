"""What a browser loads before it shows a page the first time: at most 150 kB, packed, without pictures."""

from __future__ import annotations

import gzip
import re

import pytest
from django.test import Client

from colonnade.web.assets import assets
from tests.doors.web_visits import visitor
from tests.world import World

pytestmark = pytest.mark.django_db

MOST_BYTES = 150_000
LINKED = re.compile(r"""(?:src|href)="(/assets/[^"]+\.(?:css|js))\"""")
HEAVY = re.compile(r"https?://(?!testserver|localhost)[^\"'\s]+\.(?:css|js)")


@pytest.fixture
def world() -> World:
    return World.make()


def loaded(client: Client, path: str) -> tuple[int, str]:
    """The packed bytes of a page with its styles and behaviours, and the page itself."""
    page = client.get(path)
    assert page.status_code == 200, path
    text = page.content.decode()
    linked = set(LINKED.findall(text))
    assert linked, f"{path} links no style"
    by_url = {asset.url: asset for asset in assets().values()}
    total = len(gzip.compress(page.content))
    for url in linked:
        known = by_url.get(url)
        total += len(known.packed) if known else len(gzip.compress(client.get(url).content))
    return total, text


@pytest.mark.parametrize("path", ["/", "/account/sign-in"])
def test_a_visitors_first_page_is_light(world: World, path: str) -> None:
    weight, text = loaded(Client(), path)
    assert weight <= MOST_BYTES
    assert not HEAVY.findall(text)


@pytest.mark.parametrize(
    "path", ["/today", "/inbox", "/columns", "/publish", "/listen", "/spaces", "/people"]
)
def test_each_first_screen_of_staff_is_light(world: World, path: str) -> None:
    weight, text = loaded(visitor(world.ana), path)
    assert weight <= MOST_BYTES
    assert not HEAVY.findall(text)


def test_high_contrast_is_the_same_whoever_asks_for_it() -> None:
    sheet = assets()["colonnade.css"].body.decode()
    chosen = re.search(r':root\[data-contrast="more"\] \{(.*?)\}', sheet, re.S)
    asked_for = re.search(
        r'@media \(prefers-contrast: more\) \{[^@]*?:root:not\(\[data-contrast="normal"\]\) \{(.*?)\}',
        sheet,
        re.S,
    )
    assert chosen is not None
    assert asked_for is not None
    assert chosen[1] == asked_for[1]
    assert "--ink:" in chosen[1]
