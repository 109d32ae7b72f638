"""Debian's chromium, without a window, as measurements and tests drive it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CHROMIUM = Path("/usr/bin/chromium")
QUIETLY = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

# When somebody pressed (`acted`), and when words stand painted somewhere (`watchFor`, then `seenAt`): ms since 1970.
CLOCK = """
window.at = () => performance.timeOrigin + performance.now();
for (const kind of ["keydown", "click"])
  addEventListener(kind, (event) => { window.acted = performance.timeOrigin + event.timeStamp; }, true);
window.watchFor = (where, words) => {
  window.seenAt = 0;
  const there = () => [...document.querySelectorAll(where)].some((one) => one.textContent.includes(words));
  const look = () => {
    if (window.seenAt || !there()) return;
    watcher.disconnect();
    window.seenAt = -1;
    requestAnimationFrame(() => requestAnimationFrame(() => { window.seenAt = window.at(); }));
  };
  const watcher = new MutationObserver(look);
  watcher.observe(document, { subtree: true, childList: true, characterData: true });
  look();
};
"""


@contextmanager
def opened(*more: str) -> Iterator[Any]:
    """A browser, with `more` on its command line, closed at the end. Ends the program with a sentence where there is none."""
    if not CHROMIUM.exists():
        sys.exit("chromium is not installed: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(CHROMIUM), args=[*QUIETLY, *more])
        try:
            yield browser
        finally:
            browser.close()
