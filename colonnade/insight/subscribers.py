"""Reactions to facts from below."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import cast

from colonnade.conversations.events import PostDeleted, PostsReceived
from colonnade.core.events import subscriber
from colonnade.insight import actions, work
from colonnade.insight.events import AlertRaised
from colonnade.listening.events import MentionsChanged, MentionsFound, WatchAdded, WatchChanged


@subscriber(MentionsFound, MentionsChanged, PostDeleted, together=True)
def keep_count(facts: Sequence[MentionsFound | MentionsChanged | PostDeleted]) -> None:
    """What watches catch is counted, and counted anew where it changes."""
    for kind, some in groupby(facts, type):
        if kind is MentionsFound:
            actions.count_found(_by_watch(cast("Iterator[MentionsFound]", some)))
            continue
        for fact in some:
            match fact:
                case MentionsChanged():
                    actions.count_anew(fact.posts, fact.watches)
                case PostDeleted():
                    actions.count_anew([fact.post])


@subscriber(MentionsFound, together=True)
def feel_pulse(facts: Sequence[MentionsFound]) -> None:
    """What a watch catches may be unusually much; what is played in a drill alarms those who practise."""
    for watch in sorted({fact.watch for fact in facts if fact.drill}):
        actions.alarm_in_drills(watch)
    work.hear(_by_watch(fact for fact in facts if not fact.drill))


def _by_watch(facts: Iterable[MentionsFound]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for fact in facts:
        found.setdefault(fact.watch, []).extend(fact.posts)
    return found


@subscriber(WatchAdded)
def on_watch_added(event: WatchAdded) -> None:
    """What a new watch hears is judged by what it would have heard."""
    work.queue_learning(event.watch)


@subscriber(WatchChanged)
def on_watch_changed(event: WatchChanged) -> None:
    """A pause is no silence."""
    actions.attune(event.watch)


@subscriber(AlertRaised)
def on_alert_raised(event: AlertRaised) -> None:
    """What is different is looked for."""
    work.queue_difference(event.alert)


@subscriber(PostsReceived, together=True)
def on_posts_received(facts: Sequence[PostsReceived]) -> None:
    """All that arrives is counted for what rises."""
    work.count([post for fact in facts for post in fact.posts])
