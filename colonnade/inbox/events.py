"""Facts that this room announces. Where they hint, they hint at the audience of staff notes: cases are staff's."""

from __future__ import annotations

from colonnade.core.events import Event


class CaseOpened(Event):
    """Something needs an answer."""

    case: int
    conversation: int
    place: int


class CaseAssigned(Event):
    """Somebody has a case now, or nobody any more (`to` None); `by` None is the machine."""

    case: int
    to: int | None
    by: int | None
    version: int


class CaseTurned(Event):
    """A case is in another state."""

    case: int
    state: str
    version: int


class CaseChanged(Event):
    """Priority, tags or history of a case changed; owner and state did not."""

    case: int
    version: int


class CaseAnswered(Event):
    """Somebody answered: with a post here, or with a dispatch that is on its way."""

    case: int
    by: int
    post: int | None
    dispatch: int | None


class WritingBegan(Event):
    """Somebody of the desk began to write in a case; that they go on is not told again."""

    case: int
    person: int
