"""The channel token: which audiences a browser may be woken for, for five minutes.

It is the value of the cookie `colonnade_channels` (HttpOnly, SameSite=Lax, path /live). It names no place and no
conversation. Whoever makes a page seals one; whoever holds the streams opens it, with no look at the database.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from colonnade.core.push import sealing
from colonnade.primitives import clock

COOKIE = "colonnade_channels"
COOKIE_PATH = "/live"
LIFETIME_S = 300
_PURPOSE = "channels"
_LARGEST = 3600  # letters; a browser keeps about 4,096 bytes of a cookie with its name and attributes


class Channels(msgspec.Struct, frozen=True):
    """What a token says. `audiences` is None when there were too many for a cookie: then the database is asked.

    `expires` is in seconds since 1970. `session` is empty for somebody without one.
    """

    principal: int
    epoch: int
    audiences: frozenset[int] | None
    session: str
    expires: float


class _Sealed(msgspec.Struct, array_like=True, frozen=True):
    principal: int
    epoch: int
    steps: list[int] | None
    session: str
    expires: float


_decoder = msgspec.msgpack.Decoder(_Sealed)


def seal(
    principal: int, epoch: int, audiences: Iterable[int], session: str, *, lifetime_s: float = LIFETIME_S
) -> str:
    """A token for the viewer `principal` as it is in `epoch`; `session` tells one sign-in from another.

    Give a shorter `lifetime_s` to somebody whose membership ends before the five minutes do.
    """
    expires = clock.now_s() + min(lifetime_s, LIFETIME_S)
    sealed = _sealed(_Sealed(principal, epoch, _steps(audiences), session, expires))
    if len(sealed) > _LARGEST:
        sealed = _sealed(_Sealed(principal, epoch, None, session, expires))
    return sealed


def open_(token: str) -> Channels | None:
    """What a token says, or None if it is not ours or its time is over."""
    if not token or len(token) > 2 * _LARGEST:
        return None
    plain = sealing.unseal(_PURPOSE, token)
    if plain is None:
        return None
    try:
        read = _decoder.decode(plain)
    except msgspec.DecodeError:
        return None
    if read.expires <= clock.now_s():
        return None
    audiences = None if read.steps is None else _from_steps(read.steps)
    return Channels(read.principal, read.epoch, audiences, read.session, read.expires)


def _sealed(value: _Sealed) -> str:
    return sealing.seal(_PURPOSE, msgspec.msgpack.encode(value))


def _steps(audiences: Iterable[int]) -> list[int]:
    """Ids in order, each as the distance from the one before it: most then take one byte or two."""
    steps, before = [], 0
    for audience in sorted(set(audiences)):
        steps.append(audience - before)
        before = audience
    return steps


def _from_steps(steps: list[int]) -> frozenset[int]:
    found, at = set(), 0
    for step in steps:
        at += step
        found.add(at)
    return frozenset(found)
