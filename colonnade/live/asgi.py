"""`application`: push and pages on one port. It needs the protocol of `live.wire`; `live.server` starts it so."""

from __future__ import annotations

from colonnade.live import pages
from colonnade.live.app import Live

application = Live(pages=pages.load())
