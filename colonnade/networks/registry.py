"""Which connectors there are, by name; a connector is imported when it is first asked for."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from colonnade.networks.base import Capabilities, Connector
from colonnade.networks.http import Client

# name -> "module:class"; a class is built as Class(address, credentials, http)
CONNECTORS: dict[str, str] = {
    "feeds": "colonnade.networks.feeds.connector:FeedConnector",
    "pretend": "colonnade.networks.pretend.connector:PretendConnector",
    "mail": "colonnade.networks.mail.connector:MailConnector",
    "kept": "colonnade.networks.kept.connector:KeptConnector",
    "newsletters": "colonnade.networks.newsletters.connector:NewsletterConnector",
    "pages": "colonnade.networks.pages.connector:PageConnector",
    "jetstream": "colonnade.networks.jetstream.connector:JetstreamConnector",
    "mastodon_streaming": "colonnade.networks.mastodon_streaming.connector:TimelineConnector",
}

# those that are read as a stream, never by a look every so often
STREAMS = frozenset({"jetstream", "mastodon_streaming"})


class UnknownConnector(LookupError):
    """No connector has that name."""


def _class_of(connector: str) -> Any:
    try:
        module, _, name = CONNECTORS[connector].partition(":")
    except KeyError:
        known = ", ".join(sorted(CONNECTORS))
        raise UnknownConnector(f"There is no connector {connector!r}; there are: {known}.") from None
    return getattr(import_module(module), name)


def connect(connector: str, address: str, credentials: Mapping[str, Any], http: Client) -> Connector:
    """A connector for one place. `credentials` are the decrypted secrets of its account ({} for a source)."""
    made: Connector = _class_of(connector)(address, credentials, http)
    return made


def capabilities_of(connector: str) -> Capabilities:
    """What the connector can do, without connecting."""
    found: Capabilities = _class_of(connector).capabilities
    return found
