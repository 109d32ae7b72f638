"""Pictures that somebody hands in: what they tell on the side goes, what they show stays."""

from __future__ import annotations

import os
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageCms, ImageSequence, ImageStat, PngImagePlugin

from colonnade.core import pictures
from colonnade.core.pictures import MOST_PIXELS_A_SIDE, NotAPicture, clean
from tests.drawn import ASIDE, chunk, drawn, encoded, exif, opened, png

pytestmark = pytest.mark.corpora

KINDS = ("PNG", "JPEG", "WEBP", "AVIF")
MOVING = ("GIF", "WEBP", "PNG", "AVIF")


def apart(one: Image.Image, other: Image.Image) -> float:
    """By how much two pictures differ, of 255: the mean over the points of the colour that differs most."""
    difference = ImageChops.difference(one.convert("RGBA"), other.convert("RGBA"))
    return max(ImageStat.Stat(difference).mean)


def moving(kind: str, frames: int = 3, **how: Any) -> bytes:
    shown = [Image.new("RGB", (40, 24), ("red", "lime", "blue")[number % 3]) for number in range(frames)]
    paces = [(100, 200, 300)[number % 3] for number in range(frames)]
    return encoded(shown[0], kind, save_all=True, append_images=shown[1:], duration=paces, **how)


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_picture_tells_on_the_side_goes_and_what_it_shows_stays(kind: str) -> None:
    data = encoded(drawn(256, 128), kind, exif=exif(), quality=95) + ASIDE
    found = clean(data)
    assert (found.media_type, found.width, found.height) == (Image.MIME[kind], 256, 128)
    assert ASIDE in data
    assert ASIDE not in found.body
    assert not opened(found.body).getexif()
    assert apart(opened(found.body), opened(data)) <= (0 if kind == "PNG" else 3)


def test_words_in_a_png_and_a_comment_in_a_jpeg_go() -> None:
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", ASIDE.decode())
    words.add_itxt("XML:com.adobe.xmp", ASIDE.decode())
    told = png(8, 8, chunk(b"eXIf", ASIDE), chunk(b"prVt", ASIDE))
    for data in (
        encoded(drawn(8, 8), "PNG", pnginfo=words),
        told,
        encoded(drawn(8, 8), "JPEG", comment=ASIDE),
    ):
        assert ASIDE in data
        assert ASIDE not in clean(data).body


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("turned", [3, 6])
def test_a_picture_is_turned_as_it_is_meant(kind: str, turned: int) -> None:
    data = encoded(drawn(256, 128), kind, exif=exif(turned), quality=95)
    found = clean(data)
    assert (found.width, found.height) == ((256, 128) if turned == 3 else (128, 256))
    corner = opened(found.body).convert("RGB").getpixel((2, 2))
    assert corner is not None
    assert (
        apart(Image.new("RGB", (1, 1), corner), Image.new("RGB", (1, 1), "white" if turned == 3 else "blue"))
        < 48
    )


def test_what_is_transparent_stays_so() -> None:
    glass = drawn(16, 16, "RGBA")
    glass.putalpha(120)
    for kind, how in (("PNG", {}), ("WEBP", {"lossless": True})):
        found = opened(clean(encoded(glass, kind, **how)).body)
        assert apart(found, glass) == 0
    palette = drawn(16, 16).convert("P")
    shown = opened(clean(encoded(palette, "PNG", transparency=palette.getpixel((0, 0)))).body).convert("RGBA")
    assert shown.getpixel((0, 0))[3] == 0  # type: ignore[index]
    assert shown.getpixel((15, 15))[3] == 255  # type: ignore[index]


def test_colours_are_what_their_profile_means_and_the_profile_goes() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = encoded(drawn(16, 16), "PNG", icc_profile=profile)
    found = opened(clean(data).body)
    assert "icc_profile" not in found.info
    assert apart(found, drawn(16, 16)) <= 2
    broken = encoded(drawn(16, 16), "PNG", icc_profile=profile[:60])
    assert apart(opened(clean(broken).body), drawn(16, 16)) == 0


@pytest.mark.parametrize("kind", MOVING)
def test_what_moves_goes_on_moving_at_its_pace(kind: str) -> None:
    data = moving(kind, loop=0)
    found = clean(data)
    before, after = opened(data), opened(found.body)
    assert after.n_frames == 3  # type: ignore[attr-defined]
    paces, colours = [], []
    for one, other in zip(ImageSequence.Iterator(before), ImageSequence.Iterator(after), strict=True):
        other.load()
        paces.append(int(other.info["duration"]))
        colours.append(apart(one, other))
    assert paces == [100, 200, 300]
    assert max(colours) <= 3


def test_what_moves_is_refused_where_only_a_picture_is_wanted() -> None:
    with pytest.raises(NotAPicture) as refused:
        clean(moving("GIF"), moving=False)
    assert refused.value.reason == "moving"
    assert clean(encoded(drawn(8, 8), "GIF"), moving=False).media_type == "image/gif"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "unknown"),
        (b"GIF89a", "unknown"),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"></svg>', "drawing"),
        (b"<!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN' ''>", "drawing"),
        (b"<html>", "unknown"),
        (encoded(drawn(9, 9), "TIFF"), "unknown"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "unknown"),
        (png(64, 64)[:-40], "broken"),
        (encoded(drawn(64, 64), "JPEG")[:-200], "broken"),
        (encoded(drawn(64, 64), "WEBP")[:-30], "broken"),
        (encoded(Image.new("1", (MOST_PIXELS_A_SIDE + 1, 2)), "PNG"), "too wide"),
        (encoded(Image.new("1", (60_000, 60_000 // 8)), "PNG"), "too wide"),
        (moving("GIF", frames=600), "too wide"),
    ],
)
def test_what_cannot_be_shown_is_refused_with_its_reason(data: bytes, reason: str) -> None:
    with pytest.raises(NotAPicture) as refused:
        clean(data)
    assert refused.value.reason in {reason, "unknown" if reason == "broken" else reason}


def test_noise_in_a_picture_is_refused_or_cleaned_and_nothing_else() -> None:
    for number, kind in enumerate((*KINDS, "GIF")):
        whole = encoded(drawn(40, 40), kind)
        at = 12 + number * 7
        for broken in (whole[:at] + os.urandom(8) + whole[at + 8 :], whole[:at] + whole[at + 5 :]):
            try:
                found = clean(broken)
            except NotAPicture:
                continue
            assert opened(found.body).size == (found.width, found.height)


def test_a_process_that_needs_too_long_or_too_much_costs_that_picture_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    greedy = tmp_path / "greedy.py"
    source = pictures._CHILD.read_text().split('if __name__ == "__main__":')[0]
    deeds = {
        "time": "while True: pass",
        "memory": "bytearray(8 * 2**30)",
        "a file": f"open({str(tmp_path / 'left')!r}, 'wb').write(b'x' * 9)",
    }
    for deed in deeds.values():
        greedy.write_text(f"{source.replace('SECONDS = 10', 'SECONDS = 1')}\nlimit()\n{deed}\n")
        monkeypatch.setattr(pictures, "_CHILD", greedy)
        with pytest.raises(NotAPicture) as refused:
            clean(png(4, 4))
        assert refused.value.reason == "broken"
    assert not (tmp_path / "left").exists() or (tmp_path / "left").read_bytes() == b""
