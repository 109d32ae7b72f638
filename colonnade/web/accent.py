"""The organisation's colour as a style sheet: the tokens of the accent, in shades of one hue that can be read on every
ground that they stand on, in light and in dark. High contrast keeps the accent of the house."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from colonnade.primitives import colour
from colonnade.primitives.colour import Oklch

_TOKENS = Path(__file__).parent / "styles" / "tokens.css"
_PAIR = re.compile(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);")
_GROUNDS = ("paper", "surface", "raised", "sunk")
_NAME = re.compile(r"accent-([0-9a-f]{6})\.css\Z")


@dataclass(frozen=True, slots=True)
class Shades:
    """The accent in one theme: `accent` for words and buttons, `ink` for words on it, `soft` behind what is chosen, `line`."""

    accent: str
    ink: str
    soft: str
    line: str


@cache
def tokens() -> tuple[dict[str, str], dict[str, str]]:
    """The colours of the house by name, in light and in dark: what the style sheet says first of each."""
    light: dict[str, str] = {}
    dark: dict[str, str] = {}
    for name, in_light, in_dark in _PAIR.findall(_TOKENS.read_text()):
        light.setdefault(name, in_light)
        dark.setdefault(name, in_dark)
    return light, dark


@lru_cache(maxsize=64)
def shades(accent: str) -> tuple[Shades, Shades]:
    """What becomes of an accent "#rrggbb" in light and in dark; that of the house itself is as its style sheet says. Raises
    ValueError for what is no colour."""
    if accent == tokens()[0]["accent"]:
        light, dark = (_of_the_house(theme) for theme in tokens())
        return light, dark
    hue = colour.oklch(accent)
    return _in_light(accent, hue), _in_dark(accent, hue)


def _in_light(accent: str, hue: Oklch) -> Shades:
    soft = colour.shade(Oklch(0.95, min(hue.chroma, 0.022), hue.hue))
    said = colour.readable(accent, (*_grounds(tokens()[0]), soft), lighter=False)
    line = colour.shade(Oklch(0.84, min(hue.chroma, 0.055), hue.hue))
    return Shades(accent=said, ink="#ffffff", soft=soft, line=line)


def _in_dark(accent: str, hue: Oklch) -> Shades:
    soft = colour.shade(Oklch(0.295, min(hue.chroma, 0.035), hue.hue))
    said = colour.readable(accent, (*_grounds(tokens()[1]), soft), lighter=True)
    tinted = colour.shade(Oklch(0.24, min(hue.chroma, 0.03), hue.hue))
    ink = tinted if colour.contrast(tinted, said) >= colour.READABLE else "#000000"
    line = colour.shade(Oklch(0.43, min(hue.chroma, 0.055), hue.hue))
    return Shades(accent=said, ink=ink, soft=soft, line=line)


def _of_the_house(theme: dict[str, str]) -> Shades:
    return Shades(theme["accent"], theme["accent-ink"], theme["accent-soft"], theme["accent-line"])


def _grounds(theme: dict[str, str]) -> tuple[str, ...]:
    return tuple(theme[name] for name in _GROUNDS)


def sheet(accent: str) -> str:
    """The style sheet for an accent "#rrggbb"."""
    light, dark = shades(accent)
    pairs = {
        "--accent": (light.accent, dark.accent),
        "--accent-ink": (light.ink, dark.ink),
        "--accent-soft": (light.soft, dark.soft),
        "--accent-line": (light.line, dark.line),
    }
    lines = [f"  {name}: light-dark({one}, {other});" for name, (one, other) in pairs.items()]
    return "\n".join((":root {", *lines, "}", ""))


def name_of(accent: str) -> str:
    """The name of its style sheet among the assets."""
    return f"accent-{accent.lstrip('#').lower()}.css"


def accent_in(name: str) -> str:
    """The accent in such a name, "" for any other name."""
    found = _NAME.match(name)
    return f"#{found[1]}" if found else ""
