"""The world outside: who reaches this server, whom it may reach, and its letters."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from colonnade.cli.doctor.finding import Finding, note, well, wrong


def reached(settings: Any) -> Iterator[Finding]:
    """The address by which people come."""
    public, host = urlsplit(settings.COLONNADE_PUBLIC_URL), settings.COLONNADE_HOST
    if public.scheme == "https":
        yield well(f"People reach this server at {settings.COLONNADE_PUBLIC_URL}.")
        if not _is_loopback(host):
            yield note(
                f"It listens on {host} without encryption: only the reverse proxy should be able to reach that port."
            )
    elif _is_loopback(public.hostname or ""):
        yield note(
            "Only this machine reaches this server; COLONNADE_PUBLIC_URL names the address for others."
        )
    else:
        yield wrong(
            f"People reach this server at {settings.COLONNADE_PUBLIC_URL} without encryption: put a reverse proxy "
            "before it and set COLONNADE_PUBLIC_URL to its https:// address."
        )


def private_hosts(settings: Any) -> Iterator[Finding]:
    """What inside the walls may be fetched from."""
    hosts = settings.COLONNADE_ALLOW_PRIVATE_HOSTS
    if hosts:
        yield note(f"Inside your own walls Colonnade may fetch from: {', '.join(hosts)}.")
    else:
        yield well("Colonnade fetches from nowhere inside your own walls.")


def letters(settings: Any) -> Iterator[Finding]:
    """Whether mail goes out."""
    if settings.COLONNADE_MAIL_URL:
        yield well(f"Letters go out by {settings.EMAIL_HOST}:{settings.EMAIL_PORT}.")
    else:
        yield note("No letters go out: COLONNADE_MAIL_URL is empty.")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
