"""Search: what is found, how it is marked, what narrows it; nobody finds by a name what they may not see."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from colonnade.conversations import actions as conversations
from colonnade.conversations import queries as conversation_queries
from colonnade.conversations.queries import search as searching
from colonnade.listening.models import Watch
from colonnade.networks import base
from colonnade.places import actions as places
from colonnade.primitives import clock, ids
from tests.doors.web_visits import few_statements, posts_on, text_of, visitor
from tests.searching import search
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
    assert search(world.viewer(world.lea), "ferry", within=later) == []


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
    assert "only leaves things out" in text_of(visitor().get("/search?q=-heron"))


@pytest.mark.parametrize(
    "typed",
    [
        '"old bridge',
        "old, bridge !!",
        "old bridge)",
        "bridge AND",
        "where: old bridge",
        "{old bridge",
    ],
)
def test_what_was_typed_carelessly_is_read_as_plain_words_and_its_mistake_shown(
    world: World, typed: str
) -> None:
    _, post = world.start(world.town, "Where the note says: old bridge and ferry", by=world.ana)
    shown = visitor(world.ana).get("/search", {"q": typed})
    assert posts_on(shown) == [post.pk]
    if typed not in ("where: old bridge",):
        assert "these plain words were looked for" in text_of(shown)
        assert "misread" in text_of(shown)


def test_a_search_shows_how_it_was_understood_and_marks_what_it_found(world: World) -> None:
    _, post = world.start(world.town, "The ferry, late again, waits at the old bridge.", by=world.ana)
    world.start(world.town, "Late at the bridge.", by=world.ana)
    shown = visitor().get("/search", {"q": "(ferry OR tram) NEAR/2 l?te -author:lea"})
    assert posts_on(shown) == [post.pk]
    assert "The <mark>ferry, late</mark> again" in text_of(shown)
    assert "How it is understood" in text_of(shown)
    assert "Near each other" in text_of(shown)


def test_what_means_something_else_here_than_elsewhere_is_said_beside_what_is_found(world: World) -> None:
    world.start(world.town, "The old bridge.", by=world.ana)
    noted = text_of(visitor().get("/search", {"q": "!bridge"}))
    assert "The ! of “!bridge” says nothing here; to leave a word out, write -bridge." in unescape(noted)
    assert "says nothing here" not in text_of(visitor().get("/search", {"q": "bridge"}))


def test_where_nothing_is_found_the_plain_words_are_offered(world: World) -> None:
    world.start(world.town, "The bridge is closed", by=world.ana)
    shown = text_of(visitor().get("/search", {"q": "bridge closed?"}))
    assert "/search?q=bridge%20closed" in shown
    assert "Search for the plain words" not in text_of(visitor().get("/search", {"q": "bridge tram"}))


def test_a_search_that_stopped_says_how_far_back_it_looked(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = base.Post(
        uri="u:1",
        author=base.Author(network="pretend", address="bo"),
        text="So late! 🎉",
        published=clock.now() - timedelta(days=1),
    )
    items = [base.Item(raw=b"{}", read=(late,)), *(world.incoming("ferry") for _ in range(70))]
    made = conversations.receive(world.wire, items)
    monkeypatch.setattr(searching, "ROUNDS", (30, 40))
    client = visitor(world.ana)
    first = text_of(client.get("/search", {"q": "🎉"}))
    assert "Searched back to" in first
    assert "Nothing was found" not in first
    onward = re.search(r'hx-get="([^"]*part=more[^"]*)"', first)
    assert onward
    assert posts_on(client.get(unescape(onward[1]))) == [min(made.posts)]


@pytest.mark.parametrize(
    ("hidden", "absent"),
    [
        ("heron", "hexon"),
        ("{Heron}", "{Hexon}"),
        ('place:"Staff room"', 'place:"Stuff room"'),
        ('place:"Staff room" ferry', 'place:"Stuff room" ferry'),
        ("author:brandt", "author:brondt"),
        ("author:brandt lang:en", "author:brondt lang:en"),
        ("to:brandt", "to:brondt"),
    ],
)
def test_what_is_hidden_costs_as_many_statements_as_what_is_not_there(
    world: World, hidden: str, absent: str
) -> None:
    world.start(world.staff_room, "Heron", by=world.lea)
    world.start(world.town, "ferry", by=world.ana)
    counted = []
    for query in (hidden, absent):
        with CaptureQueriesContext(connection) as asked:
            assert search(world.anonymous, query) == []
        counted.append(len(asked))
    assert counted[0] == counted[1] > 0


def test_searching_needs_few_statements(world: World) -> None:
    conversations.receive(world.wire, [world.incoming(f"ferry {n}") for n in range(40)])
    client = visitor(world.ana)
    for query in ("", "?q=ferry", "?q=ferry&from=river&when=week&ours=1", "?part=named&q=ferry"):
        with few_statements():
            assert client.get(f"/search{query}").status_code == 200
    with few_statements():
        assert posts_on(client.get("/search", {"q": "{ferry} NEAR/2 1"}))
    with few_statements(most=16):  # two looks, and of what is found what it is, whose, and what it answers
        assert posts_on(client.get("/search", {"q": "fer?y -is:reply lang:en OR {ferry}"}))
