"""The connector to the make-believe network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

import msgspec

from colonnade.networks.base import (
    Batch,
    Capabilities,
    DeliveryClass,
    Incoming,
    Outgoing,
    Receipt,
    Refused,
    TryLater,
    Unreadable,
)
from colonnade.networks.http import Client
from colonnade.networks.pretend import read, write
from colonnade.networks.pretend.client import Reply, way_to

_PAGE = 200
_SOON_S = 0.05


class PretendConnector:
    """To `pretend://NAME` in this house or to a server at `http://HOST:PORT/`.

    Credentials, all optional: `as` (our account there), `token`, `class` (A to E, the delivery class that the network
    shows us), `key_life_s` (class B), `folder` (where worlds in this house are kept, so that several processes share
    them), `timeout_s` and `poll_s` (seconds between two pulls).
    """

    capabilities = Capabilities(
        network="pretend",
        can_pull=True,
        can_read=True,
        can_write=True,
        can_find=True,
        can_recall=True,
        can_reply=True,
        can_direct=True,
        delivery_class="A",
        max_text=5000,
        max_media=4,
        audiences=("public", "restricted"),
    )

    def __init__(self, address: str, credentials: Mapping[str, Any], http: Client) -> None:
        rules = str(credentials.get("class", "A"))
        if rules not in get_args(DeliveryClass):
            raise Refused(f"There is no delivery class {rules!r}: A, B, C, D and E are.")
        self._poll_s = float(credentials.get("poll_s", 2.0))
        self.capabilities = capabilities = msgspec.structs.replace(
            type(self).capabilities,
            delivery_class=rules,
            key_life_s=float(credentials.get("key_life_s", 3600.0)) if rules == "B" else 0.0,
            can_find=rules != "E",
            can_recall=rules != "E",
        )
        timeout_s = credentials.get("timeout_s")
        self._way = way_to(
            address,
            http,
            folder=str(credentials.get("folder", "")),
            timeout_s=None if timeout_s is None else float(timeout_s),
        )
        token = str(credentials.get("token", ""))
        self._us = write.Sender(str(credentials.get("as", "colonnade")), capabilities.delivery_class, token)

    def pull(self, cursor: Mapping[str, Any]) -> Batch:
        """What is new there since `cursor`. Raises NetworkError."""
        query = {
            "since": str(cursor.get("since", 0)),
            "epoch": str(cursor.get("epoch", "")),
            "limit": str(_PAGE),
        }
        reply = self._way.ask("GET", "/timeline", query=query, headers=self._us.headers())
        if reply.status != 200:
            write.raise_for(reply)
        following = reply.headers.get("pretend-next", "")
        if not following.isdigit():
            raise TryLater("The network answered with something that is no timeline.")
        return Batch(
            items=tuple(read.items_of(reply.body, self._us.account)),
            cursor={"since": int(following), "epoch": reply.headers.get("pretend-epoch", "")},
            again_in_s=_SOON_S if _has_more(reply) else self._poll_s,
        )

    def read(self, payload: bytes) -> tuple[Incoming | Unreadable, ...]:
        """What a pushed payload says: one item a line. Never raises."""
        said = tuple(read.read_all(payload, self._us.account))
        return said or (Unreadable(reason="It is empty."),)

    def write(self, outgoing: Outgoing, key: str) -> Receipt:
        """Say it there, under our `key`. Raises NetworkError."""
        return write.say(self._way, outgoing, key, self._us)

    def find(self, outgoing: Outgoing, key: str) -> Receipt | None:
        """Whether it is there. Raises NetworkError when that cannot be told."""
        return write.find(self._way, outgoing, key, self._us)

    def recall(self, receipt: Receipt) -> None:
        """Take it back. Raises NetworkError."""
        write.recall(self._way, receipt, self._us)


def _has_more(reply: Reply) -> bool:
    return reply.headers.get("pretend-more") == "1"
