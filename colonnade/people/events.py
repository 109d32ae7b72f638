"""Facts that this room announces."""

from __future__ import annotations

from colonnade.core.events import Event


class PersonMet(Event):
    """Somebody is known by a name of their own for the first time (signed up, asked, was invited)."""

    person: int


class PersonSuspended(Event):
    """Sign-in, tokens and holdings of a person are dead."""

    person: int


class PersonRestored(Event):
    """A suspended person is active again."""

    person: int


class IdentityClaimed(Event):
    """An identity is now held to be this person's."""

    identity: int
    person: int


class ClaimReversed(Event):
    """A claim was taken back."""

    identity: int
    person: int


class RoleChanged(Event):
    """Somebody's role in the organisation is another."""

    person: int
    role: str
