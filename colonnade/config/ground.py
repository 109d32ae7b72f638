"""What settings stand for: the database and the mail server behind an address, the home folder and its key."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from colonnade.config.environment import PREFIX, BadSetting, fail, without_password


def database(url: str, home: Path) -> dict[str, Any]:
    """Django's `DATABASES["default"]` for a database address; an empty one means `colonnade.db` in the home folder."""
    if not url or urlsplit(url).scheme == "sqlite":
        return _sqlite(url, home)
    parts = urlsplit(url)
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    name = unquote(parts.path.lstrip("/"))
    if not name:
        raise fail("DATABASE_URL", without_password(url), "followed by / and the name of the database")
    try:
        port = parts.port
    except ValueError:
        raise fail("DATABASE_URL", without_password(url), "an address with a port that is a number") from None
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
