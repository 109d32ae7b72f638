"""Intake end to end (parse, clean, store, index, announce) beside the raw engine, and beside somebody who writes a little.

The raw engine writes the very rows that the product wrote for the same payloads: they are taken in, read back, undone,
and written again with nothing but the driver (`executemany` and FTS5, or COPY), in one transaction, all words cut and
all ids given beforehand; by turns also in as many transactions as the product needs to let others write meanwhile.
Chunks of all alternate in one database, so that they see the same state and the same noise. In a second part a process writes one small row every 30 ms while the product takes in without a rest.
"""

from __future__ import annotations

import gc
import statistics
import sys
import time
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from bench import frame, neighbour
from bench.items import A_SECOND, PAYLOAD_BYTES, Payloads


def main(argv: list[str]) -> int:
    options = _options(argv)
    with frame.database(options) as home:
        from bench import world
        from colonnade.places.models import Place

        if not Place.objects.exists():
            world.build(options.posts, options.seed)
        place = Place.objects.select_related("audience").get(name="Place p 0")
        figures = _measure(place, home, options)
        return frame.report("intake", options, {"bytes": frame.size_of(home), **figures})


def _options(argv: list[str]) -> Namespace:
    made = frame.parser("intake")
    made.add_argument("--chunks", type=int, default=15, help="chunks of each of the two, by turns")
    made.add_argument("--chunk", type=int, default=2000, help="payloads in a chunk")
    made.add_argument("--beside", type=int, default=15, help="chunks taken in beside small writes")
    return made.parse_args(argv)


def _measure(place: Any, home: Path, options: Namespace) -> dict[str, Any]:
    chunks = 1 + 3 * options.chunks + options.beside
    began = time.time() - chunks * options.chunk / A_SECOND
    payloads = Payloads(options.seed, f"{time.time_ns():x}", began)
    with neighbour.checkpointing():
        turns = _by_turns(place, payloads, options)
        with neighbour.writing_a_little() as written:
            beside, held = _beside(place, payloads, options)
    return {
        "goal": {
            "ratio": 0.5,
            "beside_per_s": 8000,
            "small_write_p95_ms": 150,
            "held_p95_ms": 100,
            "held_max_ms": 200,
        },
        "payload_bytes": PAYLOAD_BYTES,
        "rows_of_a_chunk": turns.rows,
        "transactions_of_a_chunk": turns.transactions,
        "product_per_s": _rates(turns.ours),
        "raw_per_s": _rates(turns.raw),
        "raw_in_as_many_transactions_per_s": _rates(turns.parted),
        "ratio": _ratio(turns.ours, turns.raw),
        "ratio_to_as_many_transactions": _ratio(turns.ours, turns.parted),
        "cpu_a_post_us": {name: round(statistics.median(took) * 1e6) for name, took in turns.cpu.items()},
        "beside": {
            "product_per_s": _rates(beside),
            "small_write_ms": frame.percentiles(written),
            "lock_held_ms": frame.percentiles(held),
            "transactions": len(held),
        },
    }


def _rates(values: Sequence[float]) -> dict[str, float]:
    return {
        "median": round(statistics.median(values)),
        "min": round(min(values)),
        "max": round(max(values)),
        "chunks": len(values),
    }


@dataclass
class _Turns:
    """Posts a second by chunk, processor seconds a post, and how many rows and transactions one chunk was."""

    ours: list[float] = field(default_factory=list)
    raw: list[float] = field(default_factory=list)
    parted: list[float] = field(default_factory=list)
    cpu: dict[str, list[float]] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    transactions: int = 1


def _by_turns(place: Any, payloads: Payloads, options: Namespace) -> _Turns:
    from bench import raw

    engine = raw.engine()
    turns = _Turns()

    def body() -> bytes:
        return b"\n".join(payloads.take(options.chunk))

    def timed(name: str, rates: list[float], call: Any) -> None:
        rates.append(options.chunk / _seconds(call, options.chunk, turns.cpu.setdefault(name, [])))

    _take_in(place, body())  # plans, caches, FTS5's first segments
    for number in range(options.chunks):
        with neighbour.locks_timed() as held:
            timed("product", turns.ours, partial(_take_in, place, body()))
        turns.transactions = max(1, len(held))
        timed("raw", turns.raw, partial(engine.write, raw.what_it_writes(partial(_take_in, place, body()))))
        undone = raw.what_it_writes(partial(_take_in, place, body()))
        timed("parted", turns.parted, partial(_write_each, engine, undone.in_parts(turns.transactions)))
        turns.rows = undone.sizes()
        ours, whole, parted = (rates[-1] for rates in (turns.ours, turns.raw, turns.parted))
        print(
            f"chunk {number + 1}: {ours:.0f}/s, raw {whole:.0f}/s, raw {parted:.0f}/s in {turns.transactions} transactions",
            file=sys.stderr,
        )
    engine.close()
    return turns


def _write_each(engine: Any, parts: Sequence[Any]) -> None:
    for part in parts:
        engine.write(part)


def _ratio(ours: Sequence[float], other: Sequence[float]) -> float:
    return round(statistics.median(one / two for one, two in zip(ours, other, strict=True)), 3)


def _beside(place: Any, payloads: Payloads, options: Namespace) -> tuple[list[float], list[float]]:
    """Rates by chunk, and how long each transaction held the write lock, in milliseconds."""
    rates = []
    bodies = [b"\n".join(payloads.take(options.chunk)) for _ in range(options.beside)]
    with neighbour.locks_timed() as held:
        for body in bodies:
            rates.append(options.chunk / _seconds(partial(_take_in, place, body), options.chunk))
    return rates, held


def _take_in(place: Any, body: bytes) -> list[int]:
    from colonnade.conversations.actions import receive
    from colonnade.networks.pretend import read

    return receive(place, tuple(read.items_of(body, "colonnade"))).posts


def _seconds(call: Any, posts: int, cpu: list[float] | None = None) -> float:
    """How long a call took; its processor time in this process, for each post, is added to `cpu`."""
    gc.collect()
    began, worked = time.perf_counter(), time.process_time()
    call()
    if cpu is not None:
        cpu.append((time.process_time() - worked) / posts)
    return time.perf_counter() - began
