"""The same pictures as pixels, for mail: no mail client shows SVG. Painted by Pillow from what a chart is made of."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from colonnade.listening.types import Span
from colonnade.web.drawing import round_up

WIDE, HIGH, TWICE = 560, 120, 2
INK, GRID, BAND, BAR, LOUD = "#545c66", "#e7e3da", "#e2f1f1", "#0b6a72", "#a8382a"


def painted(spans: Sequence[Span], first: str, last: str) -> bytes:
    """Bars of what was caught beside the band of what is usual, as PNG of 1120 by 240 points; unusual bars are brick
    red. `first` and `last` stand below its two ends."""
    from PIL import Image, ImageDraw, ImageFont

    picture = Image.new("RGB", (WIDE * TWICE, HIGH * TWICE), "white")
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(size=11 * TWICE)
    foot = (HIGH - 20) * TWICE
    top = round_up(max([4, *(max(one.posts, one.usual.high if one.usual else 0) for one in spans)]))
    wide = WIDE * TWICE / max(len(spans), 1)

    def up(value: float) -> float:
        return foot - value / top * (foot - 6 * TWICE)

    for at, one in enumerate(spans):
        left = at * wide
        if one.usual is not None:
            draw.rectangle((left, up(one.usual.high), left + wide, up(one.usual.low)), fill=BAND)
        if one.posts:
            box = (left + wide * 0.15, up(one.posts), left + wide * 0.85, foot)
            draw.rectangle(box, fill=LOUD if one.unusual else BAR)
    draw.line((0, foot, WIDE * TWICE, foot), fill=GRID, width=TWICE)
    draw.text((0, foot + 4 * TWICE), first, fill=INK, font=font)
    draw.text((WIDE * TWICE, foot + 4 * TWICE), last, fill=INK, font=font, anchor="ra")
    draw.text((0, 0), str(top), fill=INK, font=font)
    out = BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()
