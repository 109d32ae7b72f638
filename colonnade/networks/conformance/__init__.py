"""What every connector must keep to, whatever it connects to: run against it, it answers with the promises broken.

Needs no test framework, so that somebody who writes a connector elsewhere can run it too. Each problem is a
sentence; an empty list means that the connector passes. A connector under test talks to a real server (on loopback),
since the promises are about what happens over there.
"""

from colonnade.networks.conformance.garbage import GARBAGE
from colonnade.networks.conformance.suite import check

__all__ = ["GARBAGE", "check"]
