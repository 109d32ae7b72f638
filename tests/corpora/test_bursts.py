"""The burst engine: NAB's score on its Twitter volumes, and what it must and must not say of series made for the purpose."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench import nab
from bench.bursts import detected
from colonnade.listening.bursts import Detector, Reading, Settings

DATA = Path(__file__).resolve().parents[2] / "../shared/data/nab_tweets"
MONDAY = datetime(2026, 3, 2, tzinfo=UTC).timestamp()
MINUTE, HOUR, DAY = 60.0, 3_600.0, 86_400.0

pytestmark = pytest.mark.corpora
with_tweets = pytest.mark.skipif(
    not DATA.is_dir(), reason="needs ../shared/data/nab_tweets beside the checkout"
)


def poisson(rng: random.Random, mean: float) -> float:
    """A count around a mean, as chance makes it."""
    if mean > 50:
        return float(max(0, round(rng.gauss(mean, math.sqrt(mean)))))
    count, left = 0, math.exp(-mean)
    drawn = rng.random()
    while drawn > left:
        drawn *= rng.random()
        count += 1
    return float(count)


def town(
    days: float, step: float, mean: Callable[[float], float], seed: int = 7
) -> list[tuple[float, float]]:
    """A series from a Monday on: rows of `step` seconds around what `mean` says of each moment."""
    rng = random.Random(seed)
    return [(at, poisson(rng, mean(at))) for at in (MONDAY + n * step for n in range(int(days * DAY / step)))]


def day_and_night(at: float) -> float:
    """Forty an hour at noon, four at midnight."""
    return 22 - 18 * math.cos(2 * math.pi * (at % DAY) / DAY)


def feed(rows: Sequence[tuple[float, float]], detector: Detector | None = None) -> list[Reading]:
    heard = detector or Detector()
    return [heard.feed(at, value) for at, value in rows]


def alerts(rows: Sequence[tuple[float, float]]) -> list[float]:
    """The days, counted from the first Monday, at which there was an alert."""
    return [(at - MONDAY) / DAY for (at, _), reading in zip(rows, feed(rows), strict=True) if reading.alert]


# --- NAB ----------------------------------------------------------------------------------------------------------------


@cache
def twitter() -> tuple[list[nab.Series], list[list[tuple[float, bool]]]]:
    series = nab.corpus(DATA / "train")
    return series, [detected(one) for one in series]


@cache
def standard() -> nab.Profile:
    return next(one for one in nab.profiles(DATA / "profiles.json") if one.name == "standard")


@with_tweets
def test_the_score_is_above_the_best_published_one_of_the_bar() -> None:
    series, found = twitter()
    scores = [[score for score, _ in one] for one in found]
    assert nab.sweep(series, scores, standard()).total > 74.5
    assert nab.left_out(series, scores, standard()).total > 68.0


@with_tweets
def test_its_own_alerts_alone_are_above_the_bar() -> None:
    series, found = twitter()
    said = [[float(alert) for _, alert in one] for one in found]
    assert nab.at_threshold(series, said, standard(), 1.0).total > 74.5


@with_tweets
def test_it_beats_the_windowed_gaussian_and_silence_in_each_profile() -> None:
    series, found = twitter()
    ours = [[score for score, _ in one] for one in found]
    gaussian = [nab.windowed_gaussian(one.values) for one in series]
    for profile in nab.profiles(DATA / "profiles.json"):
        peer = nab.sweep(series, gaussian, profile).total
        assert nab.sweep(series, ours, profile).total > peer > 0.0
        assert nab.sweep(series, [[0.5] * len(one.at) for one in series], profile).total == 0.0


@with_tweets
def test_false_alarms_are_at_most_one_in_two_series_weeks() -> None:
    series, found = twitter()
    false = sum(
        nab.false_alarms(one, [int(alert) for _, alert in given])
        for one, given in zip(series, found, strict=True)
    )
    assert false <= 0.5 * sum(one.weeks for one in series)


@with_tweets
def test_an_alert_scores_at_least_a_half_and_other_rows_do_not() -> None:
    for given_ in twitter()[1]:
        assert all((score > 0.5) == alert for score, alert in given_)
        assert all(0.0 <= score <= 1.0 for score, _ in given_)


def labelled(rows: int, windows: list[tuple[int, int]], probation: int = 0) -> nab.Series:
    at = [datetime(2026, 3, 2) + timedelta(minutes=5 * n) for n in range(rows)]
    return nab.Series("made", at, [0.0] * rows, windows, probation)


PLAIN = nab.Profile("plain", 1.0, 1.0, 0.11)


def test_a_detection_at_the_beginning_of_each_window_is_perfect_and_silence_is_nothing() -> None:
    series = labelled(1000, [(300, 349), (700, 749)])
    first = [[1.0 if row in (300, 700) else 0.0 for row in range(1000)]]
    assert nab.sweep([series], first, PLAIN).total == pytest.approx(100.0)
    assert nab.sweep([series], [[0.0] * 1000], PLAIN).total == 0.0
    assert nab.at_threshold([series], [[0.0] * 1000], PLAIN, 0.5).total == 0.0


def test_a_late_detection_earns_less_and_a_false_alarm_costs_less_just_behind_a_window() -> None:
    series = labelled(1000, [(300, 349)])

    def score(*rows: int) -> float:
        return nab.at_threshold([series], [[float(row in rows) for row in range(1000)]], PLAIN, 1.0).total

    assert score(300) > score(325) > score(345) > score()
    assert score(300) == score(300, 301, 340)
    assert score(300) > score(300, 352) > score(300, 420)
    assert score(300, 100) == score(300, 900) == pytest.approx(100 - 100 * 0.11 / 2)


def test_nothing_is_scored_in_probation() -> None:
    series = labelled(1000, [(20, 60), (300, 349)], probation=150)
    assert series.scored_windows == [1]
    early = [[float(row in (30, 100, 300)) for row in range(1000)]]
    assert nab.at_threshold([series], early, PLAIN, 1.0).total == pytest.approx(100.0)


def test_the_sweep_gives_what_its_threshold_gives() -> None:
    rng = random.Random(3)
    series = labelled(2000, [(300, 399), (900, 999), (1500, 1599)], probation=200)
    scores = [[round(rng.random(), 2) + 0.3 * (row in (310, 905)) for row in range(2000)]]
    best = nab.sweep([series], scores, PLAIN)
    tried = [nab.at_threshold([series], scores, PLAIN, one / 100).total for one in range(131)]
    assert best.total == pytest.approx(max(*tried, 0.0))


# --- no look-ahead ------------------------------------------------------------------------------------------------------

STEPS = st.sampled_from([MINUTE, 5 * MINUTE, HOUR, DAY])
COUNTS = st.lists(
    st.one_of(st.integers(0, 5), st.integers(0, 100_000), st.floats(0, 1e12)), min_size=2, max_size=150
)


@given(counts=COUNTS, step=STEPS, cut=st.integers(0, 150), gaps=st.lists(st.integers(1, 400), max_size=5))
@settings(max_examples=150, deadline=None)
def test_what_is_said_of_a_prefix_is_the_prefix_of_what_is_said(
    counts: list[float], step: float, cut: int, gaps: list[int]
) -> None:
    at, rows = MONDAY, []
    for number, count in enumerate(counts):
        at += step * (gaps[number] if number < len(gaps) else 1)
        rows.append((at, float(count)))
    whole = feed(rows)
    assert feed(rows[:cut]) == whole[:cut]
    assert all(0.0 <= one.score <= 1.0 and 0.0 <= one.low <= one.expected <= one.high for one in whole)


@given(cut=st.integers(0, 1400), step=st.sampled_from([5 * MINUTE, HOUR, DAY]), seed=st.integers(0, 99))
@settings(max_examples=25, deadline=None)
def test_restored_from_json_it_goes_on_as_if_nothing_had_been(cut: int, step: float, seed: int) -> None:
    rng = random.Random(seed)
    rows = [(MONDAY + n * step, poisson(rng, 20.0) * (30 if rng.random() < 0.01 else 1)) for n in range(1500)]
    first = Detector()
    before = feed(rows[:cut], first)
    second = Detector.restored(json.loads(json.dumps(first.state())))
    assert before + feed(rows[cut:], second) == feed(rows)


# --- what it says -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", [MINUTE, 5 * MINUTE, HOUR])
def test_a_spike_is_told_at_once_and_by_one_alert(step: float) -> None:
    rows = town(21, step, lambda at: day_and_night(at) * step / HOUR * 12)
    spike = int(16.5 * DAY / step)
    for n, times in enumerate((15, 12, 8, 5, 3)):
        rows[spike + n] = (rows[spike + n][0], rows[spike + n][1] * times + 5 * times)
    assert alerts(rows) == [pytest.approx(16.5)]


def test_a_spike_among_daily_rows_is_told() -> None:
    rows = town(120, DAY, lambda at: 90.0)
    rows[100] = (rows[100][0], 1500.0)
    assert alerts(rows) == [100.0]


def test_a_repeat_is_not_told_again_until_it_is_clearly_louder_or_the_episode_has_ended() -> None:
    rows = town(30, HOUR, lambda at: 40.0)

    def louder(day: float, hour: int, times: float) -> None:
        place = int(day * 24) + hour
        rows[place] = (rows[place][0], 40.0 * times)

    for hour in (0, 3, 6, 9, 12):
        louder(15, hour, 6)
    louder(15, 16, 200)
    louder(15, 20, 150)
    louder(22, 0, 30)
    assert [round(day, 2) for day in alerts(rows)] == [15.0, 15.67, 22.0]


def test_an_episode_says_since_when_it_is_open() -> None:
    rows = town(20, HOUR, lambda at: 40.0)
    rows[15 * 24] = (rows[15 * 24][0], 400.0)
    said = feed(rows)
    opened = rows[15 * 24][0]
    assert [one.since for one in said[15 * 24 - 1 : 15 * 24 + 3]] == [None, opened, opened, opened]
    assert said[16 * 24].since is None


def test_a_level_that_shifts_for_good_is_told_and_then_becomes_usual() -> None:
    rows = town(42, HOUR, lambda at: day_and_night(at) * (4 if at >= MONDAY + 20 * DAY else 1))
    told = alerts(rows)
    assert told
    assert all(20.0 <= day < 24.0 for day in told)
    assert len(told) <= 2
    last = feed(rows)[-12]
    assert last.low <= 160 <= last.high * 1.5


def test_less_than_usual_is_no_burst() -> None:
    rows = town(30, HOUR, lambda at: 1.0 if 18 <= (at - MONDAY) / DAY < 19 else 60.0)
    assert alerts(rows) == []


def test_chance_alone_gives_no_more_alerts_than_agreed() -> None:
    weeks, said = 0.0, 0
    for seed in range(12):
        rows = town(56, HOUR, day_and_night, seed)
        weeks, said = weeks + 8, said + len(alerts(rows))
    assert said <= 0.5 * weeks


def test_the_first_two_days_are_listened_to_in_silence() -> None:
    rng = random.Random(5)
    rows = [(MONDAY + n * 5 * MINUTE, float(rng.choice((0, 1, 3, 900)))) for n in range(2 * 24 * 12)]
    assert all(one.score < 0.01 and not one.alert for one in feed(rows))


def test_a_lone_post_in_a_silent_series_is_no_sensation_and_a_crowd_is_one() -> None:
    rows = [(MONDAY + n * HOUR, 0.0) for n in range(30 * 24)]
    rows[300], rows[500], rows[600] = (rows[300][0], 1.0), (rows[500][0], 2.0), (rows[600][0], 40.0)
    assert alerts(rows) == [25.0]


def test_a_series_of_zeros_scores_nothing() -> None:
    assert max(one.score for one in feed([(MONDAY + n * HOUR, 0.0) for n in range(1000)])) < 0.01


def test_a_gap_is_no_burst_and_nothing_is_forgotten_over_it() -> None:
    rows = town(40, HOUR, day_and_night)
    with_gap = [row for row in rows if not 20 <= (row[0] - MONDAY) / DAY < 27]
    assert alerts(with_gap) == alerts(rows) == []
    whole, cut = Detector(), Detector()
    feed(rows, whole)
    feed(with_gap, cut)
    noon = rows[-1][0] + 13 * HOUR
    assert cut.expects(noon)[0] == pytest.approx(whole.expects(noon)[0], rel=0.25)


def test_the_same_moment_twice_is_taken_and_an_earlier_one_is_refused() -> None:
    detector = Detector()
    feed([(MONDAY, 3.0), (MONDAY + HOUR, 4.0), (MONDAY + HOUR, 5.0)], detector)
    with pytest.raises(ValueError, match="oldest first"):
        detector.feed(MONDAY, 1.0)


@pytest.mark.parametrize("value", [-1.0, math.nan, math.inf])
def test_what_is_no_count_is_refused_and_leaves_no_trace(value: float) -> None:
    detector = Detector()
    feed(town(3, HOUR, day_and_night), detector)
    before = json.dumps(detector.state())
    with pytest.raises(ValueError, match="no count"):
        detector.feed(MONDAY + 4 * DAY, value)
    assert json.dumps(detector.state()) == before


def test_busy_mondays_alarm_at_first_and_are_usual_after_some_weeks() -> None:
    def weekly(at: float) -> float:
        return day_and_night(at) * (5 if int((at - MONDAY) // DAY) % 7 == 0 else 1)

    rows = town(84, HOUR, weekly)
    assert [day for day in alerts(rows) if day >= 21] == []
    learned = Detector()
    feed(rows, learned)
    monday, tuesday = (learned.expects(MONDAY + 84 * DAY + n * DAY + 12 * HOUR)[0] for n in (0, 1))
    assert monday > 2.5 * tuesday
    rows[77 * 24 + 12] = (rows[77 * 24 + 12][0], 40.0 * 5 * 8)
    assert alerts(rows)[-1] == pytest.approx(77.5)


def test_four_of_five_rows_lie_in_the_band() -> None:
    said = list(zip(town(56, HOUR, day_and_night), feed(town(56, HOUR, day_and_night)), strict=True))[
        14 * 24 :
    ]
    inside = sum(reading.low <= value <= reading.high for (_, value), reading in said) / len(said)
    assert 0.7 <= inside <= 0.9


def test_its_memory_has_a_bound() -> None:
    detector = Detector()
    feed(town(60, 5 * MINUTE, lambda at: day_and_night(at) / 12), detector)
    size = len(json.dumps(detector.state()))
    feed([(at + 60 * DAY, value) for at, value in town(60, 5 * MINUTE, day_and_night)], detector)
    assert len(json.dumps(detector.state())) < 1.2 * size < 12_000


def test_the_state_of_another_version_is_refused() -> None:
    with pytest.raises(ValueError, match="version 0"):
        Detector.restored({"version": 0})


def test_how_often_it_may_alert_is_a_setting() -> None:
    rows = town(60, HOUR, lambda at: 40.0 * (3 if (at // HOUR) % 50 == 0 else 1))
    seldom = feed(rows, Detector(Settings(once_in=52.0)))
    often = feed(rows, Detector(Settings(once_in=0.25)))
    assert sum(one.alert for one in seldom) < sum(one.alert for one in often)
