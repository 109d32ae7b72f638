"""Plain values of places."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AudienceWords:
    """Who will see it, in words: `text` ("Everyone on the web", "3 people in Partners"); `public` when anyone may."""

    text: str
    public: bool
