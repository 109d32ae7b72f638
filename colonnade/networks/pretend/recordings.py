"""Recorded conversations as scripts, so that the make-believe network can play them again at any speed."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import datetime

from colonnade.networks.pretend.script import Step, UnreadableScript

_WRITTEN = "%a %b %d %H:%M:%S %z %Y"


def read_threads(lines: Iterable[str]) -> tuple[Step, ...]:
    """The steps of a CSV with the columns tweet_id, author_id, inbound, created_at, in_response_to, responses, text.

    Each post comes as many seconds into the story as it came after the first; ids, authors and reply links stay. A
    reply to a post that the recording lacks begins a thread. Raises UnreadableScript.
    """
    rows = list(csv.DictReader(lines))
    known = {row.get("tweet_id") for row in rows}
    try:
        times = [datetime.strptime(row["created_at"], _WRITTEN).timestamp() for row in rows]
        first = min(times, default=0.0)
        steps = [
            Step(
                at=time - first,
                by=row["author_id"],
                id=f"t{row['tweet_id']}",
                text=row["text"],
                reply_to=f"t{answered}" if (answered := row["in_response_to"]) in known else "",
            )
            for time, row in zip(times, rows, strict=True)
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise UnreadableScript(f"This is no recording of threads: {error}") from None
    return tuple(sorted(steps, key=lambda step: step.at))
