"""Whatever holds a phrase has the numbers of its pairs, whatever a query makes of its phrases."""

from __future__ import annotations

from itertools import product
from random import Random

import pytest

from colonnade.conversations.search import pairs
from colonnade.conversations.search.question import Both, Branch, Either, Indexed, Without, Words

pytestmark = pytest.mark.corpora

WORDS = ["ferry", "lamp", "lampoon", "tide", "苹", "果", "x" * 500]


def _part(chance: Random, depth: int) -> Indexed:
    kind = chance.choice(["words", "words", "both", "either", "without"]) if depth else "words"
    if kind == "words":
        *before, last = chance.choices(WORDS, k=chance.randint(1, 3))
        if chance.random() < 0.7:
            return Words((*before, last))
        return Words((*before, last[: chance.randint(1, 6)]), begins=True)
    if kind == "without":
        return Without(_part(chance, depth - 1), _part(chance, depth - 1))
    parts = tuple(_part(chance, depth - 1) for _ in range(chance.randint(2, 3)))
    return Both(parts) if kind == "both" else Either(parts)


def _fits(part: Indexed, fields: list[list[str]]) -> bool:
    """As slowly and plainly as can be."""
    if isinstance(part, Both):
        return all(_fits(one, fields) for one in part.parts)
    if isinstance(part, Either):
        return any(_fits(one, fields) for one in part.parts)
    if isinstance(part, Without):
        return _fits(part.wanted, fields) and not _fits(part.unwanted, fields)
    runs = (words[at : at + len(part.words)] for words in fields for at in range(len(words)))
    last = (lambda word: word.startswith(part.words[-1])) if part.begins else part.words[-1].__eq__
    return any(
        len(run) == len(part.words) and tuple(run[:-1]) == part.words[:-1] and last(run[-1]) for run in runs
    )


def _numbers(array: str) -> set[str]:
    return set(array.strip("{}").split(",")) - {""}


def test_whatever_fits_has_one_of_each_set_of_numbers() -> None:
    chance, held, missed = Random(11), 0, 0
    for _ in range(6_000):
        branch = Branch(wanted=tuple(_part(chance, 2) for _ in range(chance.randint(1, 2))))
        fields = [chance.choices(WORDS, k=chance.randint(0, size)) for size in (3, 9)]
        own = _numbers(pairs.of_fields(fields))
        has_all = all(own & _numbers(wanted) for wanted in pairs.wanted(branch))
        is_held = all(_fits(part, fields) for part in branch.wanted)
        parted = pairs.parted(branch)
        assert any(all(_fits(part, fields) for part in one.wanted) for one in parted) is is_held
        if is_held:
            assert has_all, (branch, fields)
            held += 1
        else:
            missed += not has_all
    assert held > 700
    assert missed > 1_000


def test_phrases_with_words_as_alternatives_are_asked_for_by_themselves() -> None:
    phrases = (Words(("old", "ferry")), Words(("old", "lamp")))
    words = (Words(("tide",)), Words(("old", "fer"), begins=True))
    branch = Branch(wanted=(Words(("river",)), Either((phrases[0], *words, phrases[1]))))
    one, other = pairs.parted(branch)
    assert one.wanted == (Words(("river",)), Either(phrases))
    assert other.wanted == (Words(("river",)), Either(words))
    assert [len(_numbers(wanted)) for wanted in pairs.wanted(one)] == [2]
    assert pairs.parted(one) == [one]


def test_numbers_tell_order_and_fields_apart() -> None:
    def wanted(*words: str) -> set[str]:
        return _numbers(*pairs.wanted(Branch(wanted=(Words(words),))))

    assert wanted("ferry", "lamp") == _numbers(pairs.of_fields([["tide"], ["ferry", "lamp"]]))
    assert not wanted("ferry", "lamp") & _numbers(pairs.of_fields([["ferry"], ["lamp", "ferry"]]))


def test_numbers_are_spread_evenly() -> None:
    words = [f"w{n}" for n in range(64)]
    found = [pairs.of_fields([pair]) for pair in product(words, words)]
    assert len(set(found)) > 900
    assert max(map(found.count, set(found))) < 20


@pytest.mark.parametrize(
    ("part", "loose"),
    [
        (Words(("ferry",)), False),
        (Words(("ferry", "lamp")), False),
        (Words(("ferry", "la"), begins=True), True),
        (Words(("ferry", "lamp"), begins=True), False),
        (Words(("the", "ferry", "la"), begins=True), False),
        (Either((Words(("ferry", "lamp")), Words(("tide",)))), True),
        (Either((Words(("ferry", "lamp")), Words(("lamp", "tide")))), False),
        (Without(Words(("ferry",)), Words(("ferry", "lamp"))), False),
    ],
)
def test_of_some_phrases_no_pair_tells(part: Indexed, loose: bool) -> None:
    assert pairs.holds_loose_phrase([part]) is loose
    assert (pairs.wanted(Branch(wanted=(part,))) == []) is (loose or not pairs.holds_phrase([part]))
