"""`bin/bench listen`: a firehose end to end, on one core: read, compared with stored queries, dropped or stored, heard.

A server on another core sends made posts (real texts over and over, each with a name, an author and a moment of its own) over a
WebSocket as fast as they are taken. One worker process, held to one core, does all that it does in earnest: the connection,
the queries, the database with full text and FULL sync, mentions and whoever else hears of new posts. `--kept` says which share of
the posts the queries together catch; they are chosen for it from the words of the posts themselves.
"""

from __future__ import annotations

import csv
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import threading
import time
from argparse import Namespace
from pathlib import Path
from typing import Any

from bench import frame

TEXTS = Path(__file__).resolve().parents[1] / "../shared/data/tweeteval/train"
TRIED_POSTS, TRIED_QUERIES = 45_000, 6_000
PATIENCE_S = 1_800


def main(argv: list[str]) -> int:
    made = frame.parser("listen")
    made.add_argument("--queries", type=int, default=1_000)
    made.add_argument("--kept", type=float, default=0.01, help="share of the posts that the queries catch")
    made.add_argument("--texts", type=Path, default=TEXTS, help="a folder of CSV files with a column `text`")
    made.add_argument("--profile", action="store_true", help="where each thread spends its time")
    options = made.parse_args(argv)
    texts = _texts(options)
    with frame.database(options) as home:
        queries, expected = _queries(texts, options)
        figures = _measure(texts, queries, home, options)
        goal = {"posts_per_s": 10_000}
        return frame.report("listen", options, {"goal": goal, "kept_expected": expected, **figures})


def _texts(options: Namespace) -> list[str]:
    files = sorted(options.texts.glob("*.csv")) if options.texts.is_dir() else []
    found: list[str] = []
    for file in files:
        with file.open(encoding="utf-8") as lines:
            found += [row["text"] for row in csv.DictReader(lines) if row.get("text")]
    random.Random(options.seed).shuffle(found)
    if found:
        return found
    made = random.Random(options.seed)
    words = [f"{chr(97 + at % 26)}word{at}" for at in range(50_000)]
    weights = [1 / (at + 10) for at in range(50_000)]
    return [" ".join(made.choices(words, weights, k=made.randint(8, 40))) for _ in range(50_000)]


def _queries(texts: list[str], options: Namespace) -> tuple[list[str], float]:
    """So many queries which together catch about the wanted share of the posts; and that share, counted."""
    from bench.match import Maker
    from colonnade.listening.language.reading import Heard
    from colonnade.listening.matcher.matcher import Matcher
    from colonnade.primitives import text

    sample = texts[:TRIED_POSTS]
    made = random.Random(options.seed)
    maker = Maker([tuple(dict.fromkeys(text.words(one))) for one in sample], made)
    tries = max(TRIED_QUERIES, 4 * options.queries)
    tried = list(
        dict.fromkeys([maker.boolean() for _ in range(tries)] + [_narrow(maker, made) for _ in range(tries)])
    )
    matcher: Matcher[int] = Matcher()
    for key, query in enumerate(tried):
        matcher.add(key, query)
    hits: dict[int, set[int]] = {key: set() for key in range(len(tried))}
    for post, keys in enumerate(matcher.match([Heard(one) for one in sample])):
        for key in keys:
            hits[key].add(post)
    ordered = sorted(hits, key=lambda key: len(hits[key]))
    chosen: list[int] = []
    caught: set[int] = set()
    # The rarest first, and as many frequent ones from the other end as bring the share up to what is wanted.
    while len(chosen) < options.queries and ordered:
        left = options.queries - len(chosen)
        wants_more = len(caught) / len(sample) < options.kept * (1 - left / options.queries)
        key = ordered.pop(len(ordered) // 2 if wants_more else 0)
        chosen.append(key)
        caught |= hits[key]
    return [tried[key] for key in chosen], round(len(caught) / len(sample), 4)


def _narrow(maker: Any, made: random.Random) -> str:
    """A query as somebody writes it who wants little: two names together."""
    one, two = ("(" + " OR ".join(made.sample(maker.known, 2)) + ")" for _ in range(2))
    return f"{one} AND {two}"


def _measure(texts: list[str], queries: list[str], home: Path, options: Namespace) -> dict[str, Any]:
    from django.conf import settings

    from colonnade.listening import actions as listening
    from colonnade.places import actions as places

    settings.COLONNADE_ALLOW_PRIVATE_HOSTS = ["127.0.0.1"]
    for number, query in enumerate(queries):
        listening.add_watch(f"Watch {number}", query, by=None)
    _settled()
    cores = sorted(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "texts.json"
        file.write_text(json.dumps(texts))
        os.sched_setaffinity(0, {cores[-1]})
        command = [sys.executable, "-m", "bench.firehose", str(file), str(options.posts), str(options.seed)]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        os.sched_setaffinity(0, {cores[0]})
        try:
            assert server.stdout is not None
            port = int(server.stdout.readline())
            place = places.add_source("jetstream", f"ws://127.0.0.1:{port}/subscribe", name="Firehose")
            return _run(place, server, options, home)
        finally:
            server.kill()
            server.wait()


def _settled() -> None:
    """What new watches give to do (each learns what is usual for it) is over before the stream begins."""
    from colonnade.core import worker
    from colonnade.core.models import Job

    while worker.settle() or Job.objects.filter(function__endswith=".learn_pulse").exists():
        time.sleep(0.2)


def _run(place: Any, server: subprocess.Popen[str], options: Namespace, home: Path) -> dict[str, Any]:
    """Let a worker read until all has been seen and heard."""
    from django.db import connection
    from django.db.models import Sum

    from colonnade.conversations.models import Post
    from colonnade.core import events, worker
    from colonnade.listening.models import Mention, Sifted

    stop, marks = threading.Event(), {}

    def watch() -> None:
        assert server.stdout is not None
        began = float(server.stdout.readline())
        marks["cpu"] = time.process_time()
        until = began + PATIENCE_S
        while time.time() < until:
            seen = Sifted.objects.filter(place=place).aggregate(sum=Sum("seen"))["sum"] or 0
            if seen >= options.posts and "sifted" not in marks:
                marks["sifted"] = time.time() - began
            if "sifted" in marks and events.lag() == 0:
                break
            time.sleep(0.1)
        marks["heard"] = time.time() - began
        marks["cpu"] = time.process_time() - marks["cpu"]
        connection.close()
        stop.set()

    threading.Thread(target=watch, name="watch", daemon=True).start()
    threads = _measured(options.profile)
    worker.run(stop, "bench")
    counted = Sifted.objects.filter(place=place).aggregate(seen=Sum("seen"), kept=Sum("kept"))
    stored = Post.objects.filter(place=place).count()
    return {
        "posts_per_s": round(options.posts / marks["sifted"]) if "sifted" in marks else 0,
        "posts_per_s_until_heard": round(options.posts / marks["heard"]),
        "cpu_a_post_us": {
            "whole_process": round(marks["cpu"] / options.posts * 1e6, 1),
            **{kind: round(spent / options.posts * 1e6, 1) for kind, spent in sorted(threads.items())},
        },
        "queries": options.queries,
        "rows": {
            "seen": counted["seen"],
            "kept": counted["kept"],
            "stored": stored,
            "mentions": Mention.objects.count(),
        },
        "hit_rate": round((counted["kept"] or 0) / options.posts, 5),
        "memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "bytes": frame.size_of(home),
    }


def _measured(profiled: bool) -> dict[str, float]:
    """Processor seconds by kind of thread, filled as threads end; with a profiler their lines go to standard error."""
    import cProfile
    import pstats

    plain: Any = threading.Thread.run
    seconds: dict[str, float] = {}

    def measured(thread: threading.Thread) -> None:
        profile, began = cProfile.Profile(time.thread_time), time.thread_time()
        try:
            profile.runcall(plain, thread) if profiled else plain(thread)
        finally:
            kind = thread.name.split("-")[0]
            seconds[kind] = seconds.get(kind, 0.0) + time.thread_time() - began
            if profiled:
                print(f"--- {thread.name}", file=sys.stderr)
                pstats.Stats(profile, stream=sys.stderr).sort_stats("cumtime").print_stats(60)
                pstats.Stats(profile, stream=sys.stderr).sort_stats("tottime").print_stats(45)

    threading.Thread.run = measured  # type: ignore[method-assign]
    return seconds
