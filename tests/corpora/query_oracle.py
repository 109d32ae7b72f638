"""A plain, slow reader of queries to compare the real one with: made of tuples, it knows nothing of the parser or the tree.

A query is a nested tuple; `written` gives it as an author would write it, `holds` says whether a post fits. Everything is
worked out anew for each post, by brute force, as the language is described and not as it is built.

    ("word", w)  ("prefix", w)  ("pattern", p)  ("phrase", (w | "*", …))  ("within", (w, …), n)  ("stem", w)  ("bare", w)
    ("exact", text)  ("tag", t)  ("tags", p)  ("handle", h)  ("cash", c)  ("emoji", e)  ("title", node)
    ("field", name, value)  ("range", name, low, high)  ("flag", name, value)  ("list", name, node)
    ("near", left, right, n, ordered)  ("not", x)  ("and", x, …)  ("or", x, …)
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from functools import cache
from itertools import permutations, product
from typing import Any, TypeAlias

import Stemmer

Query: TypeAlias = tuple[Any, ...]
Post: TypeAlias = dict[str, Any]
Span: TypeAlias = tuple[str, int, int]
"""Of the title ("t") or the body ("b"), from one word to another, both included; "x" stands nowhere."""

_UNSPACED = ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR", "BOPOMOFO")
_TAG_LETTERS = "LMN"
_ENGLISH = Stemmer.Stemmer("english")


# --- words --------------------------------------------------------------------------------------------------------


def folded(text: str) -> str:
    """Compatible forms and case made one."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


@cache
def words(text: str) -> tuple[str, ...]:
    """Runs of letters, marks and digits; in scripts without spaces every letter with its marks alone."""
    found: list[str] = []
    run = ""
    for letter in folded(text):
        kind = unicodedata.category(letter)[0]
        alone = kind in "LN" and unicodedata.name(letter, "").startswith(_UNSPACED)
        if kind not in "LMN" or (alone and run) or (run and kind != "M" and _is_alone(run)):
            found += [run] if run else []
            run = ""
        if kind in "LMN":
            run += letter
    return tuple([*found, run] if run else found)


def _is_alone(run: str) -> bool:
    return unicodedata.name(run[0], "").startswith(_UNSPACED)


def bare(word: str) -> str:
    """A word without its marks."""
    kept = (one for one in unicodedata.normalize("NFD", word) if unicodedata.category(one)[0] != "M")
    return unicodedata.normalize("NFC", "".join(kept))


def fits(word: str, pattern: str) -> bool:
    """* any letters or none, ? one letter."""
    if not pattern:
        return not word
    if pattern[0] == "*":
        return fits(word, pattern[1:]) or (bool(word) and fits(word[1:], pattern))
    return bool(word) and pattern[0] in ("?", word[0]) and fits(word[1:], pattern[1:])


# --- where something stands ---------------------------------------------------------------------------------------


def spans(query: Query, post: Post) -> list[Span]:
    """Every stretch of words in which a placed part of a query is found."""
    kind = query[0]
    if kind == "title":
        return [span for span in spans(query[1], post) if span[0] == "t"]
    if kind == "or":
        return [span for part in query[1:] for span in spans(part, post)]
    if kind == "list":
        return spans(query[2], post)
    if kind == "near":
        return _near(query, post)
    if kind == "phrase":
        return _tuples(post, [_element(one) for one in query[1]], lambda at: _side_by_side(at))
    if kind == "within":
        most = len(query[1]) + query[2]
        return _tuples(post, [_element(one) for one in query[1]], lambda at: max(at) - min(at) < most)
    if kind == "exact":
        return _exact(query[1], post)
    if kind in ("tag", "tags", "handle", "cash", "emoji"):
        return _signs(kind, query[1], post)
    return _tuples(post, [_tester(kind, query[1])], lambda at: True)


def _tester(kind: str, wanted: str) -> Callable[[str], bool]:
    if kind == "prefix":
        return lambda word: word[: len(folded(wanted))] == folded(wanted)
    if kind == "pattern":
        return lambda word: fits(word, folded(wanted))
    if kind == "stem":
        return lambda word: _ENGLISH.stemWord(word) == _ENGLISH.stemWord(folded(wanted))
    if kind == "bare":
        return lambda word: bare(word) == bare(folded(wanted))
    return lambda word: word == folded(wanted)


def _element(one: str) -> Callable[[str], bool]:
    if one == "*":
        return lambda word: True
    return _tester("pattern" if "*" in one or "?" in one else "word", one)


def _tuples(post: Post, tests: list[Callable[[str], bool]], is_right: Callable[[Any], bool]) -> list[Span]:
    """Every choice of a place of its own for each element, out of all there are."""
    found: list[Span] = []
    for part in ("t", "b"):
        here = words(post["title"] if part == "t" else post["text"])
        if len(tests) <= len(here):
            fitting = [[at for at, word in enumerate(here) if test(word)] for test in tests]
            found += [
                (part, min(at), max(at))
                for at in product(*fitting)
                if len(set(at)) == len(at) and is_right(at)
            ]
    return found


def _side_by_side(at: tuple[int, ...]) -> bool:
    return list(at) == list(range(at[0], at[0] + len(at)))


def _near(query: Query, post: Post) -> list[Span]:
    _, left, right, most, ordered = query
    found: list[Span] = []
    for one, other in product(spans(left, post), spans(right, post)):
        for first, second in [(one, other)] if ordered else permutations((one, other)):
            if first[0] == second[0] != "x" and 0 <= second[1] - first[2] - 1 <= most:
                found.append((first[0], min(first[1], second[1]), max(first[2], second[2])))
    return found


def _exact(wanted: str, post: Post) -> list[Span]:
    """These very characters, cutting no word of the text."""
    found: list[Span] = []
    for part in ("t", "b"):
        text = post["title"] if part == "t" else post["text"]
        for at in range(len(text)):
            if text[at : at + len(wanted)] == wanted:
                before, behind = words(text[:at]), words(text[at + len(wanted) :])
                if before + words(wanted) + behind == words(text):
                    found.append((part, len(before), len(before) + len(words(wanted)) - 1))
    return found


# --- signs --------------------------------------------------------------------------------------------------------


def _signs(kind: str, wanted: str, post: Post) -> list[Span]:
    """Tags and their like, found by walking along the text letter by letter."""
    told = {"tag": post["tags"], "tags": post["tags"], "handle": post["mentions"]}.get(kind, [])
    found = [("x", -1, -1) for one in told if _is_sign(kind, folded(one), folded(wanted))]
    for part in ("t", "b"):
        text = post["title"] if part == "t" else post["text"]
        for at, letter in enumerate(text):
            if kind == "emoji":
                end = at + len(wanted) if text[at : at + len(wanted)] == wanted else at
            else:
                end = _end_of_sign(kind, text, at) if letter == _LEADS[kind] else at
            if end > at and (kind == "emoji" or _is_sign(kind, folded(text[at + 1 : end]), folded(wanted))):
                first = len(words(text[:at]))
                found.append((part, first, first + len(words(text[at:end])) - 1))
    return found


_NOT_BEFORE = {"tag": "_&/", "tags": "_&/", "handle": "_@/.-", "cash": "_$"}
_LEADS = {"tag": "#", "tags": "#", "handle": "@", "cash": "$"}


def _end_of_sign(kind: str, text: str, at: int) -> int:
    """Where a sign that leads at `at` ends; `at` itself where it is none."""
    before = text[at - 1] if at else " "
    if unicodedata.category(before)[0] in "LMN" or before in _NOT_BEFORE[kind]:
        return at
    end = at + 1
    more = ".-_@" if kind == "handle" else "_"
    while end < len(text) and (unicodedata.category(text[end])[0] in _TAG_LETTERS or text[end] in more):
        if text[end - 1] in ".-" and text[end] == "@":
            break  # a server stands behind a name, not behind a sign
        end += 1
    while end > at + 1 and text[end - 1] in ".-@":
        end -= 1
    return end if end > at + 1 else at


def _is_sign(kind: str, name: str, wanted: str) -> bool:
    if kind == "tags":
        return fits(name, wanted)
    return name == wanted or (kind == "handle" and name.partition("@")[0] == wanted)


# --- whole queries ------------------------------------------------------------------------------------------------


def holds(query: Query, post: Post) -> bool:
    """Whether a post fits a query."""
    kind = query[0]
    if kind == "and":
        return all(holds(part, post) for part in query[1:])
    if kind == "or":
        return any(holds(part, post) for part in query[1:])
    if kind == "not":
        return not holds(query[1], post)
    if kind == "list":
        return holds(query[2], post)
    if kind == "field":
        return _field(query[1], folded(query[2]), post)
    if kind == "range":
        value = post[query[1]]
        low, high = (-1 if query[2] is None else query[2]), (10**9 if query[3] is None else query[3])
        return value is not None and low <= value <= high
    if kind == "flag":
        return {"link": bool(post["links"]), "question": "?" in post["text"]}.get(
            query[2], query[2] in post["flags"]
        )
    if kind == "near":
        return all(spans(branch, post) for branch in _branches(query))
    return bool(spans(query, post))


def _branches(query: Query) -> list[Query]:
    """Of (a b) NEAR/3 c both a and b are near c: every NEAR that must hold."""
    if query[0] == "and":
        return [branch for part in query[1:] for branch in _branches(part)]
    if query[0] != "near":
        return [query]
    return [
        ("near", left, right, *query[3:]) for left in _branches(query[1]) for right in _branches(query[2])
    ]


def _field(name: str, value: str, post: Post) -> bool:
    if name in ("site", "host"):
        hosts = [
            one.split("//")[-1].split("/")[0].split(":")[0].lower() for one in post["links"] + [post["url"]]
        ]
        return any(one == value or (name == "site" and one.endswith("." + value)) for one in hosts if one)
    if name == "link":
        return any(value in one.lower().split("//")[-1] for one in post["links"])
    if name == "lang":
        return bool(post["lang"] == value or post["lang"].startswith(value + "-"))
    if name in ("network", "place", "source"):
        return bool(fits(folded(post[name]), value))
    people = post[{"author": "author", "from": "author"}.get(name, name)]
    for handle in [people] if isinstance(people, str) else people:
        plain = folded(handle).lstrip("@")
        if plain and (fits(plain, value) or fits(plain.split("@")[0], value)):
            return True
    if name != "author":
        return False
    shown, sought = words(post["name"] or post["author"]), words(value)
    if "*" in value:
        return any(fits(one, value) for one in (*shown, folded(post["name"] or post["author"])))
    return any(shown[at : at + len(sought)] == sought for at in range(len(shown))) and bool(sought)


# --- as it is written ---------------------------------------------------------------------------------------------


def written(query: Query) -> str:
    """The query as an author would write it."""
    kind = query[0]
    if kind in ("and", "or"):
        return "(" + {"and": " AND ", "or": " OR "}[kind].join(written(part) for part in query[1:]) + ")"
    if kind == "not":
        return f"NOT {written(query[1])}"
    if kind == "near":
        return f"({written(query[1])} {'O' if query[4] else ''}NEAR/{query[3]} {written(query[2])})"
    if kind == "range":
        return f"{query[1]}:{'' if query[2] is None else query[2]}..{'' if query[3] is None else query[3]}"
    if kind in ("field", "flag"):
        return f'{query[1]}:"{query[2]}"' if " " in query[2] else f"{query[1]}:{query[2]}"
    if kind == "phrase":
        return f'"{" ".join(query[1])}"'
    if kind == "within":
        return f'"{" ".join(query[1])}"~{query[2]}'
    if kind == "list":
        return f"list:{query[1]}"
    before, behind = _AROUND.get(kind, ("", ""))
    return f"{before}{written(query[1]) if kind == 'title' else query[1]}{behind}"


_AROUND = {
    "prefix": ("", "*"),
    "exact": ("{", "}"),
    "tag": ("#", ""),
    "tags": ("#", ""),
    "handle": ("@", ""),
    "cash": ("$", ""),
    "title": ("title:", ""),
    "stem": ("(stem:en ", ")"),
    "bare": ("(accents:any ", ")"),
}
