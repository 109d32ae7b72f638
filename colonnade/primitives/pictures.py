"""Pictures that somebody hands in: which format they really have, how large they are, and the same without what they
tell on the side (place, camera, names, colour profiles, thumbnails, anything behind the end).

Nothing is decoded: a file is taken apart into its pieces, and only those that hold the picture itself are put together
again. PNG (W3C, third edition), JPEG (ITU-T T.81) and WebP (RFC 9649). Linear in the size of the file.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from zlib import crc32

MOST_PIXELS_A_SIDE = 4096

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = (b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"IDAT", b"IEND")
_JPEG_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_JPEG_KEPT = _JPEG_FRAMES | {0xC4, 0xDA, 0xDB, 0xDD}
_JPEG_PLAIN_HEAD = b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
_NEXT_MARKER = re.compile(rb"\xff+([^\x00\xff\xd0-\xd7])")
_SVG = re.compile(rb"<(?:!doctype\s+)?svg[\s>]", re.IGNORECASE)
_WEBP_KEPT = (b"VP8 ", b"VP8L", b"VP8X", b"ALPH")
_ASIDE_FLAGS = 0x20 | 0x08 | 0x04  # a colour profile, Exif, XMP

Reason = Literal["drawing", "moving", "unknown", "broken", "too wide"]


class NotAPicture(ValueError):
    """It cannot be shown; `reason` says why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture and nothing but: `body` is the whole file, `media_type` what it really is, the sides in pixels."""

    media_type: str
    width: int
    height: int
    body: bytes


def clean(data: bytes) -> Picture:
    """The picture in `data` without what it tells on the side. Raises NotAPicture."""
    try:
        found = _clean(data)
    except (IndexError, struct.error):
        raise NotAPicture("broken") from None
    if not (found.width and found.height):
        raise NotAPicture("broken")
    if max(found.width, found.height) > MOST_PIXELS_A_SIDE:
        raise NotAPicture("too wide")
    return found


def _clean(data: bytes) -> Picture:
    if data.startswith(_PNG):
        return _png(data)
    if data.startswith(b"\xff\xd8"):
        return _jpeg(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _webp(data)
    raise NotAPicture("drawing" if _SVG.search(data[:4096]) else "unknown")


# --- PNG --------------------------------------------------------------------------------------------------------------


def _png(data: bytes) -> Picture:
    kept = [piece for name, piece in _png_pieces(data) if name in _PNG_KEPT]
    names = [piece[4:8] for piece in kept]
    if not names or names[0] != b"IHDR" or names[-1] != b"IEND" or b"IDAT" not in names:
        raise NotAPicture("broken")
    width, height = struct.unpack(">II", kept[0][8:16])
    return Picture("image/png", width, height, _PNG + b"".join(kept))


def _png_pieces(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at, name = len(_PNG), b""
    while name != b"IEND":
        length = struct.unpack(">I", data[at : at + 4])[0]
        end = at + 12 + length
        name = data[at + 4 : at + 8]
        if end > len(data) or crc32(data[at + 4 : end - 4]) != struct.unpack(">I", data[end - 4 : end])[0]:
            raise NotAPicture("broken")
        yield name, data[at:end]
        at = end


# --- JPEG -------------------------------------------------------------------------------------------------------------


def _jpeg(data: bytes) -> Picture:
    at, kept, sides, turned = 2, [b"\xff\xd8"], (0, 0), 1
    while True:
        marker, at = _marker(data, at)
        if marker == 0xD9:
            break
        end = at + struct.unpack(">H", data[at : at + 2])[0]
        if end > len(data) or end < at + 2:
            raise NotAPicture("broken")
        if marker in _JPEG_FRAMES:
            height, width = struct.unpack(">HH", data[at + 3 : at + 7])
            sides = (width, height)
        if marker == 0xE1 and turned == 1:
            turned = _turned(data[at + 2 : end])
        if marker == 0xDA:
            end = _end_of_scan(data, end)
        kept.append(_jpeg_piece(marker, data[at:end]))
        at = end
    if turned > 1:
        kept.insert(2 if kept[1:2] == [_JPEG_PLAIN_HEAD] else 1, _only_turned(turned))
    width, height = reversed(sides) if turned > 4 else sides
    return Picture("image/jpeg", width, height, b"".join([*kept, b"\xff\xd9"]))


def _turned(exif: bytes) -> int:
    """How the picture is to be turned (Exif 2.32, tag 0x0112), 1 to 8; 1, as it lies, where nothing sensible is said."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(exif[6:10])
    if not exif.startswith(b"Exif\0\0") or order is None:
        return 1
    tiff = exif[6:]
    try:
        start = struct.unpack_from(order + "I", tiff, 4)[0]
        for number in range(min(struct.unpack_from(order + "H", tiff, start)[0], 100)):
            tag, kind, count, value = struct.unpack_from(order + "HHIH", tiff, start + 2 + 12 * number)
            if (tag, kind, count) == (0x0112, 3, 1) and 1 <= value <= 8:
                return int(value)
    except struct.error:
        pass
    return 1


def _only_turned(turned: int) -> bytes:
    """A piece that says how the picture is to be turned, and nothing else."""
    said = b"Exif\0\0MM\0*" + struct.pack(">IHHHIHHI", 8, 1, 0x0112, 3, 1, turned, 0, 0)
    return b"\xff\xe1" + struct.pack(">H", len(said) + 2) + said


def _jpeg_piece(marker: int, said: bytes) -> bytes:
    """A piece as it is kept, b"" for one that is not. What says how colours are meant stays: without it, or with it where
    it was not, they are read differently."""
    if marker == 0xE0:
        return _JPEG_PLAIN_HEAD if said[2:7] == b"JFIF\0" else b""
    if marker == 0xEE:
        return b"\xff\xee\x00\x0e" + said[2:14] if said[2:7] == b"Adobe" and len(said) >= 14 else b""
    return b"\xff" + bytes([marker]) + said if marker in _JPEG_KEPT else b""


def _marker(data: bytes, at: int) -> tuple[int, int]:
    """The next marker, which may be filled up with 0xFF in front, and where what it says begins."""
    if data[at] != 0xFF:
        raise NotAPicture("broken")
    while data[at] == 0xFF:
        at += 1
    return data[at], at + 1


def _end_of_scan(data: bytes, at: int) -> int:
    found = _NEXT_MARKER.search(data, at)
    if found is None:
        raise NotAPicture("broken")
    return found.start()


# --- WebP -------------------------------------------------------------------------------------------------------------


def _webp(data: bytes) -> Picture:
    kept: list[bytes] = []
    sides = (0, 0)
    for name, body in _webp_pieces(data):
        if name in (b"ANIM", b"ANMF"):
            raise NotAPicture("moving")
        if name not in _WEBP_KEPT:
            continue
        piece = body
        if name == b"VP8X":
            piece = bytes([body[0] & ~_ASIDE_FLAGS]) + body[1:10]
        sides = sides if sides != (0, 0) else _webp_sides(name, body)
        kept.append(name + struct.pack("<I", len(piece)) + piece + b"\0" * (len(piece) % 2))
    inside = b"WEBP" + b"".join(kept)
    return Picture("image/webp", *sides, b"RIFF" + struct.pack("<I", len(inside)) + inside)


def _webp_pieces(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at, end = 12, 8 + struct.unpack("<I", data[4:8])[0]
    if end > len(data):
        raise NotAPicture("broken")
    while at + 8 <= end:
        length = struct.unpack("<I", data[at + 4 : at + 8])[0]
        if at + 8 + length > end:
            raise NotAPicture("broken")
        yield data[at : at + 4], data[at + 8 : at + 8 + length]
        at += 8 + length + length % 2


def _webp_sides(name: bytes, body: bytes) -> tuple[int, int]:
    if name == b"VP8X":
        return 1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little")
    if name == b"VP8L" and body[0] == 0x2F:
        bits = int.from_bytes(body[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if name == b"VP8 " and body[3:6] == b"\x9d\x01\x2a":
        width, height = struct.unpack("<HH", body[6:10])
        return width & 0x3FFF, height & 0x3FFF
    return 0, 0
