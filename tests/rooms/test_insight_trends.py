"""What rises though nobody asked, counted over what all of staff may see."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from colonnade.conversations import actions as conversations
from colonnade.core import events
from colonnade.core.work import run_due
from colonnade.insight import queries, work
from colonnade.insight.models import Sketch, Trend
from colonnade.insight.rules import hour_of
from colonnade.networks import base
from colonnade.primitives import clock, ids
from tests.doors.web_visits import few_statements, text_of, visitor
from tests.world import World

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 18, 12, 30, tzinfo=UTC)


@pytest.fixture
def world() -> World:
    return World.make()


def said(world: World, text: str, author: str, back: timedelta = timedelta()) -> base.Item:
    item = world.incoming(text, author=author)
    (post,) = item.read
    assert isinstance(post, base.Post)
    return base.Item(raw=item.raw, read=(replace(post, published=clock.now() - back),))


def days_of_fog(world: World) -> list[base.Item]:
    return [
        said(world, f"Fog on the river, {n}", f"walker{n}", timedelta(days=day))
        for day in range(1, 6)
        for n in range(6)
    ]


def hear() -> None:
    events.stamp()
    while events.pump():
        events.stamp()
    while run_due():
        events.stamp()


def rising(kind: str) -> dict[str, int]:
    return dict(Trend.objects.filter(kind=kind).values_list("term", "posts"))


def test_what_rises_is_kept_and_shown_with_a_way_to_its_posts_and_a_watch(world: World) -> None:
    with clock.stopped_at(NOON):
        hear()
        conversations.receive(world.wire, days_of_fog(world))
        loud = [said(world, "The lorry on the bridge #portalder", f"person{n}") for n in range(8)]
        conversations.receive(
            world.wire, [*loud, *(said(world, "Fog on the river", f"w{n}") for n in range(6))]
        )
        hear()
        work.keep_trends()
        assert rising("word") == {"lorry": 8, "bridge": 8}
        assert rising("tag") == {"portalder": 8}
        client = visitor(world.lea)
        with few_statements():
            page = text_of(client.get("/listen/trends"))
        assert 'href="/search?q=lorry"' in page
        assert 'href="/listen/new?q=%23portalder"' in page
        work.keep_trends()
        assert len(rising("word")) == 2, "an hour is kept once"


def test_what_not_all_of_staff_may_see_is_not_counted(world: World) -> None:
    with clock.stopped_at(NOON):
        hear()
        conversations.receive(world.wire, days_of_fog(world))
        for n in range(9):
            world.start(world.partners, f"The secret timetable {n}", by=world.partner)
        hear()
        work.keep_trends()
        assert rising("word") == {}
        assert all(row.body != b"" for row in Sketch.objects.all())
        now = hour_of(ids.first_of(clock.now_ms()))
        assert not Sketch.objects.filter(hour=now).exists()


def test_old_hours_are_forgotten(world: World) -> None:
    with clock.stopped_at(NOON) as move:
        hear()
        conversations.receive(world.wire, [said(world, "Fog on the river", "walker")])
        hear()
        assert Sketch.objects.count() == 1
        move(16 * 86_400)
        work.keep_trends()
        assert Sketch.objects.count() == 0


def test_without_a_day_before_nothing_rises_and_the_page_says_why(world: World) -> None:
    with clock.stopped_at(NOON):
        hear()
        conversations.receive(world.wire, [said(world, "The lorry", f"person{n}") for n in range(9)])
        hear()
        work.keep_trends()
        assert not Trend.objects.exists()
        assert "What is usual is known after a day" in text_of(visitor(world.ana).get("/listen/trends"))
        assert queries.days_counted(world.viewer(world.ana)) == 0
        assert visitor(world.okafor).get("/listen/trends").status_code in (302, 404)
