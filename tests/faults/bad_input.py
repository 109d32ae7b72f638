"""Children that meet one bad thing each through the real paths, and say what became of it and of their memory.

Run as `python -m tests.faults.bad_input` on the database of a test: a zygote whose specifications are `way`, `place`,
`file`, `hosts`, and where to write what is `told`. The ways: `poll` reads a place twice (what is served first, then what
is served next), `keep` keeps the payload in `file` and understands it, `rest` and `ask` send it to a door of ours,
`store` takes in one post said elsewhere as soon as there is a `file`.
"""

from __future__ import annotations

import json
import os
import resource
from pathlib import Path
from typing import Any

from tests.faults import zygote

ROOM_BYTES = 64 * 1024 * 1024
"""What a child may grow by when it meets something bad."""


def _memory(name: str) -> int:
    """A row of /proc/self/status, in bytes."""
    rows = (line.split(":") for line in Path("/proc/self/status").read_text().splitlines())
    return int(dict(rows)[name].split()[0]) * 1024


def _forget_the_peak() -> None:
    """From here on VmHWM is the peak of what follows (see proc(5), clear_refs)."""
    Path("/proc/self/clear_refs").write_text("5")


class Grown:
    """`with Grown() as grown:` measures by how many bytes this process grows inside, at its highest."""

    def __enter__(self) -> Grown:
        _forget_the_peak()
        self._before = _memory("VmRSS")
        return self

    def __exit__(self, *_: object) -> None:
        self.bytes = max(0, _memory("VmHWM") - self._before)


def _warm_up() -> None:
    """Load what every message needs, so that what is measured is the message."""
    import colonnade.networks.feeds.connector
    import colonnade.networks.mail.connector
    import colonnade.networks.pretend.connector  # noqa: F401
    from colonnade.networks.feeds.parse import parse
    from colonnade.primitives import html

    html.clean("<p>A <b>word</b></p>")
    parse(
        b"<rss version='2.0'><channel><title>A</title><item><title>B</title></item></channel></rss>",
        "http://a/",
    )
    parse(b'{"version":"https://jsonfeed.org/version/1.1","title":"A","items":[]}', "http://a/")


def _poll(place: Any) -> dict[str, Any]:
    from colonnade.conversations import actions
    from colonnade.places import queries

    done = actions.poll(queries.place_by_id(place))
    polling = queries.place_by_id(place).polling
    return {
        "posts": [str(post) for post in done.posts],
        "quarantined": done.quarantined,
        "error": polling.last_error,
    }


def _keep(place: Any, payload: bytes) -> dict[str, Any]:
    from colonnade.conversations import actions
    from colonnade.conversations.models import Raw
    from colonnade.places import queries

    with Grown() as grown:
        raw = actions.keep(queries.place_by_id(place), payload)
        done = actions.parse_kept(raw.pk)
    row = Raw.objects.get(pk=raw.pk)
    return {
        "grown": grown.bytes,
        "posts": [str(post) for post in done.posts],
        "state": row.state,
        "reason": row.reason,
        "kept": bytes(row.payload) == payload,
    }


def _store(place: Any, go: Path) -> dict[str, Any]:
    from colonnade.conversations import actions
    from colonnade.networks import base
    from colonnade.places import queries

    author = base.Author(network="pretend", address="river.watch")
    said = base.Post(uri="https://pretend.example/at-once", author=author, text="Said once")
    there = queries.place_by_id(place)
    go.with_name(f"{go.name}.ready.{os.getpid()}").touch()
    while not go.exists():  # looking all the time, so that all begin in the same moment
        pass
    done = actions.receive(there, [base.Item(raw=b"{}", read=(said,))])
    return {"posts": [str(p) for p in done.posts], "known": [str(p) for p in done.known]}


def _knock(way: str, place: Any, payload: bytes) -> dict[str, Any]:
    """Send a payload to a door of ours: `rest` as a program, `ask` as somebody without an account."""
    from django.test import Client

    from colonnade.extensions import actions as extensions
    from colonnade.people import queries as people
    from colonnade.web.origin import stamp

    def send(body: bytes) -> Any:
        if way == "ask":
            return client.post(
                "/ask", {"text": body.decode("utf-8", "surrogateescape"), "stamp": stamp("ask")}
            )
        return client.post("/rest/posts", body, content_type="application/json")

    who = people.person_by_email("ana@portalder.example")
    assert who is not None
    token = extensions.grant(who, ["read", "write"])
    client = Client(
        raise_request_exception=False,
        SERVER_NAME="localhost",
        HTTP_SEC_FETCH_SITE="same-origin",
        HTTP_AUTHORIZATION=f"Bearer {token}",
    )
    client.get("/")
    client.get("/rest/me")
    with Grown() as grown:
        met = send(payload)
    good = b"When does the ferry leave?"
    after = send(good if way == "ask" else json.dumps({"place": str(place), "text": good.decode()}).encode())
    return {
        "met": {"status": met.status_code, "says": met.content.decode("utf-8", "replace")[-6000:]},
        "next": after.status_code,
        "grown": grown.bytes,
    }


def meet(spec: dict[str, Any]) -> None:
    """Meet it, and write what there is to tell as JSON."""
    from django.conf import settings

    from colonnade.core import db

    settings.COLONNADE_ALLOW_PRIVATE_HOSTS = tuple(spec["hosts"])
    way, place, file = spec["way"], spec["place"], Path(spec["file"])
    told: dict[str, Any] = {}
    with db.guard_writes():
        if way == "store":
            told = _store(place, file)
        elif way in ("rest", "ask"):
            told = _knock(way, place, file.read_bytes())
        elif way == "keep":
            told["met"] = _keep(place, file.read_bytes())
            told["grown"] = told["met"]["grown"]
        else:
            with Grown() as grown:
                told["met"] = _poll(place)
            told["grown"], told["next"] = grown.bytes, _poll(place)
    told["children"] = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    Path(spec["told"]).write_text(json.dumps(told))


def main() -> None:
    """Load everything, and let children meet what they are told to."""
    import django

    django.setup()
    from django.urls import get_resolver

    _warm_up()
    assert get_resolver().url_patterns
    zygote.serve(meet)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "colonnade.config.settings")
    main()
