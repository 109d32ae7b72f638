"""What numbers mean. Pure functions."""

from __future__ import annotations

from colonnade.primitives import ids

# --- hours --------------------------------------------------------------------------------------------------------

HOUR_MS = 3_600_000
IDS_IN_AN_HOUR = ids.first_of(HOUR_MS)


def hour_of(post: int) -> int:
    """The hour in which a post was published: whole hours since 1970, of UTC."""
    return post // IDS_IN_AN_HOUR


def ids_of_hour(hour: int) -> tuple[int, int]:
    """The first id of an hour, and the first one after it."""
    return hour * IDS_IN_AN_HOUR, (hour + 1) * IDS_IN_AN_HOUR
