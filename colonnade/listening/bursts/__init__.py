"""The burst engine: what is unusual in a series of counts, row by row, against the series' own past.

Plain Python with the standard library alone; it reads no clock and no database, and its memory has a bound. `Detector` takes a
moment and a count and answers with a `Reading`: how unusual (0 to 1), whether to say so (an alert), and what was usual for
that moment. It never looks ahead, and what it knows can be kept as JSON between two rows.
"""

from __future__ import annotations

from colonnade.listening.bursts.detector import Detector, Reading
from colonnade.listening.bursts.settings import Settings

__all__ = ["Detector", "Reading", "Settings"]
