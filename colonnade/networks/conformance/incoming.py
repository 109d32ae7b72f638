"""The promises about what comes in: `read` and `pull`."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

import msgspec

from colonnade.networks.base import (
    Author,
    Batch,
    Connector,
    Edit,
    Incoming,
    Item,
    NetworkError,
    Post,
    Unreadable,
)
from colonnade.networks.conformance.garbage import GARBAGE

Make = Callable[[], Connector]
_LARGEST_CURSOR = 512 * 1024
_MOST_BATCHES = 20


def reading(make: Make, payloads: Sequence[bytes]) -> Iterator[str]:
    for name, payload in GARBAGE.items():
        things, problem = _read_one(make(), payload, name)
        if problem:
            yield problem
        elif not things:
            yield f"read() says nothing at all of {name}; it must say why it is unreadable."
        elif any(isinstance(thing, Post) for thing in things):
            yield f"read() makes a post of {name}."
    for number, payload in enumerate(payloads, 1):
        name = f"payload {number}"
        things, problem = _read_one(make(), payload, name)
        if problem:
            yield problem
        elif all(isinstance(thing, Unreadable) for thing in things):
            yield f"read() finds nothing readable in {name}: {things!r:.200}"
        elif _read_one(make(), payload, name)[0] != things:
            yield f"read() says something else of {name} the second time."
        for cut in (
            payload[: len(payload) // 2],
            payload[len(payload) // 2 :],
            payload.replace(b" ", b"\xff"),
        ):
            _, problem = _read_one(make(), cut, f"{name}, damaged")
            if problem:
                yield problem


def _read_one(connector: Connector, payload: bytes, name: str) -> tuple[tuple[Any, ...], str]:
    try:
        things: Any = connector.read(payload)
    except Exception as error:
        return (), f"read() raises {type(error).__name__} for {name}."
    if not isinstance(things, tuple):
        return (), f"read() gives no tuple for {name}."
    unsound = next((why for thing in things if (why := _unsound(thing))), "")
    return things, f"read() of {name}: {unsound}" if unsound else ""


def _unsound(thing: Any) -> str:
    """Why this value should not have crossed the border, or ""."""
    if not isinstance(thing, Incoming | Unreadable):
        return f"{type(thing).__name__} is not one of the things that come in."
    try:
        msgspec.json.encode(thing)
    except (UnicodeEncodeError, TypeError, ValueError):
        return f"a {type(thing).__name__} holds what cannot be written down as UTF-8."
    if isinstance(thing, Unreadable):
        return "" if thing.reason else "an Unreadable gives no reason."
    author = getattr(thing, "author", None)
    if isinstance(author, Author) and not (author.network and author.address):
        return f"a {type(thing).__name__} has an author without network or address."
    post = thing.post if isinstance(thing, Edit) else thing
    if isinstance(post, Post):
        if not post.uri:
            return "a post has no uri."
        if post.published is not None and post.published.utcoffset() != timedelta(0):
            return "a post's time is not in UTC."
    return ""


def pulling(make: Make) -> Iterator[str]:
    first, problem = _pull_one(make(), {})
    if first is None:
        yield problem
        return
    yield from _sound_batch(first)
    cursor = _through_json(first.cursor)
    if cursor is None:
        yield "Its cursor does not survive JSON."
        return
    second, problem = _pull_one(make(), cursor)
    if second is None:
        yield problem
        return
    yield from _sound_batch(second)
    twice = set(_said(first)) & set(_said(second))
    if twice:
        yield f"pull() with its own cursor brings again: {sorted(twice)[:3]}."
    again, problem = _pull_one(make(), {})
    if again is None:
        yield problem
    elif not set(_said(first)) <= set(_said(again)):
        yield "pull() from the beginning no longer brings what it brought: it keeps state outside its cursor."


def streaming(make: Make) -> Iterator[str]:
    first, problem = _streamed(make(), {})
    if problem:
        yield problem
        return
    for batch in first:
        yield from _sound_batch(batch)
    cursor = _through_json(first[-1].cursor) if first else None
    if cursor is None:
        yield "stream() gives no batch, or one whose cursor does not survive JSON."
        return
    second, problem = _streamed(make(), cursor)
    if problem:
        yield problem
        return
    twice = _said_in(first) & _said_in(second)
    if twice:
        yield f"stream() with its own cursor brings again: {sorted(twice)[:3]}."


def _streamed(connector: Connector, cursor: Mapping[str, Any]) -> tuple[list[Batch], str]:
    """What comes up to the first batch that is empty, or up to the end of the connection."""
    batches: list[Batch] = []
    running: Any = connector.stream(cursor)
    try:
        for batch in running:
            if not isinstance(batch, Batch):
                return [], "stream() gives something that is no Batch."
            batches.append(batch)
            if not batch.items or len(batches) == _MOST_BATCHES:
                break
    except NetworkError:
        pass
    except Exception as error:
        return [], f"stream() raises {type(error).__name__}, which is no NetworkError."
    finally:
        running.close()
    return batches, ""


def _said_in(batches: list[Batch]) -> set[str]:
    return {uri for batch in batches for uri in _said(batch)}


def _pull_one(connector: Connector, cursor: Mapping[str, Any]) -> tuple[Batch | None, str]:
    try:
        batch: Any = connector.pull(cursor)
    except NetworkError as error:
        return None, f"pull() of a place in good health raises {type(error).__name__}: {error}"
    except Exception as error:
        return None, f"pull() raises {type(error).__name__}, which is no NetworkError."
    return (batch, "") if isinstance(batch, Batch) else (None, "pull() gives no Batch.")


def _sound_batch(batch: Batch) -> Iterator[str]:
    said = list(_said(batch))
    if len(said) != len(set(said)):
        yield "pull() brings the same post twice in one batch."
    if batch.again_in_s is not None and not (math.isfinite(batch.again_in_s) and batch.again_in_s > 0):
        yield f"pull() wants to be called again in {batch.again_in_s} seconds."
    item: Any  # a connector made elsewhere may not be typed
    for item in batch.items:
        if not (isinstance(item, Item) and isinstance(item.raw, bytes) and isinstance(item.read, tuple)):
            yield "pull() brings something that is no Item with raw bytes."
        elif why := next((why for thing in item.read if (why := _unsound(thing))), ""):
            yield f"pull(): {why}"


def _said(batch: Batch) -> Iterable[str]:
    return (thing.uri for item in batch.items for thing in item.read if isinstance(thing, Post))


def _through_json(cursor: Mapping[str, Any]) -> dict[str, Any] | None:
    try:
        written = json.dumps(dict(cursor), allow_nan=False)
        back: dict[str, Any] = json.loads(written)
    except (TypeError, ValueError, RecursionError):
        return None
    return back if back == dict(cursor) and len(written) <= _LARGEST_CURSOR else None
