"""What a child of the zygote does before it is killed: ask, dispatch, read the network, deliver, settle.

Everything real happens through the same functions as in a worker process; `shift_s` moves both clocks, as if so much
time had gone by since the run began.
"""

from __future__ import annotations

import json
import os
import random
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.backends.signals import connection_created
from django.db.models import Q

from colonnade.conversations import work as conversations_work
from colonnade.conversations.models import Post, Raw
from colonnade.core import events, points, work, worker
from colonnade.core.models import Job, Setback
from colonnade.deliveries import actions as deliveries
from colonnade.deliveries import queries, rules
from colonnade.deliveries import work as deliveries_work
from colonnade.deliveries.actions import leases
from colonnade.deliveries.models import Attempt, Delivery
from colonnade.deliveries.types import Patience
from colonnade.inbox import actions as inbox
from colonnade.inbox.models import Case
from colonnade.networks.base import Author, Outgoing
from colonnade.people import actions as people
from colonnade.people.models import Role
from colonnade.places import actions as places
from colonnade.places.models import Account, Place
from colonnade.places.rules import ON_THE_WEB
from colonnade.primitives import clock

CLASSES = "ABCDE"


@dataclass
class Child:
    """One child: its specification, its chance, and how often it has come to its end."""

    spec: dict[str, Any]
    chance: random.Random = field(init=False)
    hits: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.spec["seed"])

    def reached(self, name: str) -> None:
        """At the chosen point, for the chosen time: leave word on the disk and die as if by kill -9."""
        if name != self.spec["kill_at"]:
            return
        with self.lock:
            self.hits += 1
            if self.hits == self.spec["nth"]:
                note(self.spec["kills"], {"pid": os.getpid(), "point": name})
                os.kill(os.getpid(), signal.SIGKILL)

    def words(self, what: str) -> str:
        """Words that nobody else uses."""
        return f"{what} {self.spec['name']} {self.chance.getrandbits(32):08x}"


def note(path: str, entry: dict[str, Any]) -> None:
    """Append one line; it is on the disk when this returns."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(handle, json.dumps(entry).encode() + b"\n")
        os.fsync(handle)
    finally:
        os.close(handle)


def shift_clocks(seconds: float, wall_s: float = 0.0) -> None:
    """Live so many seconds later, on the wall's clock and on the machine's own; the wall's is wrong by `wall_s`."""
    clock._wall = lambda: time.time() + seconds + wall_s
    clock.monotonic_s = lambda: time.monotonic() + seconds


def run(spec: dict[str, Any]) -> None:
    """Do what the specification says, in its order."""
    settings.COLONNADE_ALLOW_PRIVATE_HOSTS = ("127.0.0.1",)
    if spec["shift_s"] or spec["wall_s"]:
        shift_clocks(spec["shift_s"], spec["wall_s"])
    child = Child(spec)
    if spec["sabotage"]:
        SABOTAGE[spec["sabotage"]](child)
    if spec["kill_at"]:
        points.install(child.reached)
    for deed in spec["deeds"]:
        DEEDS[deed](child)


def set_up(child: Child) -> None:
    """A member of staff, a space for questions, and one account in each delivery class."""
    people.meet("Ana Duarte", role=Role.MEMBER, handle="ana")
    places.open_space("Questions", kind="help", audience=ON_THE_WEB)
    for letter in CLASSES:
        place = places.add_account(
            "pretend",
            child.spec["network"],
            name=f"Account {letter}",
            credentials={"as": f"us-{letter.lower()}", "class": letter, "timeout_s": 5.0},
            identity=Author(
                network="pretend", address=f"us-{letter.lower()}@town", name="Us", proof="signed"
            ),
        )
        deliveries.target_for(Account.objects.get(place=place))


def ask(child: Child) -> None:
    """Mrs Okafor asks; she is told that her words have arrived only after they are committed."""
    words = child.words("ask")
    if child.spec["sabotage"] == "answer too early":
        note(child.spec["acks"], {"ask": words})
    inbox.ask(Place.objects.get(slug="questions"), name="Mrs Okafor", text=words, ip_or_key=words)
    note(child.spec["acks"], {"ask": words})


def dispatch(child: Child) -> None:
    """Ana says something on one of the networks."""
    words = child.words("dispatch")
    place = Place.objects.get(slug=f"account-{child.chance.choice(CLASSES).lower()}")
    deliveries.dispatch(
        Outgoing(text=words),
        place=place,
        scope=places.default_scope(place),
        targets=[deliveries.target_for(Account.objects.get(place=place))],
        undo_s=0,
    )
    note(child.spec["acks"], {"dispatch": words})


def take_turns(child: Child) -> None:
    """What a worker does when two accounts are due to be read and all work for deliveries is."""
    for place in child.chance.sample(list(Place.objects.filter(kind="account")), 2):
        work.enqueue(conversations_work.pull, place.pk, key=str(place.pk))
    work.enqueue(deliveries_work.deliver_due, key="deliver")
    work.enqueue(deliveries_work.settle_uncertain, key="settle")
    worker.settle(6)


def keep_asking(child: Child) -> None:
    """Ask and dispatch until told to stop; what goes wrong with the database is nobody's acknowledgement."""
    while not Path(child.spec["stop"]).exists():
        for deed in (ask, dispatch):
            try:
                deed(child)
            except DatabaseError:
                connection.close()
                time.sleep(0.05)
        time.sleep(0.05)


def keep_working(child: Child) -> None:
    """Be a worker process, with all its threads, until told to stop."""
    stop = threading.Event()

    def watch() -> None:
        while not Path(child.spec["stop"]).exists():
            time.sleep(0.05)
        stop.set()

    threading.Thread(target=watch, daemon=True).start()
    worker.run(stop, f"worker-{os.getpid()}")


def write_until_full(child: Child) -> None:
    """Let the database file grow by 400 kB and no more; ask until nothing goes in any longer, and try to work on."""
    with connection.cursor() as cursor:
        most = cursor.execute("PRAGMA page_count").fetchone()[0] + 50
    connection.close()

    def limit(sender: Any, connection: Any, **_: Any) -> None:
        connection.cursor().execute(f"PRAGMA max_page_count = {most}")

    connection_created.connect(limit, weak=False)
    refused = 0
    while refused < 5:
        for deed in (ask, dispatch):
            try:
                deed(child)
            except DatabaseError as error:
                refused += 1
                note(child.spec["refusals"], {"words": str(error)})
    with suppress(DatabaseError):
        take_turns(child)


def check_the_file(child: Child) -> None:
    """SQLite itself says whether its file is sound."""
    with connection.cursor() as cursor:
        found = cursor.execute("PRAGMA integrity_check").fetchall()
    if found != [("ok",)]:
        raise RuntimeError(f"The database file is broken: {found}")


def come_to_rest(child: Child) -> None:
    """Let time go by until nothing moves any more: first minutes, then hours."""
    for turn in range(60):
        child.spec["shift_s"] += 400 if turn < 20 else 7 * 3600
        shift_clocks(child.spec["shift_s"], child.spec["wall_s"])
        Path(child.spec["ahead"]).write_text(str(child.spec["shift_s"]))
        take_turns(child)
        if turn > 8 and not _moving().exists():
            break
    take_turns(child)


def _moving() -> Any:
    unsettled = Q(state="uncertain", due_at__isnull=False)
    return Delivery.objects.filter(Q(state__in=["waiting", "sending"]) | unsettled)


def tell(child: Child) -> None:
    """Everything that the judge wants to know, as plain values."""
    shown = set(queries.uncertain().values_list("pk", flat=True))
    texts: dict[str, int] = {}
    for text in Post.objects.filter(said__isnull=False).values_list("said__text", flat=True):
        texts[text] = texts.get(text, 0) + 1
    rows = Delivery.objects.select_related("dispatch", "account__place").order_by("id")
    told = {
        "deliveries": [
            {
                "delivery": row.pk,
                "rules": row.account.place.name[-1],
                "words": row.dispatch.content["text"],
                "state": row.state,
                "shown_uncertain": row.pk in shown,
                "maybe_twice": row.maybe_twice,
                "posts_here": texts.get(row.dispatch.content["text"], 0),
            }
            for row in rows
        ],
        "texts": texts,
        "cases": {
            text: Case.objects.filter(conversation__posts__said__text=text).count()
            for text in texts
            if text.startswith("ask ")
        },
        "parked_events": Setback.objects.count(),
        "failed_jobs": Job.objects.filter(state=Job.State.FAILED).count(),
        "quarantined": Raw.objects.filter(state="quarantined").count(),
        "events": events.head(),
        "shift_s": child.spec["shift_s"],
    }
    Path(child.spec["out"]).write_text(json.dumps(told))


def _send_again_blindly(child: Child) -> None:
    rules.next_step = lambda can, past, now: "repeat"


def _forget_attempts(child: Child) -> None:
    """As if attempts were not committed before the call."""
    take_back = leases._take_back

    def forget(delivery: Delivery, patience: Patience) -> None:
        Attempt.objects.filter(delivery=delivery, outcome="open").delete()
        take_back(delivery, patience)

    leases._take_back = forget


def _hide_what_is_uncertain(child: Child) -> None:
    queries.uncertain = Delivery.objects.none


# What a careless hand might have written: with each of these the judge must find something.
SABOTAGE: dict[str, Callable[[Child], None]] = {
    "send again blindly": _send_again_blindly,
    "forget attempts": _forget_attempts,
    "answer too early": lambda child: None,
    "hide what is uncertain": _hide_what_is_uncertain,
}

DEEDS: dict[str, Callable[[Child], None]] = {
    "set up": set_up,
    "ask": ask,
    "dispatch": dispatch,
    "turns": take_turns,
    "keep asking": keep_asking,
    "keep working": keep_working,
    "write until full": write_until_full,
    "check the file": check_the_file,
    "rest": come_to_rest,
    "tell": tell,
}
