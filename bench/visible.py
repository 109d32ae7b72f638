"""Visible columns and visible search, newest 50, at a million posts, for five kinds of viewer."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from bench import frame


def main(argv: list[str]) -> int:
    options = frame.parser("visible").parse_args(argv)
    with frame.database(options) as home:
        from bench import world
        from colonnade.places.models import Place

        began = time.perf_counter()
        fresh = not Place.objects.exists()
        town = world.build(options.posts, options.seed) if fresh else world.load()
        built_s = round(time.perf_counter() - began, 1)
        figures = _measure(town)
        return frame.report(
            "visible",
            options,
            {
                "built_s": built_s,
                "bytes": frame.size_of(home),
                "goal": {"p95_ms": 10, "worst_ms": 100},
                "worst_ms": max(row["max"] for rows in figures.values() for row in rows.values()),
                "ms": figures,
            },
        )


def _measure(town: Any) -> dict[str, dict[str, dict[str, float]]]:
    from colonnade.access import queries as access
    from colonnade.people.queries import viewer_for

    makers: dict[str, Callable[[], Any]] = {
        "anonymous": access.anonymous,
        "customer": lambda: viewer_for(town.customer),
        "staff": lambda: viewer_for(town.staff),
        "busiest staff": lambda: viewer_for(town.busiest),
        "guest of one conversation": lambda: viewer_for(town.guest),
    }
    figures = {}
    for name, make in makers.items():
        rows = {"the viewer itself": frame.timings(make, 30)}
        rows |= _rows(make(), town)
        figures[name] = rows
    return figures


def _rows(viewer: Any, town: Any) -> dict[str, dict[str, float]]:
    from colonnade.conversations import queries
    from colonnade.listening.language.parsing import parse
    from colonnade.listening.search import finding

    def found(query: str) -> Callable[[], Any]:
        return lambda: finding.search(viewer, parse(query))

    calls: dict[str, Callable[[], Any]] = {
        "newest 50": lambda: queries.newest(viewer),
        "one place": lambda: queries.newest(viewer, place=town.place.pk),
        "one person": lambda: queries.newest(viewer, author=town.author),
        "word in 25 %": found("common"),
        "rare word": found("w9000"),
        "phrase": found('"w2 w5"'),
        "word in 3.6 %, all restricted": found("secret"),
        "newest 50 with lines": lambda: queries.lines(viewer, queries.newest(viewer)),
    }
    rows = {}
    for title, call in calls.items():
        call()
        rows[title] = frame.timings(call, 40)
    return rows
