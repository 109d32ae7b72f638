"""Search in a million posts: the newest 50 of a word and of a phrase, a month of a word by hour; beside tantivy. And a month of a
watch by hour, from its roll-ups.

Tantivy is given the same words of the same posts, with their hour and their tier, in the same run. It knows no viewers: whom a
post is for is one word more to it, which is all there is to it for somebody who is not signed in.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from importlib import import_module, metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from bench import frame

GOALS = {"word": 10, "phrase": 15, "month by hour": 100, "month by hour, from roll-ups": 2}
TIMES, AT_ONCE, LIMIT = 60, 20_000, 50
HOUR_MS, MONTH_HOURS = 3_600_000, 30 * 24


def main(argv: list[str]) -> int:
    options = frame.parser("search").parse_args(argv)
    with frame.database(options) as home:
        from bench import world
        from colonnade.conversations.models import Post
        from colonnade.places.models import Place

        town = world.load() if Place.objects.exists() else world.build(options.posts, options.seed)
        options.posts = Post.objects.count()
        cases = _cases(options.seed)
        with tempfile.TemporaryDirectory(prefix="colonnade-tantivy-") as folder:
            peer, built = _tantivy(folder)
            ours = {name: _ours(viewer, cases) for name, viewer in _viewers(town).items()}
            ours["staff"]["month by hour, from roll-ups"] = _rolled_up(_viewers(town)["staff"])
            theirs = None if peer is None else _theirs(peer, cases)
            same = None if peer is None else _same(peer, cases)
        return frame.report(
            "search",
            options,
            {
                "rows": options.posts,
                "bytes": frame.size_of(home),
                "calls_each": TIMES,
                "goal_p95_ms": GOALS,
                "ms": ours,
                "tantivy": built,
                "tantivy_ms": theirs,
                "same_as_tantivy": same,
            },
        )


def _viewers(town: Any) -> dict[str, Any]:
    from colonnade.access import queries as access
    from colonnade.people.queries import viewer_for

    return {"anonymous": access.anonymous(), "staff": viewer_for(town.staff)}


def _cases(seed: int) -> dict[str, list[str]]:
    """What is asked: words from one in four posts to one in ten thousand, and phrases of words that often or seldom stand side
    by side. Each call asks something else, as people do."""
    rng = random.Random(seed)
    ranks = [int(2 * 4000 ** (n / (TIMES - 1))) for n in range(TIMES)]
    pairs = [(rng.randrange(1, 40), rng.randrange(1, 400)) for _ in range(TIMES)]
    return {
        "word": ["common", *(f"w{rank}" for rank in ranks[1:])],
        "phrase": [f'"w{one} w{other}"' for one, other in pairs],
        "month by hour": ["common", *(f"w{rank}" for rank in ranks[1:])],
    }


# --- ours ---------------------------------------------------------------------------------------------------------


def _ours(viewer: Any, cases: dict[str, list[str]]) -> dict[str, Any]:
    """What the calls of each kind took."""
    figures = {}
    for name, asked in cases.items():
        call: Callable[..., Any] = _by_hour if name == "month by hour" else _newest
        figures[name] = _timed([partial(call, viewer, query) for query in asked])
    braces = [partial(_newest, viewer, f"{{{query}}}") for query in cases["word"]]
    figures["braces, checked post by post"] = _timed(braces)
    return figures


def _rolled_up(viewer: Any) -> dict[str, float]:
    """What a month by hour takes of a watch that catches something every hour in two places."""
    from datetime import timedelta

    from django.db import connection

    from colonnade.core.db import act
    from colonnade.insight.models import Total
    from colonnade.insight.queries import rollups
    from colonnade.listening.actions import add_watch
    from colonnade.listening.models import Watch
    from colonnade.places.models import Scope
    from colonnade.primitives import clock

    before = clock.moment_of((_last_hour() + 1) * HOUR_MS)
    watch = Watch.objects.filter(name="Rolled up").first()
    if watch is None:
        with act():
            watch = add_watch("Rolled up", "common", by=None)
            hours = range(_last_hour() - MONTH_HOURS - 48, _last_hour() + 48)
            scopes = Scope.objects.filter(tier="p").order_by("pk")[:2]
            rows = [Total(watch=watch, hour=hour, scope=one, posts=70) for hour in hours for one in scopes]
            Total.objects.bulk_create(rows)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE insight_total")  # as autovacuum does in the hours in which they come
    since = before - timedelta(hours=MONTH_HOURS)
    return _timed([partial(rollups.counts, viewer, [watch], since=since, before=before)] * TIMES)


def _newest(viewer: Any, query: str) -> list[int]:
    from colonnade.listening.language.parsing import parse
    from colonnade.listening.search import finding

    return finding.search(viewer, parse(query), limit=LIMIT).posts


def _by_hour(viewer: Any, query: str) -> dict[int, int]:
    from colonnade.listening.language.parsing import parse
    from colonnade.listening.search import finding
    from colonnade.primitives import ids

    last = _last_hour() + 1
    since, until = (ids.first_of(hour * HOUR_MS) for hour in (last - MONTH_HOURS, last))
    return finding.by_hour(viewer, parse(query), since=since, until=until) or {}


def _last_hour() -> int:
    from django.db.models import Max

    from colonnade.conversations.models import Post
    from colonnade.primitives import ids

    return int(ids.ms_of(Post.objects.aggregate(last=Max("pk"))["last"]) // HOUR_MS)


def _timed(calls: Sequence[Callable[[], Any]]) -> dict[str, float]:
    """Each call once to warm up, then once to measure."""
    for call in calls:
        call()
    walls, works = [], []
    for call in calls:
        began, worked = time.perf_counter(), _worked_ms()
        call()
        walls.append((time.perf_counter() - began) * 1000)
        works.append(_worked_ms() - worked)
    cpu = frame.percentiles(works)
    return frame.percentiles(walls) | {"cpu": cpu["p50"], "cpu_p95": cpu["p95"]}


def _worked_ms() -> float:
    """Processor time of this thread, and of the process that answers it where that is PostgreSQL."""
    return time.thread_time() * 1000 + (_of_process(_backend()) if _backend() else 0)


@cache
def _backend() -> int:
    """The process that answers this connection, 0 where the database is in our own. It gets no helpers: all work is to count."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SET max_parallel_workers_per_gather = 0")
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def _of_process(pid: int) -> float:
    """Milliseconds that a process has been on a processor."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e6


# --- tantivy ------------------------------------------------------------------------------------------------------


def _tantivy(folder: str) -> tuple[Any, Any]:
    """An index of the same posts, and how it was made; None and a sentence where tantivy is not installed."""
    if find_spec("tantivy") is None:
        return None, "tantivy is not installed: uv pip install tantivy"
    tantivy = import_module("tantivy")
    schema = tantivy.SchemaBuilder()
    schema.add_integer_field("id", fast=True)
    schema.add_integer_field("hour", fast=True, indexed=True)
    schema.add_text_field("body", tokenizer_name="whitespace", index_option="position")
    schema.add_text_field("tier", tokenizer_name="raw", index_option="basic")
    index = tantivy.Index(schema.build(), path=folder)
    began = time.perf_counter()
    writer = index.writer(heap_size=200_000_000, num_threads=1)
    for post, tier, words in _posts():
        writer.add_document(tantivy.Document(id=post, hour=(post >> 16) // HOUR_MS, body=words, tier=tier))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()
    took = round(time.perf_counter() - began, 1)
    told = {"version": metadata.version("tantivy"), "built_s": took, "segments": searcher.num_segments}
    return (tantivy, index, searcher), told


def _posts() -> Iterator[tuple[int, str, str]]:
    from colonnade.conversations.models import Post
    from colonnade.primitives import text

    rows = Post.objects.order_by("pk").values_list("pk", "scope__tier", "said__text")
    for post, tier, said in rows.iterator(chunk_size=AT_ONCE):
        yield post, tier, " ".join(text.words(said))


def _theirs(peer: Any, cases: dict[str, list[str]]) -> dict[str, Any]:
    last = _last_hour() + 1
    figures = {}
    for name, asked in cases.items():
        call: Callable[..., Any] = _their_hours if name == "month by hour" else _their_newest
        figures[name] = _timed([partial(call, peer, query, last) for query in asked])
    return figures


def _their_newest(peer: Any, query: str, last: int) -> list[int]:
    tantivy, index, searcher = peer
    asked = index.parse_query(f"+body:{query} +tier:p")
    found = searcher.search(asked, limit=LIMIT, count=False, order_by_field="id", order=tantivy.Order.Desc)
    return [key for key, _ in found.hits]


def _their_hours(peer: Any, query: str, last: int) -> dict[int, int]:
    _, index, searcher = peer
    asked = index.parse_query(f"+body:{query} +tier:p +hour:[{last - MONTH_HOURS} TO {last - 1}]")
    buckets = searcher.aggregate(asked, {"h": {"histogram": {"field": "hour", "interval": 1}}})["h"][
        "buckets"
    ]
    return {int(one["key"]): one["doc_count"] for one in buckets if one["doc_count"]}


def _same(peer: Any, cases: dict[str, list[str]]) -> dict[str, Any]:
    """For how many of the questions both find the very same, for somebody who is not signed in, and which are the others."""
    from colonnade.access import queries as access

    viewer, last = access.anonymous(), _last_hour() + 1
    told: dict[str, Any] = {}
    for name, asked in cases.items():
        if name == "month by hour":
            others = [one for one in asked if _by_hour(viewer, one) != _their_hours(peer, one, last)]
        else:
            others = [one for one in asked if _newest(viewer, one) != _their_newest(peer, one, last)]
        told[name] = {"same": len(asked) - len(others), "of": len(asked), "others": others}
    return told
