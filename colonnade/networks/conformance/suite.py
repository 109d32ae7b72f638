"""Putting the promises together, and those about what a connector says of itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import get_args

from colonnade.networks.base import Capabilities, Connector, DeliveryClass, Outgoing
from colonnade.networks.conformance.incoming import pulling, reading, streaming
from colonnade.networks.conformance.outgoing import nasty_writing, only_network_errors, writing

Make = Callable[[], Connector]

# a flag of Capabilities -> the method that it promises
_METHODS = {
    "can_pull": "pull",
    "can_stream": "stream",
    "can_read": "read",
    "can_write": "write",
    "can_find": "find",
    "can_recall": "recall",
}
_NEED_WRITE = ("can_find", "can_recall", "can_reply", "can_edit", "can_direct")


def check(
    make: Make,
    *,
    payloads: Sequence[bytes] = (),
    outgoing: Outgoing | None = None,
    broken: Sequence[Make] = (),
) -> list[str]:
    """The promises that a connector breaks, each in a sentence; [] when it keeps them all.

    `make` gives a fresh connector to the same place each time, as after a restart. `payloads` are good ones for
    `read`, each of which must give at least one thing that is no Unreadable. `outgoing` is something that may be
    written there (it is written several times under several keys); without it writing is not tried. `broken` make
    connectors whose place fails in some way: they may raise nothing but NetworkError.
    """
    problems = list(_capabilities(make()))
    can = make().capabilities
    if can.can_read and not problems:
        problems += reading(make, payloads)
    if can.can_pull and not problems:
        problems += pulling(make)
    if can.can_stream and not problems:
        problems += streaming(make)
    if can.can_write and outgoing is not None and not problems:
        problems += writing(make, outgoing)
        problems += nasty_writing(make, outgoing)
    for make_broken in broken:
        problems += only_network_errors(make_broken, outgoing)
    return problems


def _capabilities(connector: Connector) -> Iterator[str]:
    can = getattr(connector, "capabilities", None)
    if not isinstance(can, Capabilities):
        yield "It has no `capabilities`."
        return
    if not can.network:
        yield "Its capabilities name no network."
    for flag, method in _METHODS.items():
        own = getattr(type(connector), method, None)
        has = callable(own) and own is not getattr(Connector, method)
        if getattr(can, flag) and not has:
            yield f"It says {flag} and has no method `{method}`."
        if has and not getattr(can, flag):
            yield f"It has a method `{method}` and doesn't say {flag}."
    if not (can.can_pull or can.can_stream or can.can_read or can.can_write):
        yield "It can neither pull, stream, read nor write."
    for flag in _NEED_WRITE:
        if getattr(can, flag) and not can.can_write:
            yield f"It says {flag} and cannot write."
    if can.delivery_class not in get_args(DeliveryClass):
        yield f"There is no delivery class {can.delivery_class!r}."
    if can.can_write and can.delivery_class == "B" and not can.key_life_s > 0:
        yield "Delivery class B must say how long a key is honoured."
    if can.can_write and can.delivery_class == "C" and not can.can_find:
        yield "Delivery class C must be able to find what is there."
    if min(can.max_text, can.max_media) < 0 or not can.audiences:
        yield "Its limits or audiences make no sense."
