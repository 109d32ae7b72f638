"""A first query from a name, and words that labels speak for or against."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colonnade.listening.language.evaluate import holds
from colonnade.listening.language.mistakes import QueryError
from colonnade.listening.language.parsing import parse
from colonnade.listening.language.reading import Heard, Reading
from colonnade.listening.suggesting import any_of, composed, spellings, suggest, words_asked

pytestmark = pytest.mark.corpora

RIGHT = [
    "the jaguar ferry is late",
    "a ferry named jaguar",
    "jaguar, the ferry, sails",
    "all aboard the jaguar",
]
WRONG = ["a jaguar in the zoo", "the zoo has a jaguar cub", "zoo: jaguar feeding", "the car jaguar"]


def fits(query: str, words: str) -> bool:
    return holds(parse(query), Reading(Heard(text=words)))


def test_words_that_tell_right_posts_from_wrong_ones_are_suggested_with_their_counts() -> None:
    told = suggest(RIGHT, WRONG, known=words_asked(parse("jaguar")))
    assert [(one.word, one.right, one.wrong) for one in told.add] == [("ferry", 3, 0)]
    assert [(one.word, one.right, one.wrong) for one in told.leave_out] == [("zoo", 0, 3)]
    assert (told.right, told.wrong) == (4, 4)


def test_what_was_hardly_seen_is_in_the_query_or_is_said_of_nothing_is_not_suggested() -> None:
    assert suggest(RIGHT[:2], WRONG[:2]).add == suggest(RIGHT[:2], WRONG[:2]).leave_out == ()
    assert suggest(RIGHT, []).add == ()
    assert "jaguar" not in {one.word for one in suggest(RIGHT, WRONG, known={"jaguar"}).add}
    told = suggest(RIGHT * 3, WRONG * 3, known={"ferry", "zoo"})
    assert not {"ferry", "zoo"} & {one.word for one in (*told.add, *told.leave_out)}


def test_a_word_that_right_posts_say_is_never_left_out() -> None:
    right = ["cheap ferry tickets", *["ferry"] * 9]
    assert suggest(right, ["cheap pills"] * 9).leave_out[0].word == "pills"
    assert "cheap" not in {one.word for one in suggest(right, ["cheap pills"] * 9).leave_out}


def test_a_name_becomes_a_query_for_the_ways_in_which_it_is_written() -> None:
    assert spellings("Port Alder") == ['"port alder"', "portalder", "#portalder", "@portalder"]
    assert spellings("Colonnade, ") == ["colonnade", "#colonnade", "@colonnade"]
    assert spellings(' "(! ') == []
    query = any_of(spellings("Port Alder"))
    for words in ("In Port-Alder today", "PortAlder!", "see #PortAlder", "hi @portalder@town.example"):
        assert fits(query, words)
    assert not fits(query, "the port, and Alder Street")


@given(st.text(max_size=40))
@settings(max_examples=60, deadline=None)
def test_a_query_from_any_name_can_be_read(name: str) -> None:
    found = spellings(name)
    if found:
        parse(any_of(found))


@pytest.mark.parametrize(
    "query", ["bridge", "bridge closed", "bridge OR ferry", "bridge -game", "stem:en close", "a NEAR/2 b"]
)
def test_chosen_words_narrow_a_query_whatever_it_is(query: str) -> None:
    narrow = composed(query, ["ferry", "late"], ["zoo"])
    for post in (
        "bridge closed ferry",
        "bridge late zoo",
        "closing late",
        "a b ferry",
        "bridge game",
        "b late ferry a",
    ):
        said = set(post.split())
        assert fits(narrow, post) == (
            fits(query, post) and bool(said & {"ferry", "late"}) and "zoo" not in said
        )


def test_words_out_of_a_form_are_words_or_nothing() -> None:
    assert composed("bridge", ["two words", "a)", ""], ["(", "Zoo"]) == "bridge a -zoo"
    assert composed("bridge OR ferry") == "bridge OR ferry"
    with pytest.raises(QueryError):
        composed("(bridge", ["a"])
