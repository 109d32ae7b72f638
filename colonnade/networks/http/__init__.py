"""The one outbound HTTP client: guarded against private networks, bounded in time and size, polite to servers.

Owns every HTTP call of the program; nothing else opens a connection to the web. Refuses addresses that are not on
the open web (unless an operator names them), endless answers, and secrets that would follow a redirect elsewhere.
"""

from colonnade.networks.http.addresses import why_refused
from colonnade.networks.http.client import USER_AGENT, Client, Response
from colonnade.networks.http.errors import BadResponse, Blocked, HungUp, TooLarge, TooManyRedirects
from colonnade.networks.http.limits import Limits
from colonnade.networks.http.websocket import WebSocket
from colonnade.networks.http.wire import Resolver, resolve_by_system

__all__ = [
    "USER_AGENT",
    "BadResponse",
    "Blocked",
    "Client",
    "HungUp",
    "Limits",
    "Resolver",
    "Response",
    "TooLarge",
    "TooManyRedirects",
    "WebSocket",
    "resolve_by_system",
    "why_refused",
]
