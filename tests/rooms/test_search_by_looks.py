"""However far a search looks one by one before it asks the index, it finds the same posts."""

from __future__ import annotations

import random
from importlib import import_module

import pytest

from colonnade.conversations import actions, queries
from colonnade.networks import base
from tests.world import World

looking = import_module("colonnade.conversations.queries.search")
AUTHOR = base.Author(network="pretend", address="river.watch")


def said(number: int, rng: random.Random) -> base.Item:
    words = " ".join(rng.choices(["ferry", "bridge", "lamp", "tide", "mill"], k=3))
    audience = "restricted" if rng.random() < 0.3 else "public"
    post = base.Post(uri=f"u:{number}", author=AUTHOR, text=words, audience=audience)
    return base.Item(raw=b"{}", read=(post,))


@pytest.mark.parametrize("looks", [(1, 2), (5, 10), (20, 40), (1_000, 2_000)])
def test_any_look_and_any_page_finds_the_same(
    db: None, looks: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    world, rng = World.make(), random.Random(sum(looks))
    actions.receive(world.wire, [said(number, rng) for number in range(80)])
    for viewer in (world.anonymous, world.viewer(world.ana)):
        lines = queries.lines(viewer, queries.newest(viewer, place=world.wire.pk, limit=200))
        expected = [line.id for line in lines if "ferry" in line.text.split()]
        monkeypatch.setattr(looking, "LOOKS", looks)
        found: list[int] = []
        while page := queries.search(viewer, "ferry", before=found[-1] if found else None, limit=7):
            found += page
        assert found == expected
