"""Ids that many posts would draw alike: those of one millisecond, in processes that know nothing of each other."""

from __future__ import annotations

from datetime import UTC, datetime

from colonnade.conversations import actions
from colonnade.conversations.models import Post
from colonnade.core.db import act
from colonnade.networks import base
from colonnade.primitives import ids
from tests.world import World

MIDNIGHT = datetime(2026, 3, 1, tzinfo=UTC)
AUTHOR = base.Author(network="pretend", address="river.watch")


def days_posts(batch: int) -> list[base.Item]:
    """Posts of a feed that writes days, not moments: all in one millisecond."""
    return [
        base.Item(
            raw=b"{}",
            read=(base.Post(uri=f"day:{batch}:{n}", author=AUTHOR, text="level", published=MIDNIGHT),),
        )
        for n in range(250)
    ]


def forget_the_ids_given_out() -> None:
    """What a process that has just started knows: only the last 4,096 milliseconds are remembered."""
    for ms in range(5_000):
        ids.at(ids.EARLIEST_MS + ms)


def test_thousands_of_posts_of_one_millisecond_all_arrive_from_processes_that_start_anew(db: None) -> None:
    world = World.make()
    for batch in range(10):  # some fifty ids are drawn twice
        forget_the_ids_given_out()
        assert len(actions.receive(world.wire, days_posts(batch)).posts) == 250
    assert Post.objects.count() == 2_500


def test_they_also_arrive_inside_an_action_that_has_begun(db: None) -> None:
    world = World.make()
    with act():
        for batch in range(6):
            forget_the_ids_given_out()
            assert len(actions.receive(world.wire, days_posts(batch)).posts) == 250
