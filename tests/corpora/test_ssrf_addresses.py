"""A canary on loopback, every way to write its address, every place that fetches: nobody may reach it."""

from __future__ import annotations

import contextlib
import re
import socket
from collections.abc import Callable, Iterator
from ipaddress import ip_address
from pathlib import Path

import pytest

from colonnade.networks.base import NetworkError, Unreachable
from colonnade.networks.feeds import discover, websub
from colonnade.networks.feeds.connector import FeedConnector
from colonnade.networks.http import Blocked, Client, Limits, resolve_by_system, why_refused
from tests.rooms.loopback import Loopback, Request, reply, serving

pytestmark = pytest.mark.corpora
DATA = Path(__file__).resolve().parents[2] / "../shared/data/urls/ssrf"
FAST = Limits(connect_s=2.0, total_s=4.0)

# Every host here is loopback, or this machine by another name, in a form that some system's resolver understands.
LOOPBACK_HOSTS = [
    "127.0.0.1",
    "127.0.0.2",
    "127.1",
    "127.0.1",
    "127.127.127.127",
    "127.255.255.254",
    "127.0.0.0",
    "0",
    "0.0.0.0",
    "0.0.0.1",
    "00",
    "0x0",
    "0x00000000",
    "00000000000",
    "2130706433",
    "0x7f000001",
    "0x7F000001",
    "0x7f.0.0.1",
    "0x7f.1",
    "0x7f.0x0.0x0.0x1",
    "017700000001",
    "0177.0.0.1",
    "0177.1",
    "0177.0.0x1",
    "00177.00.00.01",
    "127.0.0.1.",
    "127.1.",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "ip6-localhost",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[0000::1]",
    "[::0001]",
    "[::]",
    "[0:0:0:0:0:0:0:0]",
    "[::127.0.0.1]",
    "[::7f00:1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:ffff:127.0.0.1]",
    "[::FFFF:127.0.0.1]",
    "[::ffff:0:127.0.0.1]",
    "[::ffff:0.0.0.0]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b:1::127.0.0.1]",
    "[64:ff9b:1:ffff::7f00:1]",
    "[2002:7f00:1::]",
    "[2002:7f00:0001::1]",
    "[2001::7f00:1]",
    "[2001:0:7f00:1::]",
    "[2001:0:53aa:64c:0:fbff:80ff:fffe]",
    "[fe80::5efe:127.0.0.1]",
    "[2a01:4f8::5efe:7f00:1]",
    "[2a01:4f8::200:5efe:127.0.0.1]",
    "[fe80::1]",
    "[fe80::1%25lo]",
    "[::1%25lo]",
    "[fec0::1]",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "[ff02::1]",
    "[100::1]",
    "①②⑦.⓪.⓪.①",
    "１２７.０.０.１",
    "127。0。0。1",
    "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ",
    "０ｘ７ｆ.１",
]

# Private and special networks, in the forms of the common addresses of routers and clouds' metadata services.
SPECIAL_HOSTS = [
    "10.0.0.1",
    "10.255.255.255",
    "172.16.0.1",
    "172.31.255.254",
    "192.168.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "169.254.170.2",
    "100.64.0.1",
    "100.100.100.200",
    "192.0.0.192",
    "192.0.0.1",
    "192.0.2.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.7",
    "203.0.113.9",
    "192.88.99.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "168.63.129.16",
    "3232235521",
    "3232235777",
    "2852039166",
    "0xc0a80101",
    "0xa9fea9fe",
    "0xa9.254.169.254",
    "0251.0376.0251.0376",
    "0251.254.169.254",
    "10.1",
    "192.168.257",
    "[::ffff:169.254.169.254]",
    "[::ffff:a9fe:a9fe]",
    "[64:ff9b::a9fe:a9fe]",
    "[2002:a9fe:a9fe::1]",
    "[2001:db8::1]",
    "[3fff::1]",
    "[2001:2::1]",
    "[2001:10::1]",
    "[fd12:3456:789a:1::1]",
    "[4000::1]",
    "[1::1]",
]

# Forms that no resolver should take for an address; whatever comes of them, it must not be the canary.
STRANGE = [
    "http://user@127.0.0.1:{port}/",
    "http://user:secret@localhost:{port}/",
    "http://port-alder.example@127.0.0.1:{port}/",
    "http://127.0.0.1:{port}@port-alder.example/",
    "http://127.0.0.1:{port}#@port-alder.example/",
    "http://port-alder.example#@127.0.0.1:{port}/",
    "http://127.0.0.1:{port}\\@port-alder.example/",
    "http://port-alder.example\\@127.0.0.1:{port}/",
    "http:\\\\127.0.0.1:{port}\\",
    "http:127.0.0.1:{port}/",
    "http:/127.0.0.1:{port}/",
    "http:///127.0.0.1:{port}/",
    "//127.0.0.1:{port}/",
    "127.0.0.1:{port}",
    "http://0o177.0.0.1:{port}/",
    "http://o177.0.0.1:{port}/",
    "http://q177.0.0.1:{port}/",
    "http://127.0.0.1%00.example:{port}/",
    "http://127.0.0.1%2eexample:{port}/",
    "http://%31%32%37.0.0.1:{port}/",
    "http://127.0.0.1%20:{port}/",
    "http://[127.0.0.1]:{port}/",
    "http://[::1:{port}/",
    "http://::1:{port}/",
    "http://[[::1]]:{port}/",
    "http://127..0.0.1:{port}/",
    "http://127.0.0.1..:{port}/",
    "gopher://127.0.0.1:{port}/_x",
    "dict://127.0.0.1:{port}/x",
    "ftp://127.0.0.1:{port}/",
    "file:///etc/hostname",
    "jar:http://127.0.0.1:{port}!/",
    "data:text/plain,x",
    "javascript:alert(1)",
    "ldap://127.0.0.1:{port}/",
    "ws://127.0.0.1:{port}/",
    "unix:///run/x",
    "http+unix://%2Frun%2Fx/",
    "http://127.0.0.1:99999/",
    "http://127.0.0.1:-1/",
    "http://127.0.0.1:0/",
    "http://127.0.0.1:{port}x/",
    "http://-127.0.0.1:{port}/",
    "http://ⓔⓧ.ⓛⓞⓒⓐⓛ:{port}/",
    "http://127.0.0.1,port-alder.example:{port}/",
    "http://127.0.0.1;port-alder.example:{port}/",
]

Fetch = Callable[[Client, str], object]
PLACES: dict[str, Fetch] = {
    "get": lambda client, url: client.get(url),
    "post": lambda client, url: client.post(url, body=b"x"),
    "a feed": lambda client, url: FeedConnector(url, {}, client).pull({}),
    "discovery": lambda client, url: discover.discover(client, url),
    "a hub": lambda client, url: websub.subscribe(
        client, url, "https://a.example/", "https://b.example/", "s", 60
    ),
}


@pytest.fixture
def canary() -> Iterator[Loopback]:
    """A server on IPv4's loopback and, where there is one, at the same port on IPv6's."""
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(serving(lambda _request, connection: reply(connection, b"reached")))
        with contextlib.suppress(OSError):
            stack.enter_context(
                serving(lambda _request, connection: server.answer(_request, connection), "::1", server.port)
            )
        yield server
    assert server.connections == 0, f"reached by {[request.raw[:200] for request in server.requests]}"
    assert server.requests == []


def test_the_canary_can_be_reached_when_it_is_allowed() -> None:
    with serving(lambda _request, connection: reply(connection, b"reached")) as server:
        assert (
            Client(allowed_private_hosts=["127.0.0.1"]).get(server.url(host="127.0.0.1")).body == b"reached"
        )
        assert server.connections == 1


def test_there_are_at_least_sixty_forms() -> None:
    assert len({*LOOPBACK_HOSTS, *SPECIAL_HOSTS, *STRANGE}) >= 60


@pytest.mark.parametrize("place", PLACES)
def test_no_form_of_loopback_is_reached_from_any_place_that_fetches(canary: Loopback, place: str) -> None:
    client = Client(limits=FAST)
    for host in LOOPBACK_HOSTS:
        with pytest.raises(NetworkError) as caught:
            PLACES[place](client, f"http://{host}:{canary.port}/")
        assert not caught.value.reached, host


def test_what_a_resolver_takes_for_loopback_is_refused_and_not_just_unreachable(canary: Loopback) -> None:
    client = Client(limits=FAST)
    for host in LOOPBACK_HOSTS:
        try:
            resolve_by_system(host.strip("[]").removesuffix("."), canary.port)
        except OSError:
            continue
        with pytest.raises(Blocked):
            client.get(f"http://{host}:{canary.port}/")


@pytest.mark.parametrize("place", PLACES)
def test_private_and_special_networks_are_refused(place: str) -> None:
    client = Client(limits=FAST)
    for host in SPECIAL_HOSTS:
        with pytest.raises(Blocked):
            PLACES[place](client, f"http://{host}/latest/meta-data/")


@pytest.mark.parametrize("place", PLACES)
def test_strange_addresses_reach_nothing(canary: Loopback, place: str) -> None:
    """Names that are no numbers lead to the canary here, so that a misread address would be seen."""
    client = Client(limits=FAST, resolver=_everything_is_loopback)
    for form in STRANGE:
        with pytest.raises(NetworkError):
            PLACES[place](client, form.format(port=canary.port))


@pytest.mark.parametrize("place", PLACES)
def test_redirects_to_loopback_stop_at_the_hop(canary: Loopback, place: str) -> None:
    targets = [f"http://{host}:{canary.port}/" for host in LOOPBACK_HOSTS]
    targets += [form.format(port=canary.port) for form in STRANGE if form.isascii()]
    here: list[str] = []

    def redirect(request: Request, connection: socket.socket) -> None:
        target = here[0] if request.path == "/go" else ""
        reply(connection, b"", 307 if target else 404, {"location": target} if target else {})

    with serving(redirect) as server:
        client = Client(
            limits=FAST,
            allowed_private_hosts=[f"redirector.example:{server.port}"],
            resolver=_everything_is_loopback,
        )
        for target in targets:
            here[:] = [target.encode("utf-8").decode("latin-1")]
            with contextlib.suppress(NetworkError):
                PLACES[place](client, server.url("/go", host="redirector.example"))
        assert len(server.requests) >= len(targets)


def test_two_hops_are_checked_as_well_as_one(canary: Loopback) -> None:
    def redirect(request: Request, connection: socket.socket) -> None:
        there = canary.url() if request.path == "/two" else "/two"
        reply(connection, b"", 302, {"location": there})

    with serving(redirect) as server:
        client = Client(
            allowed_private_hosts=[f"redirector.example:{server.port}"], resolver=_everything_is_loopback
        )
        with pytest.raises(Blocked):
            client.get(server.url("/one", host="redirector.example"))


def test_a_name_that_changes_its_answer_gains_nothing(canary: Loopback) -> None:
    """DNS rebinding: a public address for whoever checks, loopback for whoever connects. We ask once."""
    asked: list[str] = []

    def rebind(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["2000::1"] if len(asked) % 2 else ["127.0.0.1"]

    client = Client(resolver=rebind, limits=FAST)
    outcomes = []
    for _ in range(4):
        with pytest.raises(NetworkError) as caught:
            client.get(canary.url(host="rebind.example"))
        outcomes.append(type(caught.value))
    assert outcomes == [Unreachable, Blocked, Unreachable, Blocked]
    assert len(asked) == 4


def test_of_mixed_answers_only_the_public_ones_are_tried(canary: Loopback) -> None:
    mixed = ["127.0.0.1", "::1", "10.0.0.1", "203.0.113.1", "::ffff:127.0.0.1"]
    with pytest.raises(Blocked):
        Client(resolver=lambda _host, _port: mixed).get(canary.url(host="mixed.example"))
    client = Client(resolver=lambda _host, _port: [*mixed, "192.0.2.254"], limits=FAST)
    with pytest.raises(Blocked):
        client.get(canary.url(host="mixed.example"))


def test_a_refusal_does_not_tell_what_a_name_resolves_to() -> None:
    with pytest.raises(Blocked) as caught:
        Client(resolver=lambda _host, _port: ["10.20.30.40"]).get("http://intranet.example/")
    assert "10.20" not in str(caught.value)


def test_public_addresses_are_not_refused() -> None:
    for address in [
        "8.8.8.8",
        "1.1.1.1",
        "93.184.215.14",
        "2606:4700::1111",
        "2a00:1450:4001:81b::200e",
        "2001:4860:4860::8888",
    ]:
        assert why_refused(address) == ""
    assert why_refused("not an address") != ""


def test_the_guard_is_at_least_as_strict_as_pythons_own_lists() -> None:
    """IPv4 addresses all over the range: what `ipaddress` calls not global is refused."""
    for number in range(0, 2**32, 2**16 - 1):
        ip = ip_address(number)
        if not ip.is_global or ip.is_multicast:
            assert why_refused(str(ip)), ip


# --- the collections of tricks that others have made -----------------------------------------------------------------

needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data/urls/ssrf is not here")


@needs_data
def test_the_collected_tricks_reach_nothing(canary: Loopback) -> None:
    text = "\n".join(path.read_text("utf-8") for path in sorted(DATA.glob("Server Side*/*.md")))
    found = set(re.findall(r"(?:[a-z]{2,8}:)?[a-z+]{2,10}:/{1,3}[^\s`'\"<>|)]+", text))
    assert len(found) > 60
    client = Client(limits=FAST, resolver=_everything_is_loopback)
    for url in found:
        for form in (
            url,
            re.sub(r"\A(https?://[^/:@#?\[\]]+|https?://\[[^\]]+\])(:\d+)?", rf"\1:{canary.port}", url),
        ):
            with pytest.raises(NetworkError):
                client.get(form)


@needs_data
def test_the_collected_redirects_reach_nothing(canary: Loopback) -> None:
    paths = sorted(DATA.glob("Open Redirect/Intruder/*.txt"))
    payloads = [
        line for path in paths for line in path.read_text("utf-8", "replace").splitlines() if line.strip()
    ]
    assert len(payloads) > 200
    here: list[str] = []

    def redirect(request: Request, connection: socket.socket) -> None:
        status, headers = (302, {"location": here[0]}) if request.path == "/go" else (200, {})
        reply(connection, b"", status, headers)

    with serving(redirect) as server:
        client = Client(
            limits=FAST,
            allowed_private_hosts=[f"redirector.example:{server.port}"],
            resolver=_everything_is_loopback,
        )
        for payload in payloads:
            for form in (payload, payload.replace("example.com", f"example.com:{canary.port}")):
                here[:] = [form.encode("utf-8").decode("latin-1").replace("\r", "").replace("\n", "")]
                with contextlib.suppress(NetworkError):
                    response = client.get(server.url("/go", host="redirector.example"))
                    assert response.url.startswith(f"http://redirector.example:{server.port}/")


def _everything_is_loopback(host: str, port: int) -> list[str]:
    """What the system makes of a number, unless that is an address of somebody else: those and all names are ours."""
    with contextlib.suppress(OSError, UnicodeError):
        if re.fullmatch(r"[\dxX.a-fA-F:]+", host):
            return [each if why_refused(each) else "127.0.0.1" for each in resolve_by_system(host, port)]
    return ["127.0.0.1"]
