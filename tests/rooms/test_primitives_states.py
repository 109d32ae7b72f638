from __future__ import annotations

import pytest

from colonnade.primitives.states import Graph, NotAllowed

pytestmark = pytest.mark.corpora  # no database: run once, not once a database

CASE = Graph(
    start="open",
    edges={"open": ["assigned", "closed_unread"], "assigned": ["open", "solved"], "solved": ["open"]},
    ends=["closed_unread"],
)


def test_a_graph_allows_its_own_steps_and_no_others() -> None:
    assert CASE.allows("open", "assigned")
    assert not CASE.allows("open", "solved")
    assert not CASE.allows("open", "open")
    assert not CASE.allows("lost", "open")


def test_a_refused_step_says_what_may_follow() -> None:
    with pytest.raises(NotAllowed) as refusal:
        CASE.check("open", "solved")
    assert str(refusal.value) == (
        "“open” cannot become “solved”; what may follow is “assigned” or “closed unread”."
    )
    assert (refusal.value.before, refusal.value.after) == ("open", "solved")


def test_an_end_says_that_nothing_may_follow() -> None:
    with pytest.raises(NotAllowed, match="nothing may follow it"):
        CASE.check("closed_unread", "open")


def test_a_state_from_outside_that_does_not_exist_is_refused_like_a_wrong_step() -> None:
    with pytest.raises(NotAllowed, match="“lost” is not a state"):
        CASE.check("open", "lost")


def test_choices_keep_the_order_and_read_as_words() -> None:
    assert CASE.choices() == [
        ("open", "Open"),
        ("assigned", "Assigned"),
        ("solved", "Solved"),
        ("closed_unread", "Closed unread"),
    ]
    assert CASE.max_length == len("closed_unread")


def test_ends_are_found_when_they_are_not_named() -> None:
    graph = Graph(start="waiting", edges={"waiting": ["sent", "failed"], "failed": ["waiting"]})
    assert graph.ends == {"sent"}
    assert graph.states == ("waiting", "failed", "sent")


@pytest.mark.parametrize(
    ("start", "edges", "ends", "fault"),
    [
        ("begun", {"open": ["done"]}, ["done"], "The start"),
        ("open", {"open": ["done", "dnoe"]}, ["done"], "leads to 'dnoe'"),
        ("open", {"open": ["done"], "alone": ["open"]}, ["done"], "Nothing leads"),
        ("open", {"open": ["done"], "done": ["open"]}, ["done"], "named as an end"),
        ("open", {"open": ["done", "stuck"], "stuck": []}, ["done"], "no way on"),
    ],
)
def test_a_faulty_graph_is_refused_where_it_is_written(
    start: str, edges: dict[str, list[str]], ends: list[str], fault: str
) -> None:
    with pytest.raises(ValueError, match=fault):
        Graph(start=start, edges=edges, ends=ends)
