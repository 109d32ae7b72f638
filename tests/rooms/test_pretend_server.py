"""The make-believe network as a process of its own: what it does on purpose, and what it never forgets."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from colonnade.networks.base import (
    DeliveryClass,
    Duplicate,
    NetworkError,
    Outgoing,
    Post,
    Refused,
    SignInNeeded,
    TryLater,
    Uncertain,
    Unreadable,
)
from colonnade.networks.http import Client, Limits
from colonnade.networks.pretend.connector import PretendConnector
from colonnade.primitives import clock
from tests.faults.pretend_server import CHECKOUT, PretendServer

pytestmark = pytest.mark.corpora  # no database: run once, not once a database

HELLO = Outgoing(text="The ferry leaves at nine.")


@pytest.fixture
def there(tmp_path: Path) -> Iterator[PretendServer]:
    with PretendServer(tmp_path / "ledger.jsonl") as server:
        yield server


def connector(there: PretendServer, rules: str = "A", **credentials: Any) -> PretendConnector:
    # Some faults are there to be met often; the breaker of the client has tests of its own.
    http = Client(
        allowed_private_hosts=[f"127.0.0.1:{there.port}"],
        limits=Limits(failures_to_rest=10_000, retry_after_most_s=86_400),
    )
    return PretendConnector(there.address, {"class": rules, "timeout_s": 10} | credentials, http)


AFTERWARDS = ("timeout_after", "cut_after", "cut_midway", "error_after", "wrong_json", "slow_body")


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"kind": "refuse", "status": 403}, Refused),
        ({"kind": "refuse", "status": 422}, Refused),
        ({"kind": "rate_limit", "after_s": 90}, TryLater),
        ({"kind": "rate_limit", "after_s": 90, "form": "date"}, TryLater),
        ({"kind": "busy"}, TryLater),
        ({"kind": "expire_token"}, SignInNeeded),
        ({"kind": "timeout_before"}, Uncertain),
        ({"kind": "timeout_after"}, Uncertain),
        ({"kind": "cut_before"}, Uncertain),
        ({"kind": "cut_after"}, Uncertain),
        ({"kind": "cut_midway"}, Uncertain),
        ({"kind": "error_before"}, Uncertain),
        ({"kind": "error_after"}, Uncertain),
        ({"kind": "wrong_json"}, Uncertain),
        ({"kind": "slow_body", "seconds": 1}, Uncertain),
    ],
)
def test_each_fault_of_a_write_is_told_by_what_is_known_of_it(
    there: PretendServer, fault: dict[str, Any], error: type[NetworkError]
) -> None:
    there.fail(fault | {"times": 1})
    with pytest.raises(NetworkError) as raised:
        connector(there, timeout_s=0.5).write(HELLO, "k1")
    assert raised.type is error
    assert raised.value.reached is (error is Uncertain)
    assert there.met() == {fault["kind"]: 1}
    assert len(there.accepted()) == (fault["kind"] in AFTERWARDS)
    if isinstance(raised.value, TryLater) and fault["kind"] == "rate_limit":
        assert raised.value.after_s is not None
        assert 80 <= raised.value.after_s <= 91


@pytest.mark.parametrize("rules", ["A", "B", "C", "D"])
@pytest.mark.parametrize("kind", ["cut_before", "cut_after", "error_before", "error_after", "wrong_json"])
def test_an_uncertain_delivery_is_settled_by_its_class_and_never_doubled(
    there: PretendServer, rules: DeliveryClass, kind: str
) -> None:
    us = connector(there, rules)
    outgoing = Outgoing(text=HELLO.text, sent_at=clock.now())
    there.fail({"kind": kind, "times": 1})
    with pytest.raises(Uncertain):
        us.write(outgoing, "k1")
    found = us.find(outgoing, "k1")
    assert (found is not None) is (kind in AFTERWARDS)
    if rules in ("A", "B"):
        assert us.write(outgoing, "k1").uri == (found.uri if found else us.write(outgoing, "k1").uri)
    elif rules == "C" and found:
        with pytest.raises(Duplicate):
            us.write(outgoing, "k1")
    elif not found:
        us.write(outgoing, "k1")
    assert len(there.accepted()) == 1


def test_what_is_taken_late_is_not_there_yet_when_one_looks_too_early(there: PretendServer) -> None:
    us = connector(there, "D", timeout_s=0.3)
    outgoing = Outgoing(text=HELLO.text, sent_at=clock.now())
    there.fail({"kind": "late", "seconds": 1.5, "times": 1})
    with pytest.raises(Uncertain):
        us.write(outgoing, "k1")
    assert us.find(outgoing, "k1") is None
    found = None
    for _ in range(200):
        if found := us.find(outgoing, "k1"):
            break
        time.sleep(0.05)
    assert found is not None


def test_a_token_that_ran_out_is_good_again_after_signing_in(there: PretendServer) -> None:
    us, other = connector(there, token="one"), connector(there, "A", **{"as": "ada"})
    there.fail({"kind": "expire_token", "times": 1})
    for call in (lambda: us.write(HELLO, "k"), lambda: us.pull({}), lambda: us.find(HELLO, "k")):
        with pytest.raises(SignInNeeded):
            call()
    other.write(HELLO, "k")
    connector(there, token="two").write(HELLO, "k2")
    there.sign_in("colonnade", "one")
    us.write(HELLO, "k")


def test_the_timeline_says_things_twice_and_out_of_order_on_purpose(there: PretendServer) -> None:
    us = connector(there, "D")
    for number in range(20):
        there.happens(by="ada", id=f"p{number}", text=str(number))
    plain = [item.external_id for item in us.pull({}).items]
    there.fail({"kind": "duplicate", "on": "read", "times": 1}, {"kind": "reorder", "on": "read", "times": 1})
    doubled, shuffled = (us.pull({}) for _ in range(2))
    assert [item.external_id for item in doubled.items] == [uri for uri in plain for _ in range(2)]
    assert [item.external_id for item in shuffled.items] != plain
    assert sorted(item.external_id for item in shuffled.items) == sorted(plain)
    assert shuffled.cursor == us.pull({}).cursor


@pytest.mark.parametrize(
    "kind", ["refuse", "busy", "cut_before", "error_before", "wrong_json", "timeout_before"]
)
def test_a_timeline_that_fails_raises_and_loses_nothing(there: PretendServer, kind: str) -> None:
    us = connector(there, "D", timeout_s=0.5)
    there.happens(by="ada", text="Still here")
    there.fail({"kind": kind, "on": "read", "times": 2})
    with pytest.raises(NetworkError):
        us.pull({})
    there.fail()
    assert len(connector(there, "D").pull({}).items) == 1


def test_lines_that_are_no_items_come_through_as_they_are(there: PretendServer) -> None:
    us = connector(there, "D")
    raw = [b"\xff\xfe", b'{"kind": "post"}', b"[" * 100_000]
    for line in raw:
        there.says_raw(line)
    there.happens(by="ada", text="And a good one")
    batch = us.pull({})
    assert [item.raw for item in batch.items[:3]] == raw
    assert all(isinstance(item.read[0], Unreadable) for item in batch.items[:3])
    assert isinstance(batch.items[3].read[0], Post)


def test_the_story_is_played_at_the_speed_that_was_asked_for(tmp_path: Path) -> None:
    script = tmp_path / "script.jsonl"
    script.write_text("\n".join(json.dumps({"at": 100 * n, "by": "ada", "text": str(n)}) for n in range(10)))
    with PretendServer(tmp_path / "ledger.jsonl", "--play", str(script), "--speed", "0") as there:
        us = connector(there, "D")
        assert len(us.pull({}).items) == 1
        there.turn(position=450)
        assert len(us.pull({}).items) == 5
        there.turn(speed=1_000_000)
        batch = us.pull({})
        while len(batch.items) < 10:
            batch = us.pull({})


# --- what is never forgotten ----------------------------------------------------------------------------------------------


def test_what_was_answered_is_in_the_ledger_after_a_kill_and_the_world_goes_on(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.jsonl"
    with PretendServer(ledger) as first:
        receipts = [
            connector(first, rules).write(Outgoing(text=rules), "k1") for rules in ("A", "B", "C", "D")
        ]
        first.process.send_signal(signal.SIGKILL)
        first.process.wait()
    assert [line.text for line in first.accepted()] == ["A", "B", "C", "D"]
    with PretendServer(ledger) as again:
        assert connector(again, "A").write(Outgoing(text="A"), "k1").uri == receipts[0].uri
        assert connector(again, "B").write(Outgoing(text="B"), "k1").uri == receipts[1].uri
        uris = [item.external_id for item in connector(again).pull({}).items]
        assert uris == [receipt.uri for receipt in receipts]


def test_a_write_is_in_the_ledger_before_its_answer_leaves(there: PretendServer) -> None:
    us = connector(there, "D")
    for number in range(50):
        us.write(Outgoing(text=str(number)), str(number))
        assert there.accepted()[-1].text == str(number)


def test_many_clients_at_once_lose_and_double_nothing(there: PretendServer) -> None:
    there.fail({"kind": "cut_after", "chance": 0.15}, {"kind": "cut_before", "chance": 0.15}, seed=11)

    def deliver(number: int) -> None:
        us = connector(there, "AB"[number % 2], **{"as": f"us{number % 5}"})
        for _ in range(50):
            try:
                us.write(Outgoing(text=f"Message {number}"), f"k{number}")
            except Uncertain:
                continue
            return
        raise AssertionError("No answer in fifty tries.")

    with ThreadPoolExecutor(16) as hands:
        list(hands.map(deliver, range(120)))
    taken = [line.text for line in there.accepted()]
    assert sorted(taken) == sorted(f"Message {number}" for number in range(120))
    assert set(there.met()) == {"cut_after", "cut_before"}


def test_it_answers_nonsense_politely(there: PretendServer) -> None:
    http = Client(allowed_private_hosts=["127.0.0.1"])
    for method, path, body in (
        ("GET", "nowhere", b""),
        ("POST", "posts", b"{"),
        ("POST", "posts", b"[" * 100_000),
        ("PUT", "faults", b'{"faults": [{"kind": "explode"}]}'),
        ("PATCH", "posts", b""),
        ("GET", "timeline?since=x", b""),
        ("POST", "posts", b'{"text": "who am I"}'),
    ):
        answer = http.request(method, there.address + path, body=body)
        assert 400 <= answer.status < 600
    with socket.create_connection(("127.0.0.1", there.port)) as line:
        line.sendall(b"\x00\x01 nonsense\r\n\r\n")
        line.recv(1000)
    connector(there).write(HELLO, "k1")


# --- its end ----------------------------------------------------------------------------------------------------------------


def test_it_ends_with_its_parent(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "colonnade.networks.pretend.server", "--ledger", str(tmp_path / "l")]
    starts_and_dies = (
        "import subprocess, sys\n"
        f"child = subprocess.Popen({command!r}, stdout=subprocess.PIPE)\n"
        "sys.stdout.write(child.stdout.readline().decode())\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", starts_and_dies], stdout=subprocess.PIPE, cwd=CHECKOUT, check=True, timeout=60
    )
    pid = json.loads(told.stdout)["pid"]
    for _ in range(200):
        if not _lives(pid):
            break
        time.sleep(0.05)
    assert not _lives(pid)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # One that has ended but was not collected by whoever adopted it lives no longer.
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
