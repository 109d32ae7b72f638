"""`bin/bench NAME [options]`: run one benchmark and print its JSON."""

from __future__ import annotations

import sys
from importlib import import_module

NAMES = (
    "intake",
    "visible",
    "pages",
    "push",
    "two_browsers",
    "start",
    "kills",
    "paint",
    "forecast",
    "mood",
    "match",
    "bursts",
    "listen",
    "search",
    "alert",
)


def main() -> int:
    if len(sys.argv) < 2 or sys.argv[1] not in NAMES:
        print(f"usage: bin/bench {{{','.join(NAMES)}}} [options]", file=sys.stderr)
        return 2
    code: int = import_module(f"bench.{sys.argv[1]}").main(sys.argv[2:])
    return code


if __name__ == "__main__":
    sys.exit(main())
