"""The make-believe network as a process of its own on loopback.

    python -m colonnade.networks.pretend.server --port 0 --ledger FILE [--play FILE --speed N] [--class A]

Prints one JSON line with its port and address as soon as it answers. Every accepted write is in the ledger, on the
disk, before its answer leaves. It ends with its parent.
"""

from __future__ import annotations

import argparse
import os
import select
import signal
import socket
import struct
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import get_args
from urllib.parse import parse_qsl, unquote, urlsplit

import msgspec

from colonnade.networks.base import DeliveryClass
from colonnade.networks.pretend.answers import Answer, Question
from colonnade.networks.pretend.control import control, is_control
from colonnade.networks.pretend.desk import Desk
from colonnade.networks.pretend.ledger import Ledger
from colonnade.networks.pretend.rules import Manners
from colonnade.networks.pretend.script import load_script
from colonnade.networks.pretend.world import World

_MOST_BODY = 4 * 1024 * 1024
_LOOK_FOR_PARENT_S = 0.25


class Server(ThreadingHTTPServer):
    """Many callers at once, each in a thread that dies with the process."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, port: int, desk: Desk) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.desk = desk

    def handle_error(self, request: object, client_address: object) -> None:
        """A caller that hangs up is no error here."""


class Handler(BaseHTTPRequestHandler):
    """One connection: questions in, answers out, in the manner that the desk wants."""

    protocol_version = "HTTP/1.1"
    server_version = "Pretend/1"
    sys_version = ""
    disable_nagle_algorithm = True
    server: Server

    def _serve(self) -> None:
        question = self._question()
        if question is None:
            self._say(Answer(status=413, body=b"{}"))
            self.close_connection = True
            return
        desk = self.server.desk
        answer = control(desk, question) if is_control(question) else desk.answer(question)
        match answer.manner:
            case "hang":
                self._wait_for_hang_up(answer.seconds)
                self._cut()
            case "cut":
                self._cut()
            case "midway":
                self._send(self._written(answer)[:-2])
                self._cut()
            case "dribble":
                self._dribble(answer)
            case "whole":
                self._say(answer)

    do_GET = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (its name upstream)
        """Say nothing: standard output is for the port alone."""

    def _question(self) -> Question | None:
        length = self.headers.get("content-length", "0")
        if not length.isdigit() or int(length) > _MOST_BODY:
            return None
        parts = urlsplit(self.path)
        return Question(
            method=self.command,
            path=unquote(parts.path),
            query=dict(parse_qsl(parts.query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(int(length)),
        )

    def _written(self, answer: Answer) -> bytes:
        head = [f"HTTP/1.1 {answer.status} {self.responses.get(answer.status, ('So',))[0]}"]
        head += [f"{name}: {value}" for name, value in answer.headers.items()]
        if answer.status != 204:
            head.append(f"content-length: {len(answer.body)}")
        return "\r\n".join(head).encode() + b"\r\n\r\n" + answer.body

    def _say(self, answer: Answer) -> None:
        self._send(self._written(answer))

    def _send(self, data: bytes) -> None:
        self.wfile.write(data)

    def _dribble(self, answer: Answer) -> None:
        data = self._written(answer)
        start = data.index(b"\r\n\r\n") + 4
        self._send(data[:start])
        for place in range(start, len(data)):
            self._send(data[place : place + 1])
            time.sleep(answer.seconds)

    def _wait_for_hang_up(self, seconds: float) -> None:
        """Say nothing until the caller leaves or the time is over."""
        select.select([self.connection], [], [], seconds)

    def _cut(self) -> None:
        """Hang up hard: the caller sees a reset."""
        with suppress(OSError):
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True


def serve(arguments: Sequence[str]) -> None:
    """Run until the parent ends or SIGTERM comes."""
    chosen = _parse(arguments)
    parent = chosen.parent or os.getppid()
    world = World(
        chosen.name,
        Ledger(chosen.ledger),
        script=load_script(chosen.play) if chosen.play else (),
        speed=chosen.speed,
        manners=Manners(key_life_s=chosen.key_life, same_words_s=chosen.same_words, max_text=chosen.max_text),
    )
    world.story()  # it begins now, not with the first caller
    server = Server(chosen.port, Desk(world, delivery_class=chosen.delivery_class))
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    port = server.server_address[1]
    told = {"port": port, "address": f"http://127.0.0.1:{port}/", "pid": os.getpid()}
    sys.stdout.write(msgspec.json.encode(told).decode() + "\n")
    sys.stdout.flush()
    with suppress(KeyboardInterrupt):
        server.serve_forever(poll_interval=0.1)


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="pretend", description="A make-believe network on loopback.", epilog="It ends with its parent."
    )
    parser.add_argument("--port", type=int, default=0, help="0 for any that is free")
    parser.add_argument("--name", default="town", help="what the world is called in the uris of its posts")
    parser.add_argument("--ledger", type=Path, required=True, help="where every accepted write is kept")
    parser.add_argument("--play", type=Path, help="a script to play: one JSON object a line")
    parser.add_argument(
        "--speed", type=float, default=1.0, help="seconds of the story in one second; 0 is paused"
    )
    parser.add_argument("--class", dest="delivery_class", choices=get_args(DeliveryClass), default="A")
    parser.add_argument("--key-life", type=float, default=3600.0, help="seconds that class B keeps keys")
    parser.add_argument(
        "--same-words", type=float, default=3600.0, help="seconds that class C remembers words"
    )
    parser.add_argument("--max-text", type=int, default=5000, help="characters that a post may have")
    parser.add_argument("--parent", type=int, default=0, help="end with this process instead of the parent")
    return parser.parse_args(arguments)


def _end_with(parent: int) -> None:
    """End as soon as the parent has: whoever is orphaned gets another one."""
    watching_own = parent == os.getppid()
    while (os.getppid() == parent) if watching_own else _lives(parent):
        time.sleep(_LOOK_FOR_PARENT_S)
    os._exit(0)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


if __name__ == "__main__":
    serve(sys.argv[1:])
