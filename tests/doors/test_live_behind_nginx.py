"""The sample for nginx in docs/guides, with a real nginx: push passes at once, pages pass, nobody forges an address."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings

from colonnade.access import actions as access
from colonnade.access import queries
from colonnade.access.models import Kind, Principal
from colonnade.access.types import EVERYONE
from colonnade.core import db, events
from colonnade.core.push import tokens
from tests.doors.commands import free_port
from tests.doors.streaming import Door, Stream

SAMPLE = Path(__file__).resolve().parents[2] / "docs" / "guides" / "nginx.conf"
NGINX = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(NGINX is None, reason="nginx is not installed"),
]


class Called(events.Event, frozen=True, kw_only=True):
    what: str = ""


@pytest.fixture
def someone(transactional_db: None) -> Principal:
    with db.machinery():
        Principal.objects.get_or_create(pk=EVERYONE)
    return access.make_principal(Kind.PERSON)


@pytest.fixture
def door(child_environment: dict[str, str]) -> Iterator[Door]:
    """One process with push and pages: what the sample sends to two ports reaches it by both names."""
    child_environment["COLONNADE_SECRET_KEY"] = settings.SECRET_KEY
    opened = Door(child_environment, pages=True, per_address=2)
    yield opened
    opened.close()


@pytest.fixture
def nginx(door: Door, tmp_path: Path) -> Iterator[int]:
    """nginx with the sample as it stands, but for ports, certificate and name; yields its port."""
    assert NGINX is not None
    port = free_port()
    site = SAMPLE.read_text("utf-8")
    for old, new in (
        (r"listen 443 ssl http2;", f"listen 127.0.0.1:{port};"),
        (r"listen 80;", f"listen 127.0.0.1:{free_port()};"),
        (r"ssl_certificate\w*\s.*;", ""),
        (r"127\.0\.0\.1:8470", f"127.0.0.1:{door.port}"),
        (r"127\.0\.0\.1:8471", f"127.0.0.1:{door.port}"),
        (r"server_name talk.example.org;", "server_name localhost;"),
    ):
        site, changed = re.subn(old, new, site)
        assert changed, f"the sample no longer says {old}"
    temporary = "".join(
        f"{name}_temp_path {tmp_path}/{name};\n"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    main = tmp_path / "nginx.conf"
    main.write_text(
        f"daemon off; master_process off; pid {tmp_path}/pid; error_log {tmp_path}/errors;\n"
        f"events {{ worker_connections 200; }}\nhttp {{ access_log off;\n{temporary}{site}\n}}\n"
    )
    process = subprocess.Popen([NGINX, "-c", str(main), "-e", str(tmp_path / "errors")])
    try:
        _wait_for(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.01)
    raise AssertionError("nginx did not start")


def test_push_passes_nginx_at_once_and_goes_on_after_a_cut(nginx: int, someone: Principal) -> None:
    everyone = access.intern(frozenset({(EVERYONE, EVERYONE)})).pk
    viewer = queries.viewer(someone.pk)
    token = tokens.seal(someone.pk, viewer.epoch, viewer.audiences, "s")

    def call(conversation: int) -> None:
        with db.act():
            events.announce(Called(), subject="t:1", hints=[events.Hint(everyone, 5, conversation)])
        events.stamp()

    stream = _opened(nginx, token).greeted()
    call(50)
    said = stream.next("hint")  # while the stream stays open: nothing was held back
    assert said.hints[0]["conversation"] == "50"
    stream.close()
    call(51)
    again = _opened(nginx, token, said.id)
    assert [hint["conversation"] for hint in again.next("hint").hints] == ["51"]


def _opened(port: int, token: str, last_id: str = "") -> Stream:
    while True:
        stream = Stream(port, "all=1", token, last_id)
        if stream.status != 503:
            return stream
        stream.close()


def test_pages_and_health_pass_nginx(nginx: int, door: Door, get: Callable[..., tuple[int, bytes]]) -> None:
    assert get(nginx, "/healthz") == (200, b'{"status":"alive"}')
    assert get(nginx, "/no-such-page")[0] == get(door.port, "/no-such-page")[0]


def test_whoever_asks_cannot_say_for_whom_they_ask(nginx: int, door: Door, someone: Principal) -> None:
    """The streams of loopback are not counted; a forged address would be, and refused at the third."""
    viewer = queries.viewer(someone.pk)
    query = f"all=1&channels={tokens.seal(someone.pk, viewer.epoch, viewer.audiences, '')}"
    _opened(nginx, tokens.seal(someone.pk, viewer.epoch, viewer.audiences, "")).close()
    streams = [Stream(nginx, query, headers={"X-Forwarded-For": "192.0.2.7"}) for _ in range(4)]
    assert [stream.status for stream in streams] == [200] * 4
    directly = [Stream(door.port, query, headers={"X-Forwarded-For": "192.0.2.7"}) for _ in range(4)]
    assert [stream.status for stream in directly] == [200, 200, 429, 429]


@pytest.fixture
def get() -> Callable[..., tuple[int, bytes]]:
    import http.client

    def ask(port: int, path: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            connection.request("GET", path, headers={"Host": "localhost"})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    return ask
