"""Listen: watches, what they caught, and that nobody learns more from them than from the posts themselves."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from colonnade.conversations import actions as conversations
from colonnade.core import worker
from colonnade.insight import queries as insight
from colonnade.listening import actions as listening
from colonnade.listening import queries
from colonnade.listening.models import Watch
from colonnade.networks.base import Author, Item, Post
from colonnade.places import actions as places
from colonnade.primitives import clock
from tests.doors.web_visits import assert_the_same_as_absent, few_statements, posts_on, text_of, visitor
from tests.world import World

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 6, 10, 12, tzinfo=UTC)


@pytest.fixture
def world() -> World:
    return World.make()


def arrive(world: World, *texts: str) -> list[int]:
    made = conversations.receive(world.wire, [world.incoming(text) for text in texts])
    worker.settle()
    return made.posts


def test_a_watch_shows_its_mentions_with_the_words_marked(world: World) -> None:
    watch = listening.add_watch("The bridge", '"old bridge"', by=world.ana)
    caught = arrive(world, "They closed the Old Bridge & the <b>pier</b>.", "An old boat.")[:1]
    shown = visitor(world.ana).get(f"/listen/{watch.pk}")
    assert posts_on(shown) == caught
    assert "<mark>Old Bridge</mark> &amp; the" in text_of(shown)
    assert '<span class="sr">Matched:</span>old bridge</span>' in text_of(shown)


def test_a_watch_counts_what_its_viewer_may_see_day_by_day(world: World) -> None:
    watch = listening.add_watch("The bridge", "bridge", by=world.ana)
    closed = places.open_space("Closed circle", members_only=True)
    places.join(closed, world.lea)
    arrive(world, "the bridge, one", "the bridge, two")
    for person in (world.lea, world.lea):
        conversations.start(closed, by=world.identity(person), text="the ferry and the bridge")
    conversations.receive(closed, [world.incoming("the bridge, behind doors")])
    worker.settle()
    ana, lea = (
        insight.days(world.viewer(person), [watch], back=7)[watch.pk] for person in (world.ana, world.lea)
    )
    assert [day.posts for day in ana] == [0] * 6 + [2]
    assert [day.posts for day in lea] == [0] * 6 + [3]
    assert "2 mentions in 7 days" in text_of(visitor(world.ana).get("/listen"))


def told_at(world: World, moments: list[datetime]) -> None:
    posts = [
        Post(
            uri=f"https://pretend.example/bridge/{number}",
            author=Author(network="pretend", address="walker", name="A walker"),
            text=f"The bridge again, {number}",
            published=moment,
        )
        for number, moment in enumerate(moments)
    ]
    conversations.receive(world.wire, [Item(raw=post.uri.encode(), read=(post,)) for post in posts])
    worker.settle()


def test_an_hour_stands_beside_the_same_hour_of_the_days_before_and_opens_its_mentions(world: World) -> None:
    watch = listening.add_watch("The bridge", "bridge", by=world.ana)
    with clock.stopped_at(NOON):
        past = [NOON - timedelta(days=day, minutes=-5) for day in range(1, 6) for _ in range(2)]
        told_at(world, [*past, *[NOON + timedelta(minutes=at) for at in range(6)]])
        client = visitor(world.ana)
        shown = text_of(client.get(f"/listen/{watch.pk}"))
        assert "6 this hour, where 2 is usual." in shown
        assert 'data-says="Wed 12:00: 6; usual 2"' in shown
        assert f'href="/listen/{watch.pk}?hour=2026-06-10T12"' in shown
        assert len(posts_on(client.get(f"/listen/{watch.pk}?hour=2026-06-10T12"))) == 6
        assert len(posts_on(client.get(f"/listen/{watch.pk}?day=2026-06-09"))) == 2
        assert posts_on(client.get(f"/listen/{watch.pk}?day=2026-06-01")) == []
        by_day = text_of(client.get(f"/listen/{watch.pk}?by=day"))
        assert "16 mentions in 30 days." in by_day


def test_a_chart_counts_and_opens_only_what_its_viewer_may_see(world: World) -> None:
    watch = listening.add_watch("The bridge", "bridge", by=world.ana)
    closed = places.open_space("Closed circle", members_only=True)
    places.join(closed, world.lea)
    conversations.receive(closed, [world.incoming("the bridge, behind doors")])
    arrive(world, "the bridge, in the open")
    ana, lea = (text_of(visitor(one).get(f"/listen/{watch.pk}?part=chart")) for one in (world.ana, world.lea))
    assert "1 mention in 48 hours" in ana
    assert "2 mentions in 48 hours" in lea
    day = f"{clock.now():%Y-%m-%d}"
    assert len(posts_on(visitor(world.ana).get(f"/listen/{watch.pk}?day={day}"))) == 1
    assert len(posts_on(visitor(world.lea).get(f"/listen/{watch.pk}?day={day}"))) == 2


def test_a_preview_says_what_would_have_been_caught(world: World) -> None:
    arrive(world, *(f"the ferry {n} is late" for n in range(5)), "the bus is late")
    shown = text_of(visitor(world.ana).get("/listen/preview?query=ferry"))
    assert "<b>5</b> of the 6 posts of 30 days" in shown
    assert shown.count("<mark>ferry</mark>") == 5
    assert "<mark>-ferry</mark>" in text_of(visitor(world.ana).get("/listen/preview?query=-ferry"))


def test_a_preview_shows_how_a_query_is_understood_and_where_it_cannot_be_read(world: World) -> None:
    shown = text_of(visitor(world.ana).get("/listen/preview", {"query": "ferry OR bridge NOT dental"}))
    assert "Any of these" in shown
    assert "But not" in shown
    assert shown.index("<code>bridge</code>") < shown.index("<code>dental</code>")
    wrong = text_of(visitor(world.ana).get("/listen/preview", {"query": "ferry (bridge"}))
    assert "This parenthesis is not closed." in wrong
    assert "ferry <mark>(</mark>bridge" in wrong


def test_a_long_query_and_its_outline_stand_in_boxes_that_the_keyboard_scrolls(world: World) -> None:
    short = listening.add_watch("The bridge", "bridge", by=world.ana)
    words = " OR ".join(f"bridge{number}" for number in range(60))
    long = listening.add_watch("The bridges", words, by=world.ana)
    boxes = [
        text_of(visitor(world.ana).get(address)).count(' tabindex="0"')
        for watch in (short, long)
        for address in (f"/listen/{watch.pk}", f"/listen/preview?query={watch.query}")
    ]
    assert (boxes[2] - boxes[0], boxes[3] - boxes[1]) == (1, 1)


def test_a_preview_passes_over_what_we_say_ourselves(world: World) -> None:
    world.start(world.town, "The ferry runs.", by=world.ana)
    assert queries.preview(world.viewer(world.ana), "ferry").matched == 0


def test_a_watch_is_added_changed_paused_and_removed(world: World) -> None:
    client = visitor(world.ana)
    made = client.post("/listen/add", {"query": "ferry late", "opens_case": "1"})
    watch = Watch.objects.get(query="ferry late")
    assert made["Location"] == f"/listen/{watch.pk}"
    assert watch.opens_case
    client.post(f"/listen/{watch.pk}/change", {"query": "ferry", "name": "The ferry"})
    client.post(f"/listen/{watch.pk}/pause")
    watch.refresh_from_db()
    assert (watch.name, watch.query, watch.opens_case, watch.state) == ("The ferry", "ferry", False, "paused")
    assert "Listen again" in text_of(client.get(f"/listen/{watch.pk}"))
    client.post(f"/listen/{watch.pk}/resume")
    caught = arrive(world, "the ferry is late")
    client.post("/columns/add", {"show": f"watch={watch.pk}"})
    assert client.post(f"/listen/{watch.pk}/remove")["Location"] == "/listen"
    assert not Watch.objects.filter(pk=watch.pk).exists()
    assert client.get(f"/posts/{caught[0]}").status_code == 200
    assert client.get("/columns").status_code == 200


def test_words_that_look_for_nothing_come_back_with_what_is_wrong(world: World) -> None:
    answer = visitor(world.ana).post("/listen/add", {"query": "-ferry", "name": "Late"})
    assert answer.status_code == 422
    assert ">-ferry</textarea>" in text_of(answer)
    assert 'value="Late"' in text_of(answer)
    assert "only leaves things out" in text_of(answer)


def test_mentions_come_as_a_table_that_no_spreadsheet_takes_for_formulas(world: World) -> None:
    watch = listening.add_watch("The bridge", "bridge", by=world.ana)
    arrive(world, "=1+1 the bridge")
    answer = visitor(world.ana).get(f"/listen/{watch.pk}/mentions.csv")
    assert answer["Content-Disposition"] == 'attachment; filename="the-bridge.csv"'
    assert "'=1+1 the bridge" in text_of(answer)
    assert ",=1+1" not in text_of(answer)


def test_watches_are_for_staff(world: World) -> None:
    watch = listening.add_watch("The bridge", "bridge", by=world.ana)
    for path in ("", "/edit", "/mentions.csv"):
        assert_the_same_as_absent(visitor(world.okafor), f"/listen/{watch.pk}{path}", f"/listen/17{path}")
    assert visitor().get("/listen").status_code == 302


def test_the_pages_of_listening_need_few_statements(world: World) -> None:
    watch = listening.add_watch("The bridge", "bridge", by=world.ana)
    listening.add_watch("The ferry", "ferry", by=world.lea)
    arrive(world, *(f"the bridge and the ferry {n}" for n in range(8)))
    client = visitor(world.ana)
    for path in ("", "/new", "/preview?query=ferry", f"/{watch.pk}", f"/{watch.pk}?part=chart",
                 f"/{watch.pk}?by=day", f"/{watch.pk}?hour=2026-06-10T12", f"/{watch.pk}?day=2026-06-10",
                 f"/{watch.pk}?part=numbers", f"/{watch.pk}/edit", f"/{watch.pk}/mentions.csv"):  # fmt: skip
        with few_statements():
            assert client.get(f"/listen{path}").status_code == 200


def test_among_many_watches_one_is_found_by_its_name_or_a_word_of_its_query(world: World) -> None:
    for n in range(12):
        listening.add_watch(f"Watch {n}", f"word{n}", by=world.ana)
    bridge = listening.add_watch("Über den Fluss", "ferry OR bridge", by=world.ana)
    client = visitor(world.ana)
    with few_statements():
        assert "Find a watch" in text_of(client.get("/listen"))
    for words in ("über", "BRIDGE"):
        found = text_of(client.get("/listen", {"q": words, "part": "list"}))
        assert re.findall(r'class="row" href="/listen/(\d+)"', found) == [str(bridge.pk)]
    nothing = text_of(client.get("/listen", {"q": "tunnel"}))
    assert "No watch is called “tunnel”" in nothing
    assert "/listen/new?q=tunnel" in nothing


def test_mentions_are_narrowed_to_a_mood_and_the_page_says_so(world: World) -> None:
    watch = listening.add_watch("The ferry", "ferry", by=world.ana)
    love, hate = arrive(world, "I love the wonderful ferry!", "I hate this horrible ferry.")
    client = visitor(world.ana)
    shown = client.get(f"/listen/{watch.pk}?mood=negative")
    assert posts_on(shown) == [hate]
    assert '<span class="chip on">negative</span>' in text_of(shown)
    assert posts_on(client.get(f"/listen/{watch.pk}?mood=positive")) == [love]
    tops = text_of(client.get(f"/listen/{watch.pk}?part=tops"))
    assert "Among the newest 2 mentions" in tops
    assert "Most said by" in tops
