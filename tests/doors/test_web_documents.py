"""Documents as PDF: the same as their pages, for those alone who see these."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from django.core import mail

from colonnade.conversations import actions as conversations
from colonnade.core import paper
from colonnade.core.db import act
from colonnade.core.work import run_due
from colonnade.insight import actions
from colonnade.insight.models import Alert, Briefing, Edition
from colonnade.listening import actions as listening
from colonnade.listening.models import Watch
from colonnade.places import actions as places
from colonnade.primitives import clock
from colonnade.web import work
from tests.doors.test_web_briefings import said, wanted
from tests.doors.web_visits import assert_the_same_as_absent, few_statements, text_of, visitor
from tests.world import World

pytestmark = pytest.mark.django_db

ABSENT = 117_000_000_000_000_001


@pytest.fixture
def world() -> World:
    return World.make()


@pytest.fixture
def bridge(world: World) -> Watch:
    return listening.add_watch("The bridge", "bridge", by=world.ana)


@pytest.fixture
def edition(world: World, bridge: Watch) -> Edition:
    """A morning on which the bridge was spoken of, in words that some would take for markup."""
    said(world, clock.now() - timedelta(hours=1), "The bridge: *closed* #now [noon] $1 \\ the_end")
    said(world, clock.now() - timedelta(hours=2), "الجسر مغلق bridge 橋 🚢")
    return actions.make_one_now(wanted(world, name="Morning #1"))


def test_an_edition_is_a_document_whose_links_lead_to_its_posts(world: World, edition: Edition) -> None:
    address = f"/briefings/{edition.briefing_id}/{edition.pk}"
    ana = visitor(world.ana)
    assert f'href="{address}.pdf"' in text_of(ana.get(address))
    with few_statements():
        made = ana.get(f"{address}.pdf")
    assert made["Content-Type"] == "application/pdf"
    assert made["Content-Disposition"].startswith('attachment; filename="morning-1-')
    assert made.content.startswith(b"%PDF")
    assert edition.body["top"]
    for post, *_ in edition.body["top"]:
        assert f"/posts/{post})".encode() in made.content


def test_a_document_holds_what_its_reader_may_see_when_it_is_made(world: World, edition: Edition) -> None:
    address = f"/briefings/{edition.briefing_id}/{edition.pk}.pdf"
    gone, *_ = edition.body["top"][0]
    conversations.delete(gone, by=world.ines)
    assert f"/posts/{gone})".encode() not in visitor(world.ana).get(address).content
    absent = f"/briefings/{edition.briefing_id}/{ABSENT}.pdf"
    assert_the_same_as_absent(visitor(world.lea), address, absent)
    assert visitor(world.okafor).get(address).status_code == 404


def test_a_finding_is_a_document_with_its_picture_and_the_posts_that_one_sees(
    world: World, bridge: Watch
) -> None:
    closed = places.open_space("Closed circle", members_only=True)
    for one in (world.ana, world.lea):
        places.join(closed, one)
    said(world, clock.now() - timedelta(minutes=3), "The bridge is closed")
    conversations.receive(closed, [world.incoming("The bridge, behind doors")])
    open_post, closed_post = _caught(bridge)
    told = {"posts": 2, "expected": 0.2, "low": 0.0, "high": 1.0, "score": 0.9, "raised_at": clock.now()}
    with act():
        alert = Alert.objects.create(watch=bridge, since=clock.now() - timedelta(minutes=9), **told)
    viewer = world.viewer(world.ana)
    finding = actions.write_finding(viewer, alert, "It was a lorry.", [open_post, closed_post], by=world.ana)
    ana, tomasz = (
        visitor(one).get(f"/listen/findings/{finding.pk}.pdf") for one in (world.ana, world.tomasz)
    )
    assert ana["Content-Disposition"].startswith('attachment; filename="it-was-a-lorry-')
    links = [f"/posts/{post})".encode() for post in (open_post, closed_post)]
    assert [link in ana.content for link in links] == [True, True]
    assert [link in tomasz.content for link in links] == [True, False]
    assert visitor(world.ana).get(f"/listen/findings/{ABSENT}.pdf").status_code == 404


def _caught(watch: Watch) -> list[int]:
    from colonnade.core import worker
    from colonnade.listening.models import Mention

    worker.settle()
    return list(Mention.objects.filter(watch=watch).order_by("post").values_list("post", flat=True))


def test_notes_from_shift_to_shift_are_a_document_while_there_are_any(world: World) -> None:
    ana = visitor(world.ana)
    assert ana.get("/today/handover.pdf").status_code == 404
    actions.write_handover("The bridge is closed.\n\nنور knows why.", by=world.ana)
    assert 'href="/today/handover.pdf"' in text_of(ana.get("/today?part=handover"))
    assert ana.get("/today/handover.pdf").content.startswith(b"%PDF")
    assert visitor(world.okafor).get("/today/handover.pdf").status_code == 404


def test_a_briefing_is_sent_with_its_document_beside_the_letter_and_its_pictures(
    world: World, edition: Edition
) -> None:
    answer = visitor(world.ana).post(f"/briefings/{edition.briefing_id}/now", {"mail": "pdf"})
    assert answer.status_code == 302
    run_due()
    (sent,) = mail.outbox
    raw: EmailMessage | Any = sent.message()
    inside, document = raw.get_payload()
    assert (raw.get_content_type(), inside.get_content_type()) == ("multipart/mixed", "multipart/related")
    assert document.get_content_type() == "application/pdf"
    assert document.get_filename().startswith("morning-1-")
    assert document.get_payload(decode=True).startswith(b"%PDF")
    assert (raw["To"], raw["Subject"][:9], inside["To"]) == ("ana@portalder.example", "Morning #", None)


def test_a_letter_goes_out_without_its_document_where_none_can_be_made(
    world: World, edition: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("colonnade.core.paper.find_spec", lambda name: None)
    paper._where_typst_is.cache_clear()
    work.send_briefing(edition.pk, with_pdf=True)
    monkeypatch.undo()
    paper._where_typst_is.cache_clear()
    (sent,) = mail.outbox
    assert sent.message().get_content_type() == "multipart/related"
    assert "as PDF" not in str(sent.alternatives[0][0])


def test_whoever_reads_it_chooses_whether_each_letter_carries_its_document(
    world: World, bridge: Watch
) -> None:
    fields = {"name": "Morning", "every": "day", "at": "09:00", "by_mail": "1", "with_pdf": "1"}
    assert visitor(world.ana).post("/briefings", fields).status_code == 302
    briefing = Briefing.objects.get()
    assert 'name="with_pdf" value="1" checked' in text_of(visitor(world.ana).get(f"/briefings/{briefing.pk}"))
    work.send_briefing(actions.make_one_now(briefing).pk)
    assert mail.outbox[0].message().get_content_type() == "multipart/mixed"
    visitor(world.ana).post(f"/briefings/{briefing.pk}", {**fields, "with_pdf": []})
    with clock.stopped_at(clock.now() + timedelta(minutes=1)):
        work.send_briefing(actions.make_one_now(briefing).pk)
    assert mail.outbox[1].message().get_content_type() == "multipart/related"
