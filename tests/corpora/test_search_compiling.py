"""What the indexes are asked for a query, and when the answer has to be checked."""

from __future__ import annotations

from random import Random

import pytest
import Stemmer

from colonnade.conversations.search import index
from colonnade.conversations.search.question import About, Branch, Either, Words
from colonnade.listening.language.parsing import parse
from colonnade.listening.language.showing import one_line
from colonnade.listening.search.compiling import question
from colonnade.listening.search.marks import Marks
from colonnade.listening.search.parts import MOST_BRANCHES
from colonnade.listening.search.plain import plain_words, read

pytestmark = pytest.mark.corpora

PARTS = (
    "a ab abil accu act bl ent e er gener hop y dy ly ti sk ic al log og ous ful less ness ation ational iz izer ive iviti"
    " ity bility bly li ed eed ing ies ied s ss us ement ment ance ence ency ancy able ible ion tional alli alism ogi ogy enci"
)
"""What English words are made of, and what the stemmer takes off or puts on."""


class Known:
    """Two people called Ana, one place."""

    def authors(self, words: tuple[str, ...], *, begins: bool) -> tuple[int, ...] | None:
        return {"ana": (1, 2), "ines": (3,)}.get(" ".join(words))

    def places(self, name: str, *, sources: bool) -> tuple[int, ...] | None:
        return (7,) if name == "port alder" and not sources else ()


def asked(query: str) -> tuple[tuple[Branch, ...], bool]:
    found = question(parse(query), Known())
    return found.branches, found.exact


@pytest.mark.parametrize(
    ("query", "tsqueries", "fts5", "exact"),
    [
        ("bridge closed", ["('bridge')", "('closed')"], '(("bridge") AND ("closed"))', True),
        ('"old brid*"', ["('old' <-> 'brid':*)"], '(("old brid" *))', True),
        (
            "bridge -(dental OR card)",
            ["('bridge') & !(('dental') | ('card'))"],
            '((("bridge")) NOT ((("dental") OR ("card"))))',
            True,
        ),
        ("bridge NEAR/3 closed", ["('bridge')", "('closed')"], '(("bridge") AND ("closed"))', False),
        ('"the * bridge"', ["('the')", "('bridge')"], '(("the") AND ("bridge"))', False),
        ("{C++ here}", ["('c' <-> 'here')"], '(("c here"))', False),
        ("#rain_day", ["('rain' <-> 'day':*)"], '(("rain day" *))', False),
        ("brid?e", ["('brid':*)"], '(("brid" *))', False),
        ("stem:en closing", ["('clo')"], "", False),
    ],
)
def test_both_indexes_are_asked_for_the_same(
    query: str, tsqueries: list[str], fts5: str, exact: bool
) -> None:
    (branch,), is_exact = asked(query)
    if fts5:
        assert index.tsqueries(branch) == tsqueries
        assert index.fts5(branch) == "{title text}: " + fts5
    assert is_exact is exact


def test_alternatives_of_words_and_of_fields_are_branches() -> None:
    branches, exact = asked("(bridge OR ferry OR author:ana OR author:ines) -is:reply")
    assert branches == (
        Branch(wanted=(Either((Words(("bridge",)), Words(("ferry",)))),)),
        Branch(about=(About("authors", (1, 2, 3)),)),
    )
    assert not exact
    many = " ".join(f"(w{n} OR has:media)" for n in range(9))
    assert len(asked(many)[0]) <= MOST_BRANCHES


@pytest.mark.parametrize(
    "query",
    ["🎉", "?x", "accents:any cafe", "stem:de laufen", "likes:>5", "site:news.example", "author:nobody"],
)
def test_of_what_no_index_knows_every_post_is_asked_for(query: str) -> None:
    assert asked(query) == ((Branch(),), False)


def test_what_is_left_out_alone_in_a_branch_is_left_to_the_check() -> None:
    assert asked("lang:en -bridge") == ((Branch(about=(About("lang", ("en",)),)),), False)
    assert asked("bridge -has:media")[1] is True
    deep = "(" * 60 + "a" + "".join(f" {'OR' if n % 2 else 'AND'} w{n})" for n in range(60))
    assert asked(deep)[1] is False


def test_an_english_stem_keeps_the_beginning_of_its_words() -> None:
    """All but its last two letters; for words made of whatever the stemmer takes off or puts on."""
    stem, chance = Stemmer.Stemmer("english").stemWord, Random(7)
    parts = PARTS.split()
    words = [
        "dying",
        "lying",
        "skies",
        "idly",
        "gently",
        "early",
        "only",
        "singly",
        "possibly",
        "ability",
        "generously",
    ]
    words += ["".join(chance.choices(parts, k=chance.randint(1, 4))) for _ in range(20_000)]
    assert [word for word in words if not word.startswith(stem(word)[:-2])] == []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("bridge closed", "(bridge AND closed)"),
        ('"old bridge', '"old bridge"'),
        ("bridge, (closed", "(bridge AND closed)"),
        ("where is it? :)", "(where AND is AND it)"),
        ('ferry -"not today', '(ferry AND NOT "not today")'),
        ("bridge OR ferry", "(bridge OR ferry)"),
        ("bridge AND )", "bridge"),
        ("bridge NEAR closed NOT (dental", "(bridge AND closed AND NOT dental)"),
    ],
)
def test_what_people_type_is_read(typed: str, meant: str) -> None:
    assert one_line(read(typed).tree) == meant
    assert plain_words("-only !!") == ""


@pytest.mark.parametrize(
    ("query", "text", "marked"),
    [
        ("ferry", "The ferry, the Ferry", ["ferry", "Ferry"]),
        ("ferry NEAR/1 late -bridge", "ferry so late", ["ferry so late"]),
        ("{So}  OR #rain", "So, so  #Rain", ["So", "#Rain"]),
        ("title:ferry", "ferry", []),
        ("br?dge author:ana", "a " * 300 + "bridge", ["bridge"]),
        ("🎉", "a 🎉 b", ["🎉"]),
    ],
)
def test_what_was_found_is_marked(query: str, text: str, marked: list[str]) -> None:
    pieces = Marks(parse(query)).excerpt(text)
    assert [one.text for one in pieces if one.found] == marked
    assert "".join(one.text for one in pieces).replace("… ", "") in " ".join(text.split())
