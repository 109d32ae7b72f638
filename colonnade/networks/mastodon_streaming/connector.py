"""The connector to one public timeline of a Mastodon server.

While a connection holds, the server pushes (WebSocket). What was said before, or during a break, is asked for page by page from
the same timeline; what comes both ways comes once. Servers that let nobody listen without an account (most, since Mastodon
4.2) are asked for the next page every quarter of a minute instead.
"""

from __future__ import annotations

import re
import time
from collections import OrderedDict
from collections.abc import Generator, Iterator, Mapping
from typing import Any
from urllib.parse import quote, unquote, urlencode, urlsplit

import msgspec

from colonnade.networks.base import (
    Batch,
    Capabilities,
    Deletion,
    Edit,
    Incoming,
    Item,
    NetworkError,
    Refused,
    SignInNeeded,
    TryLater,
    Unreadable,
)
from colonnade.networks.http import BadResponse, Blocked, Client, Response, WebSocket
from colonnade.networks.jetstream.overlap import Overlap
from colonnade.networks.mastodon_streaming.statuses import NETWORK, Status, post_of
from colonnade.primitives.clock import monotonic_s, now_ms
from colonnade.primitives.json import BadJson, loads

PAGE, MOST_PAGES_OF_A_PULL = 40, 10
OVERLAP_US = 120_000_000
AHEAD_US = 300_000_000
LOOK_EVERY_S, TICK_S = 15.0, 1.0
_MOST_KNOWN = 50_000
_LARGEST = 1024 * 1024
_RAW_OF_UNREADABLE = 64 * 1024
_ID = re.compile(r"[0-9]{1,18}")
_ABOUT = ("update", "status.update", "delete")


class _Event(msgspec.Struct):
    event: str
    payload: str = ""


class TimelineConnector:
    """Reads the timeline at `address`: https://server (everybody), https://server/public/local, https://server/tags/name.
    `credentials` may hold a `token`."""

    capabilities = Capabilities(network=NETWORK, can_pull=True, can_stream=True, can_read=True)
    look_every_s = LOOK_EVERY_S

    def __init__(self, address: str, credentials: Mapping[str, Any], http: Client) -> None:
        self.address = address
        self._http = http
        self._headers = {"authorization": f"Bearer {token}"} if (token := credentials.get("token")) else {}
        self._uris: OrderedDict[str, str] = OrderedDict()

    def pull(self, cursor: Mapping[str, Any]) -> Batch:
        """What came since `cursor`, at most ten pages; at first the newest page. Raises NetworkError."""
        overlap = Overlap(cursor, overlap_us=OVERLAP_US)
        items: list[Item] = []
        for number, page in enumerate(self._pages(overlap), 1):
            items += page
            if number == MOST_PAGES_OF_A_PULL:
                break
        return Batch(items=tuple(items), cursor=overlap.cursor(), again_in_s=60.0)

    def stream(self, cursor: Mapping[str, Any]) -> Generator[Batch, None, None]:
        """Batches as they come: first what was missed, then what is pushed, or looked for where nobody may listen. Raises
        NetworkError when the connection ends."""
        overlap = Overlap(cursor, overlap_us=OVERLAP_US)
        yield from self._missed(overlap, first=not cursor)
        try:
            socket = WebSocket(self._http, self._stream_address(), headers=self._headers, largest=_LARGEST)
        except (SignInNeeded, Refused, BadResponse):
            yield from self._looking(overlap)
            return
        with socket:
            yield from self._missed(overlap, first=False)  # what was said while it was opened
            while True:
                items = [item for message in socket.receive(TICK_S) for item in self._told(message, overlap)]
                yield Batch(items=tuple(items), cursor=overlap.cursor())

    def read(self, payload: bytes) -> tuple[Incoming | Unreadable, ...]:
        """What an event of the stream says, or a status alone. Never raises."""
        try:
            found = loads(payload)
            if isinstance(found, dict) and "event" in found:
                return self._said_by(msgspec.convert(found, _Event))
            return (post_of(self._noted(msgspec.convert(found, Status)), self._host(), self._uris),)
        except (BadJson, msgspec.MsgspecError, NetworkError, ValueError) as error:
            return (Unreadable(reason=f"This is no event of a Mastodon server: {error}"),)

    # --- asked for ---------------------------------------------------------------------------------------------------

    def _missed(self, overlap: Overlap, *, first: bool) -> Iterator[Batch]:
        """What is on the timeline behind the cursor; at the very first only how far it goes."""
        for page in self._pages(overlap):
            yield Batch(items=() if first else tuple(page), cursor=overlap.cursor())

    def _looking(self, overlap: Overlap) -> Iterator[Batch]:
        """A look every so often, for as long as the server answers."""
        while True:
            yield from self._missed(overlap, first=False)
            until = monotonic_s() + self.look_every_s
            while monotonic_s() < until:
                time.sleep(min(TICK_S, self.look_every_s))
                yield Batch(cursor=overlap.cursor())

    def _pages(self, overlap: Overlap) -> Iterator[list[Item]]:
        """Page after page behind the cursor, each oldest first; at first the newest one alone."""
        begun = overlap.at_us > 0
        behind = (overlap.cursor().get("since_us", 0) // 1000) << 16
        while True:
            asked = {"limit": str(PAGE), **({"min_id": str(behind)} if begun else {})}
            statuses = self._timeline(asked)
            yield [item for raw in reversed(statuses) for item in self._item(raw, overlap)]
            ids = [int(one) for one in map(_id_of, statuses) if one.isdecimal()]
            if not begun or len(statuses) < PAGE or not ids or max(ids) <= behind:
                return
            behind = max(ids)

    def _timeline(self, asked: Mapping[str, str]) -> list[Any]:
        path, _, more = self._which()
        where = f"{self._base()}/api/v1/timelines/{path}?{urlencode({**asked, **more})}"
        found = _checked(self._http.get(where, headers=self._headers)).json()
        if not isinstance(found, list):
            raise BadResponse(f"{self._host()} does not answer with a timeline.")
        return found

    def _item(self, raw: Any, overlap: Overlap) -> list[Item]:
        written = msgspec.json.encode(raw)
        try:
            status = msgspec.convert(raw, Status)
        except msgspec.MsgspecError as error:
            return [_unreadable(written, f"A status of {self._host()} cannot be read: {error}")]
        self._noted(status)
        if not overlap.is_new_name(_name(status.id), _latest_us()):
            return []
        post = post_of(status, self._host(), self._uris)
        return [Item(raw=written, read=(post,), external_id=status.id)]

    # --- pushed ------------------------------------------------------------------------------------------------------

    def _told(self, message: bytes, overlap: Overlap) -> list[Item]:
        try:
            event = msgspec.convert(loads(message), _Event)
            if event.event == "update":
                return self._item(loads(event.payload.encode("utf-8", "replace")), overlap)
            said = self._said_by(event)
        except (BadJson, msgspec.MsgspecError, ValueError) as error:
            return [_unreadable(message, f"This is no event of a Mastodon server: {error}")]
        return [Item(raw=message, read=said)] if said else []

    def _said_by(self, event: _Event) -> tuple[Incoming | Unreadable, ...]:
        """What an event says; () for what is of no concern. Of a status that came before this connection only the server's
        id is known."""
        if event.event not in _ABOUT:
            return ()
        if event.event == "delete":
            id_ = event.payload.strip().strip('"')
            uri = self._uris.get(id_, "")
            if not uri and not _ID.fullmatch(id_):
                return ()
            return (Deletion(uri=uri, known_as="" if uri else id_),)
        status = self._noted(msgspec.convert(loads(event.payload.encode("utf-8", "replace")), Status))
        post = post_of(status, self._host(), self._uris)
        return (post,) if event.event == "update" else (Edit(post=post),)

    def _noted(self, status: Status) -> Status:
        """Remember by which name a status goes: answers and deletions call it by this server's id alone."""
        self._uris[status.id] = status.uri
        self._uris.move_to_end(status.id)
        while len(self._uris) > _MOST_KNOWN:
            self._uris.popitem(last=False)
        return status

    # --- where -------------------------------------------------------------------------------------------------------

    def _base(self) -> str:
        parts = urlsplit(self.address)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise Blocked("A timeline's address begins with https:.")
        return f"{parts.scheme}://{parts.netloc}"

    def _host(self) -> str:
        return urlsplit(self.address).hostname or ""

    def _which(self) -> tuple[str, str, dict[str, str]]:
        """The timeline's path, its stream's name, and what else is said to either."""
        path = urlsplit(self.address).path.strip("/")
        kind, _, name = path.partition("/")
        if kind == "tags" and name:
            tag = unquote(name)
            return f"tag/{quote(tag, safe='')}", "hashtag", {"tag": tag}
        if path == "public/local":
            return "public", "public:local", {"local": "true"}
        return "public", "public", {}

    def _stream_address(self) -> str:
        """Where this server pushes, as it says itself."""
        said = ""
        try:
            found = _checked(self._http.get(f"{self._base()}/api/v2/instance")).json()
            said = found["configuration"]["urls"]["streaming"]
        except (NetworkError, KeyError, TypeError):
            pass
        base = said if isinstance(said, str) and said else self._base()
        scheme, _, rest = base.partition("://")
        web = {"https": "wss", "http": "ws"}.get(scheme, scheme)
        _, stream, more = self._which()
        asked = {"stream": stream, **({"tag": more["tag"]} if "tag" in more else {})}
        return f"{web}://{rest.rstrip('/')}/api/v1/streaming?{urlencode(asked)}"


def _checked(response: Response) -> Response:
    status = response.status
    if status in (401, 403, 422):
        raise SignInNeeded(f"The server shows this timeline to nobody without an account ({status}).")
    if status >= 500 or status in (408, 421, 425):
        raise TryLater(f"The server is in trouble ({status}).")
    if status != 200:
        raise Refused(f"The server answers {status}.")
    return response


def _id_of(raw: Any) -> str:
    found = raw.get("id") if isinstance(raw, dict) else None
    return found if isinstance(found, str) and len(found) < 30 else ""


def _name(id_: str) -> tuple[int, str, str, str]:
    """A status's name with its moment, which its id holds (milliseconds since 1970 above 16 bits). Raises nothing."""
    number = int(id_) if id_.isdecimal() and len(id_) < 30 else 0
    return ((number >> 16) * 1000, id_, "", "")


def _latest_us() -> int:
    return now_ms() * 1000 + AHEAD_US


def _unreadable(raw: bytes, reason: str) -> Item:
    return Item(raw=raw[:_RAW_OF_UNREADABLE], read=(Unreadable(reason=reason),))
