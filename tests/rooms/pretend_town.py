"""A make-believe network in a process of its own, an account of ours there, and what a worker does, step by step."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from colonnade.conversations import actions as conversations
from colonnade.conversations.models import Post
from colonnade.core import worker
from colonnade.deliveries import actions, queries, work
from colonnade.deliveries.models import Delivery, Dispatch, Target
from colonnade.deliveries.types import PATIENCE, Patience
from colonnade.networks.base import Author, Outgoing
from colonnade.networks.http import Client
from colonnade.networks.pretend.ledger import accepted
from colonnade.networks.pretend.lines import Line, decode
from colonnade.places import actions as places
from colonnade.places.models import Account, Place
from tests.faults.checker import Intent, Verdict, judge_deliveries


@dataclass
class Town:
    """One network of one delivery class. `move` moves the stopped clock, in seconds."""

    rules: str
    address: str
    ledger_file: Path
    http: Client

    def account(self, name: str = "harbour", **credentials: Any) -> Place:
        """An account of ours there, whose calls give up after a second."""
        return places.add_account(
            "pretend",
            self.address,
            name=name.title(),
            credentials={"as": name, "class": self.rules, "timeout_s": 1.0, **credentials},
            identity=Author(network="pretend", address=f"{name}@town", name=name.title(), proof="signed"),
        )

    def begin_anew(self) -> Town:
        """Forget everything that happened there; every account is signed in and nothing fails."""
        self._tell("PUT", "/faults", {"faults": []})
        self.sign_in()
        self._tell("POST", "/anew", {})
        return self

    def fail(self, kind: str, *, times: int | None = 1, on: str = "write", **more: Any) -> None:
        """The next calls of a kind go wrong."""
        fault = {"kind": kind, "on": on, "times": times, **more}
        self._tell("PUT", "/faults", {"faults": [fault], "seed": 1})

    def sign_in(self, name: str = "harbour") -> None:
        """The account's token is good again."""
        self._tell("POST", "/tokens", {"bearer": f"{name}:"})

    def says(self, text: str, by: str = "okafor") -> None:
        """Somebody there says something."""
        self._tell("POST", "/steps", {"by": by, "text": text})

    def _tell(self, method: str, path: str, body: object) -> None:
        answer = self.http.request(
            method, self.address.rstrip("/") + path, body=json.dumps(body).encode(), timeout_s=10
        )
        assert answer.status < 300, answer.body

    @property
    def ledger(self) -> list[Line]:
        """What the network took, repeats included."""
        return accepted(self.ledger_file)

    @property
    def everything(self) -> list[Line]:
        """What came over the API, deletions included."""
        lines = [decode(line) for line in self.ledger_file.read_bytes().splitlines()]
        return [line for line in lines if line.rules]

    def texts(self) -> list[str]:
        """The words of what the network took."""
        return [line.text for line in self.ledger]


@contextmanager
def town(folder: Path, rules: str, *arguments: str) -> Iterator[Town]:
    """A running network of the class `rules`."""
    ledger = folder / f"town-{rules}.jsonl"
    command = [sys.executable, "-m", "colonnade.networks.pretend.server", "--ledger", str(ledger)]
    command += ["--class", rules, *arguments]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, cwd=Path(__file__).resolve().parents[2]
    ) as process:
        try:
            assert process.stdout is not None
            told = json.loads(process.stdout.readline())
            yield Town(rules, told["address"], ledger, Client(allowed_private_hosts=["127.0.0.1"]))
        finally:
            process.kill()


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def allow_loopback(settings_: Any = settings) -> None:
    """Let the program reach servers on this machine."""
    settings_.COLONNADE_ALLOW_PRIVATE_HOSTS = ("127.0.0.1", "localhost")


# --- sending, and what a worker does ------------------------------------------------------------------------------


def account_of(place: Place) -> Account:
    """The account behind a place."""
    return Account.objects.get(place=place)


def target_of(place: Place) -> Target:
    """The timeline of the account behind a place."""
    return actions.target_for(account_of(place))


def send(place: Place, text: str, *, undo_s: float = 0, **more: Any) -> Delivery:
    """Dispatch a text to an account's own timeline; its one delivery."""
    made = dispatch(place, text, undo_s=undo_s, **more)
    return Delivery.objects.get(dispatch=made)


def dispatch(place: Place, text: str, *, undo_s: float = 0, **more: Any) -> Dispatch:
    """Dispatch a text to an account's own timeline."""
    scope = places.default_scope(place)
    targets = more.pop("targets", None) or [target_of(place)]
    return actions.dispatch(
        Outgoing(text=text), place=place, scope=scope, targets=targets, undo_s=undo_s, **more
    )


def deliver(patience: Patience = PATIENCE) -> int:
    """Send everything that is due, in this thread; returns how many were taken up."""
    actions.reclaim(patience)
    count = 0
    while claimed := actions.claim(1, patience.lease_s):
        for delivery in claimed:
            work.deliver(delivery, patience)
            count += 1
    return count


def run_errands(patience: Patience = PATIENCE) -> int:
    """Settle, look after and recall what is due, in this thread; returns how many were looked at."""
    actions.reclaim(patience)
    count = 0
    while claimed := actions.claim_errands(1, patience.lease_s):
        for delivery in claimed:
            work.run_errand(delivery, patience)
            count += 1
    return count


def pull(place: Place) -> None:
    """Read what is new at an account, and let everybody hear of it."""
    conversations.poll(Place.objects.get(pk=place.pk))
    worker.settle()


def again(delivery: Delivery) -> Delivery:
    """The delivery as it stands now."""
    return Delivery.objects.get(pk=delivery.pk)


def intents() -> list[Intent]:
    """Every delivery in the database, as the judge wants it."""
    shown = {row.pk for row in queries.uncertain()}
    return [
        Intent(
            delivery=row.pk,
            rules="?",
            words=row.dispatch.content["text"],
            state=row.state,
            shown_uncertain=row.pk in shown,
            maybe_twice=row.maybe_twice,
            posts_here=Post.objects.filter(said__text=row.dispatch.content["text"]).count(),
            undone=row.dispatch.state == "undone",
        )
        for row in Delivery.objects.select_related("dispatch").order_by("id")
    ]


def judge(where: Town) -> Verdict:
    """What the judge says about one network, all deliveries being to it."""
    rows = [Intent(**{**vars(one), "rules": where.rules}) for one in intents()]
    return judge_deliveries(rows, where.ledger)
