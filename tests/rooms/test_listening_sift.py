"""A stream is sifted: what somebody listens for is kept, the rest leaves nothing but a count."""

from __future__ import annotations

import html
import json
import re
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Sum
from msgspec.structs import replace

from colonnade.conversations import actions as conversations
from colonnade.conversations import intake
from colonnade.conversations import work as conversations_work
from colonnade.conversations.events import PostsReceived
from colonnade.conversations.models import Buried, Post, PostText, Raw
from colonnade.conversations.queries import outside as outside_queries
from colonnade.core import events, points, work
from colonnade.core.models import Job
from colonnade.listening import actions, queries, sifting
from colonnade.listening import work as listening_work
from colonnade.listening.actions.sifting import UNREADABLE_A_MINUTE, Sieve, count_sifted, forget_sifted
from colonnade.listening.actions.sifting.sieve import HELD_S
from colonnade.listening.models import Mention, Sifted
from colonnade.networks import base, registry
from colonnade.networks.jetstream.connector import JetstreamConnector
from colonnade.networks.mastodon_streaming.connector import TimelineConnector
from colonnade.places import actions as places
from colonnade.places import queries as place_queries
from colonnade.places.models import Place, Polling
from colonnade.primitives import clock
from tests.rooms.jetstream_town import ANA, BEGAN_US, CLIENT, TOMASZ, Town, commit, jetstream
from tests.world import World

pytestmark = pytest.mark.django_db
US = "did:plc:portalder"


@pytest.fixture
def world(settings: Any) -> World:
    settings.COLONNADE_ALLOW_PRIVATE_HOSTS = ["localhost"]
    return World.make()


@pytest.fixture
def account(world: World) -> Place:
    return places.add_account(
        "pretend",
        "pretend://port-alder",
        name="Port Alder",
        credentials={},
        identity=base.Author(network="bluesky", address=US, name="portalder.example"),
    )


def source(town: Town) -> Place:
    return places.add_source("jetstream", town.address, name="Everybody")


def read(place: Place) -> None:
    """What a worker does with a source that is due, up to the end of its connection."""
    listening_work.sift(place.pk)
    events.stamp()
    while events.pump():
        events.stamp()


def texts(place: Place) -> list[str]:
    rows = PostText.objects.filter(post__place=place, post__deleted=False)
    return list(rows.order_by("pk").values_list("text", flat=True))


def counted(place: Place) -> tuple[int, int]:
    sums = Sifted.objects.filter(place=place).aggregate(seen=Sum("seen"), kept=Sum("kept"))
    return sums["seen"] or 0, sums["kept"] or 0


def test_what_a_watch_catches_is_kept_and_the_rest_only_counted(world: World) -> None:
    watch = actions.add_watch("Bridge", "bridge -game", by=world.lea)
    said = [commit(number, f"Nothing of note {number}") for number in range(200)]
    said += [
        commit(300, "The bridge is closed"),
        commit(301, "A bridge game"),
        commit(302, "Under the BRIDGE"),
    ]
    with jetstream(said) as town:
        place = source(town)
        read(place)
    assert texts(place) == ["The bridge is closed", "Under the BRIDGE"]
    assert counted(place) == (203, 2)
    assert Mention.objects.filter(watch=watch).count() == 2
    polling = Polling.objects.get(place=place)
    assert polling.health == "well"
    assert polling.cursor["time_us"] == BEGAN_US + 302_000


def test_what_answers_quotes_or_names_us_is_kept_without_a_watch_and_our_own_word_is_not(
    world: World, account: Place
) -> None:
    ours = f"at://{US}/app.bsky.feed.post/3kours"
    us = base.Author(network="bluesky", address=US)
    conversations.receive(account, [base.Item(raw=b"", read=(base.Post(uri=ours, author=us, text="Hello"),))])
    actions.add_watch("Ferry", "ferry", by=world.lea)
    elsewhere = f"at://{ANA}/app.bsky.feed.post/3kother"
    named = {
        "index": {"byteStart": 0, "byteEnd": 2},
        "features": [{"$type": "app.bsky.richtext.facet#mention", "did": US}],
    }
    said = [
        commit(1, "an answer", reply={"root": {"uri": ours}, "parent": {"uri": ours}}),
        commit(2, "an answer to others", reply={"root": {"uri": elsewhere}, "parent": {"uri": elsewhere}}),
        commit(3, "a quote", embed={"$type": "app.bsky.embed.record", "record": {"uri": ours}}),
        commit(4, "hi there", facets=[named]),
        commit(5, "our own ferry", did=US),
    ]
    with jetstream(said) as town:
        place = source(town)
        read(place)
    assert texts(place) == ["an answer", "a quote", "hi there"]
    assert Post.objects.get(said__text="an answer").reply_to is not None


def test_changes_and_deletions_reach_what_is_here_and_leave_nothing_of_what_is_not(world: World) -> None:
    actions.add_watch("Ferry", "ferry", by=world.lea)
    said = [
        commit(1, "ferry one", key="one"),
        commit(2, "ferry two", key="two"),
        commit(3, "ferry three", did=TOMASZ, key="three"),
        commit(4, "ferry in haste", key="haste"),
        commit(5, operation="delete", key="haste"),
    ]
    with jetstream(said) as town:
        place = source(town)
        read(place)
        assert texts(place) == ["ferry one", "ferry two", "ferry three"]
        town.events = [
            commit(6, "ferry one, later", operation="update", key="one"),
            commit(7, "a ferry that nobody kept", operation="update", key="unknown"),
            commit(8, operation="delete", key="two"),
            commit(9, operation="delete", key="unknown"),
            {
                "did": TOMASZ,
                "time_us": BEGAN_US + 10_000,
                "kind": "account",
                "account": {"active": False, "did": TOMASZ, "status": "deleted"},
            },
            {
                "did": "did:plc:stranger",
                "time_us": BEGAN_US + 11_000,
                "kind": "identity",
                "identity": {"did": "did:plc:stranger", "handle": "stranger.example"},
            },
            {
                "did": ANA,
                "time_us": BEGAN_US + 12_000,
                "kind": "identity",
                "identity": {"did": ANA, "handle": "ana.example"},
            },
        ]
        read(place)
    assert texts(place) == ["ferry one, later"]
    assert not Buried.objects.exists()
    assert Post.objects.get(place=place, deleted=False).author.name == "ana.example"
    assert set(Post.objects.values_list("author__address", flat=True)) == {ANA, TOMASZ}


def brought(place: Place, *said: base.Incoming, at: int, more: bool) -> base.Batch:
    items = tuple(base.Item(raw=b"{}", read=(one,)) for one in said)
    return base.Batch(items=items, cursor={"time_us": at}, more=more)


def ferry(number: int) -> base.Post:
    author = base.Author(network="bluesky", address=ANA, name="ana.example")
    return base.Post(uri=f"at://{ANA}/app.bsky.feed.post/{number}", author=author, text=f"ferry {number}")


def test_while_more_waits_what_is_kept_is_held_with_its_cursor_and_written_together(world: World) -> None:
    actions.add_watch("Ferry", "ferry", by=world.lea)
    place = places.add_source("jetstream", "ws://localhost:9/", name="Everybody")
    sieve = Sieve(place)
    for number in range(3):
        sieve.take(brought(place, ferry(number), at=number + 1, more=True))
    assert (texts(place), counted(place)) == ([], (0, 0))
    assert Polling.objects.get(place=place).cursor == {}
    again = Sieve(place)
    assert again.cursor == {}, "whoever goes on after a kill reads again what was held"
    sieve.take(brought(place, ferry(3), at=4, more=False))
    assert sorted(texts(place)) == [f"ferry {number}" for number in range(4)]
    assert counted(place) == (4, 4)
    assert Polling.objects.get(place=place).cursor == {"time_us": 4}
    events.stamp()
    assert len(events.since(0, kinds=[PostsReceived])) == 1


def test_nothing_kept_is_held_for_longer_than_a_quarter_of_a_second(world: World) -> None:
    actions.add_watch("Ferry", "ferry", by=world.lea)
    place = places.add_source("jetstream", "ws://localhost:9/", name="Everybody")
    sieve = Sieve(place)
    sieve.take(brought(place, ferry(1), at=1, more=True))
    sieve._held_s -= HELD_S
    sieve.take(brought(place, at=2, more=True))
    assert texts(place) == ["ferry 1"]


def test_who_is_gone_while_their_words_are_held_takes_them_along(world: World) -> None:
    actions.add_watch("Ferry", "ferry", by=world.lea)
    place = places.add_source("jetstream", "ws://localhost:9/", name="Everybody")
    sieve = Sieve(place)
    sieve.take(brought(place, ferry(1), at=1, more=True))
    gone = base.Deletion(uri=f"at://{ANA}", by=base.Author(network="bluesky", address=ANA))
    sieve.take(brought(place, gone, at=2, more=False))
    assert texts(place) == []
    assert Post.objects.filter(place=place, deleted=True).count() == 1


def test_a_deletion_by_the_id_of_its_own_server_reaches_what_was_stored_before_the_worker_began(
    world: World,
) -> None:
    actions.add_watch("Ferry", "ferry", by=world.lea)
    place = places.add_source("mastodon_streaming", "https://social.example/", name="Everybody")
    moment = clock.now() - timedelta(hours=3)
    own = [(clock.ms_of(moment) + 700 << 16) + number for number in range(3)]
    reader = TimelineConnector("https://social.example/", {}, CLIENT)
    items = []
    for number, id_ in enumerate(own):
        told = {
            "id": str(id_),
            "uri": f"https://elsewhere.example/users/ana/statuses/{number}",
            "created_at": moment.isoformat(),
            "content": f"<p>ferry {number}</p>",
            "account": {"acct": "ana@elsewhere.example", "username": "ana"},
        }
        raw = json.dumps(told).encode()
        items.append(base.Item(raw=raw, read=reader.read(raw), external_id=str(id_)))
    Sieve(place).take(base.Batch(items=tuple(items), cursor={"time_us": 1}))
    assert sorted(texts(place)) == ["ferry 0", "ferry 1", "ferry 2"]
    again = TimelineConnector("https://social.example/", {}, CLIENT)
    gone = [json.dumps({"event": "delete", "payload": str(id_)}).encode() for id_ in (own[1], own[1] + 9)]
    said = tuple(base.Item(raw=raw, read=again.read(raw)) for raw in gone)
    Sieve(place).take(base.Batch(items=said, cursor={"time_us": 2}))
    assert sorted(texts(place)) == ["ferry 0", "ferry 2"]
    assert not Buried.objects.exists(), "of what nobody kept nothing is left"


def test_a_break_loses_nothing_and_doubles_nothing(world: World) -> None:
    actions.add_watch("Ferry", "ferry", by=world.lea)
    said = [commit(number, f"ferry {number}" if number % 10 == 0 else "fog") for number in range(1, 501)]

    def breaks_off(connection: Any, town: Town) -> None:
        for event in said[:237]:
            connection.send(json.dumps(event))
        connection.socket.close()

    with jetstream(said, [breaks_off]) as town:
        place = source(town)
        read(place)
        assert counted(place) == (237, 23)
        read(place)
    assert texts(place) == [f"ferry {number}" for number in range(10, 501, 10)]
    assert counted(place) == (500, 50)


def test_what_ends_before_the_commit_is_read_again_whole(world: World) -> None:
    actions.add_watch("Ferry", "ferry", by=world.lea)
    said = [commit(number, f"ferry {number}") for number in range(1, 21)]

    def dies(name: str) -> None:
        if name == "sift.before-commit":
            points.install(None)
            raise SystemExit("killed")

    with jetstream(said) as town:
        place = source(town)
        points.install(dies)
        with pytest.raises(SystemExit):
            read(place)
        assert (texts(place), counted(place)) == ([], (0, 0))
        read(place)
    assert len(texts(place)) == 20
    assert counted(place) == (20, 20)


def test_a_post_is_compared_as_it_would_be_once_it_were_kept(world: World) -> None:
    shapes: list[dict[str, Any]] = [
        {"text": "Plain words. And a dot.at the end"},
        {"text": "See https://port-alder.example/a?b=c&d=e, and port-alder.example."},
        {"text": "Zero\u200bwidth, cafe\u0301, \u202eturned\u202c, tab\tand\r\nend  "},
        {"text": "#ferry @ana@port-alder.example $FERRY ⛴️", "lang": "en", "tags": ("Ferry",)},
        {"text": "", "html": '<p>In <a href="https://a.example/?x=1&amp;y=2" onclick="x()">HTML</a></p>'},
        {"text": "", "title": "A  title", "url": "https://port-alder.example/1"},
        {"text": "quotes", "quotes": ("https://elsewhere.example/1",)},
        {"text": "", "media": (base.Media(url="https://port-alder.example/1.png"),)},
        {"text": "answers", "reply_to": "https://port-alder.example/parent"},
        {"text": "later than now", "published": clock.now() + timedelta(days=400)},
        {"text": "earlier", "published": clock.now() - timedelta(days=4)},
    ]
    author = base.Author(network="bluesky", address=ANA, name="ana.example")
    conversations.receive(
        world.wire,
        [base.Item(raw=b"", read=(base.Post(uri=shapes[8]["reply_to"], author=author, text="parent"),))],
    )
    for number, shape in enumerate(shapes):
        post = base.Post(uri=f"https://port-alder.example/post/{number}", author=author, **shape)
        (pk,) = conversations.receive(world.wire, [base.Item(raw=b"", read=(post,))]).posts
        _, kept = queries.heard([pk])[pk]
        here = outside_queries.answered(sifting.parents_of(post))
        outside = sifting.heard_of(post, world.wire.name, next(iter(here.values()), None), clock.now_ms())
        assert outside is not None
        if "published" not in shape or shape["published"] > clock.now():
            outside = replace(outside, at=kept.at)
        assert outside == kept, shape
    nothing = base.Post(uri="https://port-alder.example/nothing", author=author, text=" \u200b ")
    assert sifting.heard_of(nothing, "Harbour wire", None, clock.now_ms()) is None


def test_a_stream_is_read_by_nobody_but_its_own_work_and_by_one_at_a_time(world: World) -> None:
    with jetstream([commit(1)]) as town:
        place = source(town)
        conversations_work.pull_due()
        assert not Job.objects.filter(
            function__endswith="conversations.work.pull", key=str(place.pk)
        ).exists()
        listening_work.sift_due()
        listening_work.sift_due()
        assert Job.objects.filter(key=str(place.pk), queue=work.STREAMS).count() == 1
        work.run_due(10)
        assert Job.objects.filter(key=str(place.pk), queue=work.STREAMS).count() == 1
        (claimed,) = work.claim(1, queues=(work.STREAMS,))
        places.poll_now(place)
        listening_work.sift_due()
        assert Job.objects.filter(key=str(place.pk), queue=work.STREAMS).count() == 1
        assert work.run_claimed(claimed, threading.Event())
    assert counted(place) == (1, 0)


def test_a_server_that_fails_is_left_alone_for_longer_and_longer(world: World) -> None:
    place = places.add_source("jetstream", "ws://localhost:9/subscribe")
    waits = []
    for _ in range(3):
        read(place)
        polling = Polling.objects.get(place=place)
        assert polling.due_at is not None
        waits.append((polling.due_at - clock.now()).total_seconds())
    assert polling.health == "failing"
    assert polling.last_error
    assert waits[0] < waits[1] < waits[2] < 10


def test_nonsense_is_kept_with_its_reason_but_not_without_end(world: World) -> None:
    def nonsense(connection: Any, town: Town) -> None:
        for number in range(100):
            connection.send(f"{{broken {number}")

    with jetstream([], [nonsense]) as town:
        place = source(town)
        read(place)
    assert Raw.objects.filter(place=place, state="quarantined").count() <= 2 * UNREADABLE_A_MINUTE
    assert Raw.objects.filter(place=place, state="quarantined").exists()


def test_a_source_that_was_put_away_is_read_no_more(world: World) -> None:
    with jetstream([commit(1)]) as town:
        place = source(town)
        places.archive(place, by=world.ines)
        assert place.pk not in place_queries.streams_due(clock.now(), 10)
        listening_work.sift_due()
        assert town.asked == []


def test_counts_of_streams_are_forgotten_after_three_months(world: World) -> None:
    count_sifted(world.wire, seen=3, kept=1)
    forget_sifted()
    assert counted(world.wire) == (3, 1)
    with clock.told_as_of(clock.now_s() + 91 * 86_400):
        forget_sifted()
    assert counted(world.wire) == (0, 0)


def test_those_that_are_said_to_stream_do() -> None:
    found = {name for name in registry.CONNECTORS if registry.capabilities_of(name).can_stream}
    assert found == registry.STREAMS


def test_a_worker_that_ends_writes_down_how_far_it_came_and_hands_the_stream_on(world: World) -> None:
    stop = threading.Event()

    def stays(connection: Any, town: Town) -> None:
        for event in town.events:
            connection.send(json.dumps(event))
        stop.set()
        connection.recv()

    with jetstream([commit(1), commit(2)], [stays]) as town:
        place = source(town)
        listening_work.sift_due()
        (claimed,) = work.claim(1, queues=(work.STREAMS,))
        assert work.run_claimed(claimed, stop)
    polling = Polling.objects.get(place=place)
    assert polling.cursor["time_us"] == BEGAN_US + 2_000
    assert counted(place) == (2, 0)
    assert place_queries.streams_due(clock.now(), 10) == [place.pk]


@pytest.mark.parametrize(
    "uri",
    [
        "https://port-alder.example/a?b=1&c=2#d",
        "http://port-alder.example",
        "https://port-alder.example/%C3%A4/~ana/x,y;z@1+2!",
        "https://port-alder.example/ä b",
        "https://port-alder.example:8443/x",
        'https://port-alder.example/"onclick=',
        "https://port-alder.example/<b>",
    ],
)
def test_links_of_a_post_are_the_same_whether_its_markup_was_cleaned_or_passed_as_plain(uri: str) -> None:
    event = commit(
        1,
        "Read this\nnow",
        facets=[
            {
                "index": {"byteStart": 0, "byteEnd": 4},
                "features": [{"$type": "app.bsky.richtext.facet#link", "uri": uri}],
            }
        ],
    )
    (post,) = JetstreamConnector("ws://localhost", {}, CLIENT).read(json.dumps(event).encode())
    assert isinstance(post, base.Post)
    quick = sifting.heard_of(post, "Everybody", None, clock.now_ms())
    assert quick is not None
    said, shown = intake.worded(post)
    assert quick.text == said
    assert quick.links == tuple(html.unescape(link) for link in re.findall(r'<a [^>]*?href="([^"]+)"', shown))
