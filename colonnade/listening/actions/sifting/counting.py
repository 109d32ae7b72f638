"""How much streamed by, minute by minute."""

from __future__ import annotations

from django.db import connection

from colonnade.core.db import action
from colonnade.listening.models import Sifted
from colonnade.places.models import Place
from colonnade.primitives import clock

DAYS_KEPT = 90
MINUTE_MS = 60_000


@action
def count_sifted(place: Place, *, seen: int, kept: int) -> None:
    """Add to what streamed by in this minute."""
    if not seen:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO listening_sifted (place_id, minute, seen, kept) VALUES (%s, %s, %s, %s) "
            "ON CONFLICT (place_id, minute) DO UPDATE SET "
            "seen = listening_sifted.seen + excluded.seen, kept = listening_sifted.kept + excluded.kept",
            [place.pk, clock.now_ms() // MINUTE_MS, seen, kept],
        )


@action
def forget_sifted() -> None:
    """Drop the counts of minutes that are older than three months."""
    oldest = clock.now_ms() // MINUTE_MS - DAYS_KEPT * 24 * 60
    Sifted.objects.filter(minute__lt=oldest).delete()
