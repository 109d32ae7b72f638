"""Intake end to end (parse, clean, store, index, announce) beside the raw engine, and beside somebody who writes a little.

The raw engine writes the very rows that the product wrote for the same payloads: they are taken in, read back, undone,
and written again with nothing but the driver (`executemany` and FTS5, or COPY), in one transaction, all words cut and
all ids given beforehand. Chunks of the two alternate in one database, so that both see the same state and the same
noise. In a second part a process writes one small row every 30 ms while the product takes in without a rest.
"""

from __future__ import annotations

import gc
import statistics
import sys
import time
from argparse import Namespace
from collections.abc import Sequence
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
    chunks = 1 + 2 * options.chunks + options.beside
    began = time.time() - chunks * options.chunk / A_SECOND
    payloads = Payloads(options.seed, f"{time.time_ns():x}", began)
    with neighbour.checkpointing():
        ours, raw, rows, cpu = _by_turns(place, payloads, options)
        with neighbour.writing_a_little() as written:
            beside, held = _beside(place, payloads, options)
    ratios = [one / other for one, other in zip(ours, raw, strict=True)]
    return {
        "goal": {
            "ratio": 0.5,
            "beside_per_s": 8000,
            "small_write_p95_ms": 150,
            "held_p95_ms": 100,
            "held_max_ms": 200,
        },
        "payload_bytes": PAYLOAD_BYTES,
        "rows_of_a_chunk": rows,
        "product_per_s": _rates(ours),
        "raw_per_s": _rates(raw),
        "ratio": round(statistics.median(ratios), 3),
        "cpu_a_post": cpu | {"ratio": round(cpu["raw_us"] / cpu["product_us"], 3)},
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


def _by_turns(
    place: Any, payloads: Payloads, options: Namespace
) -> tuple[list[float], list[float], dict[str, int], dict[str, int]]:
    from bench import raw

    engine = raw.engine()
    _take_in(place, b"\n".join(payloads.take(options.chunk)))  # plans, caches, FTS5's first segments
    ours, bare = [], []
    ours_cpu: list[float] = []
    raw_cpu: list[float] = []
    rows: dict[str, int] = {}
    for number in range(options.chunks):
        body = b"\n".join(payloads.take(options.chunk))
        ours.append(options.chunk / _seconds(partial(_take_in, place, body), ours_cpu))
        other = b"\n".join(payloads.take(options.chunk))
        undone = raw.what_it_writes(partial(_take_in, place, other))
        bare.append(options.chunk / _seconds(partial(engine.write, undone), raw_cpu))
        rows = undone.sizes()
        print(f"chunk {number + 1}: {ours[-1]:.0f}/s, raw {bare[-1]:.0f}/s", file=sys.stderr)
    engine.close()
    cpu = {
        "product_us": round(statistics.median(ours_cpu) / options.chunk * 1e6),
        "raw_us": round(statistics.median(raw_cpu) / options.chunk * 1e6),
    }
    return ours, bare, rows, cpu


def _beside(place: Any, payloads: Payloads, options: Namespace) -> tuple[list[float], list[float]]:
    """Rates by chunk, and how long each transaction held the write lock, in milliseconds."""
    rates = []
    bodies = [b"\n".join(payloads.take(options.chunk)) for _ in range(options.beside)]
    with neighbour.locks_timed() as held:
        for body in bodies:
            rates.append(options.chunk / _seconds(partial(_take_in, place, body)))
    return rates, held


def _take_in(place: Any, body: bytes) -> list[int]:
    from colonnade.conversations.actions import receive
    from colonnade.networks.pretend import read

    return receive(place, tuple(read.items_of(body, "colonnade"))).posts


def _seconds(call: Any, cpu: list[float] | None = None) -> float:
    """How long a call took; its processor time in this process is added to `cpu`."""
    gc.collect()
    began, worked = time.perf_counter(), time.process_time()
    call()
    if cpu is not None:
        cpu.append(time.process_time() - worked)
    return time.perf_counter() - began
