"""Facts that this room announces."""

from __future__ import annotations

from colonnade.core.events import Event


class AlertRaised(Event):
    """A watch catches unusually much. Told once for an episode, and `again` when it becomes clearly louder; `step` (of five
    minutes since 1970) is the one in which it was heard."""

    alert: int
    watch: int
    step: int
    again: bool = False


class AlertOver(Event):
    """What was unusual is over."""

    alert: int
    watch: int


class FindingWritten(Event):
    """Somebody wrote a sentence about something unusual."""

    finding: int
    watch: int


class RunBegan(Event):
    """Somebody began to walk through a scenario, in earnest or as a drill."""

    run: int
    scenario: int
    drill: bool


class RunEnded(Event):
    """A scenario was walked through."""

    run: int
    scenario: int


class HandoverWritten(Event):
    """One shift leaves the next a note."""

    handover: int
