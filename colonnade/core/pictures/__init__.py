"""Pictures that somebody hands in: which format they really have, how large they are, and the same anew without what they
tell on the side (place, camera, names, thumbnails, anything behind the end).

Only a process of its own decodes them (`child`), since a picture is a program for a decoder: it has so much memory and
time and no more, an empty environment and no file to write to. Whatever becomes of it, nothing of ours is lost.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Literal, get_args

MOST_PIXELS_A_SIDE = 4096
PATIENCE_S = 20.0
_CHILD = Path(__file__).with_name("child.py")
_SVG = re.compile(rb"<(?:!doctype\s+)?svg[\s>]", re.IGNORECASE)

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


def clean(data: bytes, *, moving: bool = True) -> Picture:
    """The picture in `data`, turned as it is meant, its colours in sRGB, without what it tells on the side: a PNG, JPEG,
    WebP, GIF or AVIF stays one, and what moves goes on moving, or is refused (`moving` False). Raises NotAPicture.

    In a process of its own: about 0.1 s and its memory, within `child`'s limits; at most PATIENCE_S.
    """
    if _SVG.search(data[:4096]):
        raise NotAPicture("drawing")
    command = [sys.executable, "-I", "-S", str(_CHILD), _where_pillow_is(), str(MOST_PIXELS_A_SIDE)]
    try:
        done = subprocess.run(
            [*command, "moving" if moving else "still"],
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            timeout=PATIENCE_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise NotAPicture("broken") from None
    head, _, body = done.stdout.partition(b"\n")
    if done.returncode != 0 or not head:  # killed at one of its limits
        raise NotAPicture("broken")
    told = json.loads(head)
    if "refused" in told:
        raise NotAPicture(told["refused"] if told["refused"] in get_args(Reason) else "broken")
    return Picture(told["type"], told["width"], told["height"], body)


@cache
def _where_pillow_is() -> str:
    spec = find_spec("PIL")
    assert spec is not None
    assert spec.origin is not None
    return str(Path(spec.origin).parents[1])
