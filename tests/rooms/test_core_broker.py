"""A stream that worker processes share by a broker: given out once, and again when its worker dies."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from colonnade.conversations.models import Post
from colonnade.core import broker, stream
from colonnade.listening import actions
from colonnade.listening import work as listening_work
from colonnade.listening.actions import sifting
from colonnade.listening.models import Sifted
from colonnade.places import actions as places
from colonnade.places.models import Polling
from tests.rooms.jetstream_town import BEGAN_US, commit, jetstream
from tests.rooms.nats_town import nats_server


@pytest.fixture
def shared(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    settings.COLONNADE_ALLOW_PRIVATE_HOSTS = ["localhost"]
    monkeypatch.setattr(stream, "TAKE_WAIT_S", 0.2)
    with nats_server(tmp_path) as address:
        settings.COLONNADE_STREAM_URL = address
        yield address
        broker.broker().close()


@pytest.mark.django_db
def test_one_reads_a_source_and_whoever_takes_of_it_keeps_what_is_listened_for(shared: str) -> None:
    actions.add_watch("Ferry", "ferry", by=None)
    said = [commit(number, f"ferry {number}" if number % 50 == 0 else "fog") for number in range(1, 301)]
    said += [commit(301, operation="delete", key=said[49]["commit"]["rkey"])]
    said += [commit(302, operation="delete", key="unknown")]
    with jetstream(said) as town:
        place = places.add_source("jetstream", town.address, name="Everybody")
        listening_work.sift(place.pk)
    assert Polling.objects.get(place=place).cursor["time_us"] == BEGAN_US + 302_000
    assert not Post.objects.filter(place=place).exists()
    while stream.take_turns():
        pass
    assert Post.objects.filter(place=place, deleted=False).count() == 5
    assert [(one.seen, one.kept) for one in Sifted.objects.filter(place=place)] == [(300, 6)]
    assert broker.broker().take(sifting.SHARED, 10, 0.1) == []


@pytest.mark.django_db
def test_what_is_given_out_a_second_time_has_its_effect_once(shared: str) -> None:
    assert stream.first_time("bells", []) == []
    assert stream.first_time("bells", [1, 2]) == [1, 2]
    assert stream.first_time("bells", [2, 3]) == [3]


@pytest.mark.django_db
def test_a_message_that_nobody_can_read_holds_up_no_other_and_is_given_up(
    shared: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(broker, "AGAIN_S", 0.01)
    actions.add_watch("Ferry", "ferry", by=None)
    stream.share(sifting.SHARED, b"\xc1 no parcel")
    with jetstream([commit(number, f"ferry {number}") for number in range(1, 4)]) as town:
        place = places.add_source("jetstream", town.address, name="Everybody")
        listening_work.sift(place.pk)
    assert stream.take_turns()
    assert Post.objects.filter(place=place).count() == 3
    while stream.take_turns():
        pass
    assert broker.broker().dealt_with(sifting.SHARED) >= 2
    assert "Message 1 of the stream sift (11 bytes) failed 5 times and is given up" in caplog.text


@pytest.mark.django_db
def test_without_its_broker_a_source_waits_and_loses_nothing(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broker, "CONNECT_S", 0.1)
    settings.COLONNADE_ALLOW_PRIVATE_HOSTS = ["localhost"]
    settings.COLONNADE_STREAM_URL = "nats://127.0.0.1:9"
    with jetstream([commit(1)]) as town:
        place = places.add_source("jetstream", town.address)
        listening_work.sift(place.pk)
    polling = Polling.objects.get(place=place)
    assert (polling.cursor, polling.health) == ({}, "failing")
    assert "stream's server" in polling.last_error


@pytest.mark.faults
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_workers_that_are_killed_with_messages_in_hand_lose_nothing_and_double_nothing(
    child_environment: dict[str, str], tmp_path: Path
) -> None:
    with nats_server(tmp_path) as address:
        ran = subprocess.run(
            [sys.executable, "-m", "tests.rooms.broker_kills"],
            env={**child_environment, "COLONNADE_STREAM_URL": address},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
    assert ran.stdout, ran.stderr
    told = json.loads(ran.stdout)
    assert told == {
        "ended_by": [0, 9, 9, 9, 0, 0],
        "seen": 240,
        "kept": 48,
        "posts": 48,
        "mentions": 48,
        "left": 0,
    }, ran.stderr
