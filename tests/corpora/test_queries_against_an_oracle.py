"""Random queries on random posts: the evaluator and the matcher answer as a plain, slow reader does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis.errors import NoSuchExample

from colonnade.listening.language import evaluate
from colonnade.listening.language.parsing import parse
from colonnade.listening.language.reading import Heard, Reading
from colonnade.listening.language.tree import Element, Not
from colonnade.listening.matcher import batch
from colonnade.listening.matcher.forms import Forms
from colonnade.listening.matcher.matcher import Matcher
from colonnade.listening.matcher.table import Table
from colonnade.listening.matcher.vocabulary import Vocabulary
from tests.corpora import query_oracle as oracle
from tests.corpora.query_oracle import Post, Query

pytestmark = [pytest.mark.corpora, pytest.mark.filterwarnings("ignore:Generating overly large repr")]

WORDS = [
    "bridge",
    "ferry",
    "ab",
    "abc",
    "b",
    "café",
    "cafe",
    "Straße",
    "STRASSE",
    "helmets",
    "helmet",
    "ΌΔΟΣ",
    "İs",
]
WORDS += ["東", "京", "東京都", "ไทย", "ない", "２", "ab2", "Ａb", "हिन्दी"]
SIGNS = [
    "#rain",
    "#Rain2",
    "#東京",
    "@ana",
    "@ana@example.org",
    "@ines.example",
    "$brk",
    "🎉",
    "👍🏽",
    "👍",
    "👩‍👩‍👧",
    "#हिन्दी",
]
GAPS = [" ", " ", " ", ", ", "-", "! ", "\n", " 🎉 ", "’", "? "]
PEOPLE = ["ana", "@Ana@example.org", "ines.example", "tomasz"]
LINKS = ["https://news.example/bridge", "http://sub.news.example:80/x?y=1", "https://ports.example"]


def texts(most: int) -> st.SearchStrategy[str]:
    """Words and signs of a small vocabulary, with what may stand between them."""
    piece = st.tuples(st.sampled_from(WORDS * 2 + SIGNS), st.sampled_from(GAPS))
    return st.lists(piece, max_size=most).map(lambda pieces: "".join(a + b for a, b in pieces))


def _about(chance: Random) -> dict[str, Any]:
    """What is told of a post beside its words."""
    return {
        "author": chance.choice([*PEOPLE, ""]),
        "name": chance.choice(["", "Ana Lima", "Café Straße", "Ines"]),
        "to": chance.sample(PEOPLE, chance.randint(0, 1)),
        "mentions": chance.sample(["ana@example.org", "tomasz"], chance.randint(0, 1)),
        "tags": chance.sample(["Rain", "ferry"], chance.randint(0, 1)),
        "links": chance.sample(LINKS, chance.randint(0, 2)),
        "url": chance.choice(["", "https://news.example/1"]),
        "lang": chance.choice(["", "en", "pt-br", "pt"]),
        "network": chance.choice(["", "mastodon", "bluesky"]),
        "place": chance.choice(["", "Port Alder"]),
        "source": chance.choice(["", "feed"]),
        "likes": chance.choice([None, 0, 5, 10, 20]),
        "flags": chance.sample(["reply", "media"], chance.randint(0, 1)),
    }


TOLD = [_about(Random(number)) for number in range(60)]
POSTS: st.SearchStrategy[Post] = st.tuples(
    texts(9), st.one_of(st.just(""), texts(4)), st.sampled_from(TOLD)
).map(lambda parts: {"text": parts[0], "title": parts[1], **parts[2]})

_word = st.sampled_from(WORDS).filter(lambda word: len(oracle.words(word)) == 1)
_any_word = st.sampled_from(WORDS)
_patterns = st.sampled_from(["a*", "b*e", "?b", "ab?", "*", "f*y", "caf?", "h*s", "*c", "東?"])
_elements = st.lists(
    st.one_of(_word, _word, st.sampled_from(["*", "ab*", "?b", "h*"])), min_size=2, max_size=3
).filter(lambda elements: any(one != "*" for one in elements))
_plain = st.lists(_word, min_size=2, max_size=3)


def _made(kind: str, *parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Query]:
    return st.tuples(st.just(kind), *parts)


def _of(*choices: st.SearchStrategy[Query]) -> st.SearchStrategy[Query]:
    """One of these; its description stays short, which is worth seconds."""
    made = st.one_of(*choices)
    return st.deferred(lambda: made)


_placed_leaf = _of(
    _made("word", _word),
    _made("word", _word),
    _made("prefix", st.sampled_from(["ab", "caf", "br", "f", "str", "h"])),
    _made("pattern", _patterns.filter(lambda one: one not in ("*", "東?"))),
    _made("phrase", _elements.map(tuple)),
    _made("within", _plain.map(tuple), st.integers(0, 3)),
    _made("stem", st.sampled_from(["helmets", "bridges", "ferry"])),
    _made("bare", st.sampled_from(["café", "strasse", "cafe"])),
    _made(
        "exact", st.sampled_from(["Straße", "ab", "bridge, ferry", "東京", "ab2", "café!", "!", "STRASSE"])
    ),
    _made("tag", st.sampled_from(["rain", "Rain2", "東京", "ferry", "हिन्दी"])),
    _made("tags", st.sampled_from(["r*", "rain?", "*"])),
    _made("handle", st.sampled_from(["ana", "ana@example.org", "ines.example", "tomasz"])),
    _made("cash", st.just("BRK")),
)
_sides = _of(
    _placed_leaf,
    _made("emoji", st.sampled_from(["🎉", "👍", "👩"])),
    _made("or", _placed_leaf, _placed_leaf),
    _made("and", _placed_leaf, _placed_leaf),
)
_words_near = _made("near", _made("word", _word), _made("word", _word), st.integers(0, 3), st.booleans())
_near = _of(
    _words_near,
    _made("near", _sides, _placed_leaf, st.integers(0, 4), st.booleans()),
    _made("near", _placed_leaf, _words_near, st.integers(0, 4), st.booleans()),
)
_title = _made(
    "title",
    st.one_of(
        _made("word", _word),
        _made("phrase", _elements.map(tuple)),
        _made("prefix", st.just("ab")),
        _made("stem", st.just("helmet")),
        _words_near,
    ),
)
_field = _of(
    _made(
        "field",
        st.sampled_from(["author", "from", "to", "mentions"]),
        st.sampled_from(["ana", "ana@example.org", "a*"]),
    ),
    _made("field", st.just("author"), st.sampled_from(["ana lima", "lima", "café"])),
    _made(
        "field",
        st.sampled_from(["site", "host"]),
        st.sampled_from(["news.example", "sub.news.example", "ports.example"]),
    ),
    _made("field", st.just("link"), st.sampled_from(["news", "ports.example", "/x"])),
    _made("field", st.just("lang"), st.sampled_from(["pt", "en", "pt-br"])),
    _made("field", st.just("network"), st.sampled_from(["mastodon", "b*"])),
    _made("field", st.just("place"), st.just("Port Alder")),
    _made("field", st.just("source"), st.just("feed")),
    st.tuples(st.integers(0, 10), st.integers(10, 20)).map(lambda two: ("range", "likes", *two)),
    st.sampled_from([("range", "likes", 5, None), ("range", "likes", None, 5)]),
    _made("flag", st.just("has"), st.sampled_from(["link", "question", "media"])),
    _made("flag", st.just("is"), st.just("reply")),
)
_leaf = _of(
    _placed_leaf,
    _placed_leaf,
    _near,
    _near,
    _title,
    _field,
    _made("emoji", st.sampled_from(["🎉", "👍", "👍🏽"])),
)


def _joined(inner: st.SearchStrategy[Query]) -> st.SearchStrategy[Query]:
    most = st.lists(inner, min_size=1, max_size=3)
    left_out = st.lists(inner.map(lambda one: ("not", one)), max_size=2)
    both = st.tuples(most, left_out).map(lambda two: ("and", *two[0], *two[1]))
    return _of(
        both.filter(lambda query: len(query) > 2),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: ("or", *parts)),
        inner.map(lambda one: ("list", f"l{abs(hash(one))}", one)),
    )


QUERIES: st.SearchStrategy[Query] = st.recursive(_leaf, _joined, max_leaves=6)


def steps(queries: st.SearchStrategy[Query]) -> st.SearchStrategy[list[Any]]:
    """Batches of posts, each after some queries were added, changed or (None) dropped."""
    change = st.tuples(st.integers(0, 5), st.one_of(queries, queries, queries, st.none()))
    return st.lists(
        st.tuples(st.lists(change, max_size=5), st.lists(POSTS, min_size=1, max_size=8)),
        min_size=1,
        max_size=3,
    )


# Nothing is made smaller: that takes minutes with so slow an oracle, and the query is told in the message.
CHECKED = settings(
    max_examples=200,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
SOUGHT = settings(CHECKED, max_examples=1_500, derandomize=True)


def heard(post: Post) -> Heard:
    """A post of the oracle's as one of ours."""
    many = {name: tuple(post[name]) for name in ("to", "mentions", "tags", "links")}
    return Heard(**{**post, **many, "flags": frozenset(post["flags"])})


def lists_of(query: Query) -> dict[str, str]:
    """The lists that a query names."""
    here = {query[1]: oracle.written(query[2])} if query[0] == "list" else {}
    return here | {
        name: text for part in query[1:] if isinstance(part, tuple) for name, text in lists_of(part).items()
    }


def differs_when_evaluated(query: Query, posts: list[Post], met: Counter[bool] | None = None) -> bool:
    """Whether the evaluator says otherwise than the oracle about one of the posts."""
    node = parse(oracle.written(query), lists_of(query))
    for post in posts:
        expected = oracle.holds(query, post)
        if met is not None:
            met[expected] += 1
        if evaluate.holds(node, Reading(heard(post))) != expected:
            return True
    return False


def differs_when_matched(steps: list[Any], met: Counter[bool] | None = None) -> bool:
    """Whether the matcher, with queries added, changed and dropped between batches, says otherwise than the oracle."""
    matcher: Matcher[int] = Matcher()
    stored: dict[int, Query] = {}
    for changes, posts in steps:
        for key, query in changes:
            if query is None:
                matcher.drop(key)
                stored.pop(key, None)
            else:
                matcher.add(key, parse(oracle.written(query), lists_of(query)))
                stored[key] = query
        expected = [{key for key, query in stored.items() if oracle.holds(query, post)} for post in posts]
        if met is not None:
            met[True] += sum(map(len, expected))
            met[False] += len(stored) * len(posts) - sum(map(len, expected))
        if [sorted(row) for row in matcher.match([heard(post) for post in posts])] != list(
            map(sorted, expected)
        ):
            return True
    return False


def test_a_post_fits_where_the_oracle_says_so() -> None:
    met: Counter[bool] = Counter()

    @CHECKED
    @given(QUERIES, st.lists(POSTS, min_size=4, max_size=8))
    def compare(query: Query, posts: list[Post]) -> None:
        assert not differs_when_evaluated(query, posts, met), oracle.written(query)

    compare()
    assert min(met.values()) * 20 > met.total(), met


def test_the_matcher_finds_what_the_oracle_finds_through_adds_changes_and_drops() -> None:
    met: Counter[bool] = Counter()

    @CHECKED
    @given(steps(QUERIES))
    def compare(steps: list[Any]) -> None:
        assert not differs_when_matched(steps, met), [
            (key, query and oracle.written(query)) for changes, _ in steps for key, query in changes
        ]

    compare()
    assert min(met.values()) * 20 > met.total(), met


def test_an_emoji_made_of_several_is_none_of_them() -> None:
    matcher: Matcher[str] = Matcher()
    for picture in ("👩", "👩‍👩‍👧"):
        matcher.add(picture, picture)
    posts = [Heard(text) for text in ("👩‍👩‍👧", "👩", "👩 👩‍👩‍👧")]
    assert matcher.match(posts) == [["👩‍👩‍👧"], ["👩"], ["👩", "👩‍👩‍👧"]]


# --- planted faults: the comparison must see each of them ---------------------------------------------------------


def _near_off_by_one(patch: pytest.MonkeyPatch) -> None:
    right = evaluate._near
    patch.setattr(evaluate, "_near", lambda node, reading: right(replace(node, most=node.most + 1), reading))


def _order_ignored(patch: pytest.MonkeyPatch) -> None:
    right = evaluate._near
    patch.setattr(evaluate, "_near", lambda node, reading: right(replace(node, ordered=False), reading))


def _not_dropped(patch: pytest.MonkeyPatch) -> None:
    right = evaluate.holds
    patch.setattr(evaluate, "holds", lambda node, reading: isinstance(node, Not) or right(node, reading))


def _title_run_into_text(patch: pytest.MonkeyPatch) -> None:
    right = batch.terms_of
    together = lambda parts, *rest: right([("", f"{title} {text}") for title, text in parts], *rest)  # noqa: E731
    patch.setattr(batch, "terms_of", together)


def _only_the_anchor_checked(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Table, "_checked", lambda self, pairs, bits: np.arange(len(pairs.clause)))


def _dropped_queries_answer(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Table, "drop", lambda self, query: None)


def _prefixes_cut(patch: pytest.MonkeyPatch) -> None:
    right = Forms.add

    def add(self: Forms, element: Element, term: int) -> None:
        right(self, replace(element, value=element.value.rstrip("*") or element.value), term)

    patch.setattr(Forms, "add", add)


def _pairs_off_by_one(patch: pytest.MonkeyPatch) -> None:
    right = Vocabulary.near
    patch.setattr(
        Vocabulary,
        "near",
        lambda self, left, right_, most, ordered: right(self, left, right_, most + 1, ordered),
    )


def _new_patterns_miss_known_words(patch: pytest.MonkeyPatch) -> None:
    right = Vocabulary.settle

    def settle(self: Vocabulary) -> None:
        kept = dict(self.expansions)
        right(self)
        self.expansions = kept

    patch.setattr(Vocabulary, "settle", settle)


NEARS = _made(
    "near",
    _of(*[_made("word", st.sampled_from(WORDS[:3]))] * 2),
    _made("word", _word),
    st.integers(0, 2),
    st.booleans(),
)
PHRASES = _made("phrase", st.tuples(_word, _word))
PREFIXES = _made("prefix", st.sampled_from(["ab", "caf", "br", "str"]))
LEFT_OUT = st.tuples(_word, _word).map(lambda two: ("and", ("word", two[0]), ("not", ("word", two[1]))))
BOTH = st.tuples(_word, _word).map(lambda two: ("and", ("word", two[0]), ("word", two[1])))


@pytest.mark.parametrize(
    ("plant", "queries"), [(_near_off_by_one, NEARS), (_order_ignored, NEARS), (_not_dropped, LEFT_OUT)]
)
def test_a_fault_of_the_evaluator_is_seen(
    plant: Callable[[pytest.MonkeyPatch], None],
    queries: st.SearchStrategy[Query],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plant(monkeypatch)
    cases = st.tuples(queries, st.lists(POSTS, min_size=8, max_size=12))
    assert _is_found(cases, lambda case: differs_when_evaluated(*case))


@pytest.mark.parametrize(
    ("plant", "queries"),
    [
        (_title_run_into_text, PHRASES),
        (_only_the_anchor_checked, BOTH),
        (_dropped_queries_answer, BOTH | PREFIXES),
        (_prefixes_cut, PREFIXES),
        (_pairs_off_by_one, NEARS),
        (_new_patterns_miss_known_words, PREFIXES),
    ],
)
def test_a_fault_of_the_matcher_is_seen(
    plant: Callable[[pytest.MonkeyPatch], None],
    queries: st.SearchStrategy[Query],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plant(monkeypatch)
    assert _is_found(steps(queries), differs_when_matched)


def _is_found(cases: st.SearchStrategy[Any], fails: Callable[[Any], bool]) -> bool:
    try:
        find(cases, fails, settings=SOUGHT)
    except NoSuchExample:
        return False
    return True
