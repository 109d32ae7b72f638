"""Keeping what somebody listens for out of a stream, and dropping the rest: a firehose is not a table."""

from __future__ import annotations

from colonnade.listening.actions.sifting.choosing import UNREADABLE_A_MINUTE
from colonnade.listening.actions.sifting.counting import count_sifted, forget_sifted
from colonnade.listening.actions.sifting.sharing import (
    SHARED,
    AlreadyTaken,
    Parcel,
    SharedSieve,
    share_out,
    take_shared,
)
from colonnade.listening.actions.sifting.sieve import LASTS_S, NOTED_EVERY_S, Sieve

__all__ = [
    "LASTS_S",
    "NOTED_EVERY_S",
    "SHARED",
    "UNREADABLE_A_MINUTE",
    "AlreadyTaken",
    "Parcel",
    "SharedSieve",
    "Sieve",
    "count_sifted",
    "forget_sifted",
    "share_out",
    "take_shared",
]
