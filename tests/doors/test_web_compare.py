"""Compare: watches beside each other and by their kinds, and that nobody counts what they may not see."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta

import pytest

from colonnade.conversations import actions as conversations
from colonnade.core import worker
from colonnade.listening import actions as listening
from colonnade.listening.models import Mention, Watch
from colonnade.networks.base import Author, Item, Post
from colonnade.places import actions as places
from colonnade.primitives import clock
from tests.doors.web_visits import few_statements, posts_on, text_of, visitor
from tests.world import World

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 6, 10, 12, tzinfo=UTC)


@pytest.fixture
def world() -> World:
    return World.make()


@pytest.fixture
def watches(world: World) -> list[Watch]:
    """The ferry is loved and hated, the bridge is only there; one post speaks of both."""
    made = [listening.add_watch(f"The {one}", one, by=world.ana) for one in ("ferry", "bridge")]
    texts = [
        "I love the wonderful ferry!",
        "I hate this horrible ferry.",
        "The ferry at nine and the bridge at ten",
        "The bridge at noon",
    ]
    posts = [
        Post(
            uri=f"https://www.harbour.example/{number}",
            url=f"https://www.harbour.example/{number}",
            author=Author(network="pretend", address=f"walker{number % 2}", name="A walker"),
            text=text,
            lang="en",
            published=NOON - timedelta(hours=number),
        )
        for number, text in enumerate(texts)
    ]
    with clock.stopped_at(NOON):
        conversations.receive(world.wire, [Item(raw=one.uri.encode(), read=(one,)) for one in posts])
        worker.settle()
    return made


def both(watches: list[Watch]) -> str:
    return "&".join(f"w={watch.pk}" for watch in watches)


def test_watches_stand_beside_each_other_with_their_share_of_voice(
    world: World, watches: list[Watch]
) -> None:
    with clock.stopped_at(NOON):
        shown = text_of(visitor(world.ana).get(f"/listen/compare?{both(watches)}"))
    assert "Share = posts of one ÷ posts of all compared." in shown
    assert [share in shown for share in ("60 %", "40 %")] == [True, True]
    assert "Covers 1 network, 1 source. 100 % of posts have a language" in shown
    assert shown.count('<polyline class="line look-s') == 2
    assert f'href="/listen/{watches[0].pk}?day=2026-06-10&amp;copies=1"' in shown


def test_one_watch_is_split_by_how_it_is_said_and_each_part_opens_its_posts(
    world: World, watches: list[Watch]
) -> None:
    ferry = watches[0]
    with clock.stopped_at(NOON):
        client = visitor(world.ana)
        shown = text_of(client.get(f"/listen/compare?w={ferry.pk}&by=hour"))
        assert f'href="/listen/{ferry.pk}?hour=2026-06-10T11&amp;copies=1&amp;mood=negative"' in shown
        assert "1 negative" in shown
        assert "1 positive" in shown
        assert "Among the newest 3 mentions that you may see." in shown
        assert "<b>harbour.example</b>" in shown
        by_lang = text_of(client.get(f"/listen/compare?w={ferry.pk}&split=lang"))
        assert '<span dir="auto">English</span> <b class="num">3</b>' in by_lang


def test_the_page_of_a_watch_has_it_split_up_and_told_apart_and_both_follow(
    world: World, watches: list[Watch]
) -> None:
    ferry, client = watches[0], visitor(world.ana)
    with clock.stopped_at(NOON):
        whole = text_of(client.get(f"/listen/{ferry.pk}"))
        assert f'hx-get="/listen/{ferry.pk}?part=split&amp;by=hour"' in whole
        with few_statements():
            shown = text_of(client.get(f"/listen/{ferry.pk}?part=split&by=hour"))
        with few_statements():
            by_lang = text_of(client.get(f"/listen/{ferry.pk}?part=split&by=day&split=lang"))
        stories = text_of(client.get(f"/listen/{ferry.pk}?part=stories")).strip()
        care = text_of(client.get(f"/listen/{ferry.pk}?part=care"))
    assert f'href="/listen/{ferry.pk}?hour=2026-06-10T11&amp;copies=1&amp;mood=negative"' in shown
    assert f'href="/charts/compare.png?w={ferry.pk}&amp;by=hour&amp;split=mood"' in shown
    assert '<input type="hidden" name="split" value="lang">' in by_lang
    assert '<span dir="auto">English</span> <b class="num">3</b>' in by_lang
    assert stories == "3 stories in 3 posts of the last 30 days."
    assert re.search(rf'data-live-watch="{ferry.pk}"[^>]*part=stories[^>]*>{stories}', care)
    assert visitor(world.okafor).get(f"/listen/{ferry.pk}?part=split").status_code == 404


def test_the_figures_and_the_picture_are_files(world: World, watches: list[Watch]) -> None:
    listening.change_watch(watches[1], name="=cmd()", by=world.ana)
    with clock.stopped_at(NOON):
        client = visitor(world.ana)
        table = text_of(client.get(f"/charts/compare.csv?{both(watches)}")).splitlines()
        picture = client.get(f"/charts/compare.svg?{both(watches)}")
    assert table[0] == "\ufeffWhen,The ferry,'=cmd()"
    assert table[-1].endswith(",3,2")
    assert len(table) == 31
    assert picture["Content-Type"] == "image/svg+xml"
    assert len(ET.fromstring(picture.content).findall("{*}polyline")) == 2


def test_what_is_compared_is_what_its_viewer_may_see(world: World, watches: list[Watch]) -> None:
    closed = places.open_space("Closed circle", members_only=True)
    places.join(closed, world.lea)
    with clock.stopped_at(NOON):
        conversations.receive(closed, [world.incoming("the ferry, behind doors", author="insider")])
        worker.settle()
        ana, lea = (
            text_of(visitor(one).get(f"/listen/compare?w={watches[0].pk}")) for one in (world.ana, world.lea)
        )
    assert "3 mentions in 30 days." in ana
    assert "4 mentions in 30 days." in lea
    assert ("Insider" in ana, "Insider" in lea) == (False, True)
    assert visitor(world.okafor).get(f"/listen/compare?w={watches[0].pk}").status_code == 404


def test_comparing_needs_few_statements_and_five_watches_at_most(world: World, watches: list[Watch]) -> None:
    more = [listening.add_watch(f"More {n}", f"word{n}", by=world.ana) for n in range(5)]
    client = visitor(world.ana)
    client.get("/listen/compare")
    with few_statements():
        shown = text_of(client.get(f"/listen/compare?{both([*watches, *more])}&w=nonsense&w=17"))
    assert shown.count("checked") == 5
    with few_statements():
        client.get(f"/listen/compare?w={watches[0].pk}")
    with few_statements():
        assert "Watches, five at most" in text_of(client.get("/listen/compare"))


def test_whoever_has_chosen_nothing_sees_what_is_said_most(world: World, watches: list[Watch]) -> None:
    for n in range(5):
        listening.add_watch(f"A silent one {n}", f"word{n}", by=world.ana)
    with clock.stopped_at(NOON):
        shown = text_of(visitor(world.ana).get("/listen/compare"))
    boxes = dict(re.findall(r'name="w" value="(\d+)"( checked)?', shown))
    assert [boxes[str(watch.pk)] for watch in watches] == [" checked", " checked"]
    assert list(boxes.values()).count(" checked") == 5


def test_a_part_of_a_chart_opens_exactly_its_posts(world: World, watches: list[Watch]) -> None:
    ferry = watches[0]
    with clock.stopped_at(NOON):
        client = visitor(world.ana)
        for query, count in (("mood=negative", 1), ("mood=none", 0), ("network=pretend", 3), ("lang=de", 0)):
            shown = client.get(f"/listen/{ferry.pk}?day=2026-06-10&{query}")
            assert len(posts_on(shown)) == count, query
        hour = client.get(f"/listen/{ferry.pk}?hour=2026-06-10T11&mood=negative&copies=1")
        assert len(posts_on(hour)) == 1
        assert '<span class="chip on">negative</span>' in text_of(hour)
        assert len(posts_on(client.get(f"/listen/{ferry.pk}?mood=positive"))) == 1


def test_a_mood_is_corrected_by_one_press_and_counted_anew(world: World, watches: list[Watch]) -> None:
    ferry = watches[0]
    (hated,) = Mention.objects.filter(watch=ferry, mood="negative").values_list("post_id", flat=True)
    client = visitor(world.ana)
    said = client.post(
        f"/listen/{ferry.pk}/mentions/mood?post={hated}", {"mood": "neutral"}, headers={"HX-Request": "true"}
    )
    assert 'value="neutral" aria-pressed="true"' in text_of(said)
    worker.settle()
    with clock.stopped_at(NOON):
        assert "1 negative" not in text_of(client.get(f"/listen/compare?w={ferry.pk}"))
    for mood, post in (("angry", hated), ("neutral", 17)):
        answer = client.post(f"/listen/{ferry.pk}/mentions/mood?post={post}", {"mood": mood})
        assert answer.status_code == 404


def test_a_mood_is_corrected_only_by_whoever_may_see_the_post(world: World, watches: list[Watch]) -> None:
    closed = places.open_space("Closed circle", members_only=True)
    places.join(closed, world.lea)
    (post,) = conversations.receive(closed, [world.incoming("I hate the ferry, behind doors")]).posts
    worker.settle()
    address = f"/listen/{watches[0].pk}/mentions/mood?post={post}"
    for person, status in ((world.ana, 404), (world.okafor, 404), (world.lea, 302)):
        assert visitor(person).post(address, {"mood": "positive"}).status_code == status
    assert Mention.objects.get(watch=watches[0], post=post).mood == "positive"
