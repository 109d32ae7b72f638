"""Whose cases the inbox shows, and that what waits for us stands before what waits for them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils.html import escape

from colonnade.inbox import actions as inbox
from colonnade.inbox import queries
from colonnade.inbox.models import Case
from colonnade.primitives import clock
from tests.doors.web_visits import few_statements, text_of, visitor
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World.make()


def opened(world: World, text: str) -> Case:
    talk, post = world.start(world.town, text, by=world.okafor)
    return inbox.open_case(talk, post=post)


def rows(world: World, query: str) -> list[int]:
    """The cases that Ana's inbox lists, from the top."""
    client = visitor(world.ana)
    with few_statements():
        page = text_of(client.get(f"/inbox?{query}"))
    return [int(number) for number in re.findall(r'data-case="(\d+)"', page)]


def test_the_cases_of_one_colleague_are_listed_and_the_address_keeps_whose(world: World) -> None:
    free, leas, hers, answered = (opened(world, f"Question {n}") for n in range(4))
    for case in (leas, answered):
        inbox.take(case, by=world.lea)
    inbox.take(hers, by=world.tomasz)
    inbox.wait(answered, by=world.lea)
    whose = f"owner={world.lea.pk}"
    assert rows(world, f"view=all&{whose}") == [leas.pk, answered.pk]
    assert rows(world, f"view=waiting&{whose}") == [answered.pk]
    assert rows(world, "view=all") == [free.pk, leas.pk, hers.pk, answered.pk]
    assert rows(world, f"view=nobody&{whose}") == [free.pk]  # nobody's are nobody's
    page = text_of(visitor(world.ana).get(f"/inbox?view=all&{whose}"))
    for address in (
        f"/inbox?view=waiting&{whose}",
        f"/inbox?part=list&view=all&{whose}",
        f"/inbox/{leas.pk}?view=all&{whose}",
    ):
        assert escape(address) in page
    assert re.search(r"All <span[^>]*>2<", page)
    assert re.search(r"Waiting <span[^>]*>1<", page)
    of_a_case = text_of(visitor(world.ana).get(f"/inbox/{leas.pk}?view=all&{whose}"))
    assert escape(f"/inbox?part=list&view=all&{whose}&case={leas.pk}") in of_a_case


def test_whose_cases_there_are_is_told_with_how_many_wait_with_whom(world: World) -> None:
    inbox.take(opened(world, "One"), by=world.lea)
    opened(world, "Two")
    client = visitor(world.ana)
    with few_statements():
        part = text_of(client.get("/inbox?part=owners&view=waiting"))
    assert escape(f"/inbox?view=waiting&owner={world.lea.pk}") in part
    assert re.search(r"Lea Brandt</span>\s*<span class=\"num\">1<", part)
    assert "/inbox?view=nobody" in part
    assert "Ngozi" not in part


def test_whoever_is_no_colleague_owns_nothing_and_is_not_named(world: World) -> None:
    case = opened(world, "One")
    for number in (str(world.okafor.pk), "17", "none", "9" * 30):
        page = text_of(visitor(world.lea).get(f"/inbox?view=all&owner={number}"))
        assert f'data-case="{case.pk}"' in page
        assert f"owner={number}" not in page


def test_what_waits_for_us_stands_before_what_waits_for_them_page_after_page(world: World) -> None:
    cases = [opened(world, f"Question {n}") for n in range(6)]
    for case in cases[:3]:
        inbox.wait(case, by=world.lea)
    inbox.set_priority(cases[1], 2, by=world.lea)
    wanted = [cases[3].pk, cases[4].pk, cases[5].pk, cases[1].pk, cases[0].pk, cases[2].pk]
    assert rows(world, "view=all") == wanted
    page = text_of(visitor(world.ana).get("/inbox?view=all"))
    assert page.count("We wait for them") == 1
    assert (
        page.index(f'data-case="{cases[5].pk}"')
        < page.index("We wait for them")
        < page.index(f'data-case="{cases[1].pk}"')
    )
    viewer = world.viewer(world.ana)
    walked: list[int] = []
    while found := queries.cases_for(viewer, after=walked[-1] if walked else None, limit=2):
        walked += [line.id for line in found]
    assert walked == wanted
    after = text_of(visitor(world.ana).get(f"/inbox?part=rows&view=all&after={cases[1].pk}&theirs=1"))
    assert "We wait for them" not in after
    assert f'data-case="{cases[0].pk}"' in after


def test_a_word_of_theirs_brings_a_case_back_before_those_that_wait(world: World) -> None:
    asked = inbox.ask(world.questions, name="Grace", text="Is it running?", ip_or_key="1")
    other = opened(world, "Another")
    with clock.stopped_at(clock.now() + timedelta(minutes=5)) as move:
        inbox.wait(asked.case, by=world.ana)
        assert rows(world, "view=all") == [other.pk, asked.case.pk]
        move(60)
        inbox.ask_more(asked.conversation, asked.person, "And tomorrow?")
        assert rows(world, "view=all") == [other.pk, asked.case.pk]
        assert "We wait for them" not in text_of(visitor(world.ana).get("/inbox?view=all"))
