"""What if: so many people answering against so many cases arriving, hour by hour, with every sum written out.

Two classical pieces. What *must* pile up is a fluid queue: what arrives minus what the people can answer is carried from
hour to hour (Newell, Applications of Queueing Theory, 1971). What waits by *chance* in an hour with people to spare is
Erlang's delay formula (Erlang 1917, "Erlang C"; each hour taken as steady by itself: Green, Kolesar and Soares,
Operations Research 49, 2001). Erlang's sum grows without bound as an hour fills up, and an hour cannot build up more than
itself: it is bounded by one hour.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

LONGEST_PLAN_H = 24 * 62
MOST_STAFF = 10_000
MOST_BY_CHANCE_MIN = 60.0


@dataclass(frozen=True, slots=True)
class Step:
    """One line of arithmetic: `what` it is (a stable key for a screen's words), `sum` in figures, `result`, `unit`."""

    what: str
    sum: str
    result: float
    unit: str

    def __str__(self) -> str:
        return f"{self.what}: {self.sum} = {_figure(self.result)} {self.unit}"


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour of the plan.

    `waiting` cases stand unanswered at its end. A case that arrives in the middle of it is answered after
    `answer_minutes` (waiting and answering together), None where the plan ends before its turn comes. `busy` is the
    share of the staff's time that is taken, 0..1.
    """

    arrivals: float
    staff: int
    capacity: float
    waiting: float
    answer_minutes: float | None
    busy: float
    steps: tuple[Step, ...]


def what_if(
    arrivals: Sequence[float], *, minutes: float, staff: Sequence[int], waiting: float = 0.0
) -> tuple[Hour, ...]:
    """The hours of a plan, one an hour of `arrivals` (cases an hour, for example a forecast).

    `minutes` is the work on one case, `staff` the people who answer in each of the hours, `waiting` the cases that stand
    unanswered at the start. Raises ValueError with a sentence for a plan that is none.
    """
    _check(arrivals, minutes, staff, waiting)
    capacity = [people * 60 / minutes for people in staff]
    hours: list[Hour] = []
    queue = float(waiting)
    for at, (arriving, people) in enumerate(zip(arrivals, staff, strict=True)):
        left = max(0.0, queue + arriving - capacity[at])
        steps = [
            Step("capacity", f"{people} × 60 ÷ {_figure(minutes)}", capacity[at], "cases"),
            Step(
                "waiting",
                f"max(0, {_figure(queue)} + {_figure(arriving)} − {_figure(capacity[at])})",
                left,
                "cases",
            ),
        ]
        took, more = _answer_minutes(at, queue, arriving, capacity, people, minutes)
        hours.append(
            Hour(
                arrivals=arriving,
                staff=people,
                capacity=capacity[at],
                waiting=left,
                answer_minutes=took,
                busy=min(1.0, (queue + arriving) / capacity[at]) if capacity[at] else 0.0,
                steps=(*steps, *more),
            )
        )
        queue = left
    return tuple(hours)


def staff_needed(arrivals: Sequence[float], *, minutes: float, answer_minutes: float) -> tuple[int, ...]:
    """The fewest people of each hour with whom a case is answered in `answer_minutes` on average and none piles up.

    Raises ValueError where that is less than the work on a case itself, which no number of people can do.
    """
    _check(arrivals, minutes, [0] * len(arrivals), 0)
    if not answer_minutes > minutes:
        raise ValueError(
            f"A case takes {_figure(minutes)} minutes of work: it cannot be answered in {_figure(answer_minutes)}."
        )
    needed = []
    for arriving in arrivals:
        people = math.floor(arriving * minutes / 60) + 1 if arriving else 0
        while arriving and erlang_wait(arriving, people, minutes) + minutes > answer_minutes:
            people += 1
        needed.append(people)
    return tuple(needed)


def erlang_waits(load: float, people: int) -> float:
    """Erlang C: the share 0..1 of cases that find everybody busy; `load` in erlangs (arrivals an hour × minutes ÷ 60).

    By the recursion of Erlang's loss formula, B(n) = load·B(n−1) ÷ (n + load·B(n−1)), then C = B ÷ (1 − ρ(1 − B)) with
    ρ = load ÷ people. 1 where the load is as much as the people or more.
    """
    if people <= load:
        return 1.0
    lost = 1.0
    for n in range(1, people + 1):
        lost = load * lost / (n + load * lost)
    return lost / (1 - load / people * (1 - lost))


def erlang_wait(arriving: float, people: int, minutes: float) -> float:
    """The mean wait in minutes by Erlang C, C × minutes ÷ (people − load), at most an hour."""
    load = arriving * minutes / 60
    if people <= load:
        return MOST_BY_CHANCE_MIN
    return min(MOST_BY_CHANCE_MIN, erlang_waits(load, people) * minutes / (people - load))


def _answer_minutes(
    at: int, queue: float, arriving: float, capacity: Sequence[float], people: int, minutes: float
) -> tuple[float | None, list[Step]]:
    """How long a case of the middle of hour `at` takes, with the sums that say so."""
    ahead = max(0.0, queue + (arriving - capacity[at]) / 2)
    stood = Step(
        "ahead",
        f"max(0, {_figure(queue)} + ({_figure(arriving)} − {_figure(capacity[at])}) ÷ 2)",
        ahead,
        "cases",
    )
    if ahead == 0 and people:
        load = arriving * minutes / 60
        wait = erlang_wait(arriving, people, minutes)
        steps = [stood, Step("load", f"{_figure(arriving)} × {_figure(minutes)} ÷ 60", load, "people busy")]
        steps.append(Step("chance_wait", _chance(load, people, minutes, wait), wait, "minutes"))
    else:
        found = _served_after(at, ahead, capacity)
        if found is None:
            return None, [stood]
        wait = found
        steps = [stood, Step("queue_wait", _turns(at, ahead, capacity), wait, "minutes")]
    total = wait + minutes
    return total, [*steps, Step("answer", f"{_figure(wait)} + {_figure(minutes)}", total, "minutes")]


def _chance(load: float, people: int, minutes: float, wait: float) -> str:
    """The sum of Erlang's wait, with the bound where it holds."""
    if people <= load:
        return _figure(wait)
    plain = f"{_figure(erlang_waits(load, people))} × {_figure(minutes)} ÷ ({people} − {_figure(load)})"
    return plain if wait < MOST_BY_CHANCE_MIN else f"min({_figure(wait)}, {plain})"


def _served_after(at: int, ahead: float, capacity: Sequence[float]) -> float | None:
    """Minutes from the middle of hour `at` until so many cases are answered; None if not before the plan ends."""
    passed, left = 0.0, ahead
    for hour in range(at, len(capacity)):
        span = 30.0 if hour == at else 60.0
        can = capacity[hour] * span / 60
        if can > 0 and can >= left:
            return passed + left / capacity[hour] * 60
        left -= can
        passed += span
    return None


def _turns(at: int, ahead: float, capacity: Sequence[float]) -> str:
    """The sum behind `_served_after`: whole spans that pass, then the part of the last."""
    passed, left, parts = 0.0, ahead, []
    for hour in range(at, len(capacity)):
        span = 30.0 if hour == at else 60.0
        can = capacity[hour] * span / 60
        if can > 0 and can >= left:
            break
        left -= can
        passed += span
    if passed:
        parts.append(_figure(passed))
    parts.append(f"{_figure(left)} ÷ {_figure(capacity[hour])} × 60")
    return " + ".join(parts)


def _check(arrivals: Sequence[float], minutes: float, staff: Sequence[int], waiting: float) -> None:
    if not arrivals:
        raise ValueError("A plan needs at least one hour.")
    if len(arrivals) > LONGEST_PLAN_H:
        raise ValueError(f"A plan has at most {LONGEST_PLAN_H} hours, and this has {len(arrivals)}.")
    if len(staff) != len(arrivals):
        raise ValueError(f"There are {len(arrivals)} hours of arrivals and {len(staff)} of staff.")
    if not (minutes > 0 and math.isfinite(minutes)):
        raise ValueError("The work on a case takes more than 0 minutes.")
    if any(not math.isfinite(one) or one < 0 for one in (*arrivals, waiting)):
        raise ValueError("Cases that arrive or wait are 0 or more.")
    if any(isinstance(one, bool) or one != int(one) or not 0 <= one <= MOST_STAFF for one in staff):
        raise ValueError(f"Staff are whole people, 0 to {MOST_STAFF}.")


def _figure(value: float) -> str:
    """A figure as a person writes it: at most two places, none that are 0."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
