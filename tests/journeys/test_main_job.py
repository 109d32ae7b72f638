"""The main job, through the doors alone, with real processes: posts come in, some need an answer, one goes out once.

Nothing here looks into the database. People use pages in a browser, programs the API, the operator the command; the
network is a process of its own whose ledger says what it has taken.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.faults.pretend_server import PretendServer
from tests.journeys.browsing import browser, new_page
from tests.journeys.whole_server import PATIENCE_S, Program, Whole, feed_of, until, whole_server

pytestmark = pytest.mark.browser

EMAIL, PASSWORD = "ines@portalder.example", "the ferry leaves at nine"
NEWS = "Ferry back in service at noon"
MENTION = "The lift at the landing is broken again. My mother cannot do the stairs."
HASTY, ANSWER = "No idea, sorry.", "The part comes on Thursday; until then we carry."
QUESTION, REPLY = "Is the 17:40 ferry running?", "Yes, it runs as planned."


def test_posts_come_in_questions_are_answered_and_an_answer_goes_out_once(tmp_path: Path) -> None:
    faults: list[str] = []
    with (
        PretendServer(tmp_path / "ledger.jsonl", "--name", "town") as network,
        feed_of(NEWS) as feed,
        whole_server(tmp_path / "home", "127.0.0.1") as server,
        browser() as opened,
    ):
        server.make_owner(EMAIL, PASSWORD, "Ines Moreau")
        program = server.program_of(EMAIL, "read", "write", "cases", "admin")
        desk = _patient(new_page(opened, faults))
        _sign_in(desk, server)
        _open_space_for_questions(desk, server)

        desk.goto(f"{server.address}/columns")
        desk.locator("[data-empty]").first.wait_for()
        account = _connect(program, network, feed)
        desk.get_by_text(NEWS).first.wait_for()
        network.happens(by="mrs.okafor", text=MENTION)
        desk.get_by_text(MENTION).first.wait_for()
        mentioned = until(lambda: _case_in(program, account), "a case of the mention")
        assert mentioned["heard"]["text"] == MENTION

        asker = _patient(new_page(opened, faults))
        _ask(asker, server)
        _take_a_hasty_answer_back(desk, server, program, mentioned["id"])
        assert network.accepted() == []

        network.fail({"kind": "timeout_after", "times": 1})
        _answer(desk, server, MENTION, ANSWER)
        _answer(desk, server, QUESTION, REPLY)
        asker.get_by_text(REPLY).first.wait_for()
        # The network has it and has not said so: the worst moment for whoever waits for the word.
        until(network.accepted, "the answer on the network")
        server.cut_worker()

        delivery = until(lambda: _confirmed(program), "the confirmation")
        assert delivery["text"] == ANSWER
        _read_again(program, account)
        _came_back_once(desk, server, program, mentioned["conversation"])
        assert [line.text for line in network.accepted()] == [ANSWER]
        assert program.get("/deliveries?state=uncertain")["deliveries"] == []
        asker.fill("[name=text]", "Thank you!")
        asker.click("[data-sends]")
        desk.goto(f"{server.address}/inbox?view=all")
        desk.get_by_text("Thank you!").first.wait_for()
        assert server.stop() == 0
    assert faults == []


# --- what people and programs do --------------------------------------------------------------------------------------


def _patient(page: Any) -> Any:
    page.set_default_timeout(PATIENCE_S * 1000)
    return page


def _sign_in(page: Any, server: Whole) -> None:
    page.goto(f"{server.address}/account/sign-in")
    page.fill("[name=login]", EMAIL)
    page.fill("[name=password]", PASSWORD)
    page.click("main button.main")
    page.wait_for_url("**/today")


def _open_space_for_questions(page: Any, server: Whole) -> None:
    page.goto(f"{server.address}/spaces/new")
    form = page.locator("form[action='/spaces/new']")
    form.locator("[name=name]").fill("Questions")
    form.locator("[name=for][value=everyone]").check()
    form.locator("[name=kind][value=help]").check()
    form.locator("button.main").click()
    page.get_by_role("heading", name="Questions").first.wait_for()


def _connect(program: Program, network: PretendServer, feed: str) -> str:
    """The account on the network, by its id; a feed and a stored search beside it."""
    account = program.post(
        "/accounts",
        connector="pretend",
        address=network.address,
        name="The make-believe network",
        face={"address": "portalder@town", "name": "Port Alder"},
        credentials={"as": "portalder", "class": "D"},
    )
    program.post("/watches", name="The lift", query='"lift at the landing"', opens_case=True)
    program.post("/feeds", url=feed)
    return str(account["id"])


def _case_in(program: Program, place: str) -> Any:
    return next((one for one in program.get("/cases")["cases"] if one["place"]["id"] == place), None)


def _ask(page: Any, server: Whole) -> None:
    page.goto(server.address)
    assert page.context.cookies() == []
    page.fill("[name=text]", QUESTION)
    page.fill("[name=name]", "Grace Okafor")
    page.click(".ask button")
    page.wait_for_url("**/talk/*")
    page.get_by_text(QUESTION).first.wait_for()


def _take_a_hasty_answer_back(page: Any, server: Whole, program: Program, case: str) -> None:
    # With the longest time to take it back, so that no machine is too slow for it.
    (delivery,) = program.post(f"/cases/{case}/reply", text=HASTY, undo_s=600)["deliveries"]
    page.goto(f"{server.address}/deliveries/{delivery}")
    page.get_by_text("Take back").click()
    page.get_by_role("heading", name="Taken back").wait_for()
    until(lambda: program.get(f"/cases/{case}")["case"]["state"] == "assigned", "the case back at the desk")


def _answer(page: Any, server: Whole, heard: str, text: str) -> None:
    page.goto(f"{server.address}/inbox?view=all")
    page.locator("[data-case]", has_text=heard).first.click()
    page.locator(".thread").get_by_text(heard).first.wait_for()
    page.fill("[data-writes]", text)
    page.get_by_role("button", name="Send to").click()
    page.locator(".thread, .going").get_by_text(text).first.wait_for()


def _confirmed(program: Program) -> Any:
    return next(iter(program.get("/deliveries?state=confirmed")["deliveries"]), None)


def _read_again(program: Program, account: str) -> None:
    """Wait until the network's timeline, which has our answer by now, was read once more."""

    def last_read() -> str:
        return str(program.get(f"/accounts/{account}")["health"]["last_read"])

    before = last_read()
    until(lambda: last_read() != before, "another look at the timeline")


def _came_back_once(page: Any, server: Whole, program: Program, conversation: str) -> None:
    said = program.get(f"/conversations/{conversation}")["posts"]
    assert [post["text"] for post in said] == [MENTION, ANSWER]
    assert said[1]["author"]["address"] == "portalder@town"
    assert said[1]["reply_to"] == said[0]["id"]
    page.goto(f"{server.address}/conversations/{conversation}")
    page.locator(".thread").get_by_text(ANSWER).wait_for()
    assert page.locator(".thread [data-post]").count() == 2
