"""Charts taken out as files: the same chart that the page shows, and nothing to whom that page is not there."""

from __future__ import annotations

import csv
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from colonnade.conversations import actions as conversations
from colonnade.core import paper, worker
from colonnade.core.db import act
from colonnade.insight import actions as insight
from colonnade.insight.models import Alert, Finding, Trend
from colonnade.insight.rules import hour_of
from colonnade.listening import actions as listening
from colonnade.listening import queries as watched
from colonnade.listening.models import Watch
from colonnade.people import actions as people
from colonnade.places import actions as places
from colonnade.primitives import clock, ids
from colonnade.web import house
from tests.doors.test_web_briefings import wanted
from tests.doors.web_visits import assert_the_same_as_absent, few_statements, text_of, visitor
from tests.world import World

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 6, 10, 12, 50, tzinfo=UTC)  # a Wednesday
ABSENT = 117_000_000_000_000_001


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with clock.stopped_at(NOON):
        yield


@pytest.fixture
def world() -> World:
    return World.make()


@pytest.fixture
def ferry(world: World) -> Watch:
    made = listening.add_watch("=The ferry", "ferry", by=world.ana)
    said = [world.incoming(f"The ferry, number {n}", author=f"walker{n}") for n in range(3)]
    conversations.receive(world.wire, said)
    worker.settle()
    return made


@pytest.fixture
def alert(ferry: Watch) -> Alert:
    told = {"posts": 3, "expected": 0.2, "low": 0.0, "high": 1.0, "score": 0.9, "raised_at": NOON}
    with act():
        return Alert.objects.create(watch=ferry, since=NOON - timedelta(minutes=10), **told)


def rows(answer: str) -> list[list[str]]:
    return list(csv.reader(answer.removeprefix("\ufeff").splitlines()))


def words_in(picture: bytes) -> list[str]:
    return [one.text or "" for one in ET.fromstring(picture).findall(".//{*}text")]


def test_a_chart_is_a_picture_a_page_and_a_table(world: World, ferry: Watch) -> None:
    client, address = visitor(world.ana), f"/charts/hours/{ferry.pk}"
    with few_statements():
        png = client.get(f"{address}.png?look=dark")
    assert png["Content-Type"] == "image/png"
    assert png["Content-Disposition"] == 'attachment; filename="the-ferry-hour-by-hour-2026-06-10.png"'
    assert png.content.startswith(b"\x89PNG")
    sides = [int.from_bytes(png.content[at : at + 4]) for at in (16, 20)]
    assert sides == [2560, 1440], "twice as many points as it has on a slide"
    pdf = client.get(f"{address}.pdf").content
    assert pdf.startswith(b"%PDF")
    assert f"/listen/{ferry.pk}?by=hour".encode() in pdf, "pressed it leads to its page"
    table = rows(text_of(client.get(f"{address}.csv")))
    assert table[0][:2] == ["When", "Mentions"]
    assert table[-1][:2] == ["2026-06-10T12:00+00:00", "3"]
    assert len(table) == 49


def test_the_picture_tells_of_what_and_when_and_whose_it_is(world: World, ferry: Watch) -> None:
    people.set_organisation(name="Port <Alder>", by=None)
    house.forget()
    client = visitor(world.ana)
    words = words_in(client.get(f"/charts/days/{ferry.pk}.svg").content)
    house.forget()
    assert words[:3] == ["=The ferry", "Day by day", "3 mentions in 30 days."]
    assert "Source: posts that the watch “=The ferry” caught" in words
    assert "12 May 2026 to 10 Jun 2026 (UTC), as of 10 Jun 2026 12:50" in words
    assert words[-1] == "Port <Alder>"
    light, dark = (client.get(f"/charts/days/{ferry.pk}.svg?look={look}").content for look in ("", "dark"))
    assert (b'fill="#ffffff"/>' in light, b'fill="#1a1e22"/>' in dark) == (True, True)


def test_every_chart_can_be_taken_out_from_its_frame(world: World, ferry: Watch, alert: Alert) -> None:
    bridge = listening.add_watch("The bridge", "bridge", by=world.ana)
    post = watched.mentions_for(world.viewer(world.ana), ferry, limit=9)[0]
    finding = insight.write_finding(world.viewer(world.ana), alert, "A lorry did it.", [post], by=world.ana)
    with act():
        Trend.objects.create(hour=hour_of(ids.new()), kind="tag", term="fog", posts=9, usual=1.5, score=9)
    both = f"w={ferry.pk}&w={bridge.pk}&by=day&split=mood"
    client = visitor(world.ana)
    for page, address, told in [
        (f"/listen/{ferry.pk}", f"/charts/hours/{ferry.pk}.csv", "Mentions"),
        (f"/listen/{ferry.pk}?by=day", f"/charts/days/{ferry.pk}.csv", "A lorry did it."),
        (f"/listen/compare?w={ferry.pk}", f"/charts/compare.csv?w={ferry.pk}&by=day&split=mood", "3"),
        (f"/listen/compare?{both}", f"/charts/compare.csv?{both}", "'=The ferry"),
        (f"/listen/compare?{both}", f"/charts/share.csv?{both}", "'=The ferry"),
        ("/listen/trends", "/charts/trends.csv", "#fog"),
        (f"/listen/alerts/{alert.pk}", f"/charts/alert/{alert.pk}.csv", "Posts in 5 minutes"),
        (f"/listen/findings/{finding.pk}", f"/charts/finding/{finding.pk}.csv", "Posts in 5 minutes"),
    ]:
        assert f'href="{address.replace("&", "&amp;")}"' in text_of(client.get(page)), page
        with few_statements():
            table = client.get(address)
        assert told in [cell for row in rows(text_of(table)) for cell in row], address
        picture = client.get(address.replace(".csv", ".svg"))
        assert picture["Content-Type"] == "image/svg+xml"
        assert len(words_in(picture.content)) > 4
    assert Finding.objects.get().sentence in words_in(client.get(f"/charts/finding/{finding.pk}.svg").content)


def test_what_is_counted_in_a_file_is_what_its_viewer_may_see(
    world: World, ferry: Watch, alert: Alert
) -> None:
    closed = places.open_space("Closed circle", members_only=True)
    places.join(closed, world.lea)
    conversations.receive(closed, [world.incoming("the ferry, behind doors", author="insider")])
    worker.settle()
    for address in (f"/charts/days/{ferry.pk}.csv", f"/charts/compare.csv?w={ferry.pk}&split=network"):
        told = [rows(text_of(visitor(one).get(address)))[-1] for one in (world.ana, world.lea)]
        assert [sum(map(int, row[1:])) for row in told] == [3, 4], address


def test_what_is_hidden_or_absent_or_no_file_of_ours_is_not_there(
    world: World, ferry: Watch, alert: Alert
) -> None:
    partner, ana = visitor(world.okafor), visitor(world.ana)
    for what, pk in [("hours", ferry.pk), ("alert", alert.pk), ("forecast", ferry.pk)]:
        assert_the_same_as_absent(partner, f"/charts/{what}/{pk}.svg", f"/charts/{what}/{ABSENT}.svg")
        assert ana.get(f"/charts/{what}/{ABSENT}.png").status_code == 404
    for address in (f"hours/{ferry.pk}.exe", f"nothing/{ferry.pk}.svg", "nothing.svg", "compare.svg"):
        assert ana.get(f"/charts/{address}").status_code == 404, address


def test_a_briefing_s_chart_is_taken_out_by_its_reader_alone(world: World, ferry: Watch) -> None:
    made = insight.make_one_now(wanted(world))
    address = f"/charts/edition/{made.pk}.csv?watch={ferry.pk}"
    assert rows(text_of(visitor(world.ana).get(address)))[0] == ["When", "Mentions"]
    assert address in text_of(visitor(world.ana).get(f"/briefings/{made.briefing_id}/{made.pk}"))
    assert visitor(world.lea).get(address).status_code == 404


def test_a_server_without_typst_says_so_and_still_gives_svg_and_figures(
    world: World, ferry: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("colonnade.core.paper.find_spec", lambda name: None)
    paper._where_typst_is.cache_clear()
    client, address = visitor(world.ana), f"/charts/hours/{ferry.pk}"
    answers = {form: client.get(f"{address}.{form}") for form in ("png", "pdf", "svg", "csv")}
    page = text_of(client.get(f"/listen/{ferry.pk}"))
    monkeypatch.undo()
    paper._where_typst_is.cache_clear()
    assert [one.status_code for one in answers.values()] == [503, 503, 200, 200]
    assert "lacks the package “typst”" in text_of(answers["pdf"])
    assert (f"{address}.svg" in page, f"{address}.png" in page) == (True, False)
    assert "PNG and PDF are missing" in page
