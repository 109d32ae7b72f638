"""The two ways to the make-believe network: over HTTP to a server of its own, or to a world in this house."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol
from urllib.parse import quote, urlencode, urlsplit

import msgspec

from colonnade.networks.base import Refused, TryLater, Uncertain
from colonnade.networks.http import Client
from colonnade.networks.pretend.answers import Question
from colonnade.networks.pretend.desk import Desk
from colonnade.networks.pretend.ledger import Ledger
from colonnade.networks.pretend.script import load_script
from colonnade.networks.pretend.world import World

_SCRIPTS = Path(__file__).parent / "scripts"
_MOST_BYTES = 10 * 1024 * 1024


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """What came back; header names are lower-case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Way(Protocol):
    """A way to put a question to the network and hear its answer."""

    def ask(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> Reply:
        """One call. Raises Unreachable, Uncertain or TryLater; any other status is an answer."""
        ...


class OverHttp:
    """To a server, through the one HTTP client of the house. `timeout_s` holds for each call; None: the client's own."""

    def __init__(self, address: str, http: Client, timeout_s: float | None = None) -> None:
        self._base = address.rstrip("/")
        self._http = http
        self._timeout_s = timeout_s

    def ask(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> Reply:
        """As `Way.ask`."""
        url = self._base + quote(path) + (f"?{urlencode(query)}" if query else "")
        answer = self._http.request(
            method,
            url,
            headers=headers,
            body=body,
            max_bytes=_MOST_BYTES,
            timeout_s=self._timeout_s,
            follow=False,
        )
        return Reply(status=answer.status, headers=answer.headers, body=answer.body)


class InTheHouse:
    """To a world on this machine; nothing leaves it. What a broken connection would leave open is left open here too."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def ask(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> Reply:
        """As `Way.ask`."""
        lower = {name.lower(): value for name, value in (headers or {}).items()}
        question = Question(method=method, path=path, query=query or {}, headers=lower, body=body)
        try:
            answer = self._desk.answer(question)
        except OSError as error:
            raise Uncertain(f"The make-believe world could not be kept on the disk: {error}.") from error
        if answer.manner in ("cut", "hang", "midway"):
            raise Uncertain("The make-believe network did not answer.")
        if answer.status in (429, 503):
            wait = answer.headers.get("retry-after", "")
            raise TryLater("The make-believe network says: not now.", float(wait) if wait.isdigit() else None)
        return Reply(status=answer.status, headers=answer.headers, body=answer.body)


_desks: dict[tuple[str, str], Desk] = {}
_desks_lock = threading.Lock()


def desk_in_the_house(name: str, folder: str = "") -> Desk:
    """The desk of the world called `name`, the same for every caller in this process.

    With a `folder` the world lives in `folder/name.jsonl` and is the same for every process on this machine; without,
    it ends with this process. A world whose name is that of a script shipped here plays that script.
    Raises Refused for a name that cannot be one.
    """
    if not name or not all(letter.isalnum() or letter in "-_" for letter in name) or len(name) > 64:
        raise Refused(f"A make-believe world cannot be called {name!r}.")
    with _desks_lock:
        if (desk := _desks.get((name, folder))) is None:
            script = _SCRIPTS / f"{name}.jsonl"
            ledger = None
            if folder:
                ledger = Ledger(_kept_in(Path(folder)) / f"{name}.jsonl")
            world = World(name, ledger, script=load_script(script) if script.exists() else ())
            desk = _desks[name, folder] = Desk(world)
        return desk


def _kept_in(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Refused(f"Make-believe worlds cannot be kept in {folder}: {error.strerror}.") from error
    return folder


def way_to(address: str, http: Client, *, folder: str = "", timeout_s: float | None = None) -> Way:
    """The way to `pretend://NAME` (in this house) or `http://…` (a server). Raises Refused for any other address."""
    parts = urlsplit(address)
    if parts.scheme == "pretend":
        return InTheHouse(desk_in_the_house(parts.netloc, folder))
    if parts.scheme in ("http", "https"):
        return OverHttp(address, http, timeout_s)
    raise Refused(f"{address!r} is no address of the make-believe network: pretend://demo is one.")
