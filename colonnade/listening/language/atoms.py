"""What single words of a query stand for: words, phrases, signs, fields, ranges."""

from __future__ import annotations

import re
from typing import Any, cast

import regex

from colonnade.listening.language import forms, mistakes, ranges
from colonnade.listening.language.mistakes import QueryError
from colonnade.listening.language.reading import emoji
from colonnade.listening.language.tree import (
    And,
    Element,
    Exact,
    Field,
    Flag,
    Named,
    Node,
    Phrase,
    Place,
    Setting,
    Sign,
    Written,
)
from colonnade.primitives import text as texts

FLAGS = {"has": ("link", "media", "question"), "is": ("reply", "boost", "quote", "ours")}
MOST_WITHIN = 100
QUOTES = '"“”„‟«»＂'
"""Any of them opens and closes a phrase: keyboards and word processors put what they like."""

# They fold to * and ?, which nobody meant who wrote them.
_NO_WILDCARDS = str.maketrans(dict.fromkeys("⁇⁈⁉︖﹖﹡＊？", " "))
_NAMED_FIELD = re.compile(
    "(author|from|to|mentions|title|link|site|host|lang|network|place|source|followers|likes|boosts|replies|at|has|is|list"
    "|stem|accents):",
    re.IGNORECASE,
)
_ELEMENT = regex.compile(r"[\p{L}\p{N}*?][\p{L}\p{M}\p{N}*?]*")
_STARS = re.compile(r"\*+")
_NEAR = re.compile(r"O?NEAR(/.*)?")


def place(token: Any) -> Place:
    """Where a token of the parser stands."""
    return token.start_pos, token.end_pos


# --- words --------------------------------------------------------------------------------------------------------


def word(token: Any) -> Node:
    """A word, or what stands without a space between two. Raises QueryError where it holds no word at all."""
    at, raw = place(token), str(token)
    if _NEAR.fullmatch(raw):
        raise QueryError("NEAR needs a number: how many words may lie between.", at, "bridge NEAR/4 closed")
    if _NAMED_FIELD.fullmatch(raw):
        raise QueryError(
            "What %(name)s asks for follows at once, without a space.", at, example(raw), {"name": raw}
        )
    pictures = list(emoji(raw))
    plain = raw
    for _, start, end in pictures:
        plain = plain[:start] + " " * (end - start) + plain[end:]
    elements = _elements(plain)
    parts: list[Node] = [Phrase(elements, at=at)] if elements else []
    parts += [Sign("", picture, at) for picture, _, _ in pictures]
    if not parts:
        raise mistakes.no_word(raw, at)
    return parts[0] if len(parts) == 1 else And(tuple(parts), at)


def example(field: str) -> str:
    """How a field is written, by its name with the colon."""
    by_name = {"has:": "has:link", "is:": "is:reply", "at:": "at:2026-11-01..", "stem:": "stem:en helmet"}
    by_name |= {f"{name}:": f"{name}:10..100" for name in ranges.NAMES if name != "at"}
    by_name |= {"accents:": "accents:any cafe", "list:": "list:competitors", "lang:": "lang:en"}
    return by_name.get(field.lower(), f"{field.lower()}example")


def number(digits: str) -> int:
    """A number as it is written; one too long to be meant is a large one."""
    return int(digits) if len(digits) < 10 else 10**9


def phrase(token: Any) -> Node:
    """Words between quotation marks, with `~N` in any order. Raises QueryError."""
    at, raw = place(token), str(token)
    inner, within = unquoted(raw)
    elements = _elements(inner, alone=True)
    if not elements or all(one.kind == "any" for one in elements):
        raise QueryError("There is no word between these quotation marks.", at, '"the old bridge"')
    most = number(within[1:]) if within else None
    if most is not None and most > MOST_WITHIN:
        raise QueryError(
            "At most %(most)s other words may lie in the stretch; this asks for %(asked)s.",
            at,
            '"bridge closed"~5',
            {"most": MOST_WITHIN, "asked": most},
        )
    if most is not None and any(one.kind == "any" for one in elements):
        raise QueryError("A lone * has no place where the order is free.", at, '"bridge closed"~5')
    return Phrase(elements, most, at=at)


def unquoted(raw: str) -> tuple[str, str]:
    """What stands between quotation marks, and what follows the second; the text itself where there are none."""
    if raw[:1] not in tuple(QUOTES):
        return raw, ""
    end = max(raw.rfind(mark) for mark in QUOTES)
    return raw[1:end], raw[end + 1 :]


def _elements(raw: str, *, alone: bool = False) -> tuple[Element, ...]:
    """The places of a phrase; `alone`: a * between spaces is any one word."""
    found: list[Element] = []
    for run in _ELEMENT.findall(texts.fold(raw.translate(_NO_WILDCARDS))):
        run = _STARS.sub("*", run)
        if run == "*":
            if alone:
                found.append(Element("any", ""))
            continue
        if "*" not in run and "?" not in run:
            found += [Element("word", one) for one in texts.words(run)]
        else:
            found += _patterns(run, alone=alone)
    return tuple(found)


def _patterns(run: str, *, alone: bool) -> list[Element]:
    """A run with * or ?, cut as texts are: in scripts without spaces each letter is a word, so that ? beside it is a word of
    one letter, and a * says nothing. `alone`: ? between spaces is a word of one letter, too."""
    pieces = texts.cut(run)
    found = []
    for piece in pieces:
        if "*" not in piece and "?" not in piece:
            found.append(Element("word", piece))
        elif piece.strip("*?"):
            found.append(Element("pattern", piece))
        elif "?" in piece and (alone or len(pieces) > 1):
            found += [Element("pattern", "?")] * piece.count("?")
    return found


def exact(token: Any) -> Node:
    """What stands in braces. Raises QueryError where nothing does."""
    text = " ".join(texts.normalise(str(token)[1:-1]).split())
    if not text:
        raise QueryError("Nothing stands in these braces.", place(token), "{Apple}")
    return Exact(text, place(token))


def sign(token: Any) -> Node:
    """A tag, a handle, a cash tag."""
    raw = texts.fold(str(token).replace("＃", "#"))
    return Sign(cast(Any, raw[0]), raw[1:], place(token))


def url(token: Any) -> Node:
    """An address: a post that links there."""
    return Field("link", texts.fold(str(token)).partition("//")[2].rstrip("/"), place(token))


def setting(token: Any) -> Written:
    """`has:link`, `is:reply`, `list:name`, `likes:>10`, `stem:en`, `accents:any`. Raises QueryError."""
    name, _, value = str(token).partition(":")
    at, name = place(token), name.lower()
    if name in ranges.NAMES:
        return ranges.read(name, value, at)
    if name in FLAGS:
        return _flag(name, value.lower(), at)
    if name == "list":
        return cast(Node, Named(value, None, at))  # type: ignore[arg-type]
    return _setting(name, value.lower(), at)


def _flag(name: str, value: str, at: Place) -> Flag:
    if value not in FLAGS[name]:
        raise QueryError(
            "After %(name)s: comes one of %(known)s.",
            at,
            f"{name}:{FLAGS[name][0]}",
            {"name": name, "known": ", ".join(FLAGS[name])},
        )
    return Flag(name, value, at)


def _setting(name: str, value: str, at: Place) -> Setting:
    known = ("any",) if name == "accents" else tuple(forms.STEMMED)
    if value not in known:
        raise QueryError(
            "After %(name)s: comes one of %(known)s.",
            at,
            f"{name}:{'en' if name == 'stem' else 'any'} helmet",
            {"name": name, "known": ", ".join(known)},
        )
    return Setting(name, value, at)
