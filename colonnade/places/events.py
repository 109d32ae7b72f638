"""Facts that this room announces."""

from __future__ import annotations

from colonnade.core.events import Event


class PlaceAdded(Event):
    """A space, account or source is new."""

    place: int
    kind: str


class PlaceHealthChanged(Event):
    """An account or source works again, or no longer."""

    place: int
    health: str


class AudienceChanged(Event):
    """Who may read a place is different now: every scope in it was narrowed or widened with it."""

    place: int


class MembershipChanged(Event):
    """Somebody's membership of a place is in another state."""

    place: int
    person: int
    state: str


class AimSet(Event):
    """An aim is new, or says something else."""

    aim: int


class AimDropped(Event):
    """An aim was taken away."""

    aim: int


class SpaceChanged(Event):
    """A space says something else of itself (name, purpose, who may join), was archived, or is open again."""

    place: int
