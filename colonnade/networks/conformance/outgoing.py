"""The promises about what goes out: `write`, `find` and `recall`, and how errors are told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from colonnade.networks.base import Connector, Duplicate, NetworkError, Outgoing, Receipt

Make = Callable[[], Connector]
_NASTY_TEXTS = (
    "",
    " ",
    "\u0301" * 500,
    "\U0001f9d1\u200d\U0001f680" * 50,
    "a" * 100_000,
    "@ana " * 20_000,
    "\0\x1b[31m",
)


def writing(make: Make, outgoing: Outgoing) -> Iterator[str]:
    can = make().capabilities
    key, other = "conformance-key-1", "conformance-key-2"
    if can.can_find:
        yield from _finds(make, outgoing, key, None)
    try:
        receipt: Any = make().write(outgoing, key)
    except Exception as error:
        yield f"write() to a place in good health raises {type(error).__name__}: {error}"
        return
    if not isinstance(receipt, Receipt) or receipt.key != key or not receipt.uri:
        yield f"write() gives no receipt with our key and a uri: {receipt!r:.200}"
        return
    if can.can_find:
        yield from _finds(make, outgoing, key, receipt)
    yield from _repeats(make, outgoing, receipt)
    if can.can_find and can.delivery_class in ("A", "B", "E"):
        yield from _finds(make, outgoing, other, None)
    if can.can_recall:
        yield from _recalls(make, outgoing, receipt)


def _repeats(make: Make, outgoing: Outgoing, receipt: Receipt) -> Iterator[str]:
    """The same key again, as after a crash: by its class the network must not have it twice."""
    kind = make().capabilities.delivery_class
    if kind == "D":
        return
    try:
        again: Any = make().write(outgoing, receipt.key)
    except Duplicate as error:
        if kind in ("A", "B", "E"):
            yield f"Delivery class {kind} must answer the same key with the same receipt, not with Duplicate."
        elif error.uri and error.uri != receipt.uri:
            yield "Duplicate names another uri than the receipt did."
    except Exception as error:
        yield f"write() with the same key again raises {type(error).__name__}."
    else:
        if not isinstance(again, Receipt) or again.uri != receipt.uri:
            yield f"Delivery class {kind}: the same key was written there twice, under two uris."


def _finds(make: Make, outgoing: Outgoing, key: str, expected: Receipt | None) -> Iterator[str]:
    when = "before it was written" if expected is None else "after it was written"
    try:
        found = make().find(outgoing, key)
    except Exception as error:
        yield f"find() {when} raises {type(error).__name__}: {error}"
        return
    if (found is None) != (expected is None):
        yield f"find() {when} answers {found!r:.200}."
    elif found is not None and expected is not None and (found.uri, found.key) != (expected.uri, key):
        yield "find() and write() do not agree on the receipt."


def _recalls(make: Make, outgoing: Outgoing, receipt: Receipt) -> Iterator[str]:
    try:
        make().recall(receipt)
        make().recall(receipt)
    except Exception as error:
        yield f"recall(), or recall() of what is gone already, raises {type(error).__name__}: {error}"
        return
    if make().capabilities.can_find:
        try:
            left = make().find(outgoing, receipt.key)
        except NetworkError as error:
            yield f"find() after recall() raises {type(error).__name__}: {error}"
        else:
            if left is not None:
                yield "find() still finds what was recalled."


def nasty_writing(make: Make, outgoing: Outgoing) -> Iterator[str]:
    for number, text in enumerate(_NASTY_TEXTS):
        try:
            receipt: Any = make().write(
                msgspec.structs.replace(outgoing, text=text), f"conformance-nasty-{number}"
            )
        except NetworkError:
            continue
        except Exception as error:
            yield f"write() of {text[:12]!r}… raises {type(error).__name__}, which is no NetworkError."
        else:
            if not isinstance(receipt, Receipt):
                yield f"write() of {text[:12]!r}… gives no receipt."


def only_network_errors(make: Make, outgoing: Outgoing | None) -> Iterator[str]:
    can = make().capabilities
    said = outgoing or Outgoing(text="The ferry leaves at nine.")
    receipt = Receipt(key="conformance-broken", uri="https://example.org/nowhere")
    calls: dict[str, Callable[[], Any]] = {}
    if can.can_pull:
        calls["pull"] = lambda: make().pull({})
    if can.can_stream:
        calls["stream"] = lambda: next(iter(make().stream({})))
    if can.can_write:
        calls["write"] = lambda: make().write(said, receipt.key)
    if can.can_find:
        calls["find"] = lambda: make().find(said, receipt.key)
    if can.can_recall:
        calls["recall"] = lambda: make().recall(receipt)
    for name, call in calls.items():
        try:
            call()
        except NetworkError:
            continue
        except Exception as error:
            yield f"{name}() at a place that fails raises {type(error).__name__}, which is no NetworkError."
