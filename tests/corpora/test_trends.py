"""Trends: counted in fixed memory with a known error, and beside what is usual."""

from __future__ import annotations

import json
import zlib
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colonnade.insight.trends import KEPT, Passed, Sketch, SpaceSaving, most_heard, rising, terms_of
from colonnade.listening.language.reading import Heard

pytestmark = pytest.mark.corpora


THINGS = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 5)), max_size=200)


def in_parts(stream: list[tuple[int, int]], length: int) -> list[Counter[str]]:
    """A stream as it is counted: some things at a time."""
    parts = []
    for at in range(0, len(stream), length):
        part: Counter[str] = Counter()
        for thing, times in stream[at : at + length]:
            part[str(thing)] += times
        parts.append(part)
    return parts


def assert_as_promised(summary: SpaceSaving, exact: Counter[str]) -> None:
    n = sum(exact.values())
    assert summary.total == n
    assert len(list(summary.things())) <= summary.size
    for thing in map(str, range(31)):
        assert summary.at_least(thing) <= exact[thing] <= summary.count(thing)
        assert summary.count(thing) - exact[thing] <= n / summary.size
    frequent = {thing for thing, count in exact.items() if count > n / summary.size}
    assert frequent <= set(summary.things()), "whatever is more frequent than that is there"


@settings(max_examples=100, deadline=None)
@given(THINGS, st.integers(1, 12), st.integers(1, 40))
def test_no_count_is_further_from_the_truth_than_all_by_the_counters(
    stream: list[tuple[int, int]], size: int, length: int
) -> None:
    summary, exact = SpaceSaving(size), Counter[str]()
    for part in in_parts(stream, length):
        summary.add(part)
        exact += part
    assert_as_promised(summary, exact)


@settings(max_examples=100, deadline=None)
@given(st.lists(THINGS, min_size=2, max_size=4), st.integers(1, 12), st.integers(1, 40))
def test_what_several_have_counted_is_put_together_within_the_same_bounds(
    streams: list[list[tuple[int, int]]], size: int, length: int
) -> None:
    whole, exact = SpaceSaving(size), Counter[str]()
    for stream in streams:
        one = SpaceSaving(size)
        for part in in_parts(stream, length):
            one.add(part)
            exact += part
        whole.merge(SpaceSaving.restored(*one.state()))  # type: ignore[arg-type]
        assert_as_promised(whole, exact)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 20), max_size=60), st.lists(st.integers(0, 20), max_size=60))
def test_what_is_kept_and_taken_up_again_counts_on(first: list[int], then: list[int]) -> None:
    straight, broken = SpaceSaving(8), SpaceSaving(8)
    for thing in [*first, *then]:
        straight.add({str(thing): 1})
    for thing in first:
        broken.add({str(thing): 1})
    again = SpaceSaving.restored(*broken.state())  # type: ignore[arg-type]
    for thing in then:
        again.add({str(thing): 1})
    assert again.state() == straight.state()


# --- what passes by ---------------------------------------------------------------------------------------------------

WORDS = st.sampled_from(
    [
        *("fog", "Ferry", "BRIDGE", "it_is", "don't", "Fähre", "ﬁre", "渡し船", "2026"),
        *(
            "#fog",
            "#Fähre",
            "@tom",
            "＃霧",
            "https://a.example/x?y",
            "😀",
            "👍🏽",
            "👩\u200d🚒",
            "1\ufe0f\u20e3",
            "🇳🇿",
            "©",
        ),
    ]
)
SAID = st.builds(
    lambda author, words, links: Heard(
        text=" ".join(words), author=f"person{author}", links=tuple(links), title="" if author else "A title"
    ),
    st.integers(0, 12),
    st.lists(WORDS, max_size=8),
    st.lists(
        st.sampled_from(["https://www.a.example/x/?y=1", "https://b.example/", "nonsense:"]), max_size=2
    ),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(SAID, max_size=12), max_size=4))
def test_what_passes_by_is_counted_as_what_is_kept(batches: list[list[Heard]]) -> None:
    passed, kept = Passed(), Sketch()
    for batch in batches:
        passed.hear(batch)
        by_author: dict[str, set[tuple[str, str]]] = {}
        for post in batch:
            terms = terms_of(f"{post.title} {post.text}", post.links)
            by_author.setdefault(post.author, set()).update(terms)
        kept.add(by_author.items())
    taken = passed.taken()
    assert (taken.posts, taken.passed) == (sum(map(len, batches)),) * 2
    for kind in KEPT:
        mine, plain = taken.kinds[kind], kept.kinds[kind]
        told = {term: mine.at_least(term) for term in mine.things()}
        if kind != "author":
            assert told == {term: plain.at_least(term) for term in plain.things()}
            assert all(mine.voices(term) == plain.voices(term) for term in told)
        else:
            assert told == Counter(post.author for batch in batches for post in batch)
    assert passed.taken().to_bytes() == Sketch().to_bytes(), "what was taken is forgotten"


def test_however_much_passes_by_memory_is_fixed_and_the_frequent_are_there() -> None:
    passed = Passed(most=500)
    for turn in range(20):
        passed.hear(
            [
                Heard(text=f"bridge closed word{turn}x{n} #rare{turn}x{n}", author=f"p{turn}x{n}")
                for n in range(50)
            ]
        )
        assert sum(map(len, passed._counts.values())) <= 500 + 4 * 50
    sketch = passed.taken()
    words = sketch.kinds["word"]
    assert words.at_least("bridge") <= 1000 <= words.count("bridge")
    assert len(list(words.things())) <= KEPT["word"]
    assert words.voices("bridge").bit_count() == 8


def test_what_two_people_say_is_told_to_nobody_however_often() -> None:
    past = [[hour(*QUIET, times=5)] for _ in range(7)]
    loud = Sketch()
    for turn in range(40):
        loud.add([(f"person{turn % 2}", terms_of("teapots teapots.example"))])
    many = hour("the bridge is closed", times=9)
    told = {one.term for one in rising([hour(*QUIET, times=5), loud, many], past)}
    assert "teapots" not in told
    assert "bridge" in told


def test_sites_and_authors_of_most_posts_are_told_from_five_posts_on() -> None:
    made = Sketch()
    made.add(
        [(f"person{n % 7}", terms_of("see", ["https://www.harbour.example/a"])) for n in range(21)]
        + [("one", terms_of("see", [f"https://mine.example/{n}"])) for n in range(6)]
    )
    assert most_heard("site", [made])[0].term == "harbour.example"
    assert "mine.example" not in {one.term for one in most_heard("site", [made])}
    assert most_heard("author", [made])[0] == ("one", 6)
    assert len(most_heard("author", [made])) == 1


def test_an_hour_of_an_earlier_release_can_be_read() -> None:
    old = {"posts": 3, "kinds": {"word": [600, 3, {"fog": 3}, {}]}}
    sketch = Sketch.from_bytes(zlib.compress(json.dumps(old).encode()))
    assert (sketch.posts, sketch.passed, sketch.kinds["word"].at_least("fog")) == (3, 0, 3)
    assert sketch.kinds["site"].total == 0


def hour(*texts: str, times: int = 1) -> Sketch:
    made = Sketch()
    made.add((f"person{n}", terms_of(text)) for n, text in enumerate(texts * times))
    return made


QUIET = (
    "fog on the river today",
    "the ferry was late again",
    "plum cake on the market",
    "a calm crossing #ferry",
)


def test_what_nobody_asked_for_rises_beside_its_own_usual() -> None:
    past = [[hour(*QUIET, times=5)] for _ in range(7)]
    now = [hour(*QUIET, times=5), hour("the bridge is closed 🚧 #portalder", times=9)]
    found = {(one.kind, one.term): one for one in rising(now, past)}
    assert {("word", "bridge"), ("word", "closed"), ("tag", "portalder"), ("emoji", "🚧")} <= found.keys()
    assert found["word", "bridge"].posts == 9
    assert found["word", "bridge"].usual == 0
    assert ("word", "ferry") not in found


def test_on_a_loud_day_not_everything_rises() -> None:
    assert rising([hour(*QUIET, times=50)], [[hour(*QUIET, times=5)] for _ in range(7)]) == []


def test_without_a_past_nothing_rises() -> None:
    assert rising([hour("the bridge is closed", times=20)], []) == []


def test_nobody_makes_a_trend_by_repeating_themselves() -> None:
    made = Sketch()
    made.add(("me", terms_of("buy teapots now")) for _ in range(100))
    assert made.kinds["word"].count("teapots") == 1
    assert made.posts == 100


def test_an_hour_needs_the_same_room_however_much_is_said() -> None:
    made = Sketch()
    made.add((f"p{n}", terms_of(f"word{n} other{n} #tag{n}")) for n in range(5000))
    assert len(list(made.kinds["word"].things())) == KEPT["word"]
    assert len(made.to_bytes()) < 40_000
    assert Sketch.from_bytes(made.to_bytes()).to_bytes() == made.to_bytes()


def test_what_is_counted_of_a_post() -> None:
    said = terms_of(
        "Ana: der Fähre fehlt 3 €! #Fähre 👍🏽 https://a.example/x?y=1 @tom", ["https://www.a.example/x/?y=1"]
    )
    assert said == {
        ("word", "ana"),
        ("word", "fähre"),
        ("word", "fehlt"),
        ("tag", "fähre"),
        ("emoji", "👍"),
        ("link", "a.example/x"),
        ("site", "a.example"),
    }
