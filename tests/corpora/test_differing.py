"""What is different now: the words, people and places of some posts against those before them."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colonnade.insight.differing import Said, compare, stands_out

pytestmark = pytest.mark.corpora

QUIET = (
    "the bridge looks fine today",
    "fog on the bridge",
    "a slow bus over the bridge",
    "the bridge keeper waved",
)
LOUD = (
    "the bridge is closed, a lorry hit the pillar",
    "bridge closed! no bus at all",
    "why is the bridge closed? a lorry stands across it",
    "lorry on the bridge, everything closed #PortAlder",
)


def said(text: str, number: int, **beside: object) -> Said:
    return Said(id=number, text=text, author=f"person{number % 40}@pretend", **beside)  # type: ignore[arg-type]


def before(count: int = 200) -> list[Said]:
    return [said(QUIET[n % 4], n, network="pretend", lang="en") for n in range(count)]


def now(count: int = 12) -> list[Said]:
    return [
        said(LOUD[n % 4], 1000 + n, network="pretend", lang="en", sites={"harbour.example"} if n % 2 else ())
        for n in range(count)
    ]


def test_what_is_new_stands_out_and_what_was_always_said_does_not() -> None:
    found = compare(now(), before(), leave_out=["bridge"])
    words = [one.what for one in found if one.kind == "word"]
    assert set(words[:2]) == {"closed", "lorry"}
    assert not {"bridge", "the", "fog"} & set(words)
    closed = next(one for one in found if one.what == "closed")
    assert (closed.now, closed.before) == (12, 0.0)
    assert closed.posts == (1011, 1010, 1009, 1008, 1007), "the newest posts that hold it"


def test_words_that_hold_sentences_together_are_no_difference() -> None:
    talk = [
        said("but what is it that they do there, they ask, weil es nicht geht", 3000 + n) for n in range(9)
    ]
    assert {one.what for one in compare([*now(), *talk], before())}.isdisjoint(
        {"but", "what", "they", "that", "weil"}
    )


def test_sites_and_networks_are_compared_too() -> None:
    heard = [said("look at the bridge", 2000 + n, network="harbour", lang="de") for n in range(8)]
    kinds = {(one.kind, one.what) for one in compare([*now(), *heard], before())}
    assert {("site", "harbour.example"), ("network", "harbour"), ("lang", "de")} <= kinds
    assert ("network", "pretend") not in kinds


def test_the_words_of_one_author_alone_are_their_habit() -> None:
    mine = [
        Said(id=n, text="buy my wonderful teapots near the bridge", author="me@pretend") for n in range(20)
    ]
    found = compare([*mine, *now()], before(), leave_out=["bridge"])
    assert "teapots" not in {one.what for one in found}
    assert ("author", "me@pretend") in {(one.kind, one.what) for one in found}


def test_where_nothing_was_said_before_nothing_but_words_can_differ() -> None:
    assert {one.kind for one in compare(now(), [])} <= {"word", "tag"}
    assert compare([], before()) == []


def test_chance_alone_is_seldom_a_difference() -> None:
    chance = random.Random(1887)
    words = [f"word{n}" for n in range(60)]
    posts = [said(" ".join(chance.sample(words, 8)), n) for n in range(1000)]
    found = [one for one in compare(posts[-30:], posts[:-30]) if one.kind == "word"]
    assert len(found) <= 4, "60 words are tried, each with one chance in forty"


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 300), st.integers(1, 3000), st.data())
def test_more_often_is_above_zero_and_more_of_it_never_less_clear(
    n: int, m: int, data: st.DataObject
) -> None:
    here, there = data.draw(st.integers(0, n)), data.draw(st.integers(0, m))
    z = stands_out(here, n, there, m)
    if here / n > there / m:
        assert z > 0
    elif here / n < there / m:
        assert z < 0
    if here < n and here / n > there / m:
        assert stands_out(here + 1, n, there, m) > 0
