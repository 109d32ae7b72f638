"""What comes next, beside how well it was foretold before; and what it takes to answer it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from colonnade.conversations import actions as conversations
from colonnade.core import events
from colonnade.core.db import act
from colonnade.inbox import actions as inbox
from colonnade.inbox.models import Case
from colonnade.listening import actions as listening
from colonnade.listening.models import Watch
from colonnade.networks import base
from colonnade.primitives import clock
from tests.doors.web_visits import assert_the_same_as_absent, few_statements, text_of, visitor
from tests.world import World

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 18, 12, 30, tzinfo=UTC)
DAYS = 10


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with clock.stopped_at(NOON):
        yield


@pytest.fixture
def world() -> World:
    return World.make()


def watched(world: World, *, hours: bool = True) -> Watch:
    """Two weeks in which the bridge is talked of by day."""
    watch = listening.add_watch("Bridge", "bridge", by=world.ana)
    said = [post(world, back) for back in range(1, 24 * DAYS if hours else 0) if 8 <= (12 - back) % 24 <= 18]
    conversations.receive(world.wire, said)
    events.stamp()
    while events.pump():
        events.stamp()
    return watch


def post(world: World, back: int) -> base.Item:
    item = world.incoming("Fog on the bridge")
    (said,) = item.read
    assert isinstance(said, base.Post)
    return base.Item(raw=item.raw, read=(replace(said, published=NOON - timedelta(hours=back)),))


def test_the_next_day_stands_beside_how_well_days_before_were_foretold(world: World) -> None:
    watch = watched(world)
    client = visitor(world.lea)
    with few_statements():
        page = text_of(client.get(f"/listen/{watch.pk}/forecast"))
    assert "The next 24 hours" in page
    assert "lay inside the band" in page
    assert "Error (MASE)" in page
    assert page.count('<th scope="row">') == 24, "its numbers stand in a table"
    part = text_of(client.get(f"/listen/{watch.pk}/forecast", headers={"HX-Request": "true"}))
    assert "<html" not in part
    assert f'hx-get="/listen/{watch.pk}/forecast"' in text_of(client.get(f"/listen/{watch.pk}"))
    assert f'href="/charts/forecast/{watch.pk}.png"' in page
    with few_statements():
        table = text_of(client.get(f"/charts/forecast/{watch.pk}.csv")).splitlines()
    assert (table[0], len(table)) == ("\ufeffWhen,Mentions,usual from,usual to", 25)
    assert table[1].startswith("2026-11-18T12:00+00:00,")
    picture = text_of(client.get(f"/charts/forecast/{watch.pk}.svg"))
    assert "a forecast, no count" in picture
    assert "18 Nov 2026 12:00 to 19 Nov 2026 12:00 (UTC)" in picture


def test_where_too_little_is_known_it_says_so(world: World) -> None:
    watch = watched(world, hours=False)
    assert "Too little is known" in text_of(visitor(world.lea).get(f"/listen/{watch.pk}/forecast"))
    assert "Too little is known" in text_of(visitor(world.lea).get("/inbox/what-if"))
    assert_the_same_as_absent(visitor(world.okafor), f"/listen/{watch.pk}/forecast", "/listen/12345/forecast")
    for address in (f"/charts/forecast/{watch.pk}.svg", "/charts/cases.svg"):
        assert visitor(world.lea).get(address).status_code == 404, address


def test_more_people_answer_sooner_and_every_sum_is_shown(world: World) -> None:
    asked = inbox.ask(world.questions, name="Asker", text="When does it open?", ip_or_key="192.0.2.1")
    first = Case.objects.get(conversation=asked.way.conversation_id)
    events.stamp()
    with act():
        Case.objects.bulk_create(
            Case(
                conversation=first.conversation,
                opened_at=NOON - timedelta(hours=back, minutes=n),
                queue_at=NOON,
                state="solved",
                solved_at=NOON,
            )
            for back in range(1, 24 * DAYS)
            if 8 <= (12 - back) % 24 <= 18
            for n in range(4)
        )
    client = visitor(world.ana)
    with few_statements():
        few = text_of(client.get("/inbox/what-if?staff=1&minutes=20"))
    assert "With 1 person" in few
    assert "1 × 60 ÷ 20 = <b>3" in few
    assert "People needed for what comes" in few
    assert "1 case waits now." in few
    assert "takes 1 person: 1 × 20 ÷ 60 = 0.3." in few
    assert 'href="/inbox/what-if"' in text_of(client.get("/inbox"))
    many = text_of(client.get("/inbox/what-if?staff=5&minutes=20"))
    assert "With 5 people an answer takes" in many
    assert "lay inside the band" in many
    assert 'href="/charts/cases.csv"' in many
    assert len(text_of(client.get("/charts/cases.csv")).splitlines()) == 25
    assert client.get("/inbox/what-if?staff=lots&minutes=-3&within=99999999").status_code == 200


def test_one_shift_leaves_the_next_a_note_for_three_days(world: World) -> None:
    visitor(world.ana).post("/today/handover", {"text": "The bridge stays closed.\nTomasz knows more."})
    shown = visitor(world.lea)
    with few_statements():
        assert "The bridge stays closed.<br>Tomasz knows more." in text_of(shown.get("/today?part=handover"))
    assert visitor(world.lea).post("/today/handover", {"text": "  "}).status_code == 422
    with clock.stopped_at(NOON + timedelta(days=4)):
        assert "The bridge stays closed" not in text_of(visitor(world.lea).get("/today?part=handover"))
