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
from urllib.parse import parse_qs, unquote, urlsplit

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


def _fail(name: str, value: str, wish: str) -> BadSetting:
    return BadSetting(f"{PREFIX}{name} is {value!r}, but it must be {wish}.")


def _home(value: str) -> Path:
    return Path(value).expanduser().absolute()


def _database(value: str) -> str:
    if value and urlsplit(value).scheme not in ("sqlite", "postgres", "postgresql"):
        raise _fail(
            "DATABASE_URL", value, "sqlite:///path/to/file or postgresql://user:password@host:port/name"
        )
    return value


def _stream(value: str) -> str:
    if value:
        raise _fail("STREAM_URL", value, "empty: this release keeps its stream in the database")
    return value


def _port(value: str) -> int:
    if not value.isascii() or not value.isdigit() or not 0 <= int(value) <= 65535:
        raise _fail("PORT", value, "a number from 0 to 65535")
    return int(value)


def _threads(value: str) -> int:
    if not value.isascii() or not value.isdigit() or not 1 <= int(value) <= 64:
        raise _fail("WORK_THREADS", value, "a number from 1 to 64")
    return int(value)


def _host(value: str) -> str:
    if not value or any(c.isspace() or c in "/@?#" for c in value):
        raise _fail("HOST", value, "an address or a name of this machine, such as 127.0.0.1 or 0.0.0.0")
    return value


def _public_url(value: str) -> str:
    if not value:
        return value
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
        raise _fail(
            "PUBLIC_URL", value, "the address people type, such as https://talk.example.org, without a path"
        )
    return f"{parts.scheme}://{parts.netloc}"


def _private_hosts(value: str) -> tuple[str, ...]:
    hosts = tuple(part.strip().lower() for part in value.split(",") if part.strip())
    for host in hosts:
        if "://" in host or any(c.isspace() for c in host):
            raise _fail(
                "ALLOW_PRIVATE_HOSTS", value, "names or addresses with commas between them, without http://"
            )
        if "/" in host:
            try:
                ip_network(host, strict=False)
            except ValueError:
                raise _fail(
                    "ALLOW_PRIVATE_HOSTS", value, "names, addresses or networks like 10.0.0.0/8"
                ) from None
    return hosts


def _mail(value: str) -> str:
    if value:
        parts = urlsplit(value)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise _fail(
                "MAIL_URL", _without_password(value), "smtp://user:password@host:port?from=desk@example.org"
            )
        if not parse_qs(parts.query).get("from"):
            raise _fail(
                "MAIL_URL",
                _without_password(value),
                "followed by ?from= and the address that letters come from",
            )
    return value


def _yes_or_no(value: str) -> bool:
    if value.lower() in ("1", "yes", "true", "on"):
        return True
    if value.lower() in ("", "0", "no", "false", "off"):
        return False
    raise _fail("DEBUG", value, "1 or 0")


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
        "ALLOW_PRIVATE_HOSTS",
        "",
        "Names, addresses or networks inside your own walls that Colonnade may fetch from, with commas between.",
        _private_hosts,
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


def database(url: str, home: Path) -> dict[str, Any]:
    """Django's `DATABASES["default"]` for a database address; an empty one means `colonnade.db` in the home folder."""
    if not url or urlsplit(url).scheme == "sqlite":
        return _sqlite(url, home)
    parts = urlsplit(url)
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    name = unquote(parts.path.lstrip("/"))
    if not name:
        raise _fail("DATABASE_URL", _without_password(url), "followed by / and the name of the database")
    try:
        port = parts.port
    except ValueError:
        raise _fail(
            "DATABASE_URL", _without_password(url), "an address with a port that is a number"
        ) from None
    options: dict[str, Any] = {
        key: query[key] for key in query if key not in ("host", "port", "user", "password")
    }
    # The just-in-time compiler of PostgreSQL costs more than it saves on statements that take a millisecond.
    options["options"] = f"{options.get('options', '')} -c jit=off".strip()
    options.setdefault("connect_timeout", 10)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or "") or query.get("user", ""),
        "PASSWORD": unquote(parts.password or "") or query.get("password", ""),
        "HOST": query.get("host", "") or unquote(parts.hostname or ""),
        "PORT": str(port or query.get("port", "")),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
        "TEST": {"NAME": f"test_{name}"},
    }


def _sqlite(url: str, home: Path) -> dict[str, Any]:
    path = unquote(urlsplit(url).path) if url else ""
    # sqlite:///name is a file beside the program's folder, sqlite:////var/name an absolute path: as others read it.
    file = Path(path[1:]).absolute() if path.strip("/") else home / "colonnade.db"
    return {
        "ENGINE": "colonnade.core.sqlite",
        "NAME": str(file),
        "CONN_MAX_AGE": None,
        "OPTIONS": {"transaction_mode": "IMMEDIATE"},
        # A file, never memory: other threads and processes of a test read the same rows.
        "TEST": {"NAME": str(home / "test.db")},
    }


def mail(url: str) -> dict[str, Any]:
    """Django's mail settings for `smtp://user:password@host:port?from=…`; letters go nowhere when it is empty."""
    if not url:
        return {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    wrapped = parts.scheme == "smtps"
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname or "",
        "EMAIL_PORT": parts.port or (465 if wrapped else 587 if parts.username else 25),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": wrapped,
        "EMAIL_USE_TLS": not wrapped and query.get("starttls", ["1" if parts.username else "0"])[-1] == "1",
        "EMAIL_TIMEOUT": 20,
        "DEFAULT_FROM_EMAIL": query["from"][-1],
        "SERVER_EMAIL": query["from"][-1],
    }


def make_home(home: Path) -> Path:
    """Make the home folder, for its owner alone, if it is not there yet; `BadSetting` when it cannot be written."""
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise BadSetting(
            f"Colonnade cannot make its home folder {home} ({error.strerror}): make it writable, "
            f"or name another in {PREFIX}HOME."
        ) from None
    if not os.access(home, os.W_OK | os.X_OK):
        raise BadSetting(
            f"Colonnade may not write its home folder {home}: make it writable, or name another in {PREFIX}HOME."
        )
    return home


def secret_key(home: Path) -> str:
    """The key kept in the home folder, made once with access for its owner alone; safe when processes start together."""
    import secrets

    path = home / "secret_key"
    if not path.exists():
        draft = home / f".secret_key.{os.getpid()}.{secrets.token_hex(4)}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()


def shown(name: str, value: Any) -> str:
    """A setting's value as `doctor` may print it: passwords and keys left out."""
    row = next(row for row in SETTINGS if row.name == name)
    if not row.secret or not value:
        return ", ".join(value) if isinstance(value, tuple) else str(value)
    return "(set)" if name == "SECRET_KEY" else _without_password(str(value))


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    if parts.password is None:
        return url
    user, _, host = parts.netloc.rpartition("@")
    return parts._replace(netloc=f"{user.split(':')[0]}:…@{host}").geturl()
