"""Pictures that somebody hands in: what they tell on the side goes, what they show stays."""

from __future__ import annotations

import struct
from zlib import compress, crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.primitives.pictures import NotAPicture, clean

pytestmark = pytest.mark.corpora

ASIDE = b"Camera 7, Old Bridge 3, Mrs Okafor"


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", crc32(name + body))


def png(width: int = 2, height: int = 2, *more: bytes) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = compress(b"".join(b"\0" + b"\x0b\x6a\x72" * min(width, 8) for _ in range(min(height, 8))))
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + b"".join(more)
        + chunk(b"IDAT", pixels)
        + chunk(b"IEND", b"")
    )


def segment(marker: int, body: bytes) -> bytes:
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(body) + 2) + body


FRAME = segment(0xC0, b"\x08" + struct.pack(">HH", 3, 5) + b"\x01\x01\x11\x00")
SCAN = segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + b"\x12\xff\x00\x34\xff\xd0\x56"
JFIF = segment(0xE0, b"JFIF\0\1\2\1\0\1\0\1\1\1" + b"abc")


def jpeg(*more: bytes) -> bytes:
    return b"\xff\xd8" + b"".join(more) + segment(0xDB, b"\0" + bytes(64)) + FRAME + SCAN + b"\xff\xd9"


def piece(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def webp(*pieces: bytes) -> bytes:
    inside = b"WEBP" + b"".join(pieces)
    return b"RIFF" + struct.pack("<I", len(inside)) + inside


LOSSY = piece(b"VP8 ", b"\x30\x01\x00\x9d\x01\x2a" + struct.pack("<HH", 7, 9) + b"rest!")


def test_a_png_loses_what_it_tells_on_the_side() -> None:
    told = [chunk(name, ASIDE) for name in (b"tEXt", b"eXIf", b"iTXt", b"iCCP", b"zTXt", b"tIME")]
    found = clean(png(2, 2, *told) + ASIDE)
    assert (found.media_type, found.width, found.height) == ("image/png", 2, 2)
    assert found.body == png(2, 2)


def test_a_jpeg_loses_what_it_tells_on_the_side() -> None:
    told = [segment(marker, b"Exif\0\0" + ASIDE) for marker in (0xE1, 0xE2, 0xED, 0xEE, 0xFE)]
    found = clean(jpeg(JFIF, *told) + ASIDE)
    assert (found.media_type, found.width, found.height) == ("image/jpeg", 5, 3)
    assert ASIDE not in found.body
    assert b"abc" not in found.body  # the thumbnail
    assert SCAN in found.body
    assert found.body.endswith(b"\xff\xd9")


def test_a_jpeg_keeps_how_its_colours_are_meant() -> None:
    adobe = segment(0xEE, b"Adobe\0\x64\0\0\0\0\x01")
    assert adobe in clean(jpeg(adobe)).body
    assert b"JFIF" not in clean(jpeg(adobe)).body
    assert b"JFIF" in clean(jpeg(JFIF)).body


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(("turned", "sides"), [(1, (5, 3)), (3, (5, 3)), (6, (3, 5)), (9, (5, 3))])
def test_a_jpeg_stays_turned_as_it_was(order: str, turned: int, sides: tuple[int, int]) -> None:
    head = {"<": b"II*\0", ">": b"MM\0*"}[order]
    rows = struct.pack(order + "IHHHIIHHIHH", 8, 2, 0x010F, 2, 4, 0x41424344, 0x0112, 3, 1, turned, 0)
    found = clean(jpeg(JFIF, segment(0xE1, b"Exif\0\0" + head + rows + ASIDE)))
    assert (found.width, found.height) == sides
    assert ASIDE not in found.body
    assert (b"Exif" in found.body) == (turned in range(2, 9))
    assert clean(found.body) == found


def test_a_webp_loses_what_it_tells_on_the_side() -> None:
    head = piece(b"VP8X", bytes([0x2C]) + bytes(3) + (6).to_bytes(3, "little") + (8).to_bytes(3, "little"))
    told = [piece(name, ASIDE) for name in (b"EXIF", b"XMP ", b"ICCP", b"what")]
    found = clean(webp(head, *told, LOSSY))
    assert (found.media_type, found.width, found.height) == ("image/webp", 7, 9)
    assert ASIDE not in found.body
    assert found.body[20] == 0  # it no longer says that there is any
    assert clean(webp(LOSSY)).body == webp(LOSSY)


@pytest.mark.parametrize("whole", [png(), jpeg(JFIF), webp(LOSSY)])
def test_cleaning_twice_is_cleaning_once(whole: bytes) -> None:
    once = clean(whole)
    assert clean(once.body) == once


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "unknown"),
        (b"GIF89a" + bytes(20), "unknown"),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"></svg>', "drawing"),
        (b"<!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN' ''>", "drawing"),
        (b"<html>", "unknown"),
        (webp(piece(b"ANIM", bytes(6)), LOSSY), "moving"),
        (png()[:-20], "broken"),
        (png()[:-4] + b"\0\0\0\0", "broken"),
        (jpeg()[:-2], "broken"),
        (webp(LOSSY)[:-3], "broken"),
        (png(0, 2), "broken"),
        (png(5000, 2), "too wide"),
    ],
)
def test_what_cannot_be_shown_is_refused_with_its_reason(data: bytes, reason: str) -> None:
    with pytest.raises(NotAPicture) as refused:
        clean(data)
    assert refused.value.reason == reason


@given(
    st.sampled_from([png(), jpeg(JFIF), webp(LOSSY)]),
    st.integers(0, 200),
    st.binary(max_size=8),
    st.integers(0, 200),
)
def test_a_broken_picture_is_refused_or_cleaned_and_nothing_else(
    whole: bytes, at: int, put: bytes, cut: int
) -> None:
    broken = whole[:at] + put + whole[at + len(put) : len(whole) - cut // 4]
    try:
        found = clean(broken)
    except NotAPicture:
        return
    assert clean(found.body) == found
