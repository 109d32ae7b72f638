"""The make-believe network, living by a clock that a test moves: seconds ahead of the real one stand in a file.

Run as `python -m tests.faults.town_clock FILE` and then what the server itself is told.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from colonnade.networks.pretend.server import serve
from colonnade.primitives import clock


def main() -> None:
    """Serve until the parent ends."""
    ahead = Path(sys.argv[1])

    def now() -> float:
        return time.time() + float(ahead.read_text() or 0)

    clock._wall = now
    serve(sys.argv[2:])


if __name__ == "__main__":
    main()
