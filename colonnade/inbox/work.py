"""Timed work of the inbox."""

from __future__ import annotations

from colonnade.core.work import every, work
from colonnade.inbox import actions


@every(3600)
@work()
def forget_looks() -> None:
    """Nobody needs to know for long who looked at which case."""
    actions.forget_looks()
