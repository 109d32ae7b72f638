"""Faults of the connection, told in the words of the contract."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import httpcore

from colonnade.networks.base import NetworkError, Refused, Uncertain, Unreachable
from colonnade.networks.http.urls import Url
from colonnade.networks.http.wire import Spent

_NUMBER = re.compile(r"\[Errno -?\d+\] ")


@contextmanager
def in_our_words(at: Url, now: Spent) -> Iterator[None]:
    """httpcore's errors told in the words of the contract: what matters is whether anything was sent."""
    try:
        yield
    except NetworkError:
        raise
    except httpcore.LocalProtocolError as error:
        raise Refused(f"That cannot be sent to {at.host}: {error}") from error
    except (httpcore.ConnectError, httpcore.ConnectTimeout, httpcore.PoolTimeout) as error:
        raise Unreachable(f"{at.host} cannot be reached: {_reason(error)}") from error
    except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, OSError) as error:
        kind = Uncertain if now.sent else Unreachable
        raise kind(f"The connection to {at.host} broke: {_reason(error)}") from error


def _reason(error: Exception) -> str:
    """What the system says, without its number: people read it beside the name of a source."""
    return _NUMBER.sub("", str(error)) or type(error).__name__
