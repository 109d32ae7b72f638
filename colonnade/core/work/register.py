"""What can be queued: functions registered by their dotted name, and those that come round by themselves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any, ParamSpec, TypeVar

from django.utils.module_loading import autodiscover_modules

P = ParamSpec("P")
R = TypeVar("R")

DEFAULT_LEASE_S = 60
DEFAULT_TRIES = 5
STREAMS = "streams"
"""The queue of work that lasts as long as its worker; each piece gets a thread of its own there."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A registered function: how long one run of it may take, how often it is tried, which queue it stands in."""

    name: str
    function: Callable[..., Any]
    lease_s: float
    tries: int
    queue: str


class UnknownWork(LookupError):
    """A queued name that this release does not know."""


_entries: dict[str, Entry] = {}
_rounds: dict[str, tuple[str, int]] = {}
_discovered = False


def name_of(function: Callable[..., Any]) -> str:
    """The dotted name under which a module-level function is queued."""
    return f"{function.__module__}.{function.__qualname__}"


def work(
    *, lease_s: float = DEFAULT_LEASE_S, tries: int = DEFAULT_TRIES, queue: str = "default"
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Register a module-level function as work; its arguments are ids and small plain values.

    `lease_s`: after so many seconds without a sign another worker takes it again, so it is safe to run twice.
    `tries`: how often it may fail, or die, before it is kept as failed.
    """

    def register(function: Callable[P, R]) -> Callable[P, R]:
        if "<locals>" in function.__qualname__:
            raise TypeError(f"{name_of(function)} cannot be work: define it at the level of its module.")
        name = name_of(function)
        _entries[name] = Entry(name, function, lease_s, tries, queue)
        return function

    return register


def every(seconds: int) -> Callable[[Callable[[], R]], Callable[[], R]]:
    """Queue the function every so many seconds; stands above `@work` and takes no arguments."""

    def register(function: Callable[[], R]) -> Callable[[], R]:
        name = name_of(function)
        if name not in _entries:
            raise TypeError(f"{name} is not work: put @every above @work.")
        _rounds[name] = (name, seconds)
        return function

    return register


def rounds() -> dict[str, tuple[str, int]]:
    """Schedules that code declares: name -> (function, seconds)."""
    discover()
    return dict(_rounds)


def discover() -> None:
    """Import the `work` module of every installed room, and the core's own chores, once."""
    global _discovered
    if not _discovered:
        import_module("colonnade.core.chores")
        autodiscover_modules("work")
        _discovered = True


def entry_of(function: Callable[..., Any]) -> Entry:
    """The entry of a registered function; TypeError with the way out for any other."""
    try:
        return _entries[name_of(function)]
    except KeyError:
        raise TypeError(f"{name_of(function)} is not work: put @work() on it.") from None


def find(name: str) -> Entry:
    """The entry of a dotted name, its module imported if need be; `UnknownWork` when there is none."""
    if name not in _entries:
        module, _, _ = name.rpartition(".")
        try:
            import_module(module)
        except ImportError as error:
            raise UnknownWork(f"{name} cannot be imported: {error}") from error
    if name not in _entries:
        raise UnknownWork(f"{name} is not registered as work in this release.")
    return _entries[name]
