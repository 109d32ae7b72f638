"""Handing a message to the relay, and telling at every step whether it was taken."""

from __future__ import annotations

import ipaddress
import re
import smtplib
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, NoReturn

import msgspec

from colonnade.networks.base import Refused, SignInNeeded, TryLater, Uncertain, Unreachable
from colonnade.networks.mail.addresses import Mailbox

_SIGN_IN = (530, 534, 535, 538)
_DOTS = re.compile(rb"^\.", re.MULTILINE)


class Relay(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where mail leaves the house. `tls`: "starttls", "implicit" (port 465) or "none"; `ca` is a certificate in PEM
    that is trusted besides the system's. `timeout_s` holds for each step of the conversation.
    """

    host: str
    port: int = 587
    user: str = ""
    password: str = ""
    tls: str = "starttls"
    ca: str = ""
    timeout_s: float = 30.0


def relay_of(credentials: Mapping[str, Any]) -> Relay:
    """The relay that the credentials name: `host`, `port`, `user`, `password`, `starttls` (true or false) or `tls`,
    `ca`, `timeout_s`. Raises SignInNeeded where they make no sense: the account waits until they are put right.
    """
    named = {key: value for key, value in credentials.items() if key not in ("from", "starttls")}
    if "starttls" in credentials:
        named.setdefault("tls", "starttls" if credentials["starttls"] else "none")
    try:
        relay = msgspec.convert(named, Relay)
    except msgspec.ValidationError as error:
        raise SignInNeeded(f"The mail relay is not set up: {error}.") from None
    if relay.tls not in ("starttls", "implicit", "none"):
        raise SignInNeeded(f"The mail relay's TLS can be starttls, implicit or none, not {relay.tls!r}.")
    if relay.user and relay.tls == "none" and not _is_this_machine(relay.host):
        raise SignInNeeded("Without TLS the password of the mail relay would travel in the clear.")
    return relay


def hand_over(relay: Relay, sender: Mailbox, to: Mailbox, message: bytes) -> None:
    """Give the relay one message for one recipient; when this returns, it has taken it.

    Raises Unreachable, TryLater, SignInNeeded, Refused (nothing was taken) or Uncertain (the connection broke after
    we began to send the text).
    """
    connection = _connect(relay, sender.domain)
    try:
        with _nothing_taken_yet():
            _sign_in(connection, relay)
            options = [] if (sender.local + to.local).isascii() else ["SMTPUTF8"]
            _expect(connection.mail(sender.address, options), (250,))
            _expect(connection.rcpt(to.address), (250, 251, 252))
            _expect(connection.docmd("DATA"), (354,))
        _expect(_send(connection, message), (250,), sent=True)
        with suppress(smtplib.SMTPException, OSError):
            connection.putcmd("QUIT")
    finally:
        connection.close()


def _connect(relay: Relay, our_name: str) -> smtplib.SMTP:
    try:
        if relay.tls == "implicit":
            return smtplib.SMTP_SSL(
                relay.host, relay.port, our_name, timeout=relay.timeout_s, context=_certificates(relay)
            )
        return smtplib.SMTP(relay.host, relay.port, our_name, timeout=relay.timeout_s)
    except smtplib.SMTPConnectError as error:
        _no(error.smtp_code, error.smtp_error)
    except smtplib.SMTPServerDisconnected as error:
        raise TryLater(f"The mail relay hung up at once: {error}") from error
    except (OSError, UnicodeError) as error:
        raise Unreachable(f"The mail relay {relay.host} cannot be reached: {error}") from error


def _sign_in(connection: smtplib.SMTP, relay: Relay) -> None:
    connection.ehlo_or_helo_if_needed()
    if relay.tls == "starttls":
        try:
            connection.starttls(context=_certificates(relay))
        except smtplib.SMTPNotSupportedError:
            raise SignInNeeded("The mail relay does not offer STARTTLS.") from None
        except ssl.SSLError as error:
            raise Unreachable(f"The mail relay's certificate or TLS is not good: {error}") from error
        connection.ehlo_or_helo_if_needed()
    if relay.user:
        connection.login(relay.user, relay.password)


@contextmanager
def _nothing_taken_yet() -> Iterator[None]:
    """smtplib's errors before the text was sent, in the words of the contract."""
    try:
        yield
    except smtplib.SMTPResponseException as error:
        _no(error.smtp_code, error.smtp_error)
    except smtplib.SMTPNotSupportedError as error:
        if "SMTPUTF8" in str(error):
            raise Refused("The mail relay cannot take an address with such letters.") from error
        raise SignInNeeded(f"The mail relay cannot do what its set-up asks: {error}") from error
    except smtplib.SMTPServerDisconnected as error:
        raise TryLater(f"The mail relay hung up before the message was sent: {error}") from error
    except smtplib.SMTPException as error:
        raise SignInNeeded(f"The mail relay takes no sign-in of ours: {error}") from error
    except OSError as error:
        raise TryLater(f"The mail relay broke off before the message was sent: {error}") from error


def _send(connection: smtplib.SMTP, message: bytes) -> tuple[int, bytes]:
    """The text and its final dot in one go; from here on a lost connection leaves it open whether it was taken."""
    body = _DOTS.sub(b"..", message if message.endswith(b"\r\n") else message + b"\r\n")
    try:
        connection.send(body + b".\r\n")
        return connection.getreply()
    except (smtplib.SMTPException, OSError) as error:
        raise Uncertain(f"The mail relay broke off after the message was sent: {error}") from error


def _expect(answer: tuple[int, bytes], good: tuple[int, ...], *, sent: bool = False) -> None:
    code, words = answer
    if code in good:
        return
    if sent and not 400 <= code < 600:
        raise Uncertain(f"The mail relay answered {code} after the message was sent.")
    _no(code, words)


def _no(code: int, words: bytes | str) -> NoReturn:
    """A reply that is no success (RFC 5321 4.2.1): 4xx is for now, 5xx for good."""
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    said = f"The mail relay answered {code}: {text[:300]}"
    if code in _SIGN_IN:
        raise SignInNeeded(said)
    if 500 <= code < 600:
        raise Refused(said)
    raise TryLater(said)


def _certificates(relay: Relay) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context()
        if relay.ca:
            context.load_verify_locations(cadata=relay.ca)
    except (ssl.SSLError, ValueError) as error:
        raise SignInNeeded(f"The certificate given for the mail relay cannot be read: {error}") from error
    return context


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
