"""The live child of `colonnade up`, whole (pages and push on one port), with a point at which it dies.

Its arguments are the SPECIFICATION and then what the child itself is told. One point more than the program has stands
between the commit of a question and the answer to whoever asked.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

COMMITTED = "ask.committed"


def main() -> int:
    """Be that child."""
    spec = json.loads(sys.argv.pop(1))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "colonnade.config.settings")
    import django

    django.setup()
    from colonnade.cli.up import child
    from colonnade.core import points
    from colonnade.inbox.actions import asking
    from tests.faults.episode import Child, shift_clocks

    shift_clocks(spec["shift_s"])
    points.install(Child(spec).reached)
    ask = asking._ask

    def ask_and_come_to_a_point(*given: Any) -> Any:
        asked = ask(*given)
        points.reach(COMMITTED)
        return asked

    vars(asking)["_ask"] = ask_and_come_to_a_point
    return child.main()
