"""Mail addresses and message ids: checked before they stand in a header or a command."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

import idna
import msgspec

from colonnade.networks.base import Refused

_LOCAL = re.compile(r"[^\x00-\x20\x7f-\xa0\"(),:;<>@\[\\\].]+(\.[^\x00-\x20\x7f-\xa0\"(),:;<>@\[\\\].]+)*")
_DOMAIN = re.compile(r"(?=.{1,253}\Z)([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9-]{1,63}")
_MESSAGE_ID = re.compile(r"[\x21-\x3b\x3d\x3f-\x7e]{1,900}")
_MID_SAFE = "@!$&'()*+,;=:~-._"
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]")


class Mailbox(msgspec.Struct, frozen=True):
    """Who is written to: the domain in ASCII (IDNA), the local part as it is."""

    local: str
    domain: str
    name: str = ""

    @property
    def address(self) -> str:
        """local@domain."""
        return f"{self.local}@{self.domain}"


def mailbox(written: str) -> Mailbox:
    """The one mailbox in "ana@example.org", "Ana <ana@example.org>" or "mailto:ana@example.org".

    Raises Refused with the reason: none, several, or what could break out of a header line.
    """
    check_line(written, "mail address")
    bare = written.strip().removeprefix("mailto:")
    name, angle, rest = bare.rpartition("<")
    address = rest.removesuffix(">") if angle and rest.endswith(">") else bare
    local, at, domain = address.rpartition("@")
    if not at or not _LOCAL.fullmatch(local) or len(local.encode("utf-8", "replace")) > 64:
        raise Refused(f"{written[:200]!r} is not one mail address.")
    return Mailbox(local, ascii_domain(domain), name.strip().strip('"').strip() if angle else "")


def ascii_domain(domain: str) -> str:
    """The domain in small ASCII letters, as IDNA 2008 writes it. Raises Refused."""
    try:
        written = domain.lower() if domain.isascii() else idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError as error:
        raise Refused(f"{domain[:200]!r} is no domain: {error}.") from None
    if not _DOMAIN.fullmatch(written):
        raise Refused(f"{domain[:200]!r} is no domain.")
    return written


def check_line(value: str, what: str) -> None:
    """Raises Refused for what would start a new line in a header or a command."""
    if _CONTROL.search(value):
        raise Refused(f"The {what} holds a line break or a control character.")


def uri_of(message_id: str) -> str:
    """The name of a message as a URI (RFC 2392); `message_id` without angle brackets."""
    return f"mid:{quote(message_id, safe=_MID_SAFE)}"


def message_id_in(uri: str) -> str:
    """The message id in a mid: URI, without angle brackets; "" if it is none that may stand in a header."""
    scheme, _, rest = uri.partition(":")
    found = unquote(rest.partition("/")[0]) if scheme == "mid" else ""
    return found if _MESSAGE_ID.fullmatch(found) else ""
