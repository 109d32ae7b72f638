"""What is valid and what follows: pure functions over plain values and rows already read."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from math import inf

import msgspec
from django.core.exceptions import PermissionDenied

from colonnade.access import rules as access
from colonnade.access.models import Tier
from colonnade.access.types import Terms
from colonnade.deliveries.models import TargetKind
from colonnade.deliveries.types import Moment, Past, Patience, Step
from colonnade.networks.base import (
    Capabilities,
    NetworkError,
    Outgoing,
    Refused,
    SignInNeeded,
    TryLater,
    Unreachable,
)
from colonnade.people.models import Person
from colonnade.people.rules import is_staff
from colonnade.primitives import clock
from colonnade.primitives.text import normalise

SHARE_OF_KEY_LIFE = 50 / 60
CLOCKS_MAY_DIFFER = timedelta(minutes=10)
SETTLED = ("sent", "confirmed", "failed", "recalled")


class Unfit(ValueError):
    """What was to be said cannot go there as it is. `str(error)` is a sentence that may be shown to a person."""


class TooLate(Exception):
    """It cannot be taken back any more: it is on its way. `str(error)` may be shown to a person."""


class LostLease(Exception):
    """Another worker has this delivery now; whoever gets this lets go of it."""


# --- who may ------------------------------------------------------------------------------------------------------


def can_dispatch(person: Person) -> bool:
    """Whether somebody may send, take back and settle what goes out."""
    return is_staff(person)


def require(by: Person | None) -> None:
    """`by` None is the machine itself. Raises PermissionDenied."""
    if by is not None and not can_dispatch(by):
        raise PermissionDenied("Only people of staff send and settle what goes out.")


# --- what may go out ----------------------------------------------------------------------------------------------


def why_unfit(outgoing: Outgoing, can: Capabilities) -> str:
    """Why a network cannot take this, in a sentence, or "" if it can."""
    if not can.can_write:
        return "Nothing can be written there."
    if not (outgoing.text.strip() or outgoing.html.strip() or outgoing.media):
        return "There is nothing in it."
    if can.max_text and len(outgoing.text) > can.max_text:
        return f"It has {len(outgoing.text)} characters, and at most {can.max_text} fit there."
    if can.max_media and len(outgoing.media) > can.max_media:
        return f"It has {len(outgoing.media)} files, and at most {can.max_media} fit there."
    if outgoing.reply_to and not can.can_reply:
        return "One cannot answer a single post there."
    return ""


def may_leave(said_to: Terms, read_by: Terms, kind: str, outgoing: Outgoing) -> bool:
    """Whether what was said to one audience may stand where another one reads.

    A letter or a direct message goes to whoever it names. On a timeline everybody reads who reads the account.
    """
    if kind == TargetKind.MAIL or outgoing.to:
        return True
    return access.tier_of(said_to) == Tier.EVERYONE or access.is_within(read_by, said_to)


def content_of(outgoing: Outgoing) -> Mapping[str, object]:
    """The outgoing as it is stored: plain JSON values."""
    stored: Mapping[str, object] = msgspec.to_builtins(outgoing)
    return stored


def outgoing_of(content: Mapping[str, object], address: str = "") -> Outgoing:
    """The outgoing that was stored, addressed to `address` if the target has one."""
    outgoing = msgspec.convert(content, Outgoing)
    return msgspec.structs.replace(outgoing, to=address) if address else outgoing


def at_moment(outgoing: Outgoing, sent_at: datetime) -> Outgoing:
    """The same, with the moment at which it was first sent."""
    return msgspec.structs.replace(outgoing, sent_at=sent_at)


def hash_of(outgoing: Outgoing) -> str:
    """SHA-256 of everything that is said, in hex."""
    return hashlib.sha256(msgspec.json.encode(outgoing, order="sorted")).hexdigest()


def key_of(delivery: int) -> str:
    """The key that stands for a delivery at the network: the same for ever, and it tells nothing about us."""
    return hashlib.blake2b(str(delivery).encode(), digest_size=16, person=b"delivery").hexdigest()


# --- when to try again --------------------------------------------------------------------------------------------


def wait_s(tries: int, patience: Patience, chance: float) -> float:
    """Seconds until the next try, after `tries` in vain; `chance` (0 to 1) spreads those that failed together.

    The fourth power is Mastodon's: quick at first, half a day apart in the end, about two days in all.
    """
    longest = min(patience.first_wait_s + float(tries) ** 4, patience.longest_wait_s)
    return longest * (0.8 + 0.4 * chance)


def look_again_s(looks: int, patience: Patience, chance: float) -> float:
    """Seconds until an uncertain delivery is looked at again, after so many looks."""
    steps = patience.look_again_s
    return steps[min(looks, len(steps) - 1)] * (0.9 + 0.2 * chance)


def gives_up(tries: int, patience: Patience) -> bool:
    """Whether it has been tried so often that a person must say what to do."""
    return tries >= patience.tries


def later(now: datetime, seconds: float) -> datetime:
    """`now` and so many seconds, held within what a date can be."""
    return now + timedelta(seconds=min(max(seconds, 0.0), 366 * 86_400.0))


# --- leases and moments -------------------------------------------------------------------------------------------


def at_least_s(since: Moment, now: Moment) -> float:
    """How many seconds have surely gone by. On one machine its own count says it, whatever was done to its clock."""
    if since.machine == now.machine:
        return max(0.0, now.ticks - since.ticks)
    return max(0.0, (now.wall - since.wall).total_seconds())


def at_most_s(since: Moment, now: Moment) -> float:
    """How many seconds may have gone by: the count stands still while a machine sleeps, the wall can be set back."""
    wall = (now.wall - since.wall).total_seconds()
    if since.machine == now.machine:
        return max(wall, now.ticks - since.ticks)
    return wall if wall >= 0 else inf


# --- how what is uncertain is settled -----------------------------------------------------------------------------


def next_step(can: Capabilities, past: Past, now: Moment) -> Step:
    """What to do about a delivery whose end nobody knows, by the delivery class of its network.

    A: we chose the id, say it again. B: say it again while the key surely lives, else look. C and D: look. E: one
    repeat with the same Message-ID. Once a repeat was refused or called a duplicate, look. Who cannot look, asks.
    """
    look: Step = "find" if can.can_find else "ask"
    if past.answered_no:
        return look
    match can.delivery_class:
        case "A":
            return "repeat"
        case "B":
            oldest = past.open_writes[0] if past.open_writes else None
            alive = oldest is not None and at_most_s(oldest, now) < can.key_life_s * SHARE_OF_KEY_LIFE
            return "repeat" if alive else look
        case "C" | "D":
            return look
        case "E":
            return "repeat" if len(past.open_writes) < 2 else "ask"


def is_quiet(past: Past, now: Moment, patience: Patience) -> bool:
    """Whether "it is not there" counts: the network is surely done with whatever we sent it."""
    return quiet_in_s(past, now, patience) <= 0


def quiet_in_s(past: Past, now: Moment, patience: Patience) -> float:
    """Seconds until `is_quiet`."""
    return max((patience.quiet_s - at_least_s(write, now) for write in past.open_writes), default=0.0)


def looks_allowed(error: BaseException, patience: Patience) -> int:
    """How often to look before a person is asked, when a look ended with this error.

    A network that has no answer is not asked again; one that could not be asked just now, for about three days.
    """
    if isinstance(error, Unreachable | TryLater | SignInNeeded):
        return patience.tries
    return 1 if type(error) in (NetworkError, Refused) else len(patience.look_again_s)


def may_be_ours(accepted: datetime | None, first_tried: datetime) -> bool:
    """Whether a post taken at that moment can be the one that we first tried to send at the other."""
    return accepted is None or accepted >= first_tried - CLOCKS_MAY_DIFFER


def is_overdue(due_at: datetime | None, patience: Patience) -> bool:
    """Whether it should have been tried long ago."""
    return due_at is not None and due_at < clock.now() - timedelta(seconds=patience.overdue_s)


# --- words --------------------------------------------------------------------------------------------------------


def sentence(error: BaseException) -> str:
    """What went wrong, for people of staff, in at most 500 characters."""
    return (normalise(str(error)).strip() or type(error).__name__)[:500]
