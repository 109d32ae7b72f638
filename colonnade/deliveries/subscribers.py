"""What deliveries does when others announce something."""

from __future__ import annotations

from colonnade.conversations.events import PostsReceived
from colonnade.core.events import subscriber
from colonnade.core.work import enqueue
from colonnade.deliveries import actions, queries, work
from colonnade.deliveries.events import DispatchMade
from colonnade.places.events import PlaceHealthChanged


@subscriber(PostsReceived)
def on_posts_received(event: PostsReceived) -> None:
    """Our own post came back: that confirms its delivery."""
    if event.ours:
        actions.see_again(event.place, event.ours)
    if event.again:
        actions.see_posts_again(event.place, event.again)


@subscriber(DispatchMade)
def on_dispatch_made(event: DispatchMade) -> None:
    """Wake a worker at the end of the undo window."""
    due = queries.undo_until(event.dispatch)
    if due is not None:
        enqueue(work.deliver_due, due=due, key=f"dispatch:{event.dispatch}")


@subscriber(PlaceHealthChanged)
def on_place_health_changed(event: PlaceHealthChanged) -> None:
    """An account that can be read again was connected again."""
    account = queries.account_of(event.place)
    if account is not None and event.health == "well":
        actions.resume(account)
