"""Search: what is found, how it is marked, what narrows it; nobody finds by a name what they may not see."""

from __future__ import annotations

import pytest

from colonnade.conversations import actions as conversations
from colonnade.conversations import queries as conversation_queries
from colonnade.listening.models import Watch
from colonnade.places import actions as places
from colonnade.primitives import clock, ids
from tests.doors.web_visits import few_statements, posts_on, text_of, visitor
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World.make()


def test_what_was_found_is_marked_in_plain_words(world: World) -> None:
    _, post = world.start(world.town, "Is <b>the Old Bridge</b> open? I ask & ask.", by=world.ana)
    shown = visitor().get('/search?q="old bridge"')
    assert posts_on(shown) == [post.pk]
    assert "Is &lt;b&gt;the <mark>Old Bridge</mark>&lt;/b&gt; open? I ask &amp; ask." in text_of(shown)


def test_a_long_post_shows_the_words_around_the_first_that_was_found(world: World) -> None:
    world.start(world.town, "early " * 200 + "the heron sleeps " + "late " * 200, by=world.ana)
    shown = text_of(visitor().get("/search?q=heron"))
    assert "the <mark>heron</mark> sleeps" in shown
    assert len(shown.split('class="words"')[1].split("</span>")[0]) < 400


def test_a_search_is_narrowed_by_place_person_time_and_to_what_is_ours(world: World) -> None:
    made = conversations.receive(
        world.wire, [world.incoming("ferry one"), world.incoming("ferry two", author="bo.cycles")]
    )
    _, ours = world.start(world.town, "Our ferry.", by=world.ana)
    client = visitor(world.lea)
    assert set(posts_on(client.get("/search?q=ferry"))) == {*made.posts, ours.pk}
    assert posts_on(client.get(f"/search?q=ferry&place={world.town.pk}")) == [ours.pk]
    assert posts_on(client.get("/search?q=ferry&from=bo.cy")) == [made.posts[1]]
    assert posts_on(client.get("/search?q=ferry&from=nobody.at.all")) == []
    assert posts_on(client.get("/search?q=ferry&ours=1")) == [ours.pk]
    assert set(posts_on(client.get("/search?q=ferry&when=day"))) == {*made.posts, ours.pk}
    later = conversation_queries.Within(since=ids.first_of(clock.now_ms() + 1000))
    assert conversation_queries.search(world.viewer(world.lea), "ferry", within=later) == []


def test_the_next_results_come_as_a_part(world: World) -> None:
    made = conversations.receive(world.wire, [world.incoming(f"ferry {n}") for n in range(40)])
    client = visitor(world.ana)
    first = posts_on(client.get("/search?q=ferry"))
    part = client.get(f"/search?part=more&q=ferry&before={first[-1]}")
    assert sorted(first + posts_on(part)) == sorted(made.posts)
    assert "<html" not in text_of(part)


def test_people_spaces_and_cases_are_found_by_name_only_where_they_may_be_seen(world: World) -> None:
    hidden = places.open_space("Heron circle", members_only=True)
    places.join(hidden, world.lea)
    world.start(hidden, "About herons.", by=world.lea)
    places.open_space("Heron watchers")
    conversations.receive(world.wire, [world.incoming("hello", author="heron.lover")])
    ana, lea = (text_of(visitor(one).get("/search?part=named&q=heron")) for one in (world.ana, world.lea))
    assert "Heron watchers" in ana
    assert "heron.lover" in ana
    assert "Heron circle" not in ana
    assert "Heron circle" in lea
    assert "Lea Brandt" not in text_of(visitor(world.ana).get("/search?part=named&q=Brandt"))
    assert "Lea Brandt" in text_of(visitor(world.lea).get("/search?part=named&q=Brandt"))


def test_a_search_becomes_a_watch(world: World) -> None:
    world.start(world.town, "The heron is back.", by=world.ana)
    client = visitor(world.ana)
    assert "Watch this search" in text_of(client.get("/search?q=heron"))
    assert "Watch this search" not in text_of(visitor().get("/search?q=heron"))
    client.post("/listen/add", {"query": "heron"})
    assert Watch.objects.get(query="heron").name == "heron"


def test_empty_searches_teach(world: World) -> None:
    assert "side by side" in text_of(visitor().get("/search"))
    assert "Nothing was found" in text_of(visitor().get("/search?q=heron"))
    assert "Search everywhere" in text_of(visitor().get("/search?q=heron&when=day"))
    assert "at least one word" in text_of(visitor().get("/search?q=-heron"))


def test_searching_needs_few_statements(world: World) -> None:
    conversations.receive(world.wire, [world.incoming(f"ferry {n}") for n in range(40)])
    client = visitor(world.ana)
    for query in ("", "?q=ferry", "?q=ferry&from=river&when=week&ours=1", "?part=named&q=ferry"):
        with few_statements():
            assert client.get(f"/search{query}").status_code == 200
