"""A question from the street, an answer from the desk, both seen at once; with real pages in a real browser."""

from __future__ import annotations

from typing import Any

import pytest

from colonnade.conversations import actions as conversations
from colonnade.inbox import actions as inbox
from colonnade.inbox.models import Case
from colonnade.places import actions as places
from tests.doors.streaming import Door
from tests.journeys.browsing import browser, new_page, sign_in, sign_in_by_the_form
from tests.world import World

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.browser,
    pytest.mark.usefixtures("one_browser"),
]


@pytest.fixture
def world() -> World:
    return World.make()


def home(door: Door) -> str:
    return f"http://127.0.0.1:{door.port}"


def shown(page: Any, words: str) -> None:
    page.get_by_text(words).first.wait_for()


def test_a_visitor_asks_and_reads_the_answer_without_loading_the_page_again(world: World, door: Door) -> None:
    faults: list[str] = []
    with browser() as opened:
        asker = new_page(opened, faults)
        asker.goto(home(door))
        assert asker.context.cookies() == []
        asker.fill("[name=text]", "Is the 17:40 ferry running?")
        asker.fill("[name=name]", "Grace Okafor")
        asker.click(".ask button")
        asker.wait_for_url("**/talk/*")
        desk = new_page(opened, faults)
        sign_in_by_the_form(desk, home(door), "ana")
        desk.click("text=Grace Okafor")
        desk.fill("[data-writes]", "Yes, it runs as planned.")
        desk.click("text=Send to Grace Okafor")
        shown(asker, "Yes, it runs as planned.")
        desk.locator(".toast button").wait_for()
        asker.fill("[name=text]", "Thank you!")
        asker.click("[data-sends]")
        shown(desk, "Thank you!")
        desk.keyboard.press("Escape")
        desk.keyboard.press("e")
        done, meanwhile = desk.get_by_text("Open again"), desk.get_by_text("Somebody changed this case")
        done.or_(meanwhile).first.wait_for()
        if meanwhile.is_visible():  # her thanks came a moment before the key: one has to look again first
            desk.keyboard.press("e")
        done.wait_for()
    assert Case.objects.get().state == "solved"
    assert faults == []


def test_undo_brings_the_words_back(world: World, door: Door) -> None:
    asked = inbox.ask(world.questions, name="Grace", text="Is the ferry running?", ip_or_key="1")
    faults: list[str] = []
    with browser() as opened:
        desk = new_page(opened, faults)
        sign_in(desk, home(door), "ana")
        desk.goto(f"{home(door)}/inbox/{asked.case.pk}")
        desk.fill("[data-writes]", "Yes, it runs.")
        desk.keyboard.press("Control+Enter")
        desk.click(".toast button")
        shown(desk, "Taken back.")
        assert desk.input_value("[data-writes]") == "Yes, it runs."
    assert faults == []


def test_an_answer_is_held_when_something_came_while_it_was_written(world: World, door: Door) -> None:
    asked = inbox.ask(world.questions, name="Grace", text="Is the ferry running?", ip_or_key="1")
    faults: list[str] = []
    with browser() as opened:
        desk = new_page(opened, faults)
        sign_in(desk, home(door), "ana")
        desk.goto(f"{home(door)}/inbox/{asked.case.pk}")
        desk.fill("[data-writes]", "Yes, today.")
        inbox.ask_more(asked.conversation, asked.person, "I mean tomorrow.")
        shown(desk, "I mean tomorrow.")
        desk.click("text=Send to Grace")
        shown(desk, "Send anyway")
        assert desk.input_value("[data-writes]") == "Yes, today."
        desk.click("text=Send anyway")
        desk.locator(".thread").get_by_text("Yes, today.").wait_for()
    assert faults == []


def test_a_note_is_written_beside_an_answer(world: World, door: Door) -> None:
    asked = inbox.ask(world.questions, name="Grace", text="Is the ferry running?", ip_or_key="1")
    faults: list[str] = []
    with browser() as opened:
        desk = new_page(opened, faults)
        sign_in(desk, home(door), "ana")
        desk.goto(f"{home(door)}/inbox/{asked.case.pk}")
        desk.click("label:has-text('Note')")
        desk.locator(".sees.note").wait_for()
        assert desk.locator(".sees.reply").is_hidden()
        desk.fill("[data-writes]", "She has asked before.")
        desk.keyboard.press("Control+Enter")
        desk.locator(".said.note").get_by_text("She has asked before.").wait_for()
    assert faults == []


def test_a_column_fills_by_itself_and_after_the_server_was_away(world: World, door: Door) -> None:
    faults: list[str] = []
    with browser() as opened:
        page = new_page(opened, faults)
        sign_in(page, home(door), "ana")
        page.goto(f"{home(door)}/columns")
        page.locator("[data-empty]").first.wait_for()
        conversations.receive(world.wire, [world.incoming("First news of the bridge")])
        shown(page, "First news of the bridge")
        door.kill()
        conversations.receive(world.wire, [world.incoming(f"While away {n}") for n in range(5)])
        door.start()
        for n in range(5):
            shown(page, f"While away {n}")
        conversations.receive(world.wire, [world.incoming("And again")])
        shown(page, "And again")
        ids = page.eval_on_selector_all("[data-post]", "posts => posts.map(post => post.dataset.post)")
        assert len(ids) == len(set(ids)) == 7
        assert ids == sorted(ids, key=int, reverse=True)
    assert faults == []


def test_the_box_on_another_site_asks_for_nothing_before_the_first_click(world: World, door: Door) -> None:
    import http.server
    import threading

    widget_holder: list[str] = []

    class Site(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(
                f'<h1>Ferry</h1><script src="{home(door)}/embed.js" data-key="{widget_holder[0]}" async></script>'.encode()
            )

        def log_message(self, *_: Any) -> None:
            pass

    site = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    origin = f"http://localhost:{site.server_address[1]}"
    widget_holder.append(places.make_widget(world.questions, [origin]).key)
    faults: list[str] = []
    try:
        with browser() as opened:
            page = new_page(opened, faults)
            asked: list[str] = []
            page.on("request", lambda request: asked.append(request.url))
            page.goto(origin)
            page.get_by_role("button", name="Ask us").wait_for()
            assert [url for url in asked if url.startswith(home(door))] == [f"{home(door)}/embed.js"]
            page.get_by_role("button", name="Ask us").click()
            frame = page.frame_locator("iframe")
            frame.locator("[name=text]").fill("When is the next ferry?")
            frame.locator("button.main").click()
            frame.get_by_text("Write more").wait_for(state="attached")
            inbox.reply(Case.objects.get(), "At 17:40.", by=world.ana)
            frame.get_by_text("At 17:40.").wait_for()
        assert faults == []
    finally:
        site.shutdown()
        site.server_close()
