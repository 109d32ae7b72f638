"""What bears a name that matches some words, each by its own visible query: spaces and sources, people, cases."""

from __future__ import annotations

from dataclasses import dataclass, field

from colonnade.access.types import Viewer
from colonnade.conversations import queries as conversations
from colonnade.inbox import queries as inbox
from colonnade.inbox.types import CaseLine
from colonnade.people import queries as people
from colonnade.people.models import Identity
from colonnade.places import queries as places
from colonnade.places.models import Place

MOST_OF_A_KIND = 5


@dataclass(frozen=True, slots=True)
class Named:
    """What was found by its name."""

    places: list[Place] = field(default_factory=list)
    people: list[Identity] = field(default_factory=list)
    cases: list[CaseLine] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.places or self.people or self.cases)


def named(viewer: Viewer, words: str) -> Named:
    """The first few of each kind; nothing for no words."""
    words = " ".join(words.replace('"', " ").split())
    if not words:
        return Named()
    return Named(
        places=list(places.first_places(viewer, words)[:MOST_OF_A_KIND]),
        people=who_is_called(viewer, words)[:MOST_OF_A_KIND],
        cases=inbox.cases_called(viewer, words, limit=MOST_OF_A_KIND),
    )


def who_is_called(viewer: Viewer, words: str) -> list[Identity]:
    """Identities with such a name of whom the viewer may see anything said."""
    called = people.called(words)
    if not called:
        return []
    return sorted(
        conversations.identities_for(viewer).filter(pk__in=called), key=lambda one: (one.name, one.pk)
    )
