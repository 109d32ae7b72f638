"""Who hears which fact: the register of subscribers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.utils.module_loading import autodiscover_modules

from colonnade.core.events.kinds import Event, kind_of

F = TypeVar("F", bound=Callable[[Any], None])


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A function that reacts to some kinds of facts, under the name that its cursor carries."""

    name: str
    function: Callable[[Any], None]
    kinds: tuple[str, ...]
    from_start: bool
    together: bool = False


_subscribers: dict[str, Subscriber] = {}
_discovered = False


def subscriber(*events: type[Event], from_start: bool = True, together: bool = False) -> Callable[[F], F]:
    """Call the function with every fact of the given kinds, in order per subject, at least once.

    `def on_posts_received(event: PostsReceived) -> None` in a room's `subscribers.py`; its module and name are the name
    of its cursor. It runs in the transaction that moves the cursor, and the actions that it calls join it. It is safe
    to run twice. `from_start=False` lets a subscriber that is new on a running server begin with the present.
    `together=True` gives it all that is waiting at once, as a list in order (one fact as a list of one), where a
    statement for many costs little more than for one.
    """

    def register(function: F) -> F:
        name = f"{function.__module__}.{function.__qualname__}"
        if not events:
            raise TypeError(f"{name} subscribes to nothing: name the events in @subscriber(…).")
        names = tuple(kind_of(event) for event in events)
        _subscribers[name] = Subscriber(name, function, names, from_start, together)
        return function

    return register


def unsubscribe(name: str) -> None:
    """Forget a subscriber. For tests that bring their own."""
    _subscribers.pop(name, None)


def subscribers() -> dict[str, Subscriber]:
    """Every subscriber by its name, those of all installed rooms included."""
    global _discovered
    if not _discovered:
        autodiscover_modules("subscribers")
        _discovered = True
    return _subscribers
