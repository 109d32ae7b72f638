"""The page's side of push, in a real browser: one stream for all tabs, and nothing lost when the leading one goes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from colonnade.access import actions as access
from colonnade.access import queries
from colonnade.access.models import Kind, Principal
from colonnade.access.types import EVERYONE, STAFF
from colonnade.core import db, events
from colonnade.core.push import cursors, tokens
from tests.doors.streaming import Door
from tests.journeys.browsing import browser

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.one_database,
    pytest.mark.usefixtures("one_browser"),
]

_SCRIPT = Path(__file__).resolve().parents[2] / "colonnade" / "web" / "behaviours" / "live.js"

# Pages as small as can be: what stands in the file `pages` of the folder given, the script, and the token's renewal.
_START = """
import json, pathlib, socket, sys
from urllib.parse import parse_qsl
from colonnade.live.pace import Pace
from colonnade.live import app, server
folder, script = pathlib.Path(FOLDER), pathlib.Path(SCRIPT)
lives = []
_init = app.Live.__init__
def remember(self, *a, **k):
    lives.append(self)
    _init(self, *a, **k)
app.Live.__init__ = remember

async def pages(scope, receive, send):
    token = (folder / "token").read_text()
    status, kind, headers, body = 200, b"text/html; charset=utf-8", [], b""
    if scope["path"] == "/live.js":
        kind, body = b"text/javascript", script.read_bytes()
    elif scope["path"] == "/streams":
        body = str(len(lives[0].hub)).encode()
    elif scope["path"] == "/live/token":
        status = 204 if token else 403
    else:
        body = (folder / scope["path"].strip("/")).read_bytes()
    if token:
        headers = [(b"set-cookie", b"colonnade_channels=" + token.encode() + b"; Path=/live; HttpOnly; SameSite=Lax")]
    csp = (b"content-security-policy", b"default-src 'self'; img-src data:")
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", kind), csp, *headers]})
    await send({"type": "http.response.body", "body": body})

server.run(pages=pages, pace=Pace(**json.loads(sys.argv[2])), listener=socket.socket(fileno=int(sys.argv[1])))
"""

_NOTE = """
window.looked = []; window.told = [];
for (const kind of ["hint", "end", "reload"])
  document.addEventListener("colonnade:" + kind, (e) => window.told.push([kind, e.detail]));
document.addEventListener("DOMContentLoaded", () => {
  for (const element of document.querySelectorAll("[id]"))
    element.addEventListener("colonnade:look", (e) => window.looked.push([element.id, e.detail.conversation]));
});
"""


class Called(events.Event, frozen=True, kw_only=True):
    what: str = ""


class Town:
    """A door, a viewer, and pages that the test writes."""

    def __init__(self, door: Door, folder: Path, opened: Any) -> None:
        self.door = door
        self.folder = folder
        self.context = opened.new_context()
        self.context.add_init_script(_NOTE)
        self.someone = access.make_principal(Kind.PERSON)
        self.everyone = access.intern(frozenset({(EVERYONE, EVERYONE)})).pk
        self.renew()

    def renew(self, token: str | None = None) -> None:
        """What the server gives out as the channel cookie from now on."""
        viewer = queries.viewer(self.someone.pk)
        fresh = tokens.seal(self.someone.pk, viewer.epoch, viewer.audiences, "s")
        (self.folder / "token").write_text(fresh if token is None else token)

    def written(self, name: str, body: str, cursor: str = "") -> None:
        """A page with this body, as of now or of some cursor."""
        (self.folder / name).write_text(
            f'<!doctype html><meta name="colonnade-live" content="{cursor or cursors.seal(events.head())}">'
            f'<link rel="icon" href="data:,"><script type="module" src="/live.js"></script>{body}'
        )

    def page(self, name: str, body: str, cursor: str = "") -> Any:
        """Open a page with this body, made now or at some cursor."""
        self.written(name, body, cursor)
        page = self.context.new_page()
        page.set_default_timeout(15_000)
        page.goto(f"http://127.0.0.1:{self.door.port}/{name}")
        return page

    def call(self, *conversations: int, place: int = 5) -> None:
        """Somebody says something."""
        self.announce([events.Hint(self.everyone, place, number) for number in conversations])

    def announce(self, hints: list[events.Hint]) -> None:
        """Something happened that shows in these places."""
        with db.act():
            events.announce(Called(), subject="test:1", hints=hints)
        events.stamp()

    def streams(self) -> int:
        return int(self.door.get("/streams")[1])

    def wait_for_streams(self, count: int) -> None:
        while self.streams() != count:
            pass


@pytest.fixture
def town(
    transactional_db: None,
    child_environment: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Town]:
    # Playwright's own event loop runs in this thread, but none of ours does.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with db.machinery():
        for pk in (EVERYONE, STAFF):
            Principal.objects.get_or_create(pk=pk)
    child_environment["COLONNADE_SECRET_KEY"] = settings.SECRET_KEY
    script = _START.replace("FOLDER", repr(str(tmp_path))).replace("SCRIPT", repr(str(_SCRIPT)))
    (tmp_path / "token").write_text("")
    door = Door(child_environment, script=script, merged=1000)
    with browser() as opened:
        yield Town(door, tmp_path, opened)
    door.close()


def _seen(page: Any, wanted: Callable[[set[int]], bool]) -> set[int]:
    """The conversations that a page was told to look at, once `wanted` is true of them."""
    while True:
        told = page.evaluate("window.told")
        found = {
            int(detail["conversation"]) for kind, detail in told if kind == "hint" and detail["conversation"]
        }
        if wanted(found):
            return found
        page.wait_for_timeout(20)


def test_a_hint_wakes_the_elements_that_show_the_thing(town: Town) -> None:
    page = town.page(
        "page",
        '<div id="here" data-live-place="5"></div><div id="talk" data-live-conversation="50"></div>'
        '<div id="away" data-live-place="6"></div><div id="all" data-live-all></div>',
    )
    town.wait_for_streams(1)
    town.call(50)
    _seen(page, lambda found: 50 in found)
    town.call(51)
    _seen(page, lambda found: 51 in found)
    assert sorted(page.evaluate("window.looked")) == sorted(
        [["here", "50"], ["talk", "50"], ["all", "50"], ["here", "51"], ["all", "51"]]
    )


def test_an_element_is_told_at_its_own_pace_and_never_misses_the_last_word(town: Town) -> None:
    page = town.page(
        "page",
        '<div id="hourly" data-live-place="5" data-live-every="3600000"></div>'
        '<div id="often" data-live-place="5" data-live-every="200"></div><div id="all" data-live-all></div>'
        '<div id="seldom" data-live-all data-live-every="3600000"></div>'
        '<div id="rare" data-live-all data-live-every="3600000" data-live-rare></div>',
    )
    town.wait_for_streams(1)
    for conversation in (50, 51, 52):
        town.call(conversation)
        _seen(page, lambda found, want=conversation: want in found)  # type: ignore[misc]
    looked = [name for name, _ in page.evaluate("window.looked")]
    assert looked.count("all") == 3
    assert looked.count("hourly") == 1
    _until(page, "window.looked.filter(([name]) => name === 'often').length >= 2")
    assert [looked.count(name) for name in ("seldom", "rare")] == [1, 1]
    town.announce([events.Hint(town.everyone)])  # an alert, a finding, a notice: of no place
    _until(page, "window.looked.filter(([name]) => name === 'rare').length === 2")
    assert [name for name, _ in page.evaluate("window.looked")].count("seldom") == 1


def test_what_was_said_between_the_page_and_its_stream_is_not_lost(town: Town) -> None:
    (town.folder / "token").write_text("")  # no stream can be opened yet
    page = town.page("page", '<div id="here" data-live-place="5"></div>')
    town.call(50)
    town.renew()
    page.reload()  # the same page, with the cursor of when it was made
    assert _seen(page, lambda found: 50 in found) == {50}


def test_all_tabs_share_one_stream_and_a_new_leader_loses_nothing(town: Town) -> None:
    first = town.page("first", '<div data-live-place="5"></div>')
    town.wait_for_streams(1)
    second = town.page("second", '<div data-live-place="6"></div>')
    third = town.page("third", '<div data-live-conversation="900"></div>')
    total = 0
    for leader in (first, second):
        for place in (5, 6):
            total += 1
            town.call(total, place=place)
        # Whoever shows it hears of it, through the one stream.
        _seen(second, lambda found, want=total: want in found)  # type: ignore[misc]
        town.wait_for_streams(1)
        leader.close()
        total += 1
        town.call(total, place=6)  # while nobody leads
        town.call(900, place=7)
        last = third if leader is second else second
        want = 900 if leader is second else total
        _seen(last, lambda found, want=want: want in found)  # type: ignore[misc]
    town.wait_for_streams(1)


def test_an_element_that_comes_later_is_heard_of_too(town: Town) -> None:
    page = town.page("page", '<div id="here" data-live-place="5"></div>')
    town.wait_for_streams(1)
    page.evaluate("document.getElementById('here').setAttribute('data-live-conversation', '70')")
    while True:
        town.call(70, place=9)
        if page.evaluate("window.looked").count(["here", "70"]):
            break
        page.wait_for_timeout(50)


def test_a_changed_epoch_is_told_and_the_stream_goes_on_with_a_new_token(town: Town) -> None:
    page = town.page("page", '<div id="here" data-live-place="5"></div>')
    town.wait_for_streams(1)
    access.hold(town.someone.pk, STAFF)
    town.renew()
    _until(page, "window.told.some(([kind, detail]) => kind === 'end' && detail.renewed)")
    town.wait_for_streams(1)
    town.call(50)
    _seen(page, lambda found: 50 in found)


def test_who_is_signed_out_hears_the_end_and_nothing_more(town: Town) -> None:
    page = town.page("page", '<div id="here" data-live-place="5"></div>')
    town.wait_for_streams(1)
    (town.folder / "token").write_text("")
    access.suspend(town.someone.pk)
    _until(page, "window.told.some(([kind, detail]) => kind === 'end' && !detail.renewed)")
    town.call(50)
    assert town.streams() == 0
    assert "hint" not in json.dumps(page.evaluate("window.told"))


def test_a_page_that_missed_too_much_loads_again_unless_somebody_is_writing(town: Town) -> None:
    stale = cursors.seal(events.head() + 1000)  # of a time that a restore has undone
    body = '<div data-live-place="5"></div><textarea id="text"></textarea>'
    quiet = town.page("quiet", body, cursor=stale)
    town.written("quiet", '<p id="again"></p>' + body)  # what the server answers when it is asked again
    quiet.locator("#again").wait_for(state="attached")
    quiet.close()
    town.renew("")
    town.context.clear_cookies()  # it opens no stream until somebody has begun to write
    busy = town.page("busy", body, cursor=stale)
    busy.fill("#text", "Dear Mrs Okafor")
    town.renew()
    busy.evaluate("document.querySelector('div').setAttribute('data-live-place', '6')")
    _until(busy, "window.told.some(([kind]) => kind === 'reload')")
    town.call(50, place=6)
    _seen(busy, lambda found: 50 in found)
    assert busy.input_value("#text") == "Dear Mrs Okafor"


def test_a_visitor_without_a_token_is_told_of_no_end(town: Town) -> None:
    town.renew("")
    town.context.clear_cookies()
    page = town.page("page", '<div id="here" data-live-place="5"></div>')
    with page.expect_response("**/live/token") as answer:
        page.reload()
    assert answer.value.status == 403
    page.wait_for_timeout(100)
    assert page.evaluate("window.told") == []


def _until(page: Any, expression: str) -> None:
    """Wait until this is true in the page (without eval, which its content policy forbids)."""
    while not page.evaluate(expression):
        page.wait_for_timeout(20)
