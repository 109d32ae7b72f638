"""Alerts on screen: what is different leads to its posts, posts to a sentence, a sentence to the next briefing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from colonnade.conversations import actions as conversations
from colonnade.conversations.models import PostText
from colonnade.core import events
from colonnade.core.work import run_due
from colonnade.insight.models import Alert, Finding, Route
from colonnade.listening import actions as listening
from colonnade.listening.models import Watch
from colonnade.networks import base
from colonnade.primitives import clock
from colonnade.publishing import actions as publishing
from colonnade.publishing import queries as published
from colonnade.publishing.types import Wanted
from colonnade.workspace import queries as workspace
from tests.doors.web_visits import assert_the_same_as_absent, few_statements, posts_on, text_of, visitor
from tests.world import World

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 18, 12, 1, tzinfo=UTC)
DAYS = 6


@pytest.fixture
def move() -> Iterator[Callable[[float], None]]:
    with clock.stopped_at(NOON - timedelta(days=DAYS)) as by:
        yield by


@pytest.fixture
def world(move: Callable[[float], None]) -> World:
    return World.make()


@pytest.fixture
def alert(world: World, move: Callable[[float], None]) -> Alert:
    """Ana listens for the bridge; after quiet days a lorry hits it."""
    watch = listening.add_watch("Bridge", "bridge", by=world.ana)
    move(DAYS * 86_400)
    quiet = [
        said(world, "Fog on the bridge", timedelta(days=day, hours=hour))
        for day in range(1, DAYS)
        for hour in range(9)
    ]
    conversations.receive(world.wire, quiet)
    everybody_hears(move)
    loud = [said(world, f"A lorry hit the bridge ({n})", author=f"person{n}") for n in range(9)]
    loud += [said(world, f"The bridge! What now? ({n})", author=f"other{n}") for n in range(5)]
    conversations.receive(world.wire, loud)
    everybody_hears(move)
    return Alert.objects.get(watch=watch)


def said(world: World, text: str, back: timedelta = timedelta(), author: str = "river.watch") -> base.Item:
    item = world.incoming(text, author=author)
    (post,) = item.read
    assert isinstance(post, base.Post)
    return base.Item(raw=item.raw, read=(replace(post, published=clock.now() - back),))


def everybody_hears(move: Callable[[float], None]) -> None:
    for _ in range(2):
        events.stamp()
        while events.pump():
            events.stamp()
        move(2)
        while run_due():
            events.stamp()


def test_from_the_alert_to_the_sentence_in_six_clicks(world: World, alert: Alert) -> None:
    client = visitor(world.ana)
    clicks = ["Look"]
    assert f'href="/listen/alerts/{alert.pk}"' in text_of(client.get("/today?part=unusual"))
    assert f'class="chip late" href="/listen/alerts/{alert.pk}"' in text_of(client.get("/listen"))
    page = text_of(client.get(f"/listen/alerts/{alert.pk}"))
    led = re.search(r'href="(/listen/alerts/\d+\?kind=word&amp;what=lorry)#posts"', page)
    assert led is not None
    clicks.append("lorry")
    shown = client.get(led[1].replace("&amp;", "&"))
    posts = posts_on(shown)
    assert len(posts) == 9, "only those that hold the word"
    drafted = re.search(r'<textarea name="sentence"[^>]*>([^<]+)</textarea>', text_of(shown))
    assert drafted is not None
    assert "“lorry” stands in 9 of 14 posts" in drafted[1]
    clicks += ["tick", "tick", "Useful"]
    client.post(f"/listen/alerts/{alert.pk}/verdict", {"verdict": "useful"})
    clicks.append("Keep")
    kept = client.post(
        f"/listen/alerts/{alert.pk}/find", {"sentence": drafted[1], "post": [str(one) for one in posts[:2]]}
    )
    assert len(clicks) == 6
    finding = Finding.objects.get()
    assert kept["Location"] == f"/listen/findings/{finding.pk}"
    assert finding.in_briefings
    told = client.get(kept["Location"])
    assert "stands in 9 of 14" in text_of(told)
    assert '<svg class="plot' in text_of(told), "with its picture"
    assert sorted(posts_on(told)) == sorted(posts[:2]), "every sentence leads to its posts"
    alert.refresh_from_db()
    assert alert.verdict == "useful"
    assert "100 %" in text_of(client.get("/listen/alerts"))


def test_a_finding_stays_on_the_chart_of_its_watch_and_can_be_taken_back(world: World, alert: Alert) -> None:
    client = visitor(world.lea)
    posts = posts_on(client.get(f"/listen/alerts/{alert.pk}"))
    client.post(f"/listen/alerts/{alert.pk}/find", {"sentence": "A lorry hit it", "post": [str(posts[0])]})
    finding = Finding.objects.get()
    assert f'href="/listen/findings/{finding.pk}"' in text_of(
        client.get(f"/listen/{alert.watch_id}?part=chart")
    )
    assert 'hx-trigger="load, colonnade:look"' in text_of(client.get(f"/listen/{alert.watch_id}"))
    client.post(f"/listen/findings/{finding.pk}/briefing", {"wanted": "0"})
    finding.refresh_from_db()
    assert not finding.in_briefings
    client.post(f"/listen/findings/{finding.pk}/remove")
    assert not Finding.objects.exists()


def test_a_finding_wants_a_sentence_and_a_post_and_keeps_what_was_written(world: World, alert: Alert) -> None:
    client = visitor(world.ana)
    answer = client.post(f"/listen/alerts/{alert.pk}/find", {"sentence": "So many words"})
    assert answer.status_code == 422
    assert "Tick at least one post" in text_of(answer)
    assert "So many words" in text_of(answer)
    assert not Finding.objects.exists()


def test_alert_pages_need_few_statements(world: World, alert: Alert) -> None:
    client = visitor(world.ana)
    post = posts_on(client.get(f"/listen/alerts/{alert.pk}"))[0]
    kept = client.post(f"/listen/alerts/{alert.pk}/find", {"sentence": "A lorry hit it", "post": [str(post)]})
    for address in (
        "/listen/alerts",
        f"/listen/alerts/{alert.pk}?part=told",
        f"/listen/alerts/{alert.pk}?part=beside",
        f"/listen/alerts/{alert.pk}",
        f"/listen/alerts/{alert.pk}?kind=word&what=lorry",
        kept["Location"],
        "/today?part=unusual",
    ):
        with few_statements():
            assert client.get(address).status_code == 200, address


def test_pages_that_are_told_of_news_say_how_far_the_server_knew_before_they_were_read(
    world: World, alert: Alert
) -> None:
    desk = visitor(world.ana)
    for address in (
        "/listen",
        "/listen/alerts",
        f"/listen/alerts/{alert.pk}",
        "/listen/trends",
        "/wall",
        "/publish",
    ):
        page = desk.get(address).content.decode()
        assert re.search(r'<meta name="colonnade-live" content="[^"]+">', page), address


def test_words_of_posts_that_are_gone_are_no_longer_told(world: World, alert: Alert) -> None:
    client = visitor(world.lea)
    assert "lorry" in text_of(client.get(f"/listen/alerts/{alert.pk}?part=told"))
    gone = posts_on(client.get(f"/listen/alerts/{alert.pk}?kind=word&what=lorry"))
    conversations.receive(world.wire, [base.Item(raw=b"", read=(deletion(pk),)) for pk in gone])
    assert "lorry" not in text_of(client.get(f"/listen/alerts/{alert.pk}?part=told"))


def deletion(post: int) -> base.Deletion:
    uri = PostText.objects.values_list("uri", flat=True).get(post=post)
    return base.Deletion(uri=uri)


def test_a_chart_leads_to_the_minutes_behind_each_mark(world: World, alert: Alert) -> None:
    client = visitor(world.ana)
    page = text_of(client.get(f"/listen/alerts/{alert.pk}"))
    led = re.findall(rf"/listen/alerts/{alert.pk}\?from=\d+&amp;to=\d+", page)
    assert led
    assert len(posts_on(client.get(led[-1].replace("&amp;", "&")))) == 14


def test_alerts_are_for_staff_alone_and_hidden_ones_are_as_absent(world: World, alert: Alert) -> None:
    for address in ("/listen/alerts", f"/listen/alerts/{alert.pk}"):
        assert visitor(world.okafor).get(address).status_code in (302, 404)
    assert_the_same_as_absent(visitor(world.okafor), f"/listen/alerts/{alert.pk}", "/listen/alerts/12345")


def test_whose_watch_it_is_gets_a_notice_that_leads_there_and_others_none(world: World, alert: Alert) -> None:
    (line,) = workspace.notices_for(world.viewer(world.ana))
    assert line.alert == alert.pk
    client = visitor(world.ana)
    assert "“Bridge” is unusually loud: 14 in five minutes" in text_of(client.get("/notices"))
    assert client.get(f"/notices/{line.id}")["Location"] == f"/listen/alerts/{alert.pk}"
    assert workspace.notices_for(world.viewer(world.lea)) == []


def test_a_device_says_it_in_five_lines(world: World, alert: Alert) -> None:
    world.start(world.town, "We look after the bridge", by=world.tomasz)
    viewer = world.viewer(world.ana)
    (line,) = workspace.notices_for(viewer)
    lines = workspace.as_it_rings(viewer, line, ZoneInfo("UTC")).split("\n")
    assert len(lines) == 5
    what, since, who, posts, ours = lines
    assert what.startswith("“Bridge” is unusually loud: ")
    assert "lorry" in what
    assert since == "Since 12:00: 14 posts; 14 in five minutes, where hardly any is usual"
    assert who.endswith("and 11 others")
    assert posts.count("·") == 2
    assert ours == "We said: “We look after the bridge”"


def test_how_one_hears_of_alerts_is_ones_own_choice(world: World, alert: Alert) -> None:
    client = visitor(world.lea)
    assert "Bridge" in text_of(client.get("/settings/notices"))
    client.post("/settings/notices/alerts", {"all": "digest", f"watch-{alert.watch_id}": "at_once"})
    assert set(Route.objects.values_list("person", "watch", "how")) == {
        (world.lea.pk, None, "digest"),
        (world.lea.pk, alert.watch_id, "at_once"),
    }
    assert client.post("/settings/notices/alerts", {"all": "by pigeon"}).status_code == 422


def test_today_shows_whose_watch_it_is_an_alert_and_what_is_different(world: World, alert: Alert) -> None:
    shown = text_of(visitor(world.ana).get("/today?part=unusual"))
    assert "“Bridge”" in shown
    assert "lorry" in shown
    assert "“Bridge”" not in text_of(visitor(world.lea).get("/today?part=unusual")), "it is Ana's watch"
    assert Watch.objects.count() == 1


def test_an_alert_tells_itself_in_five_lines_and_what_may_be_done_at_once(world: World, alert: Alert) -> None:
    client = visitor(world.tomasz)
    draft = publishing.write("Lanterns on the bridge!", by=world.lea, targets=[Wanted(world.town.pk)])
    publishing.schedule(draft, f"{clock.now() + timedelta(hours=1):%Y-%m-%dT%H:%M}", "UTC", by=world.lea)
    with few_statements():
        shown = text_of(client.get(f"/listen/alerts/{alert.pk}?part=five"))
    for words in (
        "14 in five minutes",
        "and 11 others",
        "“A lorry hit",
        "We have said nothing about it yet.",
    ):
        assert words in shown, words
    assert len(re.findall("“(?:A lorry hit the bridge|The bridge! What now)", shown)) == 3, "three posts"
    with few_statements():
        shown = text_of(client.get(f"/listen/alerts/{alert.pk}?part=moves"))
    assert "Pause 1 that goes out within a day" in shown
    (reason,) = re.findall(r'name="reason" value="([^"]+)"', shown)
    client.post("/publish/all/pause", {"reason": reason})
    assert published.braked()
    assert "Everything planned is paused." in text_of(client.get(f"/listen/alerts/{alert.pk}?part=moves"))
