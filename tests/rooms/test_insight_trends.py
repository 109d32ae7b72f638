"""What rises though nobody asked, counted over what all of staff may see."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from colonnade.conversations import actions as conversations
from colonnade.core import db, events, points
from colonnade.core.work import run_due
from colonnade.insight import actions, queries, work
from colonnade.insight import trends as sketches
from colonnade.insight.actions.trends import WRITTEN_EVERY_S
from colonnade.insight.models import AuthorName, Sketch, Trend
from colonnade.insight.rules import hour_of
from colonnade.listening import actions as listening
from colonnade.listening.actions.sifting import Sieve
from colonnade.listening.models import Sifted
from colonnade.networks import base
from colonnade.places import actions as places
from colonnade.places.models import Place, Scope
from colonnade.primitives import clock, ids
from tests.doors.web_visits import few_statements, text_of, visitor
from tests.rooms.loopback import Answer, Loopback, pages, serving
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
        bridge = listening.add_watch("The bridge", " Bridge ", by=world.ana)
        again = text_of(client.get("/listen/trends"))
        assert f'class="chip on" href="/listen/{bridge.pk}"' in again, "what is watched is not offered again"
        assert again.count("Watch this") == page.count("Watch this") - 1
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


# --- what streams by --------------------------------------------------------------------------------------------------


def everybody(number: int = 0, **options: Any) -> Place:
    return places.add_source("jetstream", f"ws://localhost:9/{number}", name=f"Everybody {number}", **options)


def streams_by(sieve: Sieve, texts: list[str], *, begin: int = 0, more: bool = False) -> None:
    """One batch of a stream, each post by somebody else."""
    items = [
        base.Item(
            raw=b"{}",
            read=(
                base.Post(
                    uri=f"at://did:plc:p{begin + n}/app.bsky.feed.post/{sieve.place.pk}x{begin + n}",
                    author=base.Author(network="bluesky", address=f"did:plc:p{begin + n}"),
                    text=text,
                    published=clock.now(),
                ),
            ),
        )
        for n, text in enumerate(texts)
    ]
    sieve.take(base.Batch(items=tuple(items), cursor={"time_us": begin + len(texts)}, more=more))


def counted(word: str) -> int:
    now = hour_of(ids.first_of(clock.now_ms()))
    row = Sketch.objects.filter(hour=now).first()
    return sketches.Sketch.from_bytes(bytes(row.body)).kinds["word"].at_least(word) if row else 0


def test_what_a_stream_drops_rises_too_and_what_is_kept_is_counted_once(world: World) -> None:
    listening.add_watch("Ferry", "ferry", by=world.lea)
    with clock.stopped_at(NOON):
        hear()
        conversations.receive(world.wire, days_of_fog(world))
        sieve = Sieve(everybody())
        streams_by(sieve, ["the lorry on the bridge"] * 8 + ["the ferry waits for the lorry"] * 3)
        sieve.note(again_in_s=0.0)
        hear()
        assert (counted("lorry"), counted("ferry"), counted("bridge")) == (11, 3, 8)
        work.keep_trends()
        assert rising("word") == {"lorry": 11, "bridge": 8}
        now = queries.counted_now(world.viewer(world.lea), hour_of(ids.first_of(clock.now_ms())))
        assert (now.posts, now.passed) == (11, 8)
        page = text_of(visitor(world.lea).get("/listen/trends"))
        assert "Posts counted in these two hours: 11, of which 3 are kept" in page
        nobody = queries.counted_now(world.viewer(world.okafor), hour_of(ids.first_of(clock.now_ms())))
        assert (nobody.posts, nobody.authors) == (0, ())


def test_what_streams_by_is_written_every_ten_seconds_and_at_the_end_and_lost_only_since(
    world: World,
) -> None:
    with clock.stopped_at(NOON):
        place = everybody()
        sieve = Sieve(place)
        streams_by(sieve, ["the lorry"] * 4)
        sieve.note()
        assert counted("lorry") == 0
        sieve._passing._written_s -= WRITTEN_EVERY_S  # type: ignore[attr-defined]
        streams_by(sieve, ["the lorry"] * 4, begin=4)
        sieve.note()
        assert counted("lorry") == 8
        streams_by(sieve, ["the lorry"] * 2, begin=8)
        sieve.note()
        killed, again = sieve, Sieve(place)
        assert killed is not again
        streams_by(again, ["the lorry"] * 3, begin=10)
        again.note(again_in_s=0.0)
        assert counted("lorry") == 11, "what was read since the last writing is lost, and nothing is doubled"


def test_what_several_processes_counted_of_an_hour_is_put_together(world: World) -> None:
    with clock.stopped_at(NOON):
        for number in range(3):
            sieve = Sieve(everybody(number))
            streams_by(sieve, ["the lorry"] * 5, begin=100 * number)
            sieve.note(again_in_s=0.0)
        assert counted("lorry") == 15
        assert Sketch.objects.get().passed == 15


def test_a_transaction_that_is_undone_counts_nothing(world: World) -> None:
    def dies(name: str) -> None:
        if name == "sift.before-commit":
            points.install(None)
            raise SystemExit("killed")

    with clock.stopped_at(NOON):
        sieve = Sieve(everybody())
        streams_by(sieve, ["the lorry"] * 5)
        points.install(dies)
        with pytest.raises(SystemExit):
            sieve.note(again_in_s=0.0)
        assert (counted("lorry"), Sifted.objects.count()) == (0, 0)


def test_what_not_everybody_of_staff_may_read_or_the_network_calls_restricted_is_not_counted(
    world: World,
) -> None:
    with clock.stopped_at(NOON):
        place = everybody()
        with db.act():
            Scope.objects.filter(place=place).update(audience=world.partners.audience)
        sieve = Sieve(place)
        streams_by(sieve, ["the lorry"] * 5)
        sieve.note(again_in_s=0.0)
        assert not Sketch.objects.exists()
        sieve = Sieve(everybody(1))
        (item,) = [world.incoming("the lorry", author="one")]
        (post,) = item.read
        assert isinstance(post, base.Post)
        hidden = base.Item(raw=b"", read=(replace(post, audience="restricted", published=clock.now()),))
        sieve.take(base.Batch(items=(hidden,), cursor={"time_us": 1}))
        sieve.note(again_in_s=0.0)
        assert counted("lorry") == 0


# --- what authors are called who are known by a DID ----------------------------------------------------------------------

ANA, STRANGER, LOUD = (f"did:plc:{letter * 24}" for letter in "abc")


def says_a_lot(sieve: Sieve, did: str, begin: int) -> None:
    items = [
        base.Item(
            raw=b"{}",
            read=(
                base.Post(
                    uri=f"at://{did}/app.bsky.feed.post/{n}",
                    author=base.Author(network="bluesky", address=did),
                    text=f"Something about nothing, {n}",
                    published=clock.now(),
                ),
            ),
        )
        for n in range(begin, begin + 6)
    ]
    sieve.take(base.Batch(items=tuple(items), cursor={"time_us": begin}))


def asked(server: Loopback) -> list[str]:
    return [request.path for request in server.requests]


def directory(known: dict[str, str]) -> Answer:
    return pages(
        {
            f"/{did}": (200, {}, json.dumps({"id": did, "alsoKnownAs": [f"at://{name}"]}).encode())
            for did, name in known.items()
        }
    )


def test_authors_of_a_stream_are_called_by_name_and_asked_for_in_the_background_once(
    world: World, settings: Any
) -> None:
    settings.COLONNADE_ALLOW_PRIVATE_HOSTS = ("127.0.0.1",)
    client = visitor(world.lea)
    with serving(directory({STRANGER: "127.0.0.1"})) as server, clock.stopped_at(NOON):
        settings.COLONNADE_PLC_URL = server.url(host="127.0.0.1")
        place = everybody()
        hear()
        known = base.Author(network="bluesky", address=ANA, name="ana.example")
        post = base.Post(uri="at://kept", author=known, text="The ferry is late", published=clock.now())
        conversations.receive(place, [base.Item(raw=b"{}", read=(post,))])
        sieve = Sieve(place)
        for n, did in enumerate((ANA, STRANGER, LOUD)):
            says_a_lot(sieve, did, n * 10)
        sieve.note(again_in_s=0.0)
        page = text_of(client.get("/listen/trends"))
        assert asked(server) == [], "a page asks nobody"
        assert "ana.example" in page
        assert f">{STRANGER[:16]}…</a>" in page
        assert f'href="https://bsky.app/profile/{STRANGER}"' in page
        work.keep_trends()
        hear()
        assert sorted(asked(server)) == [f"/{STRANGER}", f"/{LOUD}"], "whom the house knows is not asked for"
        with few_statements():
            page = text_of(client.get("/listen/trends"))
        assert "goes by 127.0.0.1: not confirmed" in page, "nobody there says that it is them"
        actions.keep_author_name(LOUD, "harbour.example", confirmed=True)
        assert ">harbour.example</a>" in text_of(client.get("/listen/trends"))
        work.keep_trends()
        hear()
        assert len(asked(server)) == 2, "neither answer is asked for again"


def test_nobody_is_asked_where_no_stream_is_read_or_the_operator_named_no_directory(
    world: World, settings: Any
) -> None:
    settings.COLONNADE_ALLOW_PRIVATE_HOSTS = ("127.0.0.1",)
    with serving(directory({STRANGER: "ferry.example"})) as server, clock.stopped_at(NOON):
        place = everybody()
        hear()
        sieve = Sieve(place)
        says_a_lot(sieve, STRANGER, 0)
        sieve.note(again_in_s=0.0)
        settings.COLONNADE_PLC_URL = ""
        work.keep_trends()
        hear()
        settings.COLONNADE_PLC_URL = server.url(host="127.0.0.1")
        places.archive(place, by=world.ines)
        work.keep_trends()
        hear()
        assert asked(server) == []
        assert not AuthorName.objects.exists()
