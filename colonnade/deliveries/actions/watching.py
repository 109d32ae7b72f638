"""The watchdog: shouts when something is due and nobody tried."""

from __future__ import annotations

from colonnade.core.db import action
from colonnade.deliveries import queries
from colonnade.deliveries.actions.turning import tell
from colonnade.deliveries.events import DeliveryOverdue
from colonnade.deliveries.models import Delivery
from colonnade.deliveries.types import PATIENCE, Patience
from colonnade.primitives import clock


@action
def shout(patience: Patience = PATIENCE, limit: int = 100) -> list[Delivery]:
    """Announce every delivery that has become overdue, once each until it has moved."""
    unheard = queries.overdue(patience).filter(overdue_at__isnull=True)
    rows = list(
        unheard.select_related("dispatch__scope").select_for_update(skip_locked=True, of=("self",))[:limit]
    )
    for row in rows:
        row.overdue_at = clock.now()
        row.save(update_fields=["overdue_at"])
        tell(DeliveryOverdue(delivery=row.pk, dispatch=row.dispatch_id), row)
    return rows
