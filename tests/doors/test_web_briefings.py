"""Briefings: made once a period where their reader lives, read with what one may see then."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from django.core import mail

from colonnade.conversations import actions as conversations
from colonnade.core import db, worker
from colonnade.inbox import actions as inbox
from colonnade.insight import actions
from colonnade.insight import queries as insight
from colonnade.insight.models import Briefing, Edition
from colonnade.insight.rules import period_at
from colonnade.listening import actions as listening
from colonnade.listening.models import Watch
from colonnade.networks.base import Author, Item, Post
from colonnade.people import actions as people
from colonnade.people.models import SignIn
from colonnade.places import actions as places
from colonnade.primitives import clock, ids
from colonnade.web import work
from tests.doors.web_visits import few_statements, text_of, visitor
from tests.world import World

NINE = time(9)
NOON = datetime(2026, 6, 10, 12, 50, tzinfo=UTC)  # a Wednesday

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World.make()


@pytest.fixture
def bridge(world: World) -> Watch:
    return listening.add_watch("The bridge", "bridge", by=world.ana)


def wanted(world: World, **more: Any) -> Briefing:
    asked = {"name": "Morning", "every": "day", "weekday": 0, "at": NINE, "by_mail": True, "watches": []}
    return actions.set_briefing(None, by=world.ana, reader=world.ana, **(asked | more))


def said(world: World, moment: datetime, words: str) -> None:
    author = Author(network="pretend", address="walker", name="A walker")
    post = Post(uri=f"https://pretend.example/{words}", author=author, text=words, published=moment)
    conversations.receive(world.wire, [Item(raw=b"", read=(post,), external_id=post.uri)])
    worker.settle()


def test_a_period_ends_at_its_time_where_its_reader_lives() -> None:
    assert period_at("day", 0, NINE, NOON)[0] == "2026-06-10"
    assert period_at("day", 0, time(13), NOON)[0] == "2026-06-09"
    name, since, before = period_at("week", 0, NINE, NOON)
    assert (name, since.day, before.day) == ("2026-W24", 1, 8)
    assert period_at("week", 2, time(13), NOON)[2].day == 3


def test_it_is_made_once_a_period_and_late_is_made_once(world: World, bridge: Watch) -> None:
    with clock.stopped_at(NOON - timedelta(days=5)):
        briefing = wanted(world)
        assert actions.begin_editions() == [], "it was set up after nine"
    with clock.stopped_at(NOON):
        assert len(actions.begin_editions()) == 1
        assert actions.begin_editions() == []
        made = Edition.objects.get()
        assert (made.period, made.before - made.since) == ("2026-06-10", timedelta(days=1))
        actions.pause_briefing(briefing, True)
    with clock.stopped_at(NOON + timedelta(days=1)):
        assert actions.begin_editions() == [], "it is paused"


def test_it_tells_of_its_time_what_its_reader_may_see(world: World, bridge: Watch) -> None:
    closed = places.open_space("Closed circle", members_only=True)
    places.join(closed, world.ines)
    with clock.stopped_at(NOON):
        said(world, NOON - timedelta(hours=5), "The bridge is closed")
        said(world, NOON - timedelta(hours=30), "The bridge of the day before")
        conversations.receive(closed, [world.incoming("Foxglove, the bridge, behind doors")])
        worker.settle()
        inbox.ask(world.questions, name="Grace", text="Is it closed?", ip_or_key="1")
        briefing = wanted(world, at=time(12))
        made = actions.make_one_now(briefing)
        told = insight.told(world.viewer(world.ana), made)
        assert [one.posts for one in told.volumes] == [1]
        assert told.cases["ours"] == 1
        client = visitor(world.ana)
        with few_statements():
            shown = text_of(client.get(f"/briefings/{briefing.pk}/{made.pk}"))
        with few_statements():
            assert "Is it closed?" in text_of(client.get(f"/briefings/{briefing.pk}/{made.pk}?part=wanting"))
        assert "The bridge is closed" in shown
        assert "Foxglove" not in shown
        assert "of the day before" not in shown
        table = text_of(client.get(f"/briefings/{briefing.pk}/{made.pk}.csv"))
        assert "The bridge,2026-06-10T07:00+00:00,1," in table


def test_a_weekly_one_tells_of_seven_days(world: World, bridge: Watch) -> None:
    said(world, clock.now() - timedelta(days=3), "The bridge on a day of the week")
    made = actions.make_one_now(wanted(world, every="week"))
    told = insight.told(world.viewer(world.ana), made)
    assert [(one.posts, len(one.spans)) for one in told.volumes] == [(1, 7)]
    shown = text_of(visitor(world.ana).get(f"/briefings/{made.briefing_id}/{made.pk}"))
    assert "1 mention in 7 days." in shown


def test_what_was_deleted_since_is_in_no_edition(world: World, bridge: Watch) -> None:
    said(world, clock.now() - timedelta(hours=1), "The bridge, Marigold says")
    made = actions.make_one_now(wanted(world))
    address = f"/briefings/{made.briefing_id}/{made.pk}"
    assert "Marigold" in text_of(visitor(world.ana).get(address))
    conversations.delete(made.body["top"][0][0], by=world.ines)
    assert "Marigold" not in text_of(visitor(world.ana).get(address))


def test_nobody_reads_the_briefing_of_somebody_else(world: World, bridge: Watch) -> None:
    made = actions.make_one_now(wanted(world))
    address = f"/briefings/{made.briefing_id}/{made.pk}"
    for other in (world.ines, world.lea):
        assert visitor(other).get(address).status_code == 404
        assert visitor(other).get(f"/briefings/{made.briefing_id}").status_code == 404
    assert visitor().get("/briefings").status_code == 302


def test_it_goes_by_mail_once_with_pictures(world: World, bridge: Watch) -> None:
    said(world, clock.now() - timedelta(minutes=30), "The bridge is green")
    made = actions.make_one_now(wanted(world))
    for _ in range(2):
        work.send_briefing(made.pk)
    assert len(mail.outbox) == 1
    letter = mail.outbox[0]
    assert letter.to == ["ana@portalder.example"]
    assert "The bridge is green" in str(letter.body)
    raw: EmailMessage | Any = letter.message()
    kinds = [part.get_content_type() for part in raw.walk()]
    assert kinds.count("image/png") == 1
    assert "text/html" in kinds
    assert kinds[0] == "multipart/related", "its pictures stand inside it"
    assert letter.extra_headers["Message-ID"].startswith(f"<briefing.{made.pk}@")


def test_who_can_no_longer_sign_in_gets_no_letter_and_the_log_says_why(world: World) -> None:
    made, later = (actions.make_one_now(wanted(world)) for _ in range(2))
    with db.act():
        SignIn.objects.filter(person=world.ana).delete()
    for _ in range(2):
        work.send_briefing(made.pk)
    people.suspend(world.ana, by=world.ines)
    work.send_briefing(later.pk)
    assert mail.outbox == []
    told = text_of(visitor(world.tomasz).get("/settings/audit?what=briefing+not+sent"))
    assert told.count("Ana Duarte has no account") == 1
    assert told.count("Ana Duarte is suspended") == 1


def test_it_is_set_up_paused_and_removed_from_its_page(world: World, bridge: Watch) -> None:
    client = visitor(world.ana)
    asked = {"name": "Monday", "every": "week", "weekday": "0", "at": "08:30", "watch": [str(bridge.pk)]}
    answer = client.post("/briefings", asked | {"reader": str(world.ines.pk)})
    briefing = Briefing.objects.get()
    assert answer["Location"] == f"/briefings/{briefing.pk}"
    assert (briefing.reader, briefing.every, briefing.at) == (world.ines, "week", time(8, 30))
    assert not briefing.by_mail
    with few_statements():
        assert "Monday" in text_of(client.get(f"/briefings/{briefing.pk}"))
    assert "Monday" in text_of(visitor(world.ines).get("/briefings"))
    client.post(f"/briefings/{briefing.pk}/pause")
    assert Briefing.objects.get().paused
    client.post(f"/briefings/{briefing.pk}/remove")
    assert not Briefing.objects.exists()
    assert client.post("/briefings", asked | {"name": " "}).status_code == 422


def test_a_new_briefing_does_not_tell_of_what_was_over_before(world: World) -> None:
    briefing = wanted(world)
    assert ids.moment_of(briefing.pk) <= clock.now()
    assert actions.begin_editions() == []
