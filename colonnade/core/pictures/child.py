"""The process that decodes a picture and writes it anew: `python -I -S child.py FOLDER-OF-PILLOW SIDE moving|still`.

The picture comes in on the standard input. What goes out is one line of JSON (`type`, `width`, `height`, or `refused` with
a reason) and the bytes. It imports nothing of ours, so that it starts quickly and has nothing to give away.
"""

from __future__ import annotations

import io
import json
import resource
import sys
import warnings
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL import Image

MEMORY_BYTES = 1024 * 1024 * 1024
SECONDS = 10
MOST_FRAMES, MOST_PIXELS = 500, 128 * 1024 * 1024
_MOVING = ("PNG", "WEBP", "GIF", "AVIF")
_OF_THE_PICTURE = ("transparency", "background")


class Refused(Exception):
    """It is not taken; the reason is its only argument."""


def main() -> int:
    """Read, write anew, tell. Whatever Pillow says of a picture means that it is broken."""
    sys.path.append(sys.argv[1])
    from PIL import Image, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = int(sys.argv[2]) ** 2
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    limit()
    try:
        told, body = anew(sys.stdin.buffer.read(), side=int(sys.argv[2]), moving=sys.argv[3] == "moving")
    except Refused as why:
        told, body = {"refused": str(why)}, b""
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError):
        told, body = {"refused": "too wide"}, b""
    except UnidentifiedImageError:
        told, body = {"refused": "unknown"}, b""
    except Exception:
        told, body = {"refused": "broken"}, b""
    sys.stdout.buffer.write(json.dumps(told).encode() + b"\n" + body)
    sys.stdout.buffer.flush()
    return 0


def limit() -> None:
    """No more memory and time than a large picture needs, no file, no core."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 32),
    ):
        resource.setrlimit(what, (most, most))


def anew(data: bytes, *, side: int, moving: bool) -> tuple[dict[str, Any], bytes]:
    """What is told of the picture, and its bytes. Raises Refused, and whatever Pillow raises."""
    from PIL import Image

    with Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "WEBP", "GIF", "AVIF")) as opened:
        kind = "JPEG" if opened.format == "MPO" else str(opened.format)
        frames = getattr(opened, "n_frames", 1) if kind in _MOVING else 1
        if max(opened.size) > side:
            raise Refused("too wide")
        if frames > 1 and not moving:
            raise Refused("moving")
        if frames > MOST_FRAMES or frames * opened.width * opened.height > MOST_PIXELS:
            raise Refused("too wide")
        out = io.BytesIO()
        shown = [_shown(opened, number) for number in range(frames)]
        shown[0].save(out, kind, **_how(opened, kind, data), **_moves(opened, shown))
    told = {"type": Image.MIME[kind], "width": shown[0].width, "height": shown[0].height}
    return told, out.getvalue()


def _shown(opened: Image.Image, number: int) -> Image.Image:
    """One frame as it is to be seen: turned, in sRGB, and knowing nothing but what the picture itself needs."""
    from PIL import ImageOps

    opened.seek(number)
    opened.load()
    try:
        turned = ImageOps.exif_transpose(opened)
    except Exception:  # what it tells on the side is nonsense, which is no fault of the picture
        turned = opened.copy()
    frame = _in_srgb(turned, opened.info.get("icc_profile"))
    frame = frame.convert("RGB") if frame.mode == "CMYK" else frame.copy()
    frame.info = {key: opened.info[key] for key in _OF_THE_PICTURE if key in opened.info}
    return frame


def _in_srgb(frame: Image.Image, profile: bytes | None) -> Image.Image:
    """Colours as their profile means them; a profile that cannot be understood says nothing."""
    if not profile or frame.mode not in ("RGB", "RGBA", "CMYK", "L"):
        return frame
    from PIL import ImageCms

    target = {"RGBA": "RGBA", "L": "L"}.get(frame.mode, "RGB")
    if target == "L":
        return frame
    try:
        meant = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        done = ImageCms.profileToProfile(frame, meant, ImageCms.createProfile("sRGB"), outputMode=target)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return frame
    return done or frame


def _how(opened: Image.Image, kind: str, data: bytes) -> dict[str, Any]:
    """How it is written so that it looks the same: a JPEG with its own tables, a lossless WebP without loss."""
    if kind == "JPEG":
        from PIL import JpegImagePlugin

        how: dict[str, Any] = {"progressive": bool(opened.info.get("progressive"))}
        if opened.mode == "CMYK" or not isinstance(opened, JpegImagePlugin.JpegImageFile):
            return how | {"quality": 92}
        sampling = JpegImagePlugin.get_sampling(opened) if opened.layers == 3 else -1
        return how | {"qtables": opened.quantization, "subsampling": sampling}
    if kind == "WEBP":
        lossless = b"VP8L" in data[12:] and b"VP8 " not in data[12:]
        return {"lossless": True} if lossless else {"quality": 90}
    if kind == "AVIF":
        return {"quality": 85, "max_threads": 1}
    return {}


def _moves(opened: Image.Image, shown: list[Image.Image]) -> dict[str, Any]:
    """How it moves, as it did."""
    if len(shown) == 1:
        return {}
    durations = []
    for number in range(len(shown)):
        opened.seek(number)
        opened.load()
        durations.append(int(opened.info.get("duration", 100)))
    how: dict[str, Any] = {"save_all": True, "append_images": shown[1:], "duration": durations}
    if "loop" in opened.info:
        how["loop"] = opened.info["loop"]
    return how


if __name__ == "__main__":
    sys.exit(main())
