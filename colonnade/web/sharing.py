"""Pass a link on without calling anybody: by copying, by mail, through the reader's own server."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

_HOST = re.compile(r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,62}")


@dataclass(frozen=True, slots=True)
class Share:
    """What a page offers for passing it on."""

    address: str
    title: str

    @property
    def by_mail(self) -> str:
        """An address that opens the reader's own mail program."""
        return f"mailto:?subject={quote(self.title)}&body={quote(self.address)}"

    def at(self, server: str) -> str:
        """Where the reader's server lets them write of it (Mastodon's `/share`); "" for what names no server."""
        host = host_of(server)
        return f"https://{host}/share?text={quote(f'{self.title} {self.address}')}" if host else ""


def host_of(server: str) -> str:
    """The host in what somebody wrote: "mastodon.example", "https://mastodon.example/", "@me@mastodon.example"; or ""."""
    words = server.strip().lower().removeprefix("https://").removeprefix("http://").split("/")[0]
    words = words.rpartition("@")[2].encode("idna" if not words.isascii() else "ascii", "ignore").decode()
    return words if _HOST.fullmatch(words) else ""
