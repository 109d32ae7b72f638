"""Colours: how light one is, how two of them contrast, and one of the same hue that can be read on given grounds.

Contrast after WCAG 2.2 (relative luminance of sRGB); lightness, chroma and hue after Björn Ottosson's OKLab, so that a
colour that is made darker or lighter keeps the look of its hue.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

READABLE = 4.5
"""The least contrast of words on their ground (WCAG 2.2, 1.4.3)."""

_HEX = re.compile(r"#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})\Z", re.IGNORECASE)
_STEPS = 200


@dataclass(frozen=True, slots=True)
class Oklch:
    """Lightness 0 to 1, chroma from 0 (grey) to about 0.4, hue in radians."""

    lightness: float
    chroma: float
    hue: float


def parse(text: str) -> tuple[int, int, int]:
    """Red, green and blue, 0 to 255, of "#rrggbb". Raises ValueError for anything else."""
    found = _HEX.match(text)
    if found is None:
        raise ValueError("a colour is # and six hexadecimal digits")
    red, green, blue = (int(part, 16) for part in found.groups())
    return red, green, blue


def luminance(colour: str) -> float:
    """Relative luminance of "#rrggbb", 0 (black) to 1 (white)."""
    red, green, blue = (_linear(part / 255) for part in parse(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def least_contrast(colour: str, grounds: Iterable[str]) -> float:
    """The contrast with that ground on which the colour is read worst; 21 where there is none."""
    return min((contrast(colour, ground) for ground in grounds), default=21.0)


def oklch(colour: str) -> Oklch:
    """The colour as OKLCH."""
    red, green, blue = (_linear(part / 255) for part in parse(colour))
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    middle = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    lightness = 0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short
    return Oklch(lightness, math.hypot(a, b), math.atan2(b, a))


def shade(colour: Oklch) -> str:
    """The colour as "#rrggbb"; where a screen cannot show so much chroma, with as much as it can."""
    most, least = colour.chroma, 0.0
    if not _shown(colour):
        for _ in range(24):
            half = (most + least) / 2
            if _shown(Oklch(colour.lightness, half, colour.hue)):
                least = half
            else:
                most = half
        most = least
    parts = _channels(Oklch(colour.lightness, most, colour.hue))
    return "#" + "".join(f"{round(255 * _encoded(min(max(part, 0.0), 1.0))):02x}" for part in parts)


def readable(colour: str, grounds: Iterable[str], *, lighter: bool, least: float = READABLE) -> str:
    """The colour itself where it can be read on all the grounds, else the next of its hue that can: `lighter` on dark
    grounds, darker on light ones. White or black where no other will do; the grounds must leave one of them readable."""
    grounds = tuple(grounds)
    if least_contrast(colour, grounds) >= least:
        return colour.lower()
    start, end = oklch(colour), 1.0 if lighter else 0.0
    for step in range(1, _STEPS):
        lightness = start.lightness + (end - start.lightness) * step / _STEPS
        tried = shade(Oklch(lightness, start.chroma, start.hue))
        if least_contrast(tried, grounds) >= least:
            return tried
    return "#ffffff" if lighter else "#000000"


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _encoded(part: float) -> float:
    return part * 12.92 if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055


def _channels(colour: Oklch) -> tuple[float, float, float]:
    """Linear red, green and blue; outside 0 to 1 where no screen of sRGB shows the colour."""
    a, b = colour.chroma * math.cos(colour.hue), colour.chroma * math.sin(colour.hue)
    long = (colour.lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (colour.lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (colour.lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )


def _shown(colour: Oklch) -> bool:
    return all(-1e-4 <= part <= 1.0001 for part in _channels(colour))
