"""The one reading of a web address: what we check is what we connect to."""

from __future__ import annotations

import re
from ipaddress import IPv6Address
from urllib.parse import quote, urljoin, urlsplit

import idna
import msgspec

from colonnade.networks.http.errors import Blocked

LONGEST = 8192
_DEFAULT_PORT = {"http": 80, "https": 443}
_HOST = re.compile(r"[a-z0-9_]([a-z0-9_.-]{0,252}[a-z0-9_-])?\.?")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\\]")
_KEEP = "%/:?#[]@!$&'()*+,;=-._~|"

# Ports above 1023 where something listens that is no web server: browsers' list of bad ports, and databases.
# fmt: off
_NO_WEB_PORTS = frozenset((
    1719, 1720, 1723, 2049, 2375, 2376, 2379, 2380, 3306, 3659, 4045, 4190, 4222, 5060, 5061, 5432, 5984, 6000, 6379,
    6380, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 7199, 9042, 9092, 9160, 9200, 9300, 10080, 10250, 10255,
    11211, 27017, 27018, 27019,
))
# fmt: on


class Url(msgspec.Struct, frozen=True):
    """A web address in its parts. `host` is lower-case ASCII, an IPv6 address without brackets; `target` path and query."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def origin(self) -> tuple[str, str, int]:
        """Scheme, host and port: where credentials may go."""
        return (self.scheme, self.host, self.port)

    @property
    def host_port(self) -> str:
        """host:port, an IPv6 address in brackets."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def netloc(self) -> str:
        """Host and, where it isn't the scheme's own, port: as a Host header has it."""
        return self.host_port.removesuffix(f":{_DEFAULT_PORT[self.scheme]}")

    def __str__(self) -> str:
        return f"{self.scheme}://{self.netloc}{self.target}"


def parse(text: str) -> Url:
    """Read an http(s) address strictly. Raises Blocked with a reason for anything doubtful."""
    text = text.strip(" \t\r\n\f")
    if len(text) > LONGEST:
        raise Blocked("The address is too long.")
    if _CONTROL.search(text):
        raise Blocked("The address contains characters that no web address has.")
    try:
        parts = urlsplit(text)
        port = parts.port
        host = parts.hostname or ""
    except ValueError:
        raise Blocked("That is not a web address.") from None
    if parts.scheme not in _DEFAULT_PORT:
        raise Blocked("Only http and https addresses can be fetched.")
    if "@" in parts.netloc:
        raise Blocked("An address with a user name in it is not fetched.")
    if port == 0:
        raise Blocked("That is not a web address.")
    host = _ipv6(host) if parts.netloc.startswith("[") else _name(host)
    path = quote(parts.path, safe=_KEEP) or "/"
    query = f"?{quote(parts.query, safe=_KEEP)}" if parts.query else ""
    return Url(parts.scheme, host, _DEFAULT_PORT[parts.scheme] if port is None else port, path + query)


def join(base: Url, location: str) -> Url:
    """Where a redirect from `base` to `location` leads. Raises Blocked."""
    if len(location) > LONGEST or _CONTROL.search(location.strip()):
        raise Blocked("The address redirects to something that is not a web address.")
    try:
        return parse(urljoin(str(base), location.strip()))
    except ValueError:
        raise Blocked("The address redirects to something that is not a web address.") from None


def port_is_for_the_web(port: int) -> bool:
    """80, 443, and the higher ports except those where databases, X servers and the like listen."""
    return port in (80, 443) or (port >= 1024 and port not in _NO_WEB_PORTS)


def _ipv6(host: str) -> str:
    try:
        ip = IPv6Address(host)
    except ValueError:
        raise Blocked("That is not a web address.") from None
    if ip.scope_id:
        raise Blocked("An address with a network zone in it is not fetched.")
    return str(ip)


def _name(host: str) -> str:
    if not host.isascii():
        try:
            host = idna.encode(host, uts46=True).decode("ascii")
        except (idna.IDNAError, UnicodeError):
            raise Blocked("That is not a web address.") from None
    host = host.lower()
    if not _HOST.fullmatch(host) or ".." in host:
        raise Blocked("That is not a web address.")
    return host.removesuffix(".")
