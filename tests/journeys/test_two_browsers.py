"""Two people before two browsers: what one of them does the other sees, on the page as it stands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from colonnade.inbox import actions as inbox
from colonnade.inbox.models import Case
from tests.journeys.house import House, seen

pytestmark = [pytest.mark.django_db(transaction=True, serialized_rollback=True), pytest.mark.browser]


@pytest.fixture
def _django_db_helper(lasting_database: None) -> None:
    """One database for all tests of this file."""


@pytest.fixture
def case(house: House) -> Case:
    return inbox.ask(
        house.world.questions, name="Grace Okafor", text="Is the lift working?", ip_or_key="1"
    ).case


@pytest.fixture
def two(house: House, case: Case) -> Iterator[tuple[Any, Any]]:
    """Ana and Lea, both with the case open; neither page is ever loaded again."""
    pages = house.page(house.world.ana, f"/inbox/{case.pk}"), house.page(house.world.lea, f"/inbox/{case.pk}")
    for page in pages:
        page.locator("[data-writes]").wait_for()
        page.evaluate("window.stands = true")
    yield pages
    assert all(page.evaluate("window.stands === true") for page in pages)
    assert house.faults == []


def test_an_answer_and_a_note_stand_in_the_others_thread(two: tuple[Any, Any]) -> None:
    ana, lea = two
    ana.fill("[data-writes]", "Yes, since noon.")
    ana.keyboard.press("Control+Enter")
    expect(lea.locator(".said.ours")).to_contain_text("Yes, since noon.")
    lea.get_by_text("Note", exact=True).click()
    lea.fill("[data-writes]", "She has asked before.")
    lea.keyboard.press("Control+Enter")
    expect(ana.locator(".said.note")).to_contain_text("She has asked before.")


def test_who_takes_a_case_and_that_it_is_solved_is_seen_in_head_and_list(
    two: tuple[Any, Any], case: Case
) -> None:
    ana, lea = two
    row = f"[data-key='{case.pk}']"
    ana.get_by_role("button", name="Take it").click()
    expect(lea.locator("#head")).to_contain_text("Ana Duarte")
    expect(lea.locator(row)).to_contain_text("Ana Duarte")
    ana.locator("#head").get_by_text("Hand over").click()
    ana.locator("#head").get_by_role("button", name="Tomasz Zielke").click()
    for page in two:
        expect(page.locator("#head .standing")).to_contain_text("Tomasz Zielke")
        expect(page.locator(row)).to_contain_text("Tomasz Zielke")
    ana.locator("#head [data-key='e']").click()
    expect(lea.locator("#head")).to_contain_text("solved")
    expect(lea.locator(row)).to_have_count(0)


def test_whoever_looks_and_writes_is_seen_by_the_other(two: tuple[Any, Any]) -> None:
    ana, lea = two
    expect(lea.locator("#head")).to_contain_text("Ana Duarte is looking")
    ana.locator("[data-writes]").press_sequentially("Yes")
    expect(lea.locator("#head")).to_contain_text("Ana Duarte is writing")


def test_a_question_of_a_visitor_stands_in_the_inbox_and_its_answer_with_the_visitor(
    two: tuple[Any, Any], house: House
) -> None:
    ana, _ = two
    visitor = house.page(None, "/")
    visitor.fill("[name=text]", "Is the pool heated?")
    visitor.click(".ask button")
    visitor.wait_for_url("**/talk/*")
    seen(ana, "Is the pool heated?")
    inbox.reply(Case.objects.latest("pk"), "Yes, it is.", by=house.world.lea)
    seen(visitor, "Yes, it is.")


def test_a_conversation_begun_in_a_space_stands_in_the_others_list_and_column(house: House) -> None:
    town = house.world.town
    ana, lea = (
        house.page(house.world.ana, f"/spaces/{town.slug}"),
        house.page(house.world.lea, f"/spaces/{town.slug}"),
    )
    tomasz = house.page(house.world.tomasz, "/columns")
    tomasz.locator("[data-column]").first.wait_for()
    ana.fill("#start-words", "Who waters the trees?")
    ana.get_by_role("button", name="Start").click()
    seen(lea, "Who waters the trees?")
    seen(tomasz, "Who waters the trees?")
