"""A message as it goes out: the same key gives the same Message-ID, whatever happens in between."""

from __future__ import annotations

import hashlib
import re
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime

from colonnade.networks.base import Outgoing, Refused
from colonnade.networks.mail.addresses import Mailbox, check_line, message_id_in
from colonnade.primitives import clock
from colonnade.primitives.text import excerpt, is_blank, normalise

_PLAIN_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")
_LANG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}")
_SUBJECT = 200
_SEVEN_BIT = SMTP.clone(cte_type="7bit")
_WITH_UTF8 = SMTPUTF8.clone(cte_type="7bit")


def message_id(key: str, domain: str) -> str:
    """The Message-ID of the delivery with that key, without angle brackets."""
    left = key if _PLAIN_KEY.fullmatch(key) else hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
    return f"{left}@{domain}"


def compose(outgoing: Outgoing, key: str, sender: Mailbox, to: Mailbox) -> bytes:
    """The message on the wire, lines ending in CR LF, seven bits wide (an address with other letters apart).

    Raises Refused, with the reason, for what cannot be put into a message.
    """
    check_line(outgoing.title, "subject")
    check_line(outgoing.lang, "language")
    check_line(outgoing.reply_to, "message answered")
    try:
        return _ids(outgoing, key, sender) + _message(outgoing, key, sender, to)
    except UnicodeEncodeError:
        raise Refused("The text holds half a character, which cannot be sent.") from None


def _ids(outgoing: Outgoing, key: str, sender: Mailbox) -> bytes:
    """The headers that hold message ids, written by hand: the library would fold or encode a long one to pieces."""
    lines = [f"Message-ID: <{message_id(key, sender.domain)}>"]
    if answered := message_id_in(outgoing.reply_to):
        lines += [f"In-Reply-To: <{answered}>", f"References: <{answered}>"]
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")


def _message(outgoing: Outgoing, key: str, sender: Mailbox, to: Mailbox) -> bytes:
    policy = _SEVEN_BIT if (sender.local + to.local).isascii() else _WITH_UTF8
    text = _text(outgoing)
    message = EmailMessage(policy=policy)
    message["From"] = Address(sender.name, sender.local, sender.domain)
    message["To"] = Address(to.name, to.local, to.domain)
    message["Subject"] = _subject(outgoing, text)
    message["Date"] = format_datetime(outgoing.sent_at or clock.now())
    message.set_content(text)
    if outgoing.html:
        message.add_alternative(normalise(outgoing.html), subtype="html")
        message.set_boundary(f"=_{hashlib.sha256(key.encode()).hexdigest()[:40]}")
    if _LANG.fullmatch(outgoing.lang):
        message["Content-Language"] = outgoing.lang
    return message.as_bytes()


def _text(outgoing: Outgoing) -> str:
    """The words, with the addresses of files below: files themselves are not carried."""
    files = [f"{each.description}: {each.url}" if each.description else each.url for each in outgoing.media]
    if is_blank(outgoing.text) and not files:
        raise Refused("There is nothing in this message.")
    outgoing.text.encode()
    return "\n".join([normalise(outgoing.text).rstrip("\n"), *([""] if files else []), *files]) + "\n"


def _subject(outgoing: Outgoing, text: str) -> str:
    return excerpt(normalise(outgoing.title), _SUBJECT) or excerpt(text, 70) or "Message"
