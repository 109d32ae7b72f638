"""Every setting of the program: one environment variable each, read here and nowhere else.

`SETTINGS` is the table that `colonnade doctor` prints and the guide for operators describes; `read()` turns the
environment into plain values. A value that cannot be used is told in one sentence that says what to do.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.core.exceptions import ImproperlyConfigured

PREFIX = "COLONNADE_"


class BadSetting(ImproperlyConfigured):
    """A setting that cannot be used. Its text is one sentence for the operator."""


@dataclass(frozen=True)
class Setting:
    """One row of the table: `name` without the prefix, the default as it would be typed, one sentence, its reader."""

    name: str
    default: str
    sentence: str
    parse: Callable[[str], Any]
    secret: bool = False

    @property
    def variable(self) -> str:
        return PREFIX + self.name


def fail(name: str, value: str, wish: str) -> BadSetting:
    """What is told of a value that cannot be used: the variable, the value, what it must be instead."""
    return BadSetting(f"{PREFIX}{name} is {value!r}, but it must be {wish}.")


def _home(value: str) -> Path:
    return Path(value).expanduser().absolute()


def _database(value: str) -> str:
    if value and urlsplit(value).scheme not in ("sqlite", "postgres", "postgresql"):
        raise fail(
            "DATABASE_URL",
            without_password(value),
            "sqlite:///path/to/file or postgresql://user:password@host:port/name",
        )
    return value


def _stream(value: str) -> str:
    if value and (urlsplit(value).scheme not in ("nats", "tls") or not urlsplit(value).hostname):
        raise fail(
            "STREAM_URL",
            without_password(value),
            "empty, or nats://host:port of a NATS server with JetStream",
        )
    return value


def _port(value: str) -> int:
    if not value.isascii() or not value.isdigit() or not 0 <= int(value) <= 65535:
        raise fail("PORT", value, "a number from 0 to 65535")
    return int(value)


def _threads(value: str) -> int:
    if not value.isascii() or not value.isdigit() or not 1 <= int(value) <= 64:
        raise fail("WORK_THREADS", value, "a number from 1 to 64")
    return int(value)


def _host(value: str) -> str:
    if not value or any(c.isspace() or c in "/@?#" for c in value):
        raise fail("HOST", value, "an address or a name of this machine, such as 127.0.0.1 or 0.0.0.0")
    return value


def _public_url(value: str) -> str:
    if not value:
        return value
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
        raise fail(
            "PUBLIC_URL", value, "the address people type, such as https://talk.example.org, without a path"
        )
    return f"{parts.scheme}://{parts.netloc}"


def _directory(value: str) -> str:
    parts = urlsplit(value)
    if value and (parts.scheme not in ("http", "https") or not parts.hostname or parts.query):
        raise fail("PLC_URL", value, "empty, or the address of a directory such as https://plc.directory")
    return value.rstrip("/")


def _private_hosts(value: str) -> tuple[str, ...]:
    hosts = tuple(part.strip().lower() for part in value.split(",") if part.strip())
    for host in hosts:
        if "://" in host or any(c.isspace() for c in host):
            raise fail(
                "ALLOW_PRIVATE_HOSTS", value, "names or addresses with commas between them, without http://"
            )
        if "/" in host:
            try:
                ip_network(host, strict=False)
            except ValueError:
                raise fail(
                    "ALLOW_PRIVATE_HOSTS", value, "names, addresses or networks like 10.0.0.0/8"
                ) from None
    return hosts


def _mail(value: str) -> str:
    if value:
        parts = urlsplit(value)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise fail(
                "MAIL_URL", without_password(value), "smtp://user:password@host:port?from=desk@example.org"
            )
        if not parse_qs(parts.query).get("from"):
            raise fail(
                "MAIL_URL",
                without_password(value),
                "followed by ?from= and the address that letters come from",
            )
    return value


def _yes_or_no(value: str) -> bool:
    if value.lower() in ("1", "yes", "true", "on"):
        return True
    if value.lower() in ("", "0", "no", "false", "off"):
        return False
    raise fail("DEBUG", value, "1 or 0")


def _secret(value: str) -> str:
    if value and len(value) < 32:
        raise BadSetting(
            f"{PREFIX}SECRET_KEY is too short: give at least 32 random characters, or leave it out."
        )
    return value


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "HOME",
        "~/.colonnade",
        "The folder that holds the database file, keys and files; made with access for its owner alone.",
        _home,
    ),
    Setting(
        "DATABASE_URL",
        "",
        "Where rows are kept: empty for a SQLite file in the home folder, or postgresql://user:password@host/name.",
        _database,
        secret=True,
    ),
    Setting("STREAM_URL", "", "Where the stream of incoming posts is kept; empty for the database.", _stream),
    Setting("HOST", "127.0.0.1", "The address that the server listens on.", _host),
    Setting("PORT", "8470", "The port that the server listens on.", _port),
    Setting(
        "PUBLIC_URL",
        "",
        "The address by which people reach this server, such as https://talk.example.org; empty for http://HOST:PORT.",
        _public_url,
    ),
    Setting(
        "NAME",
        "",
        "What the organisation is called, for the head of its front page; empty for no name.",
        str.strip,
    ),
    Setting(
        "ALLOW_PRIVATE_HOSTS",
        "",
        "Names, addresses or networks inside your own walls that Colonnade may fetch from, with commas between.",
        _private_hosts,
    ),
    Setting(
        "PLC_URL",
        "https://plc.directory",
        "Where names of authors of Bluesky are looked up; empty to look none up.",
        _directory,
    ),
    Setting(
        "MAIL_URL",
        "",
        "The mail server for outgoing letters, smtp://user:password@host:port?from=desk@example.org; empty for no mail.",
        _mail,
        secret=True,
    ),
    Setting(
        "SECRET_KEY",
        "",
        "Signs cookies and links; empty to have one made once and kept in the home folder.",
        _secret,
        secret=True,
    ),
    Setting(
        "WORK_THREADS", "3", "How many pieces of background work one worker does at the same time.", _threads
    ),
    Setting("DEBUG", "0", "1 shows technical error pages; for development only.", _yes_or_no),
)


def read(environ: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Every setting by its name without the prefix, parsed. `BadSetting` names the first one that cannot be used."""
    source = os.environ if environ is None else environ
    return {row.name: row.parse(source.get(row.variable, row.default).strip()) for row in SETTINGS}


def shown(name: str, value: Any) -> str:
    """A setting's value as `doctor` may print it: passwords and keys left out."""
    row = next(row for row in SETTINGS if row.name == name)
    if not row.secret or not value:
        return ", ".join(value) if isinstance(value, tuple) else str(value)
    return "(set)" if name == "SECRET_KEY" else without_password(str(value))


def without_password(url: str) -> str:
    """An address with its password left out, to be shown."""
    parts = urlsplit(url)
    if parts.password is None:
        return url
    user, _, host = parts.netloc.rpartition("@")
    return parts._replace(netloc=f"{user.split(':')[0]}:…@{host}").geturl()
