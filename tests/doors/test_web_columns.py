"""Columns: who may see them, what they hold, and that nothing is lost or doubled however often the line is cut."""

from __future__ import annotations

import random
import re
from typing import Any

import pytest
from django.test import Client

from colonnade.conversations import actions as conversations
from colonnade.core import events, worker
from colonnade.listening import actions as listening
from colonnade.people import queries as people
from colonnade.workspace.models import Column
from tests.doors.web_visits import few_statements, posts_on, text_of, told, visitor
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World.make()


class Page:
    """What column.js does with the answers, without a browser: a cursor, and each post in one place."""

    def __init__(self, client: Client, address: str) -> None:
        self.client, self.address = client, address
        first = client.get(address)
        self.posts: list[int] = posts_on(first)
        self.cursor = cursor_in(first)
        self.doubled = 0

    def look(self, *, cut: bool) -> None:
        """Ask what has come. A cut line: the answer is made, but never arrives."""
        answer = self.client.get(f"{self.address}&after={self.cursor}")
        assert answer.status_code == 200
        if cut:
            return
        for post in posts_on(answer):
            if post not in self.posts:
                self.posts = sorted([*self.posts, post], reverse=True)
        self.doubled += len(self.posts) - len(set(self.posts))
        self.cursor = cursor_in(answer)


def cursor_in(response: Any) -> str:
    found = re.search(r'data-cursor="([^"]+)"', text_of(response))
    assert found is not None
    return found[1]


@pytest.mark.parametrize("what", ["all", "place", "identity", "watch"])
def test_a_hundred_cut_connections_lose_nothing_and_double_nothing(world: World, what: str) -> None:
    chance = random.Random(17)
    watch = listening.add_watch("Bridge", "bridge", by=world.ana)
    conversations.receive(world.wire, [world.incoming("the bridge before anybody looked")])
    worker.settle()
    author = people.identity("pretend", "river.watch")
    assert author is not None
    query = {
        "all": "all=1",
        "place": f"place={world.wire.pk}",
        "identity": f"identity={author.pk}",
        "watch": f"watch={watch.pk}",
    }[what]
    page = Page(visitor(world.ana), f"/columns/posts?{query}")
    said, cuts = set(page.posts), 0
    while cuts < 100:
        batch = [world.incoming(f"the bridge, {chance.random()}") for _ in range(chance.randrange(3))]
        if batch:
            said |= set(conversations.receive(world.wire, batch).posts)
        if chance.random() < 0.7:
            worker.settle() if what == "watch" else events.stamp()
        cut = chance.random() < 0.6
        cuts += cut
        page.look(cut=cut)
    worker.settle()
    page.look(cut=False)
    assert len(page.posts) == len(said)
    assert set(page.posts) == said
    assert page.doubled == 0


def test_what_changed_is_told_and_what_was_removed_leaves_a_tombstone(world: World) -> None:
    _, post = world.start(world.town, "The bridge is open.", by=world.ana)
    events.stamp()
    page = Page(visitor(world.ana), f"/columns/posts?place={world.town.pk}")
    conversations.edit(post.pk, "The bridge is closed.", by=world.ana)
    events.stamp()
    answer = page.client.get(f"{page.address}&after={page.cursor}")
    assert "The bridge is closed." in text_of(answer)
    assert "data-changed" in text_of(answer)
    conversations.delete(post.pk, by=world.ana)
    events.stamp()
    answer = page.client.get(f"{page.address}&after={page.cursor}")
    assert "This was removed." in text_of(answer)
    assert "The bridge is" not in text_of(answer)


def test_a_cursor_that_is_not_ours_is_refused(world: World) -> None:
    assert visitor(world.ana).get("/columns/posts?all=1&after=17").status_code == 410


def test_older_posts_follow_below(world: World) -> None:
    made = conversations.receive(world.wire, [world.incoming(f"number {n}") for n in range(45)])
    client = visitor(world.ana)
    first = client.get(f"/columns/posts?place={world.wire.pk}")
    rest = client.get(f"/columns/posts?place={world.wire.pk}&before={posts_on(first)[-1]}")
    assert len(posts_on(first)) == 30
    assert sorted(posts_on(first) + posts_on(rest)) == sorted(made.posts)


def test_columns_are_for_staff_and_parts_show_each_what_they_may_see(world: World) -> None:
    world.start(world.staff_room, "Not for the street.", by=world.ana)
    world.start(world.town, "For everybody.", by=world.ana)
    asked = visitor().get("/columns")
    assert asked.status_code == 302
    assert asked["Location"].startswith("/account/sign-in?next=")
    assert visitor(world.okafor).get("/columns").status_code == 404
    part = text_of(visitor().get("/columns/posts?all=1"))
    assert "For everybody." in part
    assert "Not for the street." not in part
    assert "Not for the street." in text_of(visitor(world.lea).get("/columns/posts?all=1"))


def test_pages_and_parts_need_few_statements(world: World) -> None:
    watch = listening.add_watch("Bridge", "bridge", by=world.ana)
    conversations.receive(world.wire, [world.incoming(f"the bridge {n}") for n in range(20)])
    worker.settle()
    client = visitor(world.ana)
    client.post("/columns/add", {"show": f"place={world.town.pk}"})
    for address in (
        "/columns",
        "/columns/choose",
        "/columns/posts?all=1",
        f"/columns/posts?place={world.wire.pk}",
        f"/columns/posts?watch={watch.pk}",
    ):
        with few_statements():
            assert client.get(address).status_code == 200, address
    page = Page(client, "/columns/posts?all=1")
    conversations.receive(world.wire, [world.incoming("one more bridge")])
    with few_statements():
        page.look(cut=False)


def test_whoever_adds_a_column_keeps_what_they_saw(world: World) -> None:
    listening.add_watch("Bridge", "bridge", by=world.ana)
    client = visitor(world.ana)
    assert not Column.objects.exists()
    assert client.post("/columns/add", {"show": f"place={world.town.pk}"}).status_code == 302
    page = text_of(client.get("/columns"))
    assert page.index("Everything") < page.index("Bridge") < page.index("Town talk")
    last = Column.objects.order_by("-position").first()
    assert last is not None
    client.post(f"/columns/{last.pk}/left")
    page = text_of(client.get("/columns"))
    assert page.index("Town talk") < page.index("Bridge")
    client.post(f"/columns/{last.pk}/remove")
    assert "Town talk" not in text_of(client.get("/columns"))


def test_a_column_of_what_one_may_not_see_is_refused_as_one_of_what_is_not(world: World) -> None:
    client = visitor(world.lea)
    hidden = client.post("/columns/add", {"show": f"place={world.partners.pk}"})
    absent = client.post("/columns/add", {"show": "place=17"})
    assert hidden.status_code == 422
    assert told(hidden) == told(absent)


def test_a_search_becomes_a_column(world: World) -> None:
    client = visitor(world.ana)
    client.post("/columns/add", {"show": "search", "words": '"ferry late"'})
    assert "ferry late" in text_of(client.get("/columns"))
    assert client.post("/columns/add", {"show": "search", "words": "-nothing"}).status_code == 422


def test_nobody_moves_the_columns_of_others(world: World) -> None:
    visitor(world.ana).post("/columns/add", {"show": "all"})
    column = Column.objects.filter(person=world.ana).first()
    assert column is not None
    assert visitor(world.lea).post(f"/columns/{column.pk}/remove").status_code == 404
    assert Column.objects.filter(pk=column.pk).exists()


def test_columns_are_moved_made_wider_and_brought_back_where_they_stood(world: World) -> None:
    client, script = visitor(world.ana), {"HX-Request": "true"}
    for place in (world.town, world.signed_in, world.questions):
        client.post("/columns/add", {"show": f"place={place.pk}"})
    _, town, neighbours, questions = Column.objects.filter(person=world.ana).order_by("position")
    answer = client.post(f"/columns/{questions.pk}/move", {"to": "0"}, headers=script)
    assert (answer.status_code, answer.content) == (204, b"")
    client.post(f"/columns/{town.pk}/width", {"width": "3"})

    def order() -> list[tuple[int | None, int]]:
        rows = Column.objects.filter(person=world.ana).order_by("position")
        return [(row.place_id, row.width) for row in rows]

    before = [(world.questions.pk, 1), (None, 1), (world.town.pk, 3), (world.signed_in.pk, 1)]
    assert order() == before
    gone = text_of(client.post(f"/columns/{town.pk}/remove", headers=script))
    assert "Town talk was taken away." in gone
    assert len(order()) == 3
    undo = dict(re.findall(r'name="(to|width|show)" value="([^"]+)"', gone))
    client.post("/columns/add", undo)
    assert order() == before
    assert client.post(f"/columns/{neighbours.pk}/move", {"to": "99999"}).status_code == 302
    assert order() == before


def test_a_column_of_a_watch_marks_the_words_that_it_caught(world: World) -> None:
    watch = listening.add_watch("Bridge", "bridge", by=world.ana)
    client = visitor(world.ana)
    cursor = cursor_in(client.get(f"/columns/posts?watch={watch.pk}"))
    conversations.receive(world.wire, [world.incoming("the old Bridge")])
    worker.settle()
    assert "<mark>Bridge</mark>" in text_of(client.get(f"/columns/posts?watch={watch.pk}"))
    assert "<mark>Bridge</mark>" in text_of(client.get(f"/columns/posts?watch={watch.pk}&after={cursor}"))
