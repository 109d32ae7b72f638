"""The outbound client as its callers see it: redirects, errors told apart, patience, kept connections."""

from __future__ import annotations

import gzip
import os
import socket
import threading
import time
import zlib
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from colonnade.networks.base import NetworkError, Refused, TryLater, Uncertain, Unreachable
from colonnade.networks.http import BadResponse, Blocked, Client, Limits, TooLarge, TooManyRedirects
from colonnade.primitives.clock import stopped_at
from tests.rooms.loopback import Request, pages, reply, serving

pytestmark = pytest.mark.corpora  # no database: once is enough

HERE = ("localhost",)


def client(**limits: object) -> Client:
    return Client(allowed_private_hosts=HERE, limits=Limits(**limits))  # type: ignore[arg-type]


# --- answers and redirects -------------------------------------------------------------------------------------------


def test_an_answer_has_status_lower_case_headers_body_and_the_final_address() -> None:
    site = pages({"/a": (200, {"X-Ferry": "late", "Content-Type": "text/plain"}, b"hello")})
    with serving(site) as server:
        response = client().get(server.url("/a"))
        assert (response.status, response.body, response.url) == (200, b"hello", server.url("/a"))
        assert response.headers["x-ferry"] == "late"
        assert response.moved_to == ""


def test_repeated_headers_are_joined() -> None:
    def twice(_request: Request, connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nlink: <a>\r\nLink: <b>\r\ncontent-length: 0\r\n\r\n")

    with serving(twice) as server:
        assert client().get(server.url()).headers["link"] == "<a>, <b>"


def test_a_body_is_posted_and_read_back() -> None:
    with serving(lambda request, connection: reply(connection, request.body)) as server:
        assert client().post(server.url(), body=b"ferry" * 50_000).body == b"ferry" * 50_000


def test_moved_to_is_the_end_of_the_permanent_part_of_the_way() -> None:
    site = pages(
        {
            "/old": (301, {"location": "/newer"}, b""),
            "/newer": (308, {"location": "/new"}, b""),
            "/new": (302, {"location": "/today"}, b""),
            "/today": (301, {"location": "/end"}, b""),
            "/end": (200, {}, b"here"),
        }
    )
    with serving(site) as server:
        response = client().get(server.url("/old"))
        assert response.url == server.url("/end")
        assert response.moved_to == server.url("/new")
        assert client().get(server.url("/new")).moved_to == ""


def test_redirects_are_not_followed_when_not_wanted() -> None:
    with serving(pages({"/a": (302, {"location": "/b"}, b"")})) as server:
        assert client().get(server.url("/a"), follow=False).status == 302


def test_a_posted_body_follows_only_where_the_first_server_says_that_it_did_not_take_it() -> None:
    site = pages(
        {"/a": (303, {"location": "/b"}, b""), "/c": (307, {"location": "/d"}, b""), "/d": (200, {}, b"")}
    )
    with serving(site) as server:
        assert client().post(server.url("/a"), body=b"x").status == 303
        assert client().post(server.url("/c"), body=b"x").status == 200
        assert [(each.path, each.body) for each in server.requests][-1] == ("/d", b"x")


def test_a_redirect_written_in_utf8_is_understood() -> None:
    there = "/möwe".encode().decode("latin-1")
    with serving(pages({"/a": (302, {"location": there}, b""), "/m%C3%B6we": (200, {}, b"here")})) as server:
        assert client().get(server.url("/a")).body == b"here"


def test_a_forked_child_opens_its_own_connections() -> None:
    with serving(lambda request, connection: reply(connection, request.path.encode())) as server:
        one = client(keep_alive_s=60.0)
        one.get(server.url("/parent"))
        child = os.fork()
        if child == 0:
            os._exit(0 if one.get(server.url("/child")).body == b"/child" else 1)
        assert os.waitpid(child, 0)[1] == 0
        assert one.get(server.url("/parent")).body == b"/parent"
        assert server.connections == 2


def test_endless_redirects_end() -> None:
    with serving(
        lambda request, connection: reply(connection, b"", 302, {"location": request.path + "x"})
    ) as server:
        with pytest.raises(TooManyRedirects):
            client(redirects=5).get(server.url("/"))
        assert len(server.requests) == 6


def test_secrets_stay_behind_when_a_redirect_leaves_the_origin() -> None:
    with serving(lambda _request, connection: reply(connection)) as elsewhere:
        here = {"/go": (302, {"location": elsewhere.url("/")}, b""), "/in": (302, {"location": "/end"}, b"")}
        with serving(pages({**here, "/end": (200, {}, b"")})) as server:
            secrets = {"Authorization": "Bearer s", "Cookie": "s=1", "X-Plain": "p"}
            client().get(server.url("/go"), headers=secrets)
            client().get(server.url("/in"), headers=secrets)
            away, end = elsewhere.requests[0].headers, server.requests[-1].headers
            assert "authorization" not in away
            assert "cookie" not in away
            assert away["x-plain"] == "p"
            assert end["authorization"] == "Bearer s"


def test_a_request_cannot_be_split_or_steered_by_its_headers() -> None:
    with serving(lambda _request, connection: reply(connection)) as server:
        for headers in (
            {"x": "a\r\nhost: b"},
            {"x\r\ny": "a"},
            {"Host": "elsewhere.example"},
            {"Content-Length": "5"},
            {"Transfer-Encoding": "chunked"},
            {"x": "ü"},
        ):
            with pytest.raises(Refused):
                client().get(server.url(), headers=headers)
        with pytest.raises(Refused):
            client().request("GET /x HTTP/1.1\r\n", server.url())
        assert server.connections == 0


def test_spaces_and_letters_in_a_path_are_encoded_and_escapes_left_alone() -> None:
    with serving(lambda _request, connection: reply(connection)) as server:
        client().get(server.url("/a b/ü/%2F?q=ß x#part"))
        assert server.requests[0].path == "/a%20b/%C3%BC/%2F?q=%C3%9F%20x"


# --- what is taken and what is not -------------------------------------------------------------------------------


def test_nobody_listening_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    with pytest.raises(Unreachable, match=r"^localhost cannot be reached: Connection refused$"):
        client().post(f"http://localhost:{port}/", body=b"x")


def test_an_unknown_name_is_unreachable() -> None:
    def nowhere(_host: str, _port: int) -> list[str]:
        raise OSError("no such name")

    with pytest.raises(Unreachable):
        Client(resolver=nowhere).get("http://nowhere.example/")


def test_a_resolver_that_never_answers_is_given_up() -> None:
    never = threading.Event()
    stuck = Client(resolver=lambda _host, _port: [str(never.wait())], limits=Limits(connect_s=0.1))
    with pytest.raises(Unreachable):
        stuck.get("http://port-alder.example/")
    never.set()


def test_a_server_that_does_not_speak_tls_is_unreachable() -> None:
    with serving(lambda _request, connection: reply(connection)) as server, pytest.raises(Unreachable):
        client(connect_s=1.0).post(server.url().replace("http", "https"), body=b"x")


@pytest.mark.parametrize(
    "then",
    [
        lambda _request, _connection: False,
        lambda _request, connection: (
            connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhal") or False
        ),
        lambda _request, connection: connection.sendall(b"\0\0 this is not HTTP \r\n\r\n") or False,
        lambda _request, connection: time.sleep(3),
    ],
    ids=["hangs up", "stops in the middle", "talks nonsense", "says nothing"],
)
def test_what_breaks_after_we_began_to_send_is_uncertain(then: object) -> None:
    with serving(then) as server, pytest.raises(Uncertain) as caught:  # type: ignore[arg-type]
        client(total_s=1.5).post(server.url(), body=b"x")
    assert caught.value.reached


def test_a_kept_connection_that_died_meanwhile_is_replaced_for_a_get() -> None:
    with serving(lambda _request, connection: reply(connection, b"1")) as server:
        one = client(keep_alive_s=60.0)
        one.get(server.url())
        one.get(server.url())
        assert server.connections == 1
        server.hang_up()
        assert one.get(server.url()).body == b"1"
        assert server.connections == 2


def test_a_server_that_hangs_up_on_a_kept_connection_gets_the_get_again_and_a_post_once() -> None:
    def once(request: Request, connection: socket.socket) -> object:
        count = sum(1 for each in server.requests if each.method == request.method)
        return False if count == 2 else reply(connection, b"1")

    with serving(once) as server:
        one = client(keep_alive_s=60.0)
        one.get(server.url())
        assert one.get(server.url()).body == b"1"
        one.post(server.url(), body=b"x")
        with pytest.raises(Uncertain):
            one.post(server.url(), body=b"x")


def test_many_threads_share_one_client() -> None:
    with serving(lambda request, connection: reply(connection, request.path.encode())) as server:
        one, wrong = client(connections=4), list[str]()

        def ask(number: int) -> None:
            for turn in range(5):
                path = f"/{number}/{turn}"
                if one.get(server.url(path)).body != path.encode():
                    wrong.append(path)

        threads = [threading.Thread(target=ask, args=(number,)) for number in range(12)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        assert wrong == []
        assert len(server.requests) == 60


# --- patience --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_in_seconds_is_told_and_kept(status: int) -> None:
    with serving(pages({"/": (status, {"retry-after": "120"}, b"")})) as server:
        one = client()
        with pytest.raises(TryLater) as caught:
            one.get(server.url())
        assert caught.value.after_s == 120
        with pytest.raises(TryLater) as again:
            one.get(server.url("/other"))
        assert 0 < (again.value.after_s or 0) <= 120
        assert len(server.requests) == 1


def test_retry_after_as_a_date_counts_from_now_and_is_clamped() -> None:
    moment = datetime(2026, 5, 4, 8, 30, tzinfo=UTC)
    for later, expected in ((90, 90.0), (-90, 0.0), (10**7, 86_400.0)):
        date = format_datetime(moment + timedelta(seconds=later), usegmt=True)
        with serving(pages({"/": (503, {"retry-after": date}, b"")})) as server, stopped_at(moment):
            with pytest.raises(TryLater) as caught:
                client().get(server.url())
            assert caught.value.after_s == expected


@pytest.mark.parametrize("header", ["", "soon", "-5", "9" * 400, "Mon, 99 Foo 2026"])
def test_a_retry_after_that_makes_no_sense_does_no_harm(header: str) -> None:
    with serving(pages({"/": (429, {"retry-after": header}, b"")})) as server:
        with pytest.raises(TryLater) as caught:
            client().get(server.url())
        assert caught.value.after_s in (None, 86_400.0)


def test_a_server_that_keeps_failing_is_left_to_rest_and_then_tried_by_one() -> None:
    well = threading.Event()

    def sick(_request: Request, connection: socket.socket) -> object:
        return reply(connection, b"well") if well.is_set() else False

    with serving(sick) as server:
        one = client(failures_to_rest=3, rest_s=1.0, rest_most_s=1.0)
        for _ in range(3):
            with pytest.raises(Uncertain):
                one.post(server.url())
        with pytest.raises(TryLater) as resting:
            one.post(server.url())
        assert (resting.value.after_s or 0) > 0
        assert len(server.requests) == 3
        time.sleep(1.1)
        with pytest.raises(Uncertain):  # the one try after the rest fails: it rests again at once
            one.post(server.url())
        with pytest.raises(TryLater):
            one.post(server.url())
        well.set()
        time.sleep(1.1)
        assert one.post(server.url()).body == b"well"
        assert one.post(server.url()).body == b"well"


def test_one_servers_failures_do_not_stop_another() -> None:
    with serving(lambda _request, _connection: False) as sick, serving(pages({"/": (200, {}, b"")})) as well:
        one = client(failures_to_rest=1)
        with pytest.raises(Uncertain):
            one.post(sick.url())
        with pytest.raises(TryLater):
            one.post(sick.url())
        assert one.get(well.url()).status == 200


# --- packed bodies and JSON ------------------------------------------------------------------------------------------


def _raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


TEXT = b"the ferry leaves at nine. " * 20_000


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("identity", TEXT),
        ("gzip", gzip.compress(TEXT)),
        ("x-gzip", gzip.compress(TEXT)),
        ("gzip", gzip.compress(TEXT[:1000]) + gzip.compress(TEXT[1000:])),
        ("gzip", gzip.compress(TEXT) + b"\0" * 100),
        ("gzip", gzip.compress(TEXT) + b"garbage at the end"),
        ("deflate", zlib.compress(TEXT)),
        ("deflate", _raw_deflate(TEXT)),
        ("gzip, gzip", gzip.compress(gzip.compress(TEXT))),
        ("deflate, gzip", gzip.compress(zlib.compress(TEXT))),
    ],
)
def test_packed_bodies_are_unpacked(encoding: str, packed: bytes) -> None:
    with serving(pages({"/": (200, {"content-encoding": encoding}, packed)})) as server:
        assert client().get(server.url()).body == TEXT


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip, gzip", "compress", "nonsense"])
def test_a_packing_that_was_not_asked_for_is_a_bad_answer(encoding: str) -> None:
    with (
        serving(pages({"/": (200, {"content-encoding": encoding}, b"abc")})) as server,
        pytest.raises(BadResponse),
    ):
        client().get(server.url())


def test_broken_packing_is_a_bad_answer() -> None:
    packed = gzip.compress(TEXT)
    broken = packed[:50] + b"\xff" * 50 + packed[100:]
    with (
        serving(pages({"/": (200, {"content-encoding": "gzip"}, broken)})) as server,
        pytest.raises(BadResponse),
    ):
        client().get(server.url())


def test_json_is_read_within_bounds() -> None:
    site = {
        "/good": b'{"a": [1, 2]}',
        "/deep": b"[" * 100_000 + b"]" * 100_000,
        "/half": b'{"a":',
        "/odd": b'{"a": "\xff\xfe"}',
    }
    with serving(pages({path: (200, {}, body) for path, body in site.items()})) as server:
        assert client().get(server.url("/good")).json() == {"a": [1, 2]}
        for path in ("/deep", "/half", "/odd"):
            with pytest.raises(BadResponse):
                client().get(server.url(path)).json()


# --- the environment -------------------------------------------------------------------------------------------------


def test_proxies_of_the_environment_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        serving(lambda _request, connection: reply(connection)) as proxy,
        serving(pages({"/": (200, {}, b"direct")})) as server,
    ):
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
            monkeypatch.setenv(name, proxy.url())
        assert client().get(server.url()).body == b"direct"
        assert proxy.connections == 0


def test_an_allowed_host_is_that_host_and_port_and_no_other() -> None:
    with serving(pages({"/": (200, {}, b"in")})) as server:
        exact = Client(allowed_private_hosts=[f"localhost:{server.port}"])
        assert exact.get(server.url()).body == b"in"
        by_number = Client(allowed_private_hosts=["127.0.0.1"])
        assert by_number.get(server.url(host="127.0.0.1")).body == b"in"
        for allowed in (
            [f"localhost:{server.port + 1}"],
            ["host"],
            ["ocalhost"],
            ["localhost.example"],
            ["127.0.0.1"],
        ):
            with pytest.raises(Blocked):
                Client(allowed_private_hosts=allowed).get(server.url())
        assert server.connections == 2


def test_ports_that_are_not_the_webs_are_refused_unless_named() -> None:
    for port in (22, 25, 1023, 3306, 6379, 11211):
        with pytest.raises(Blocked):
            client().get(f"http://localhost:{port}/")
    narrow = client(ports=frozenset((80, 443)))
    with serving(pages({"/": (200, {}, b"in")})) as server:
        with pytest.raises(Blocked):
            narrow.get(server.url())
        named = Client(
            allowed_private_hosts=[f"localhost:{server.port}"], limits=Limits(ports=frozenset((80,)))
        )
        assert named.get(server.url()).body == b"in"


def test_every_error_of_the_client_is_a_network_error() -> None:
    assert all(issubclass(kind, NetworkError) for kind in (Blocked, TooLarge, TooManyRedirects, BadResponse))
    assert not Blocked("x").reached
