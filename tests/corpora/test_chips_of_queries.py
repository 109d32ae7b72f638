"""From a query back to chips: what the builder makes of them asks for the same; what has no chips says why."""

from __future__ import annotations

from random import Random

import pytest

from colonnade.listening.chipping import Chips, NoChips, chips_of
from colonnade.listening.language.evaluate import holds
from colonnade.listening.language.parsing import parse
from colonnade.listening.language.reading import Heard, Reading
from colonnade.listening.suggesting import any_of, composed, spellings

pytestmark = pytest.mark.corpora

WORDS = [
    "old",
    "bridge",
    "oldbridge",
    "ferry",
    "late",
    "closed",
    "game",
    "wine",
    "東",
    "京",
    "#ferry",
    "@oldbridge",
    "#late",
]


def made(chips: Chips) -> str:
    return composed(any_of(chips.chosen), chips.add, chips.leave_out)


@pytest.mark.parametrize(
    ("query", "chips"),
    [
        ("ferry", Chips("ferry", ("ferry",), (), ())),
        (
            '"Old Bridge" OR oldbridge OR #oldbridge',
            Chips("old bridge", ('"old bridge"', "oldbridge", "#oldbridge"), (), ()),
        ),
        ("(bridge OR ferry) late -game", Chips("bridge, ferry", ("bridge", "ferry"), ("late",), ("game",))),
        ('(late OR closed) "old bridge"', Chips("old bridge", ('"old bridge"',), ("late", "closed"), ())),
        ("#ferry NOT (game OR wine)", Chips("ferry", ("#ferry",), (), ("game", "wine"))),
        ("東京 -wine", Chips("東 京", ('"東 京"',), (), ("wine",))),
        (
            "bridge OR (ferry OR (#late OR bridge))",
            Chips("bridge, ferry, late", ("bridge", "ferry", "#late"), (), ()),
        ),
    ],
)
def test_what_chips_can_say_comes_back_as_chips_that_ask_for_the_same(query: str, chips: Chips) -> None:
    tree = parse(query)
    assert chips_of(tree) == chips
    assert set(chips.chosen) <= set(spellings(chips.topic))
    again = parse(made(chips))
    assert chips_of(again) == chips
    chance = Random(5)
    for _ in range(150):
        post = Reading(Heard(" ".join(chance.choices(WORDS, k=chance.randint(1, 6)))))
        assert holds(tree, post) == holds(again, post)


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("bridge NEAR/3 closed", "“(bridge NEAR/3 closed)” has no chip."),
        ("brid*", "“brid*” has no chip."),
        ("{C++}", "“{C++}” has no chip."),
        ("stem:en bridge", "“(stem:en bridge)” has no chip."),
        ("list:boats", "“list:boats” has no chip."),
        ("ferry lang:de", "“lang:de” has no chip."),
        ('ferry -"wine bar"', '“"wine bar"” has no chip.'),
        ('"old bridge" "port alder"', '“"port alder"” has no chip.'),
        ("@ana@example.org", "“@ana@example.org” has no chip."),
        ("bridge OR (ferry late)", "“(ferry AND late)” has no chip."),
        ("bridge late closed", "more than two things at once"),
        ("a OR b OR c OR d OR e OR f", "more than 5 names"),
        ("ferry " + " ".join(f"-w{n}" for n in range(21)), "more than 20 words"),
    ],
)
def test_what_chips_cannot_say_tells_why(query: str, why: str) -> None:
    with pytest.raises(NoChips) as refused:
        chips_of(parse(query, {"boats": "ferry"}))
    assert why in refused.value.template % refused.value.values
