"""What a document is made of, as plain values for its template."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.utils.text import Truncator
from django.utils.translation import get_language, gettext

from colonnade.web.drawing import Chart
from colonnade.web.taking.paint import Paint
from colonnade.web.taking.sheet import inset

Block = dict[str, Any]

LONGEST_WORD = 24
_LONG = re.compile(rf"\S{{{LONGEST_WORD},}}")
_BREAKS_AFTER = re.compile(r"([/?&=._\-])")
_LANGUAGE = re.compile(r"[a-z]{2,3}\Z")
_ZERO_WIDTH = "\u200b"


def said(words: str, *, lang: str = "", most: int = 0) -> Block:
    """Words of somebody: in which direction they are read, in which language as far as it is known; `most` words at most."""
    plain = "".join(one for one in words if one in "\n\t" or unicodedata.category(one) != "Cc")
    plain = re.sub(r"\s+", " ", plain).strip()
    if most:
        plain = Truncator(plain).words(most)
    known = lang.lower().split("-")[0]
    return {
        "text": _LONG.sub(_breakable, plain),
        "rtl": reads_right_to_left(plain),
        "lang": known if _LANGUAGE.match(known) else language(),
    }


def reads_right_to_left(words: str) -> bool:
    """Whether the first letter that has a direction is read from right to left."""
    for letter in words:
        direction = unicodedata.bidirectional(letter)
        if direction in ("L", "R", "AL"):
            return direction != "L"
    return False


def _breakable(found: re.Match[str]) -> str:
    """A long word (an address, mostly) that a line may break: after its signs, else anywhere."""
    parts = _BREAKS_AFTER.sub(rf"\1{_ZERO_WIDTH}", found.group()).split(_ZERO_WIDTH)
    return _ZERO_WIDTH.join(
        part[at : at + LONGEST_WORD] for part in parts for at in range(0, max(len(part), 1), LONGEST_WORD)
    )


def language() -> str:
    """The language in force, as two letters."""
    return (get_language() or "en")[:2]


def whole(path: str) -> str:
    """The whole address of a page of ours."""
    return f"{settings.COLONNADE_PUBLIC_URL.rstrip('/')}{path}"


def heading(words: str) -> Block:
    return {"kind": "heading", "text": words}


def line(words: Block, *, link: str = "", note: str = "", strong: str = "", loud: bool = False) -> Block:
    """An item of `lines`: `strong` stands before its words, `note` after them; `link` is a path of ours."""
    return {
        "words": words,
        "link": whole(link) if link else "",
        "note": note,
        "strong": said(strong) if strong else None,
        "loud": loud,
    }


def lines(items: Sequence[Block]) -> Block:
    return {"kind": "lines", "items": list(items)}


def quote(words: str, by: str) -> Block:
    """What somebody wrote, line by line."""
    return {"kind": "quote", "lines": [said(one) for one in words.splitlines() if one.strip()], "by": by}


def remark(words: str, *, good: bool = False) -> Block:
    return {"kind": "remark", "text": words, "good": good}


def figures(items: Sequence[tuple[str, object]]) -> Block:
    return {"kind": "figures", "items": [{"name": name, "value": str(value)} for name, value in items]}


def plot(
    chart: Chart,
    paint: Paint,
    *,
    name: str,
    link: str,
    value: str = "",
    notes: Sequence[str] = (),
    alone: bool = False,
) -> Block:
    """An item of `plots`: a chart beside its number and what is said of it."""
    empty = chart.stands == "empty"
    return {
        "name": said(name),
        "link": whole(link),
        "value": value,
        "notes": [note for note in notes if note],
        "svg": "" if empty else inset(chart, paint, alone=alone),
        "says": chart.nothing if empty else chart.says,
        "alt": f"{name}: {chart.says}",
    }


def plots(items: Sequence[Block]) -> Block:
    """Charts two in a row; one that is alone is as wide as the page."""
    return {"kind": "plots", "items": list(items)}


def posts(items: Sequence[Block]) -> Block:
    return {"kind": "posts", "items": list(items)}


def legend(paint: Paint, counts: str) -> Block:
    """What the colours of charts mean; `counts` names what is counted."""
    return {
        "kind": "legend",
        "items": [
            {"colour": paint["accent"], "text": counts},
            {"colour": paint["line-strong"], "text": gettext("usual")},
            {"colour": paint["bad"], "text": gettext("unusual")},
        ],
    }
