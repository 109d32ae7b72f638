"""Trends: counted in fixed memory with a known error, and beside what is usual."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colonnade.insight.trends import KEPT, Sketch, SpaceSaving, rising, terms_of

pytestmark = pytest.mark.corpora


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 5)), max_size=200), st.integers(1, 12))
def test_no_count_is_further_from_the_truth_than_all_by_the_counters(
    stream: list[tuple[int, int]], size: int
) -> None:
    summary, exact = SpaceSaving(size), Counter[str]()
    for thing, times in stream:
        summary.add(str(thing), times)
        exact[str(thing)] += times
    n = sum(exact.values())
    assert summary.total == n
    assert len(list(summary.things())) <= size
    for thing in map(str, range(31)):
        assert summary.at_least(thing) <= exact[thing] <= summary.count(thing)
        assert summary.count(thing) - exact[thing] <= n / size
    frequent = {thing for thing, count in exact.items() if count > n / size}
    assert frequent <= set(summary.things()), "whatever is more frequent than that is there"


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 20), max_size=60), st.lists(st.integers(0, 20), max_size=60))
def test_what_is_kept_and_taken_up_again_counts_on(first: list[int], then: list[int]) -> None:
    straight, broken = SpaceSaving(8), SpaceSaving(8)
    for thing in [*first, *then]:
        straight.add(str(thing))
    for thing in first:
        broken.add(str(thing))
    again = SpaceSaving.restored(*broken.state())  # type: ignore[arg-type]
    for thing in then:
        again.add(str(thing))
    assert again.state() == straight.state()


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
    }
