"""The stream: appended in batches, read from an offset, acknowledged, trimmed."""

from __future__ import annotations

import pytest

from colonnade.core import db, stream

pytestmark = pytest.mark.django_db


def test_batches_are_read_in_order_from_an_offset() -> None:
    first = stream.append("news", [b"a", b"b"])
    second = stream.append("news", [b"c"])
    stream.append("other", [b"x"])
    assert [batch.messages for batch in stream.read("news")] == [[b"a", b"b"], [b"c"]]
    assert [batch.offset for batch in stream.read("news", after=first)] == [second]
    assert stream.read("news", after=second) == []
    assert len(stream.read("news", limit=1)) == 1


def test_a_batch_of_an_action_that_failed_is_not_there() -> None:
    @db.action
    def fail() -> None:
        stream.append("news", [b"a"])
        raise ValueError

    with pytest.raises(ValueError):
        fail()
    assert stream.read("news") == []


def test_an_acknowledgement_never_goes_back() -> None:
    assert stream.acknowledged("news", "sift") == 0
    stream.acknowledge("news", "sift", 5)
    stream.acknowledge("news", "sift", 3)
    assert stream.acknowledged("news", "sift") == 5


def test_what_every_consumer_has_acknowledged_is_trimmed() -> None:
    offsets = [stream.append("news", [b"%d" % number]) for number in range(4)]
    assert stream.trim("news") == 0
    stream.acknowledge("news", "sift", offsets[2])
    stream.acknowledge("news", "count", offsets[0])
    assert stream.trim("news") == 1
    stream.acknowledge("news", "count", offsets[3])
    assert stream.trim("news") == 2
    assert [batch.offset for batch in stream.read("news")] == offsets[3:]
    assert stream.streams() == ["news"]
