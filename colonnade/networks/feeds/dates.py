"""Times in feeds: from whatever was written to an aware UTC time, or None where it makes no sense."""

from __future__ import annotations

import calendar
import re
from datetime import UTC, datetime
from typing import Any

_EARLIEST_YEAR = 1900
_LONGEST = 64
_SECONDS = re.compile(r"\d{9,10}(\.\d{1,6})?")


def from_parts(parts: Any) -> datetime | None:
    """From the nine numbers of `time.struct_time` in UTC, as feedparser gives them."""
    try:
        return sensible(datetime.fromtimestamp(calendar.timegm(parts), UTC))
    except (TypeError, ValueError, OverflowError, OSError):
        return None


def from_rfc3339(text: str) -> datetime | None:
    """From RFC 3339 as JSON Feed asks for it (a missing zone means UTC); seconds since 1970 are understood as well."""
    text = text.strip()
    if len(text) > _LONGEST:
        return None
    try:
        if _SECONDS.fullmatch(text):
            return sensible(datetime.fromtimestamp(float(text), UTC))
        moment = datetime.fromisoformat(text)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return sensible(moment)


def sensible(moment: datetime) -> datetime | None:
    """The moment in whole seconds, unless it lies before there was anything to publish on or after the year 9998."""
    return moment.replace(microsecond=0) if _EARLIEST_YEAR <= moment.year < 9999 else None
