"""Reactions to facts from below."""

from __future__ import annotations

from colonnade.conversations import work
from colonnade.core.events import subscriber
from colonnade.places.events import AudienceChanged


@subscriber(AudienceChanged)
def on_audience_changed(event: AudienceChanged) -> None:
    """Search hints of scopes whose tier changed are renewed; until then they are searched without."""
    work.queue_stale_hints(event.place)
