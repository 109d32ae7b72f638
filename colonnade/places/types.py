"""Plain values of places."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AudienceWords:
    """Who will see it, in words: `text` ("Everyone on the web", "3 people in Partners"); `public` when anyone may."""

    text: str
    public: bool


@dataclass(frozen=True, slots=True)
class Push:
    """A hub's way to us (WebSub): who pushes what, to which address of ours, signed with which secret."""

    place: int
    hub: str
    topic: str
    callback: str
    secret: str
    wanted: bool


@dataclass(frozen=True, slots=True)
class Consequence:
    """What another audience would do to a space. `newly` and `lost` are people with an account here, `names` some of
    those who lose it; `widens` where anybody could read it who could not before, `opens` where that is the whole web."""

    widens: bool
    opens: bool
    newly: int
    lost: int
    names: tuple[str, ...]
    oneself: bool
