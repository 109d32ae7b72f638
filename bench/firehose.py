"""A Jetstream server for figures: it sends made posts as fast as they are taken, says how many it sent, and hangs up.

`python -m bench.firehose TEXTS.json POSTS SEED` prints its port. Three posts in ten answer something, one in seven holds a link.
"""

from __future__ import annotations

import base64
import hashlib
import json
import random
import socket
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

AUTHORS = 20_000
BLOCK = 256 * 1024
_MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_HEAD = (
    '{"did":"did:plc:%s","time_us":%d,"kind":"commit","commit":{"rev":"3m%011d","operation":"create",'
    '"collection":"app.bsky.feed.post","rkey":"3m%011d","record":{"$type":"app.bsky.feed.post","createdAt":"%s",'
)
_TAIL = ',"langs":["en"]},"cid":"bafyreih22okgdungwln2lwqt2kd4dd2ynzx3fyy3yefh5koocpizlngqfq"}}'


def posts(texts: list[str], count: int, seed: int) -> Iterator[bytes]:
    """So many events, one microsecond apart."""
    made = random.Random(seed)
    authors = [f"{made.getrandbits(120):024x}"[:24] for _ in range(AUTHORS)]
    bodies = [_body(text, made) for text in texts]
    began = int(time.time() * 1_000_000) - count
    stamp = ""
    for number in range(count):
        if number % 1000 == 0:
            stamp = datetime.fromtimestamp((began + number) / 1_000_000, UTC).isoformat(
                timespec="milliseconds"
            )
        head = _HEAD % (authors[made.getrandbits(32) % AUTHORS], began + number, number, number, stamp)
        yield head.encode() + bodies[number % len(bodies)]


def _body(text: str, made: random.Random) -> bytes:
    parts = ""
    kind = made.random()
    if kind < 0.3:
        uri = f"at://did:plc:{made.getrandbits(120):024x}/app.bsky.feed.post/3m{made.getrandbits(40):011d}"
        parts = f',"reply":{{"parent":{{"cid":"bafyrei","uri":"{uri}"}},"root":{{"cid":"bafyrei","uri":"{uri}"}}}}'
    elif kind < 0.45:
        end = len(text.encode())
        parts = (
            ',"facets":[{"$type":"app.bsky.richtext.facet","features":[{"$type":"app.bsky.richtext.facet#link",'
            f'"uri":"https://port-alder.example/{made.getrandbits(30)}"}}],"index":{{"byteEnd":{end},"byteStart":0}}}}]'
        )
    return (f'"text":{json.dumps(text, ensure_ascii=False)}' + parts + _TAIL).encode()


def _frame(payload: bytes) -> bytes:
    size = len(payload)
    if size < 126:
        return b"\x81" + bytes((size,)) + payload
    return b"\x81\x7e" + size.to_bytes(2, "big") + payload


def main() -> int:
    """Serve one connection."""
    texts = json.loads(Path(sys.argv[1]).read_text())
    events = posts(texts, int(sys.argv[2]), int(sys.argv[3]))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(listener.getsockname()[1], flush=True)
        line, _ = listener.accept()
        with line:
            asked = b""
            while b"\r\n\r\n" not in asked:
                asked += line.recv(65536)
            key = next(
                part.split(b":", 1)[1].strip()
                for part in asked.split(b"\r\n")
                if part.lower().startswith(b"sec-websocket-key")
            )
            accept = base64.b64encode(hashlib.sha1(key + _MAGIC).digest())
            line.sendall(
                b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
            )
            print(time.time(), flush=True)
            block = bytearray()
            for payload in events:
                block += _frame(payload)
                if len(block) >= BLOCK:
                    line.sendall(block)
                    block.clear()
            line.sendall(block)
            line.sendall(b"\x88\x02\x03\xe8")
            line.recv(4096)
    return 0


if __name__ == "__main__":
    sys.exit(main())
