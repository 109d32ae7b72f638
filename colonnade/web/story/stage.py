"""The story's clock, which all processes share: it stands in the ledger of the make-believe network."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from colonnade.networks.pretend.client import desk_in_the_house
from colonnade.networks.pretend.world import World
from colonnade.web.story.cast import WORLD
from colonnade.web.story.talk import talk

BRIDGE_S = 180.0
ENDS_S = 600.0
QUICK = 10.0


@dataclass(frozen=True, slots=True)
class Moment:
    """Where the story stands: seconds of it, how fast it goes (0: paused), and when it began (seconds since 1970)."""

    position: float
    speed: float
    began: float

    @property
    def over(self) -> bool:
        return self.position >= ENDS_S

    @property
    def clock(self) -> str:
        """Minutes and seconds, as the banner shows them."""
        seconds = int(min(max(self.position, 0.0), ENDS_S))
        return f"{seconds // 60}:{seconds % 60:02}"


def folder() -> Path:
    """Where the make-believe network is kept."""
    return Path(settings.COLONNADE_HOME) / "pretend"


def runs() -> bool:
    """Whether this house plays Port Alder. Asks no database, since every page asks it."""
    return (folder() / f"{WORLD}.jsonl").exists()


def world() -> World:
    """The make-believe network of the town."""
    return desk_in_the_house(WORLD, str(folder())).world


def now() -> Moment:
    """Where the story stands."""
    story, position, _ = world().story()
    return Moment(position, story.speed, story.began)


def pause() -> None:
    """Hold the story."""
    world().turn(speed=0.0)


def go(speed: float = 1.0) -> None:
    """Let the story go on, once or ten times as fast as life."""
    world().turn(speed=QUICK if speed > 1 else 1.0)


def to_the_bridge() -> None:
    """Jump to the moment at which the bridge closes, a breath before; later moments stay where they are."""
    if now().position < BRIDGE_S:
        world().turn(position=BRIDGE_S - 2, speed=1.0)


def next_word_in_s() -> float | None:
    """Seconds until the next word in the town's own spaces; None when the story is paused or all is said."""
    moment = now()
    coming = [one.at for one in talk() if one.at > moment.position]
    if not moment.speed or not coming:
        return None
    return (coming[0] - moment.position) / moment.speed


def close() -> None:
    """The town goes: its network is kept aside as a file, and plays no more."""
    kept = folder() / f"{WORLD}.jsonl"
    if kept.exists():
        kept.rename(kept.with_name(f"{WORLD}.ended"))
    (Path(settings.COLONNADE_HOME) / "demo_password").unlink(missing_ok=True)
