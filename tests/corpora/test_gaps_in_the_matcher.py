"""Queries that were dropped leave no gaps for long: the table is made anew, and answers as one that never knew them."""

from __future__ import annotations

from random import Random

import pytest

from colonnade.listening.language.reading import Heard
from colonnade.listening.matcher.matcher import Matcher
from colonnade.listening.matcher.table import FEWEST_GAPS, MOST_GAPS

pytestmark = pytest.mark.corpora

WORDS = [f"w{number}" for number in range(60)]


def queries(chance: Random, many: int) -> dict[int, str]:
    forms = ("{} {}", "{} OR {}", "{} -{}", '"{} {}"', "{} NEAR/2 {}", "{{{}}} OR {}")
    return {key: chance.choice(forms).format(*chance.sample(WORDS, 2)) for key in range(many)}


def posts(chance: Random, many: int = 50) -> list[Heard]:
    return [Heard(" ".join(chance.choices(WORDS, k=9))) for _ in range(many)]


def filled(asked: dict[int, str]) -> Matcher[int]:
    matcher: Matcher[int] = Matcher()
    for key, query in asked.items():
        matcher.add(key, query)
    return matcher


def test_many_changes_leave_a_table_no_larger_than_its_queries_and_a_part_of_gaps() -> None:
    chance = Random(11)
    asked = queries(chance, 200)
    matcher, stream = filled(asked), posts(chance)
    bytes_at_first = None
    for turn in range(7):
        for key in chance.sample(list(asked), 50):
            asked[key] = queries(chance, 1)[0]
            matcher.add(key, asked[key])
        for key in chance.sample(list(asked), 10):
            del asked[key]
            matcher.drop(key)
        for key in range(1000 * turn, 1000 * turn + 10):
            asked[key + 1000] = queries(chance, 1)[0]
            matcher.add(key + 1000, asked[key + 1000])
        found = matcher.match(stream)
        assert [set(row) for row in found] == [set(row) for row in filled(asked).match(stream)]
        assert len(matcher._table) <= max(len(asked) / (1 - MOST_GAPS), len(asked) + FEWEST_GAPS) + 1
        bytes_at_first = bytes_at_first or size(matcher)
        assert size(matcher) < 1.5 * bytes_at_first
    assert len(matcher) == len(asked)


def size(matcher: Matcher[int]) -> int:
    """The bytes of what the table keeps for each query, clause and literal."""
    return sum(one.nbytes for one in vars(matcher._table).values() if hasattr(one, "nbytes"))


def test_queries_keep_their_order_and_can_be_dropped_and_changed_after_the_table_was_made_anew() -> None:
    matcher: Matcher[str] = Matcher()
    for number in range(400):
        matcher.add(f"q{number}", "ferry" if number % 2 else '"old ferry"~3')
    stream = [Heard("the old ferry"), Heard("ferry")]
    matcher.match(stream)
    for number in range(300):
        matcher.drop(f"q{number}")
    assert matcher.match(stream)[0] == [f"q{number}" for number in range(300, 400)]
    assert len(matcher._table) == 100
    matcher.drop("q301")
    matcher.add("q300", "tunnel")
    assert matcher.match(stream)[1] == [f"q{number}" for number in range(303, 400, 2)]
    assert matcher.match([Heard("tunnel")]) == [["q300"]]


def test_everything_may_be_dropped() -> None:
    matcher = filled(queries(Random(3), 200))
    matcher.match(posts(Random(4)))
    for key in range(200):
        matcher.drop(key)
    assert matcher.match([Heard("w1 w2")]) == [[]]
    assert len(matcher._table) == 0
    matcher.add(1, "w1")
    assert matcher.match([Heard("w1 w2")]) == [[1]]
