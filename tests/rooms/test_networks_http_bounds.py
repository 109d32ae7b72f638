"""Servers that want to use up our memory or our time get neither."""

from __future__ import annotations

import socket
import struct
import time
import tracemalloc
import zlib
from collections.abc import Callable

import pytest

from colonnade.networks.base import NetworkError, Uncertain, Unreachable
from colonnade.networks.http import Client, Limits, TooLarge
from tests.rooms.loopback import Request, serving

pytestmark = pytest.mark.corpora  # no database: once is enough

MIB = 1024 * 1024
LIMITS = Limits(total_s=3.0, read_s=1.0, body=2 * MIB, wire=3 * MIB)


def _fetch(
    answer: Callable[[Request, socket.socket], object], limits: Limits = LIMITS
) -> tuple[NetworkError, int]:
    """The error that a fetch ends with, and the most memory that Python held meanwhile, in bytes."""
    with serving(answer) as server:
        client = Client(allowed_private_hosts=["localhost"], limits=limits)
        tracemalloc.start()
        try:
            with pytest.raises(NetworkError) as caught:
                client.get(server.url())
            return caught.value, tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
            client.close()


def _pour(connection: socket.socket, head: bytes, pieces: Callable[[int], bytes | None]) -> bool:
    connection.sendall(head)
    number = 0
    while (piece := pieces(number)) is not None:
        connection.sendall(piece)
        number += 1
    return False


def _bomb(total: int) -> Callable[[int], bytes | None]:
    """`total` zero bytes as one gzip member, made as it is sent: a MiB of zeros packs into about a KiB."""
    packer = zlib.compressobj(9, wbits=-15)
    block = packer.compress(b"\0" * MIB) + packer.flush(zlib.Z_FULL_FLUSH)
    head = b"\x1f\x8b\x08\0\0\0\0\0\0\x03"

    def piece(number: int) -> bytes | None:
        return head if number == 0 else block if number <= total // MIB else None

    return piece


def _gzip_head(encoding: bytes = b"gzip") -> bytes:
    return b"HTTP/1.1 200 OK\r\ncontent-encoding: " + encoding + b"\r\nconnection: close\r\n\r\n"


def test_ten_gigabytes_of_packed_nothing_stop_after_the_allowed_size() -> None:
    bomb = _bomb(10 * 1024 * MIB)
    error, most = _fetch(lambda _request, connection: _pour(connection, _gzip_head(), bomb))
    assert isinstance(error, TooLarge)
    assert most < 16 * MIB


def test_a_bomb_inside_a_bomb_stops_as_well() -> None:
    inner = _bomb(1024 * MIB)
    packer = zlib.compressobj(9, wbits=31)

    def piece(number: int) -> bytes | None:
        plain = inner(number)
        return None if plain is None else packer.compress(plain) + packer.flush(zlib.Z_SYNC_FLUSH)

    error, most = _fetch(lambda _request, connection: _pour(connection, _gzip_head(b"gzip, gzip"), piece))
    assert isinstance(error, TooLarge)
    assert most < 16 * MIB


def test_a_bomb_in_many_members_stops_as_well() -> None:
    one = zlib.compressobj(9, wbits=31)
    member = one.compress(b"\0" * MIB) + one.flush()
    error, most = _fetch(lambda _request, connection: _pour(connection, _gzip_head(), lambda _number: member))
    assert isinstance(error, TooLarge)
    assert most < 16 * MIB


def test_members_that_hold_nothing_count_on_the_wire() -> None:
    one = zlib.compressobj(9, wbits=31)
    empty = (one.compress(b"") + one.flush()) * 3000
    error, most = _fetch(lambda _request, connection: _pour(connection, _gzip_head(), lambda _number: empty))
    assert isinstance(error, TooLarge | Uncertain)
    assert most < 16 * MIB


def test_an_endless_plain_body_stops_at_the_allowed_size() -> None:
    head = b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n"
    error, most = _fetch(lambda _request, connection: _pour(connection, head, lambda _number: b"x" * 65_536))
    assert isinstance(error, TooLarge)
    assert most < 16 * MIB


def test_a_page_of_fifty_megabytes_is_refused_with_little_memory() -> None:
    head = b"HTTP/1.1 200 OK\r\ncontent-length: 52428800\r\n\r\n"
    error, most = _fetch(lambda _request, connection: _pour(connection, head, lambda _number: b"x" * 65_536))
    assert isinstance(error, TooLarge)
    assert most < 16 * MIB


def test_endless_chunks_of_one_byte_stop() -> None:
    head = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
    piece = b"1;" + b"e" * 60 + b"\r\nx\r\n"
    error, most = _fetch(lambda _request, connection: _pour(connection, head, lambda _number: piece * 500))
    assert isinstance(error, TooLarge | Uncertain)
    assert most < 16 * MIB


def test_endless_headers_stop() -> None:
    head = b"HTTP/1.1 200 OK\r\n"
    error, most = _fetch(
        lambda _request, connection: _pour(connection, head, lambda number: b"x-%d: y\r\n" % number * 100)
    )
    assert isinstance(error, TooLarge | Uncertain)
    assert most < 16 * MIB


def test_one_endless_header_stops() -> None:
    head = b"HTTP/1.1 200 OK\r\nx: "
    error, most = _fetch(lambda _request, connection: _pour(connection, head, lambda _number: b"y" * 4096))
    assert isinstance(error, TooLarge | Uncertain)
    assert most < 16 * MIB


def test_endless_preliminary_answers_stop() -> None:
    head = b"HTTP/1.1 100 Continue\r\n\r\n"
    error, most = _fetch(lambda _request, connection: _pour(connection, head, lambda _number: head * 100))
    assert isinstance(error, TooLarge | Uncertain)
    assert most < 16 * MIB


@pytest.mark.parametrize(
    ("head", "drop"),
    [
        (b"", b"H"),
        (b"HTTP/1.1 200 OK\r\nx: ", b"y"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n", b"z"),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", b"1\r\nz\r\n"),
        (_gzip_head() + b"\x1f\x8b\x08\0\0\0\0\0\0\x03", b"\0\0\0\xff\xff"),
    ],
    ids=["status line", "header", "body", "chunks", "packed body"],
)
def test_a_server_that_drips_is_left_when_the_time_for_the_whole_is_up(head: bytes, drop: bytes) -> None:
    def drip(_request: Request, connection: socket.socket) -> bool:
        connection.sendall(head)
        for _ in range(2000):
            connection.sendall(drop)
            time.sleep(0.02)
        return False

    error, _ = _fetch(drip, Limits(total_s=1.0, read_s=5.0))
    assert isinstance(error, Uncertain)


def test_drips_over_redirects_share_one_time() -> None:
    def wander(request: Request, connection: socket.socket) -> None:
        time.sleep(0.15)
        connection.sendall(
            b"HTTP/1.1 302 X\r\nlocation: %sx\r\ncontent-length: 0\r\n\r\n" % request.path.encode()
        )

    error, _ = _fetch(wander, Limits(total_s=0.4, redirects=1000))
    assert isinstance(error, Uncertain | Unreachable)


def test_a_server_that_never_reads_does_not_hold_us() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client = Client(allowed_private_hosts=["localhost"], limits=Limits(total_s=1.0))
        with pytest.raises(Uncertain):
            client.post(f"http://localhost:{silent.getsockname()[1]}/", body=b"x" * 20 * MIB)
