"""The connector to mail: out through a relay, in by `read`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from colonnade.networks.base import (
    Capabilities,
    Incoming,
    Outgoing,
    Receipt,
    Refused,
    SignInNeeded,
    Unreadable,
)
from colonnade.networks.http import Client
from colonnade.networks.mail.addresses import Mailbox, mailbox, uri_of
from colonnade.networks.mail.compose import compose, message_id
from colonnade.networks.mail.read import read_message
from colonnade.networks.mail.relay import hand_over, relay_of
from colonnade.primitives import clock


class MailConnector:
    """One mail address of ours. Credentials: the relay's, as `relay_of` reads them, and `from`, if other than `address`.

    The relay is named by an administrator and may lie in a private network, unlike what the HTTP client may fetch:
    nobody outside can make us write to another one.
    """

    capabilities = Capabilities(
        network="mail",
        can_read=True,
        can_write=True,
        can_reply=True,
        can_direct=True,
        delivery_class="E",
        audiences=("restricted",),
    )

    def __init__(self, address: str, credentials: Mapping[str, Any], http: Client) -> None:
        self._address = str(credentials.get("from") or address)
        self._credentials = credentials

    def read(self, payload: bytes) -> tuple[Incoming | Unreadable, ...]:
        """What a message that came in says. Never raises."""
        return read_message(payload)

    def write(self, outgoing: Outgoing, key: str) -> Receipt:
        """Hand it to the relay, under a Message-ID made of `key`. Raises NetworkError."""
        if not outgoing.to.strip():
            raise Refused("A mail needs somebody to go to.")
        sender, to = self._sender(), mailbox(outgoing.to)
        message = compose(outgoing, key, sender, to)
        hand_over(relay_of(self._credentials), sender, to, message)
        name = message_id(key, sender.domain)
        return Receipt(key=key, uri=uri_of(name), remote_id=name, accepted=clock.now())

    def _sender(self) -> Mailbox:
        try:
            return mailbox(self._address)
        except Refused as error:
            raise SignInNeeded(f"This account has no address to send from: {error}") from None
