"""Parts of a page that ask by themselves: each says where its answer goes, whatever stands around it."""

from __future__ import annotations

import re
from collections.abc import Iterator
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
INCLUDE = re.compile(r"""\{%\s*include\s+["']([^"']+)["'].*?%\}""", re.S)
TEMPLATES = "colonnade/web/"

Attributes = dict[str, str | None]
Taken = dict[str, str]
"""What is inherited at some point of a template: values by the names of attributes, "" where they end there."""


def check(tree: Tree) -> Report:
    """HTML templates: what asks by itself names its own hx-target, and inherits nothing from what it stands in."""
    report = Report("asks-by-itself", "part of a page that asks by itself")
    read = {tree.relative(path): Parts(path.read_text("utf-8")) for path in tree.files("colonnade", ".html")}
    for where, template in read.items():
        report.looked_at += len(template.asking)
        for line, given, taken in template.asking:
            ways = [further | taken for further in ({}, *_around(where, read, frozenset()))]
            for message in dict.fromkeys(_faults(given, ways)):
                report.fault(where, line, message)
    return report


def _faults(given: Attributes, ways: list[Taken]) -> Iterator[str]:
    if "hx-target" not in given:
        yield (
            "It asks by itself and does not say where its answer goes: put into a form or part that has an hx-target, it "
            'replaces what that names, while nobody looks. Write hx-target="this".'
        )
    for name, value in (pair for taken in ways for pair in taken.items()):
        if value and name not in given:
            yield (
                f'It asks by itself and takes {name}="{value}" from what it stands in, which was meant for somebody who '
                f"clicks or types. Write a {name} of its own, or hx-disinherit around it."
            )


def _around(where: str, read: dict[str, Parts], seen: frozenset[str]) -> Iterator[Taken]:
    """What a template takes from those that include it, and they from others."""
    for outer, template in read.items():
        for name, taken in template.includes:
            if where == TEMPLATES + name and outer not in seen:
                for further in [{}, *_around(outer, read, seen | {where})]:
                    yield further | taken


class Parts(HTMLParser):
    """Walks one template whose Django tags are blanked. `asking` are line, attributes and what is inherited of each part
    that asks by itself; `includes` the templates that are included, and what they inherit."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=False)
        self.asking: list[tuple[int, Attributes, Taken]] = []
        self.includes: list[tuple[str, Taken]] = []
        self._around: list[tuple[str, Attributes]] = []
        bare = INCLUDE.sub(r"<x-include of='\1'></x-include>\g<0>", COMMENT.sub(_blank, text))
        self.feed(TAG.sub(_blank, bare))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "x-include":
            self.includes.append((given["of"] or "", self._taken()))
        elif any(name in given for name in ASKS) and _asks_by_itself(given.get("hx-trigger") or ""):
            self.asking.append((self.getpos()[0], given, self._taken()))
        if tag not in NEVER_CLOSED:
            self._around.append((tag, given))

    def handle_endtag(self, tag: str) -> None:
        for at in range(len(self._around) - 1, -1, -1):
            if self._around[at][0] == tag:
                del self._around[at:]
                return

    def _taken(self) -> Taken:
        taken: Taken = {}
        for _, given in self._around:
            taken |= {name: given[name] or "" for name in INHERITED if name in given}
            kept = (given.get("hx-disinherit") or "").split()
            taken |= {name: "" for name in INHERITED if name in kept or "*" in kept}
        return taken


def _asks_by_itself(trigger: str) -> bool:
    """Whether any of its events comes without a hand: time, sight, or an event of the page, which has a colon."""
    events = [words[0] for one in trigger.split(",") if (words := one.split())]
    return any(event in BY_ITSELF or ":" in event for event in events)


def _blank(found: re.Match[str]) -> str:
    return " " + "\n" * found.group().count("\n")
