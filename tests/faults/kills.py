"""The kill harness: processes die at named points, others go on where they ended, and a judge compares the books.

    acknowledged by us (a synced list)  <->  stored in the database  <->  taken by the network (its own synced ledger)

A kill counts only if the parent saw signal 9 and the point's name stands in the synced log, written by that process.
Nothing here imports Django: the program runs in the children of the zygote and of the nursery (tests/forked.py) alone.
"""

from __future__ import annotations

import html
import http.client
import json
import os
import random
import re
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from colonnade.networks.pretend.ledger import accepted
from colonnade.networks.pretend.lines import Line, decode
from tests.faults.checker import Intent, Verdict, judge_asks, judge_deliveries
from tests.forked import Process, nursery_for

ROOT = Path(__file__).resolve().parents[2]

POINTS = (
    "delivery.claimed",
    "delivery.attempt-committed",
    "delivery.before-call",
    "delivery.after-call",
    "delivery.before-result",
    "delivery.before-receive",
    "delivery.before-commit",
    "delivery.after-result",
    "poll.pulled",
    "receive.raw-and-posts-written",
    "receive.before-commit",
    "poll.after-receive",
    "event.after-announce",
    "pump.after-handler",
    "pump.before-cursor",
    "pump.after-cursor",
    "pump.after-commit",
    "work.after-enqueue",
    "work.claimed",
    "work.before-done",
    "work.after-done",
)
ONLY_ON_POSTGRES = ("event.before-stamp", "event.after-stamp")
IN_A_QUESTION = (
    "event.after-announce",
    "receive.raw-and-posts-written",
    "receive.before-commit",
    "ask.committed",
)
FAULTS = ("cut_before", "cut_after", "cut_midway", "error_before", "error_after", "wrong_json", "busy")
SHIFTS_S = (0.0, 0.0, 1.0, 10.0, 70.0, 700.0, 4000.0)
WALL_JUMPS_S = (-86_400.0, -600.0, 0.0, 0.0, 600.0, 86_400.0)
MISSES_ALLOWED = 20
WEB_CHILD = "import sys; from tests.faults import web_child; sys.exit(web_child.main())"


@dataclass
class Tally:
    """What a run came to."""

    seed: int
    database: str
    kills: int = 0
    rounds: int = 0
    pages: int = 0
    by_point: Counter[str] = field(default_factory=Counter)
    deliveries: int = 0
    by_class: Counter[str] = field(default_factory=Counter)
    uncertain: Counter[str] = field(default_factory=Counter)
    maybe_twice: int = 0
    asks: int = 0
    arrivals: int = 0
    faults: list[str] = field(default_factory=list)

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        return {
            name: dict(value) if isinstance(value, Counter) else value for name, value in vars(self).items()
        }


@dataclass
class Network:
    """The make-believe network's address and ledger, and the file that says how far ahead its clock is."""

    address: str
    ledger: Path
    ahead: Path

    def move_clock(self, seconds: float) -> None:
        """Its clock is so many seconds ahead of the real one; never half a number."""
        draft = self.ahead.with_suffix(".draft")
        draft.write_text(str(seconds))
        draft.replace(self.ahead)

    def tell(self, method: str, path: str, body: object) -> None:
        """Programme faults, or let somebody there say something."""
        request = urllib.request.Request(
            self.address.rstrip("/") + path, json.dumps(body).encode(), method=method
        )
        with urllib.request.urlopen(request, timeout=20):
            pass

    def taken(self) -> list[Line]:
        """What came over the API and was taken, repeats included."""
        return accepted(self.ledger)

    def said_by_others(self) -> list[str]:
        """What people there said."""
        lines = [decode(line) for line in self.ledger.read_bytes().splitlines()]
        return [line.text for line in lines if line.kind == "post" and not line.rules]


@contextmanager
def network(folder: Path) -> Iterator[Network]:
    """A running network that ends with this process."""
    ledger, ahead = folder / "town.jsonl", folder / "ahead"
    ahead.write_text("0")
    command = [sys.executable, "-m", "tests.faults.town_clock", str(ahead), "--ledger", str(ledger)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as process:
        try:
            assert process.stdout is not None
            yield Network(json.loads(process.stdout.readline())["address"], ledger, ahead)
        finally:
            process.kill()


class Zygote:
    """The process that forks; see `zygote.py`."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.zygote"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env=dict(environment),
            text=True,
        )

    def run(self, specs: Sequence[dict[str, Any]]) -> list[dict[str, int]]:
        """Run children at the same time; how each ended."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(specs) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError("The zygote has ended.")
        ended: list[dict[str, int]] = json.loads(answer)
        return ended

    def close(self) -> None:
        """Let it end."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(30)


@dataclass
class Run:
    """One world from its beginning to its judgement."""

    zygote: Zygote
    environment: Mapping[str, str]
    there: Network
    folder: Path
    seed: int
    tally: Tally
    points: Sequence[str] = POINTS
    sabotage: str = ""
    jumpy: bool = False

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.shift_s = 0.0
        self.missed: Counter[str] = Counter()
        self.children = 0

    def spec(self, deeds: Sequence[str], kill_at: str = "", nth: int = 1) -> dict[str, Any]:
        """The specification of one child."""
        self.children += 1
        return {
            "name": f"{self.seed}-{self.children}",
            "seed": self.chance.getrandbits(48),
            "deeds": list(deeds),
            "kill_at": kill_at,
            "nth": nth,
            "shift_s": self.shift_s,
            "wall_s": self.chance.choice(WALL_JUMPS_S) if self.jumpy else 0.0,
            "sabotage": self.sabotage,
            "network": self.there.address,
            "ahead": str(self.there.ahead),
            **{
                name: str(self.folder / name)
                for name in ("kills", "acks", "refusals", "out", "trace", "stop")
            },
        }

    def one(self, deeds: Sequence[str]) -> None:
        """A child that is not killed must end well."""
        [ended] = self.zygote.run([self.spec(deeds)])
        if ended["signal"] or ended["code"]:
            raise RuntimeError(f"{deeds} ended with {ended}:\n{(self.folder / 'trace').read_text()[-4000:]}")

    def together(self, deeds: Sequence[Sequence[str]], meanwhile: Callable[[], None]) -> None:
        """Children that do these deeds at once until `meanwhile` is over; all must end well."""
        specs = [self.spec(one) for one in deeds]
        stop = self.folder / "stop"
        stop.unlink(missing_ok=True)
        with ThreadPoolExecutor(1) as pool:
            ended = pool.submit(self.zygote.run, specs)
            try:
                meanwhile()
            finally:
                stop.touch()
            bad = [end for end in ended.result() if end["signal"] or end["code"]]
        if bad:
            raise RuntimeError(f"{deeds} ended with {bad}:\n{(self.folder / 'trace').read_text()[-4000:]}")

    def wait_for_acks(self, more: int, longest_s: float = 60.0) -> None:
        """Until so many more things have been acknowledged."""
        wanted, until = len(read_lines(self.folder / "acks")) + more, time.monotonic() + longest_s
        while len(read_lines(self.folder / "acks")) < wanted and time.monotonic() < until:
            time.sleep(0.05)

    def kill(self, wanted: int) -> None:
        """Rounds until so many were killed in all: each ends one child, sometimes two at once, at chosen points."""
        while self.tally.kills < wanted:
            self._disturb()
            specs = [self._doomed() for _ in range(2 if self.chance.random() < 0.25 else 1)]
            ended = self.zygote.run(specs)
            self._count(specs, ended)
            self.tally.rounds += 1

    def kill_pages(self, wanted: int) -> None:
        """Start pages and push whole, so many times, and let each die while somebody's question is being taken.

        Whoever asks is told that it has arrived only by the answer of the page; no answer is no acknowledgement.
        """
        with socket.create_server(("127.0.0.1", 0)) as listener:
            while self.tally.pages < wanted:
                point = self.chance.choice(IN_A_QUESTION)
                spec = self.spec([], point, self.chance.choice((1, 1, 2, 3)))
                process = self._start_pages(spec, listener)
                try:
                    for number in range(8):
                        if not self._ask_the_page(listener.getsockname()[1], f"ask {spec['name']} {number}"):
                            break
                    code = process.wait(10) if number < 7 else None
                finally:
                    process.kill()
                    process.wait()
                entry = {"pid": process.pid, "point": point}
                if code == -9 and entry in read_lines(self.folder / "kills"):
                    self.tally.kills += 1
                    self.tally.pages += 1
                    self.tally.by_point[f"pages: {point}"] += 1

    def _start_pages(self, spec: dict[str, Any], listener: socket.socket) -> Process:
        nursery = nursery_for(self.environment)
        told = ["live", "--listener", str(listener.fileno()), "--parent", str(nursery.pid)]
        with (self.folder / "trace").open("ab") as trace:
            return nursery.start(
                WEB_CHILD, json.dumps(spec), *told, passes=[listener.fileno()], output=trace.fileno()
            )

    def _ask_the_page(self, port: int, words: str) -> bool:
        """Ask as a visitor does, each from an address of their own; False when no answer came."""
        headers = {
            "Sec-Fetch-Site": "same-origin",
            "X-Forwarded-For": f"192.0.2.{self.chance.randrange(256)}, 198.51.100.{self.chance.randrange(256)}",
        }
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            connection.request("GET", "/", headers=headers)
            page = connection.getresponse().read().decode()
            stamp = html.unescape(re.findall(r'name="stamp" value="([^"]+)"', page)[0])
            form = urllib.parse.urlencode({"text": words, "name": "Mrs Okafor", "stamp": stamp})
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            connection.request("POST", "/ask", body=form, headers=headers)
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
        if answer.status != 302:
            raise RuntimeError(f"The page answered {answer.status} to a question.")
        append_line(self.folder / "acks", {"ask": words})
        return True

    def _disturb(self) -> None:
        """Time goes by, somebody there speaks, and in some rounds the network fails as well."""
        self.shift_s += self.chance.choice(SHIFTS_S)
        self.there.move_clock(self.shift_s)
        self.there.tell("POST", "/steps", {"by": "okafor", "text": f"said {self.seed} {self.tally.rounds}"})
        faults = []
        if self.chance.random() < 0.2:
            kind = self.chance.choice(FAULTS)
            faults = [{"kind": kind, "on": "any", "chance": 0.5, "times": 2, "after_s": 1}]
        self.there.tell("PUT", "/faults", {"faults": faults, "seed": self.tally.rounds})

    def _doomed(self) -> dict[str, Any]:
        alive = [point for point in self.points if self.missed[point] < MISSES_ALLOWED]
        fewest = min(self.tally.by_point[point] for point in alive)
        point = self.chance.choice([point for point in alive if self.tally.by_point[point] == fewest])
        first = self.chance.choice((["ask"], ["dispatch", "dispatch"], ["dispatch", "ask", "dispatch"]))
        return self.spec([*first, "turns"], point, self.chance.choice((1, 1, 1, 2, 3)))

    def _count(self, specs: Sequence[dict[str, Any]], ended: Sequence[dict[str, int]]) -> None:
        left_word = {(entry["pid"], entry["point"]) for entry in read_lines(self.folder / "kills")}
        for spec, end in zip(specs, ended, strict=True):
            point = spec["kill_at"]
            if end["signal"] == 9 and (end["pid"], point) in left_word:
                self.tally.kills += 1
                self.tally.by_point[point] += 1
                self.missed[point] = 0
            else:
                self.missed[point] += 1

    def judge(self) -> Tally:
        """Let everything come to rest and compare the books."""
        self.there.tell("PUT", "/faults", {"faults": []})
        self.one(["rest", "tell"])
        told = json.loads((self.folder / "out").read_text())
        acks = read_lines(self.folder / "acks")
        intents = [Intent(**row) for row in told["deliveries"]]
        asks = judge_asks((entry["ask"] for entry in acks if "ask" in entry), _flat(told["texts"]))
        dispatched = judge_asks(
            (entry["dispatch"] for entry in acks if "dispatch" in entry), [one.words for one in intents]
        )
        arrivals = judge_asks(self.there.said_by_others(), _flat(told["texts"]))
        out = judge_deliveries(intents, self.there.taken())
        self._add(intents, asks, arrivals, [asks, dispatched, arrivals, out])
        self.tally.faults += [
            f"{words!r} has {count} cases." for words, count in told["cases"].items() if count != 1
        ]
        self.tally.faults += [
            f"{told[name]} {name}" for name in ("parked_events", "quarantined") if told[name]
        ]
        return self.tally

    def _add(
        self, intents: Sequence[Intent], asks: Verdict, arrivals: Verdict, all_: Sequence[Verdict]
    ) -> None:
        self.tally.deliveries += len(intents)
        self.tally.by_class.update(one.rules for one in intents)
        self.tally.uncertain.update(one.rules for one in intents if one.state == "uncertain")
        self.tally.maybe_twice += sum(one.maybe_twice for one in intents)
        self.tally.asks += asks.checked
        self.tally.arrivals += arrivals.checked
        for verdict in all_:
            self.tally.faults += verdict.faults


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The whole lines of a log; what a kill left half-written was never said."""
    data = path.read_bytes() if path.exists() else b""
    return [json.loads(line) for line in data[: data.rfind(b"\n") + 1].splitlines()]


def append_line(path: Path, entry: Mapping[str, Any]) -> None:
    """One line more, on the disk when this returns."""
    with path.open("ab") as file:
        file.write(json.dumps(entry).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


def _flat(counts: Mapping[str, int]) -> Iterator[str]:
    for words, count in counts.items():
        yield from [words] * count


@contextmanager
def world(
    folder: Path, environment: Mapping[str, str], *, seed: int, database: str = "sqlite", **more: Any
) -> Iterator[Run]:
    """A run on an empty, migrated database, with its network and its zygote."""
    folder.mkdir(parents=True, exist_ok=True)
    zygote = Zygote(environment)
    try:
        with network(folder) as there:
            yield Run(zygote, environment, there, folder, seed, Tally(seed, database), **more)
    finally:
        zygote.close()


def kill_many(
    folder: Path,
    environment: Mapping[str, str],
    *,
    kills: int,
    seed: int,
    database: str,
    pages: int | None = None,
    **more: Any,
) -> Tally:
    """Kill so many processes in one world on an empty, migrated database, and judge it.

    A tenth (or `pages` of them) are pages and push, started whole and killed while they take a question. `jumpy`: the
    wall's clock of every other process is wrong by up to a day. `sabotage` names a fault of ours to be found.
    """
    points = (*POINTS, *ONLY_ON_POSTGRES) if database == "postgresql" else POINTS
    with world(folder, environment, seed=seed, database=database, **{"points": points, **more}) as run:
        run.one(["set up"])
        run.kill_pages(kills // 10 if pages is None else pages)
        run.kill(kills)
        return run.judge()
