"""Parts of a page that ask by themselves: each says where its answer goes, whatever stands around it."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from house.findings import Report
from house.rules.templates import COMMENT, TAG
from house.tree import Tree

ASKS = ("hx-get", "hx-post")
BY_ITSELF = frozenset({"load", "revealed", "intersect", "every"})
INHERITED = ("hx-swap", "hx-select", "hx-push-url", "hx-replace-url", "hx-vals", "hx-params", "hx-sync")
NEVER_CLOSED = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)

Attributes = dict[str, str | None]


def check(tree: Tree) -> Report:
    """HTML templates: what asks by itself names its own hx-target, and inherits nothing from what it stands in."""
    report = Report("asks-by-itself", "part of a page that asks by itself")
    for path in tree.files("colonnade", ".html"):
        text = COMMENT.sub(_blank, path.read_text("utf-8"))
        parts = Parts(TAG.sub(_blank, text))
        report.looked_at += parts.looked_at
        for line, message in parts.faults:
            report.fault(tree.relative(path), line, message)
    return report


def _blank(found: re.Match[str]) -> str:
    return " " + "\n" * found.group().count("\n")


class Parts(HTMLParser):
    """Walks one template whose Django tags are blanked; `faults` are (line, message)."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=False)
        self.faults: list[tuple[int, str]] = []
        self.looked_at = 0
        self._around: list[tuple[str, Attributes]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if any(name in given for name in ASKS) and _asks_by_itself(given.get("hx-trigger") or ""):
            self.looked_at += 1
            self._look_at(given)
        if tag not in NEVER_CLOSED:
            self._around.append((tag, given))

    def handle_endtag(self, tag: str) -> None:
        for at in range(len(self._around) - 1, -1, -1):
            if self._around[at][0] == tag:
                del self._around[at:]
                return

    def _look_at(self, given: Attributes) -> None:
        line = self.getpos()[0]
        if "hx-target" not in given:
            self.faults.append(
                (line, "It asks by itself and does not say where its answer goes: put into a form or part that has an "
                 "hx-target, it replaces what that names, while nobody looks. Write hx-target=\"this\"."),
            )  # fmt: skip
        for name in INHERITED:
            value = self._inherits(name)
            if value is not None and name not in given:
                self.faults.append(
                    (line, f'It asks by itself and takes {name}="{value}" from what it stands in, which was meant for '
                     f"somebody who clicks or types. Write a {name} of its own, or hx-disinherit around it."),
                )  # fmt: skip

    def _inherits(self, name: str) -> str | None:
        for _, around in reversed(self._around):
            kept = (around.get("hx-disinherit") or "").split()
            if "*" in kept or name in kept:
                return None
            if name in around:
                return around[name] or ""
        return None


def _asks_by_itself(trigger: str) -> bool:
    """Whether any of its events comes without a hand: time, sight, or an event of the page, which has a colon."""
    events = [words[0] for one in trigger.split(",") if (words := one.split())]
    return any(event in BY_ITSELF or ":" in event for event in events)
