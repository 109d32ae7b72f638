"""Every hostile or odd piece of HTML in ../shared/data/html_safety, as (source, html)."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2] / "../shared/data/html_safety"

_PAYLOAD = re.compile(r'"payload"\s*:\s*("(?:[^"\\]|\\.)*")')
_EXAMPLE = re.compile(r"^`{10,} example[^\n]*\n(.*?)^\.\n(.*?)^`{10,}$", re.DOTALL | re.MULTILINE)


class Case(NamedTuple):
    source: str
    html: str


@cache
def all_cases() -> tuple[Case, ...]:
    """All cases, each once, in an order that does not change."""
    readers = (_dompurify, _lists, _commonmark, _html5lib, _naughty)
    return tuple(dict.fromkeys(case for reader in readers for case in reader()))


@cache
def attacks() -> tuple[Case, ...]:
    """The cases that were written to run a script in somebody's page."""
    return tuple(case for case in all_cases() if case.source in ("dompurify", "payloadbox", "patt"))


def _dompurify() -> Iterator[Case]:
    for payload in _PAYLOAD.findall((ROOT / "dompurify/test/fixtures/expect.mjs").read_text("utf-8")):
        yield Case("dompurify", json.loads(payload))


def _lists() -> Iterator[Case]:
    for source in ("payloadbox", "patt"):
        for path in sorted((ROOT / source).rglob("*.txt")):
            for line in path.read_text("utf-8", "replace").splitlines():
                if line.strip():
                    yield Case(source, line)


def _commonmark() -> Iterator[Case]:
    for markdown, rendered in _EXAMPLE.findall((ROOT / "commonmark/spec.txt").read_text("utf-8")):
        yield Case("commonmark", markdown.replace("→", "\t"))
        yield Case("commonmark", rendered.replace("→", "\t"))


def _html5lib() -> Iterator[Case]:
    for path in sorted((ROOT / "html5lib").rglob("*.test")):
        loaded = json.loads(path.read_text("utf-8"))
        for test in loaded.get("tests") or loaded.get("xmlViolationTests") or []:
            text = test["input"]
            if test.get("doubleEscaped"):
                text = re.sub(r"\\u([0-9A-Fa-f]{4})", lambda found: chr(int(found[1], 16)), text)
            yield Case("html5lib", text)


def _naughty() -> Iterator[Case]:
    for text in json.loads((ROOT / "naughty/blns.json").read_text("utf-8")):
        yield Case("naughty", text)
        yield Case("naughty", f"<p>{text}</p><a href='{text}' title={text}>{text}</a>")
        yield Case("naughty", html.escape(text))
