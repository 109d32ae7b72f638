"""Parsing in a child process that may not take more than its share of time and memory.

feedparser is patient with every feed, and some documents are made to use that patience up. The child gives the whole
document some seconds of processor time; if that is not enough, or the parser fails, it tries each entry for itself, so that one bad
entry costs no other. Run as `python -m colonnade.networks.feeds.aside`: a msgpack request on stdin, a Feed on stdout.
"""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from types import FrameType
from typing import Any

import msgspec

from colonnade.networks.feeds.parsed import Feed, NotAFeed
from colonnade.networks.feeds.salvage import alone, pieces, without_texts

WHOLE_S = 12.0
EACH_S = 0.5
ALL_S = 20.0
_PROCESSOR_S = 30
_KILL_AFTER_S = 90.0
_MOST_MEMORY = 1024 * 1024 * 1024


class Request(msgspec.Struct, frozen=True):
    """What the child is to read, and the seconds of processor time it has for it."""

    body: bytes
    headers: dict[str, str]
    whole_s: float = WHOLE_S
    each_s: float = EACH_S
    all_s: float = ALL_S


class _TooSlow(BaseException):
    """The alarm went off. No Exception, since feedparser catches those in places."""


def parse_aside(body: bytes, headers: Mapping[str, str], *, whole_s: float = WHOLE_S) -> Feed:
    """As `parse_xml`, in a child; after at most half a minute of work it answers or raises NotAFeed.

    `whole_s`: how long the child may try the document as a whole before it goes entry by entry.
    """
    request = msgspec.msgpack.encode(Request(body=body, headers=dict(headers), whole_s=whole_s))
    command = [sys.executable, "-m", "colonnade.networks.feeds.aside"]
    try:
        done = subprocess.run(
            command,
            input=request,
            capture_output=True,
            timeout=_KILL_AFTER_S,
            env=child_environment(),
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise NotAFeed("The feed takes too long to read.") from None
    try:
        return msgspec.msgpack.decode(done.stdout, type=Feed)
    except msgspec.DecodeError:
        raise NotAFeed(
            "The feed could not be read within the time and memory that a feed may take."
        ) from None


def child_environment() -> dict[str, str]:
    """Ours without our settings, which hold secrets that a parser of strangers' documents has no use for."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COLONNADE_")}
    return environment | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


def read_within_limits(request: Request, parse: Callable[[bytes, Mapping[str, str]], Feed]) -> Feed:
    """The whole document if it can be read in time, else what can be had entry by entry. In the main thread only."""
    until = _used_s() + request.all_s
    try:
        return _within(request.whole_s, parse, request.body, request.headers)
    except (Exception, _TooSlow) as error:
        problem = _reason(error)
    head, entries = pieces(request.body)
    try:
        feed = _within(request.each_s, parse, head, request.headers)
    except (Exception, _TooSlow):
        feed, head = Feed(parser="feedparser"), without_texts(head)
    found, lost = list(feed.entries), 0
    for number, entry in enumerate(entries):
        if _used_s() > until:
            lost += len(entries) - number
            break
        try:
            found += _within(request.each_s, parse, alone(head, entry), request.headers).entries
        except (Exception, _TooSlow):
            lost += 1
    problems = (f"{problem} Read entry by entry, {lost} of {len(entries)} entries were left out.",)
    return msgspec.structs.replace(feed, entries=tuple(found), problems=problems, sound=False)


def _used_s() -> float:
    """Seconds of processor time: on a busy machine a feed is not to lose entries to its neighbours."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _within(
    seconds: float, parse: Callable[[bytes, Mapping[str, str]], Feed], body: bytes, headers: Any
) -> Feed:
    def ring(_signal: int, _frame: FrameType | None) -> None:
        raise _TooSlow

    signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        return parse(body, headers)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _reason(error: BaseException) -> str:
    if isinstance(error, _TooSlow):
        return "The feed takes too long to read as a whole."
    return f"The parser gave up on the feed as a whole ({type(error).__name__})."


def main() -> None:
    """Read one request from stdin, write its Feed to stdout."""
    from colonnade.networks.feeds.by_feedparser import parse_xml

    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_PROCESSOR_S, _PROCESSOR_S + 1))
    request = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Request)
    sys.stdout.buffer.write(msgspec.msgpack.encode(read_within_limits(request, parse_xml)))


if __name__ == "__main__":
    main()
