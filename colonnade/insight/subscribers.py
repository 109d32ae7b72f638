"""Reactions to facts from below."""

from __future__ import annotations

from colonnade.conversations.events import PostDeleted, PostsReceived
from colonnade.core.events import subscriber
from colonnade.insight import actions, work
from colonnade.insight.events import AlertRaised
from colonnade.listening.events import MentionsChanged, MentionsFound, WatchAdded, WatchChanged


@subscriber(MentionsFound, MentionsChanged, PostDeleted)
def keep_count(event: MentionsFound | MentionsChanged | PostDeleted) -> None:
    """What watches catch is counted, and counted anew where it changes."""
    match event:
        case MentionsFound():
            actions.count_found(event.watch, event.posts)
        case MentionsChanged():
            actions.count_anew(event.posts, event.watches)
        case PostDeleted():
            actions.count_anew([event.post])


@subscriber(MentionsFound)
def feel_pulse(event: MentionsFound) -> None:
    """What a watch catches may be unusually much; what is played in a drill alarms those who practise."""
    if event.drill:
        actions.alarm_in_drills(event.watch)
    else:
        work.hear(event.watch, event.posts)


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


@subscriber(PostsReceived)
def on_posts_received(event: PostsReceived) -> None:
    """All that streams by is counted for what rises."""
    work.count(event.posts)
