"""Pictures that tests hand in, drawn when they are asked for."""

from __future__ import annotations

import io
import struct
from typing import Any
from zlib import crc32

from PIL import Image

ASIDE = b"Camera 7, Old Bridge 3, Mrs Okafor"


def drawn(width: int, height: int, mode: str = "RGB") -> Image.Image:
    """Four quarters of different colours, so that one sees which side is up."""
    picture = Image.new(mode, (width, height))
    quarters = {(0, 0): "red", (1, 0): "lime", (0, 1): "blue", (1, 1): "white"}
    for (right, below), colour in quarters.items():
        left, top = right * width // 2, below * height // 2
        picture.paste(colour, (left, top, width if right else width // 2, height if below else height // 2))
    return picture


def encoded(picture: Image.Image, kind: str, **how: Any) -> bytes:
    """The file of a picture."""
    out = io.BytesIO()
    picture.save(out, kind, **how)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    """The picture of a file, decoded."""
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture


def chunk(name: bytes, body: bytes) -> bytes:
    """A piece of a PNG."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", crc32(name + body))


def png(width: int = 2, height: int = 2, *more: bytes) -> bytes:
    """A PNG, with pieces of one's own behind its head."""
    whole = encoded(drawn(width, height), "PNG")
    return whole[:33] + b"".join(more) + whole[33:]


def exif(turned: int = 1) -> bytes:
    """What a camera says of itself, and how the picture is to be turned."""
    told = Image.Exif()
    told[0x010F], told[0x0112] = ASIDE.decode(), turned
    return told.tobytes()
