"""The colours of a picture that leaves the house: those of the style sheet, and the organisation's own accent."""

from __future__ import annotations

from dataclasses import dataclass

from colonnade.web import accent

OF_LOOKS = {
    "s0": "accent", "s1": "face-b", "s2": "face-d", "s3": "face-a", "s4": "face-c",
    "negative": "bad", "neutral": "ink-3", "positive": "good", "unsure": "line-strong", "unread": "line",
}  # fmt: skip
DASHES = {"s1": "9 4", "s2": "3 4", "s3": "12 4 3 4", "s4": "6 3"}
"""As `components/series.css` has them."""


@dataclass(frozen=True, slots=True)
class Paint:
    """Colours "#rrggbb" by the names of the style sheet."""

    tokens: dict[str, str]

    def __getitem__(self, name: str) -> str:
        return self.tokens[name]

    def look(self, name: str) -> str:
        """The colour of a row of numbers."""
        return self.tokens[OF_LOOKS[name]]


def paint(own: str, *, dark: bool = False) -> Paint:
    """The colours on light or on dark ground; `own` is the organisation's accent, "" for that of the house."""
    tokens = accent.tokens()[dark]
    if not own:
        return Paint(tokens)
    shades = accent.shades(own)[dark]
    return Paint(tokens | {"accent": shades.accent, "accent-ink": shades.ink, "accent-soft": shades.soft})
