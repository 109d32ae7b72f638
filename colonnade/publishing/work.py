"""Timed work of publishing: what is due goes out."""

from __future__ import annotations

from colonnade.core.work import every, work
from colonnade.publishing import actions, queries


@work()
def send(draft: int) -> None:
    """One planned draft has come to its time."""
    actions.send(draft)


@every(20)
@work()
def send_due() -> None:
    """Whatever is due and nobody has sent, one after the other: also what came due while the server was off."""
    if queries.braked():
        return
    for draft in queries.due():
        actions.send(draft)


@every(3600)
@work()
def keep_times() -> None:
    """A plan is a time of day at a place: it stays that when the rules of its zone change."""
    for draft in queries.planned():
        actions.keep_time(draft)
