"""The conformance suite itself: it is content with a connector that keeps its promises, and names each one broken."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import pytest

from colonnade.networks.base import (
    Author,
    Batch,
    Capabilities,
    Duplicate,
    Incoming,
    Item,
    NetworkError,
    Outgoing,
    Post,
    Receipt,
    Refused,
    Unreachable,
    Unreadable,
)
from colonnade.networks.conformance import check

pytestmark = pytest.mark.corpora  # no database: once is enough

SAID = Outgoing(text="The ferry leaves at nine.")


class Town:
    """A network in a dictionary: what was said there, by uri, and under which key."""

    def __init__(self) -> None:
        self.said = {"town:1": "Hello", "town:2": "Fog"}
        self.keys: dict[str, str] = {}


class Good:
    """A connector that keeps every promise of delivery class A."""

    capabilities = Capabilities(
        network="town",
        can_pull=True,
        can_read=True,
        can_write=True,
        can_find=True,
        can_recall=True,
        delivery_class="A",
    )

    def __init__(self, town: Town) -> None:
        self.town = town

    def pull(self, cursor: Mapping[str, Any]) -> Batch:
        new = [uri for uri in self.town.said if uri > cursor.get("last", "")]
        items = tuple(Item(raw=self.town.said[uri].encode(), read=(self.post(uri),)) for uri in new)
        return Batch(items=items, cursor={"last": max(self.town.said)}, again_in_s=60.0)

    def read(self, payload: bytes) -> tuple[Incoming | Unreadable, ...]:
        if not payload.startswith(b"say "):
            return (Unreadable(reason="That is nothing that this town says."),)
        text = payload[4:].decode("utf-8", "replace")
        return (Post(uri="town:pushed", author=Author(network="town", address="ana"), text=text),)

    def write(self, outgoing: Outgoing, key: str) -> Receipt:
        if len(outgoing.text) > 1000:
            raise Refused("Too long.")
        uri = self.town.keys.setdefault(key, f"town:key:{key}")
        self.town.said[uri] = outgoing.text
        return Receipt(key=key, uri=uri)

    def find(self, outgoing: Outgoing, key: str) -> Receipt | None:
        uri = self.town.keys.get(key, "")
        return Receipt(key=key, uri=uri) if uri in self.town.said else None

    def recall(self, receipt: Receipt) -> None:
        self.town.said.pop(receipt.uri, None)

    def post(self, uri: str) -> Post:
        return Post(uri=uri, author=Author(network="town", address="ana"), text=self.town.said[uri])


def problems(kind: type[Good], **options: Any) -> list[str]:
    town = Town()
    return check(lambda: kind(town), payloads=[b"say hello"], outgoing=SAID, **options)


def changed(**flags: Any) -> Capabilities:
    return msgspec.structs.replace(Good.capabilities, **flags)


def test_a_good_connector_has_no_problems() -> None:
    assert problems(Good) == []


def test_a_connector_that_only_reads_needs_nothing_else() -> None:
    class Reads:
        capabilities = Capabilities(network="town", can_read=True)

        def read(self, payload: bytes) -> tuple[Incoming | Unreadable, ...]:
            return (Unreadable(reason="No."),)

    assert check(Reads) == []  # type: ignore[arg-type]


def test_duplicates_told_are_fine_in_class_c_and_not_in_class_a() -> None:
    class TellsDuplicates(Good):
        def write(self, outgoing: Outgoing, key: str) -> Receipt:
            if key in self.town.keys:
                raise Duplicate("Again?", self.town.keys[key])
            return super().write(outgoing, key)

    class ClassC(TellsDuplicates):
        capabilities = changed(delivery_class="C")

    assert problems(ClassC) == []
    assert any("Duplicate" in problem for problem in problems(TellsDuplicates))


# --- planted faults --------------------------------------------------------------------------------------------------


class PullsTwice(Good):
    def pull(self, cursor: Mapping[str, Any]) -> Batch:
        return super().pull({})


class KeepsState(Good):
    seen: dict[int, str] = {}

    def pull(self, cursor: Mapping[str, Any]) -> Batch:
        last = self.seen.get(id(self.town), "")
        batch = super().pull({"last": last})
        self.seen[id(self.town)] = "town:9"
        return batch


class CursorOfBytes(Good):
    def pull(self, cursor: Mapping[str, Any]) -> Batch:
        return msgspec.structs.replace(super().pull(cursor), cursor={"last": b"x"})


class CursorOfNumbers(Good):
    def pull(self, cursor: Mapping[str, Any]) -> Batch:
        return msgspec.structs.replace(super().pull(cursor), cursor={1: "x"})


class NeverAgain(Good):
    def pull(self, cursor: Mapping[str, Any]) -> Batch:
        return msgspec.structs.replace(super().pull(cursor), again_in_s=float("nan"))


class PullFails(Good):
    def pull(self, cursor: Mapping[str, Any]) -> Batch:
        raise KeyError("items")


class ReadRaises(Good):
    def read(self, payload: bytes) -> tuple[Incoming | Unreadable, ...]:
        payload.decode("utf-8")
        return super().read(payload)


class ReadIsSilent(Good):
    def read(self, payload: bytes) -> tuple[Incoming | Unreadable, ...]:
        return super().read(payload) if payload.startswith(b"say ") else ()


class ReadsAnything(Good):
    def read(self, payload: bytes) -> tuple[Incoming | Unreadable, ...]:
        return super().read(b"say " + payload.removeprefix(b"say "))


class ReadsNothing(Good):
    def read(self, payload: bytes) -> tuple[Incoming | Unreadable, ...]:
        return (Unreadable(reason="No."),)


class NoReason(Good):
    def read(self, payload: bytes) -> tuple[Incoming | Unreadable, ...]:
        return super().read(payload) if payload.startswith(b"say ") else (Unreadable(reason=""),)


class UnwritableText(Good):
    def read(self, payload: bytes) -> tuple[Incoming | Unreadable, ...]:
        if not payload.startswith(b"say "):
            return super().read(payload)
        return (Post(uri="town:x", author=Author(network="town", address="ana"), text="\ud800"),)


class Nobody(Good):
    def post(self, uri: str) -> Post:
        return Post(uri=uri, author=Author(network="town", address=""), text="x")


class WritesTwice(Good):
    def write(self, outgoing: Outgoing, key: str) -> Receipt:
        super().write(outgoing, key)
        self.town.keys[key] = uri = f"town:{len(self.town.said)}"
        self.town.said[uri] = outgoing.text
        return Receipt(key=key, uri=uri)


class ForgetsTheKey(Good):
    def write(self, outgoing: Outgoing, key: str) -> Receipt:
        return msgspec.structs.replace(super().write(outgoing, key), key="")


class WriteRaises(Good):
    def write(self, outgoing: Outgoing, key: str) -> Receipt:
        if not outgoing.text.strip():
            raise ValueError("empty")
        return super().write(outgoing, key)


class FindsAnything(Good):
    def find(self, outgoing: Outgoing, key: str) -> Receipt | None:
        return Receipt(key=key, uri="town:1")


class FindsNothing(Good):
    def find(self, outgoing: Outgoing, key: str) -> Receipt | None:
        return None


class RecallsNothing(Good):
    def recall(self, receipt: Receipt) -> None:
        return None


class RecallsOnce(Good):
    def recall(self, receipt: Receipt) -> None:
        del self.town.said[receipt.uri]


class SaysMore(Good):
    capabilities = changed(can_direct=True, can_write=False, can_find=False, can_recall=False)
    write = find = recall = None  # type: ignore[assignment]


class SaysLess(Good):
    capabilities = changed(can_pull=False)


class NoLife(Good):
    capabilities = changed(delivery_class="B")


class Nameless(Good):
    capabilities = changed(network="")


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        (PullsTwice, "brings again"),
        (KeepsState, "state outside its cursor"),
        (CursorOfBytes, "JSON"),
        (CursorOfNumbers, "JSON"),
        (NeverAgain, "called again"),
        (PullFails, "KeyError"),
        (ReadRaises, "UnicodeDecodeError"),
        (ReadIsSilent, "says nothing"),
        (ReadsAnything, "makes a post"),
        (ReadsNothing, "nothing readable"),
        (NoReason, "no reason"),
        (UnwritableText, "UTF-8"),
        (Nobody, "author"),
        (WritesTwice, "twice"),
        (ForgetsTheKey, "our key"),
        (WriteRaises, "ValueError"),
        (FindsAnything, "before it was written"),
        (FindsNothing, "after it was written"),
        (RecallsNothing, "still finds"),
        (RecallsOnce, "KeyError"),
        (SaysMore, "can_direct"),
        (SaysLess, "doesn't say can_pull"),
        (NoLife, "how long a key"),
        (Nameless, "no network"),
    ],
)
def test_each_broken_promise_is_named(kind: type[Good], word: str) -> None:
    found = problems(kind)
    assert any(word in problem for problem in found), found


def _broken(error: Exception) -> Callable[[], Good]:
    class Broken(Good):
        def pull(self, cursor: Mapping[str, Any]) -> Batch:
            raise error

    return lambda: Broken(Town())


def test_a_place_that_fails_may_raise_network_errors_only() -> None:
    assert problems(Good, broken=[_broken(Unreachable("no route")), _broken(NetworkError("odd"))]) == []
    (problem,) = problems(Good, broken=[_broken(OSError("no route"))])
    assert "OSError" in problem
