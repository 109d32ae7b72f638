"""Unpacking a compressed body with a hand on the tap: a bomb stops after the allowed size, not after memory."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

from colonnade.networks.http.errors import BadResponse, TooLarge

ACCEPTED = "gzip, deflate"
_PIECE = 64 * 1024
_LAYERS = 2
_GZIP = 31
_MEMBER = b"\x1f"


def read_bounded(chunks: Iterable[bytes], encoding: str, most: int) -> bytes:
    """The body behind `chunks`, unpacked as the Content-Encoding header says; at most `most` bytes.

    Raises TooLarge as soon as one byte more comes out, BadResponse if it cannot be unpacked.
    """
    for name in reversed(_layers(encoding)):
        chunks = _inflate(chunks, name)
    body = bytearray()
    for chunk in chunks:
        if len(body) + len(chunk) > most:
            raise TooLarge(f"The answer is larger than {most} bytes.")
        body += chunk
    return bytes(body)


def _layers(encoding: str) -> list[str]:
    names = [name.strip().lower() for name in encoding.split(",")]
    names = [name.removeprefix("x-") for name in names if name not in ("", "identity")]
    if len(names) > _LAYERS or any(name not in ("gzip", "deflate") for name in names):
        raise BadResponse("The answer is packed in a way that was not asked for.")
    return names


def _inflate(chunks: Iterable[bytes], name: str) -> Iterator[bytes]:
    """Pieces of at most 64 KiB. A gzip body may have several members; what follows the last one is dropped.

    A body that ends too early gives what it has: a feed cut off in the middle still has its first entries.
    """
    unpacker = None
    for chunk in chunks:
        data = chunk
        while data:
            if unpacker is None:
                unpacker = zlib.decompressobj(_GZIP if name == "gzip" else _deflate_window(data))
            try:
                piece = unpacker.decompress(data, _PIECE)
            except zlib.error:
                raise BadResponse("The answer's compression is broken.") from None
            if piece:
                yield piece
            data = unpacker.unconsumed_tail
            if unpacker.eof:
                data = unpacker.unused_data
                if data and (name != "gzip" or not data.startswith(_MEMBER)):
                    return
                unpacker = None
    if unpacker is not None:
        yield unpacker.flush()


def _deflate_window(data: bytes) -> int:
    """RFC 1950 header or, as some servers send, none: the low four bits of the first byte say 8 for zlib."""
    return 15 if data[0] & 0x0F == 8 and (len(data) < 2 or (data[0] * 256 + data[1]) % 31 == 0) else -15
