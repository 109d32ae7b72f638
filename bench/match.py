"""`bin/bench match`: posts a second against stored queries, beside mokaccino (Rust) and beside the plain evaluator.

Queries are made from the words of the posts themselves, with the lengths and hit rates of real ones: about four posts in
ten thousand fit a query. `--mixed` gives a third of them a phrase, nearness or a wildcard. Posts are real ones
(`--texts FILE.csv` with a column `text`) or synthetic.
"""

from __future__ import annotations

import csv
import gc
import json
import random
import resource
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bench import frame
from colonnade.listening.language.evaluate import holds
from colonnade.listening.language.parsing import parse
from colonnade.listening.language.reading import Heard, Reading
from colonnade.listening.matcher.matcher import Matcher, in_batches
from colonnade.primitives import text

SIZES = (100, 1_000, 10_000, 100_000)
TEXTS = Path(__file__).resolve().parents[1] / "../shared/data/tweeteval/train/sentiment.csv"
CHECKED_QUERIES, CHECKED_POSTS = 400, 1_500


def main(arguments: list[str]) -> int:
    parser = frame.parser("match", posts=45_000)
    parser.add_argument("--texts", type=Path, default=TEXTS, help="a CSV file with a column `text`")
    parser.add_argument(
        "--synthetic", action="store_true", help="posts made of a 50,000 word vocabulary instead"
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="how many stored queries")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of which the median counts")
    options = parser.parse_args(arguments)
    texts = _synthetic(options) if options.synthetic else _real(options)
    posts = [Heard(one) for one in texts]
    words = [tuple(dict.fromkeys(text.words(one))) for one in texts]
    maker = Maker(words, random.Random(options.seed))
    rows = [_row(size, posts, words, maker, options.rounds) for size in options.sizes]
    print(json.dumps({"bench": "match", "posts": len(posts), "seed": options.seed, "rows": rows}, indent=2))
    return 0


def _real(options: Any) -> list[str]:
    if not options.texts.exists():
        sys.exit(f"{options.texts} is not there; give --texts FILE.csv or --synthetic")
    with options.texts.open(encoding="utf-8") as file:
        return [row["text"] for row in csv.DictReader(file)][: options.posts]


def _synthetic(options: Any) -> list[str]:
    """Posts of 8 to 40 words from a Zipf vocabulary."""
    made = random.Random(options.seed)
    names = [f"{chr(97 + at % 26)}word{at}" for at in range(50_000)]
    weights = [1 / (at + 10) for at in range(50_000)]
    flat = made.choices(names, weights, k=24 * options.posts)
    texts, at = [], 0
    for _ in range(options.posts):
        length = made.randint(8, 40)
        texts.append(" ".join(flat[at : at + length]))
        at = (at + length) % (len(flat) - 40)
    return texts


class Maker:
    """Queries from the words of posts: names that are rare, topics that are common, and what is left out."""

    def __init__(self, words: Sequence[Sequence[str]], made: random.Random) -> None:
        self._made = made
        often = Counter(word for post in words for word in post)
        total = len(words)
        self.rare = [word for word, n in often.items() if 0.00005 <= n / total < 0.0006]
        self.known = [word for word, n in often.items() if 0.0006 <= n / total < 0.006]
        self.topics = [word for word, n in often.items() if 0.006 <= n / total < 0.08]

    def boolean(self) -> str:
        """One query of words, AND, OR, NOT."""
        made = self._made
        kind = made.random()
        if kind < 0.35:
            return " OR ".join(made.sample(self.rare, made.randint(1, 4)))
        names = " OR ".join(made.sample(self.known, made.randint(1, 4)))
        topics = " OR ".join(made.sample(self.topics, made.randint(2, 6)))
        wanted = f"({names}) AND ({topics})"
        if kind < 0.7:
            return wanted
        left_out = " OR ".join(made.sample(self.topics, made.randint(1, 3)))
        return f"{wanted} AND NOT ({left_out})"

    def mixed(self) -> str:
        """As `boolean`, but for a third a phrase, nearness or a wildcard."""
        made = self._made
        kind = made.random()
        if kind > 1 / 3:
            return self.boolean()
        known, topic, other = made.choice(self.known), made.choice(self.topics), made.choice(self.topics)
        if kind < 1 / 9:
            return f'("{known} {topic}" OR "{topic} {other}") AND NOT {made.choice(self.topics)}'
        if kind < 2 / 9:
            return f"({known} NEAR/5 {topic}) OR ({made.choice(self.rare)} NEAR/3 {other})"
        stem = known[: max(4, len(known) - 2)]
        return f"{stem}* AND ({topic} OR {other})"


def _row(
    size: int, posts: Sequence[Heard], words: Sequence[Sequence[str]], maker: Maker, rounds: int
) -> dict[str, Any]:
    """One line of the table: the same posts against so many queries, everybody in turn."""
    boolean = [maker.boolean() for _ in range(size)]
    mixed = [maker.mixed() for _ in range(size)]
    ours, load_s, bytes_each = _loaded(boolean)
    with_more, mixed_load_s, mixed_bytes = _loaded(mixed)
    peer = _peer(boolean, words)
    all_runs = {"ours": _matching(ours, posts), "mixed": _matching(with_more, posts), **peer}
    runs: dict[str, list[float]] = {name: [] for name in all_runs}
    counts: dict[str, int] = {}
    for _ in range(rounds):
        for name, run in all_runs.items():
            started = time.perf_counter()
            counts[name] = run()
            runs[name].append(len(posts) / (time.perf_counter() - started))
    rate = {name: statistics.median(one) for name, one in runs.items()}
    return {
        "queries": size,
        "posts_a_second": {name: round(one) for name, one in rate.items()},
        "times_mokaccino": round(rate["ours"] / rate["mokaccino"], 2),
        "times_mokaccino_ready_made": round(rate["ours"] / rate["mokaccino_ready_made"], 2),
        "mixed_slower": round(rate["ours"] / rate["mixed"], 2),
        "matches_a_post": round(counts["ours"] / len(posts), 3),
        "mokaccino_matches_a_post": round(counts["mokaccino"] / len(posts), 3),
        "bytes_a_query": round(bytes_each),
        "mixed_bytes_a_query": round(mixed_bytes),
        "load_us_a_query": round(load_s / size * 1e6),
        "mixed_load_us_a_query": round(mixed_load_s / size * 1e6),
        "wrong_in_sample": _wrong(boolean, posts) + _wrong(mixed, posts),
    }


def _loaded(queries: Sequence[str]) -> tuple[Matcher[int], float, float]:
    """A matcher with these queries, the seconds that took, and the bytes of memory it holds for each."""
    parse("bridge")
    gc.collect()
    before = _resident()
    started = time.perf_counter()
    matcher: Matcher[int] = Matcher()
    for key, query in enumerate(queries):
        matcher.add(key, query)
    matcher.pairs([Heard("bridge")])
    took = time.perf_counter() - started
    gc.collect()
    return matcher, took, (_resident() - before) / len(queries)


def _resident() -> int:
    """Bytes of this process in memory now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()


def _matching(matcher: Matcher[int], posts: Sequence[Heard]) -> Callable[[], int]:
    def run() -> int:
        return sum(len(matcher.pairs(batch)[0]) for batch in in_batches(posts, matcher.at_once))

    return run


def _peer(queries: Sequence[str], words: Sequence[Sequence[str]]) -> dict[str, Callable[[], int]]:
    """mokaccino with the same queries and the same words, already cut: from words to matches, as a stream needs it, and from
    documents that are ready made, where only its matching is timed. Ours cuts its words itself in either."""
    from mokaccino import Document, Percolator, Query

    percolator = Percolator()
    for query in queries:
        percolator.add_query(Query.parse(_theirs(query)))

    def made(post: Sequence[str]) -> Any:
        document = Document()
        for word in post:
            document.add_value("t", word)
        return document

    documents = [made(post) for post in words]
    return {
        "mokaccino": lambda: sum(len(percolator.percolate_list(made(post))) for post in words),
        "mokaccino_ready_made": lambda: sum(len(percolator.percolate_list(one)) for one in documents),
    }


def _theirs(query: str) -> str:
    """A boolean query as mokaccino writes it."""
    words = query.replace("(", "( ").replace(")", " )").split()
    return " ".join(one if one in ("AND", "OR", "NOT", "(", ")") else f't:"{one}"' for one in words)


def _wrong(queries: Sequence[str], posts: Sequence[Heard]) -> int:
    """How many answers about the first queries and posts differ from those of the plain evaluator."""
    asked, given = queries[:CHECKED_QUERIES], posts[:CHECKED_POSTS]
    matcher: Matcher[int] = Matcher()
    trees = [parse(query) for query in asked]
    for key, tree in enumerate(trees):
        matcher.add(key, tree)
    wrong = 0
    for post, keys in zip(given, matcher.match(given), strict=True):
        reading = Reading(post)
        wrong += len({at for at, tree in enumerate(trees) if holds(tree, reading)} ^ set(keys))
    return wrong
