"""Cleaned attacks in a real browser, on a page without any Content-Security-Policy: nothing may run or be fetched."""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from bench.chromium import CHROMIUM, opened
from colonnade.primitives.html import clean, from_text
from tests.canaries import CANARIES
from tests.corpora.html_cases import ROOT, all_cases, attacks

SEED = 2026
CASES = 300
CONTROLS = 60
CHUNK = 1_000

pytestmark = [
    pytest.mark.corpora,
    pytest.mark.browser,
    pytest.mark.skipif(not ROOT.is_dir(), reason="needs ../shared/data/html_safety beside the checkout"),
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium"),
]

PAGE = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>case</title><link rel="icon" href="data:,">
<script>
  window.fires = [];
  for (const name of ["alert", "confirm", "prompt", "print", "fired", "open"])
    window[name] = (...said) => { window.fires.push(name); };
</script></head><body><div id="case">%s</div></body></html>"""

PROVOKE = """() => {
  const kinds = ["click", "mouseover", "mouseenter", "mousemove", "focus", "focusin", "pointerover", "pointerenter",
    "keydown", "input", "animationstart", "animationend", "transitionend", "toggle", "beforetoggle", "load", "error",
    "scroll", "wheel", "copy", "paste", "drag", "touchstart", "submit", "begin"];
  addEventListener("click", event => {
    const link = event.target.closest && event.target.closest("a[href]");
    if (!link || !/^javascript:/i.test(link.protocol)) event.preventDefault();
  }, true);
  addEventListener("submit", event => event.preventDefault(), true);
  for (const element of document.querySelectorAll("#case *")) {
    if (element.click) element.click();
    for (const kind of kinds) element.dispatchEvent(new Event(kind, {bubbles: true, cancelable: true}));
  }
}"""

# What Chromium's own parser makes of a piece of HTML: elements and attributes, and whether it writes it back the same.
INSPECT = """pieces => pieces.map(html => {
  const template = document.createElement("template");
  template.innerHTML = html;
  const seen = [];
  const walker = document.createTreeWalker(template.content, NodeFilter.SHOW_ALL);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (node.nodeType === Node.TEXT_NODE) continue;
    if (node.nodeType !== Node.ELEMENT_NODE) { seen.push(["#" + node.nodeType, []]); continue; }
    const inHtml = node.namespaceURI === "http://www.w3.org/1999/xhtml" ? "" : "other:";
    seen.push([inHtml + node.localName, [...node.attributes].map(
      a => a.name === "href" ? "href=" + new URL(a.value, "bad:x").protocol : a.name)]);
  }
  return [template.innerHTML === html, seen];
})"""

ALLOWED = {
    "p",
    "br",
    "em",
    "strong",
    "b",
    "i",
    "u",
    "s",
    "del",
    "ins",
    "code",
    "pre",
    "blockquote",
    "ul",
    "ol",
} | {
    *("li", "h3", "h4", "h5", "h6", "span", "a"),
}
ALLOWED_ATTRIBUTES = {"class", "rel", "href=http:", "href=https:", "href=mailto:"}


class Site:
    """A web site on loopback that shows one case a page, as it is handed in."""

    def __init__(self) -> None:
        self.pages: list[str] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                number = self.path.removeprefix("/case/")
                page = (
                    site.pages[int(number)] if number.isdigit() and self.path.startswith("/case/") else None
                )
                body = (PAGE % page if page is not None else "").encode()
                self.send_response(200 if page is not None else 404)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_said: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    opened = Site()
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with opened("--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1") as one:
        yield one


def shown(browser: Any, site: Site, pieces: list[str]) -> tuple[list[int], list[int]]:
    """Show each piece on a page of its own and provoke it: which fired, and which asked for anything else or left."""
    from playwright.sync_api import Error

    fired, fetched = [], []
    first = len(site.pages)
    site.pages += pieces
    page, asked, dialogs = _page(browser)
    for number in range(len(pieces)):
        address = f"{site.address}/case/{first + number}"
        asked.clear()
        dialogs.clear()
        fires: list[str] = []
        try:
            page.goto(address, wait_until="load", timeout=5_000)
            page.evaluate(PROVOKE)
            page.wait_for_timeout(5)
            fires = page.evaluate("window.fires")
            lost = False
        except Error:  # it left the page or hung it
            lost = True
        if fires or dialogs:
            fired.append(number)
        if lost or [url for url in asked if url != address and not url.startswith("data:")]:
            fetched.append(number)
        if lost:
            page.close()
            page, asked, dialogs = _page(browser)
    page.close()
    return fired, fetched


def _page(browser: Any) -> tuple[Any, list[str], list[str]]:
    page = browser.new_page()
    page.set_default_timeout(5_000)
    asked: list[str] = []
    dialogs: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    def dismiss(dialog: Any) -> None:
        dialogs.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", dismiss)
    return page, asked, dialogs


def seeded() -> list[str]:
    pool = sorted({case.html for case in attacks()})
    assert len(pool) > 5_000
    return random.Random(SEED).sample(pool, CASES - len(CANARIES)) + list(CANARIES)


def test_three_hundred_cleaned_attacks_fire_nothing_in_a_real_browser(
    browser: Any, site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    cases = seeded()
    fired, fetched = shown(browser, site, [clean(case) for case in cases])
    with capsys.disabled():
        print(f"\nchromium: {len(cases)} cleaned cases, {len(fired)} fired, {len(fetched)} fetched", end="")
    assert [cases[number] for number in fired] == []
    assert [cases[number] for number in fetched] == []


def test_the_same_attacks_uncleaned_do_fire(
    browser: Any, site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    """The control: a harness that sees nothing would pass the test above whatever the cleaner does."""
    cases = seeded()[-CONTROLS:]
    fired, fetched = shown(browser, site, cases)
    with capsys.disabled():
        print(
            f"\nchromium: {len(cases)} of them uncleaned, {len(fired)} fired, {len(fetched)} fetched", end=""
        )
    assert len(fired) >= CONTROLS // 3
    assert fetched


def test_chromium_reads_what_was_cleaned_as_the_cleaner_wrote_it(
    browser: Any, site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    """No element, attribute or scheme outside the list, in the browser's own tree, over every case at hand."""
    pieces = sorted(
        {html for case in all_cases() for html in (str(clean(case.html)), str(from_text(case.html)))}
    )
    site.pages.append("")
    page = browser.new_page()
    page.goto(f"{site.address}/case/{len(site.pages) - 1}")
    wrong, same = [], 0
    for start in range(0, len(pieces), CHUNK):
        chunk = pieces[start : start + CHUNK]
        for html, (is_same, seen) in zip(chunk, page.evaluate(INSPECT, chunk), strict=True):
            same += is_same
            names = {name for name, _ in seen} - ALLOWED
            attributes = {attribute for _, found in seen for attribute in found} - ALLOWED_ATTRIBUTES
            if names or attributes:
                wrong.append(json.dumps([html, sorted(names), sorted(attributes)]))
    page.close()
    with capsys.disabled():
        print(f"\nchromium: {len(pieces)} pieces read, {same} written back the same", end="")
    assert wrong == []
    assert same >= len(pieces) * 0.99
