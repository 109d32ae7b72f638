"""Pictures of numbers: what is drawn where, what is said in words, what is usual."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from colonnade.listening import rules
from colonnade.web.charting import stretch
from colonnade.web.drawing import Chart, Mark, bars, round_up

pytestmark = pytest.mark.corpora

NOON = datetime(2026, 6, 10, 12, tzinfo=UTC)


def chart(*marks: Mark, **more: object) -> Chart:
    return Chart("one", "The bridge", "A few.", marks, **more)  # type: ignore[arg-type]


def test_the_upper_line_is_a_round_number_that_nothing_exceeds() -> None:
    assert [round_up(value) for value in (0, 1, 2.2, 6, 9, 11, 54, 101, 999)] == [
        1, 1, 3, 8, 10, 20, 80, 200, 1000,
    ]  # fmt: skip


@given(some.floats(min_value=0, max_value=10**9))
def test_a_round_number_is_never_below_and_never_far_above(value: float) -> None:
    assert value <= round_up(value) <= max(1, 2 * value + 1)


def test_every_mark_leads_to_its_posts_and_none_stands_in_the_way_of_the_tab_key() -> None:
    drawn = str(chart(Mark("14:00", 3, url="/listen/1?hour=14"), Mark("15:00", 0)).picture)
    assert drawn.count("<a ") == 1
    assert 'href="/listen/1?hour=14" tabindex="-1" data-says="14:00: 3"' in drawn
    assert 'aria-hidden="true"' in drawn


def test_what_is_unusual_bears_a_sign_beside_its_colour() -> None:
    drawn = str(chart(Mark("14:00", 30, 1, 4, unusual=True), Mark("15:00", 2, 1, 4)).picture)
    assert drawn.count('class="flag"') == 1
    assert 'class="band"' in drawn


def test_what_is_not_over_yet_looks_open() -> None:
    assert 'class="mark now"' in str(chart(Mark("14:00", 3), Mark("15:00", 1), open=True).picture)
    assert "mark now" not in str(chart(Mark("14:00", 3), Mark("15:00", 1)).picture)


def test_words_of_marks_are_text_and_nothing_else() -> None:
    drawn = str(chart(Mark("<b>", 1, url='/?"onclick=', tick="<i>")).picture)
    assert "<b>" not in drawn
    assert "<i>" not in drawn
    assert '"onclick' not in drawn


def test_a_mark_says_what_is_usual_beside_it() -> None:
    assert Mark("14:00", 30, 1.2, 4.1).words == "14:00: 30; usual 1 to 4"
    assert Mark("14:00", 30, 2.2, 2.4).words == "14:00: 30; usual 2"
    assert Mark("14:00", 30).words == "14:00: 30"


def test_a_chart_without_a_number_is_empty_unless_it_waits() -> None:
    assert chart(Mark("14:00", 0)).stands == "empty"
    assert chart(state="loading").stands == "loading"
    assert chart(Mark("14:00", 1)).stands == ""


def test_a_line_has_a_dot_for_every_day_and_one_stroke() -> None:
    drawn = str(chart(*(Mark(str(day), day) for day in range(5)), kind="line").picture)
    assert drawn.count('class="dot"') == 5
    assert drawn.count("<polyline") == 1


def test_small_bars_say_the_same_in_words() -> None:
    assert 'aria-label="Three in all"' in str(bars([1, 2], tall=20, words="Three in all"))


# --- what is usual ------------------------------------------------------------------------------------------------


def test_four_of_five_lie_between_the_edges_of_the_usual() -> None:
    found = rules.usual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    assert found is not None
    assert (found.middle, found.low, found.high, found.of) == (5, 1, 9, 11)


def test_of_a_few_the_usual_is_from_the_least_to_the_most() -> None:
    found = rules.usual([4, 2])
    assert found is not None
    assert (found.middle, found.low, found.high) == (3, 2, 4)
    assert rules.usual([]) is None


def test_a_time_before_the_first_mention_is_compared_with_nothing() -> None:
    counts = [0] * 30 + [2] + [0] * 41
    starts = [NOON + timedelta(hours=at) for at in range(24)]
    found = rules.spans(counts, starts, every=24, most=14)
    assert [span.usual.of if span.usual else 0 for span in found[:8]] == [0, 0, 0, 0, 0, 0, 1, 1]
    assert not any(span.unusual for span in found)


def test_an_hour_is_unusual_by_the_same_rule_as_on_today() -> None:
    counts = [2] * 48 + [6, 5, 2]
    starts = [NOON + timedelta(hours=at) for at in range(3)]
    found = rules.spans(counts, starts, every=24, most=14)
    assert [span.unusual for span in found] == [True, False, False]


def test_an_address_names_an_hour_or_a_day_or_nothing() -> None:
    hour, day = stretch("2026-06-10T12", ""), stretch("", "2026-06-10")
    assert hour is not None
    assert day is not None
    assert (hour.before - hour.since) >> 16 == 3_600_000
    assert (day.before - day.since) >> 16 == 86_400_000
    for wrong in ("", "yesterday", "0001-01-01", "9999-12-31", "2026-13-01"):
        assert stretch("", wrong) is None, wrong
    assert stretch("2026-06-10T25", "") is None
