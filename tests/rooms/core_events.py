"""An event and an action that announces it, for tests that start processes of their own."""

from __future__ import annotations

from colonnade.core import db, events


class Called(events.Event, frozen=True, kw_only=True):
    number: int


@db.action
def call(name: str, number: int) -> None:
    events.announce(Called(number=number), subject=name)
