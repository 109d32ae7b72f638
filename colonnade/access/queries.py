"""Every read of access that others use."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, datetime

from django.db import connection

from colonnade.access import rules
from colonnade.access.models import Audience, Principal, Tier
from colonnade.access.types import ANONYMOUS, CRAWLER, NOBODY, OPEN_NETWORKS, Terms, Viewer
from colonnade.primitives import clock

# Both are asked by every page and every call, and ever the same: written out, they cost a tenth of what composing them
# does.
_HOLDINGS = """
    SELECT h.principal_id, p.epoch, h.until FROM access_holding h JOIN access_principal p ON p.id = h.holder_id
    WHERE h.holder_id = %s AND p.active AND (h.until IS NULL OR h.until > %s)
"""
_ADMITTING = "SELECT audience_id FROM access_term WHERE principal_id IN ({held}) AND within_id IN ({held})"


def holdings_of(principal: int) -> list[tuple[int, int, datetime | None]]:
    """What a principal holds at this moment: nothing, once it is no longer active. Triples of the principal held, the
    holder's epoch, and the moment at which this ends, if it does."""
    now = connection.ops.adapt_datetimefield_value(clock.now())
    with connection.cursor() as cursor:
        cursor.execute(_HOLDINGS, [principal, now])
        # SQLite gives back times without their zone, which is UTC.
        return [
            (held, epoch, until and until.replace(tzinfo=UTC)) for held, epoch, until in cursor.fetchall()
        ]


def audiences_admitting(holds: Iterable[int]) -> frozenset[int]:
    """Ids of all audiences that let in whoever holds these principals (SEEN; 1 to some hundred)."""
    held = list(holds)
    if not held:
        return frozenset()
    with connection.cursor() as cursor:
        cursor.execute(_ADMITTING.format(held=", ".join(["%s"] * len(held))), [*held, *held])
        return frozenset(audience for (audience,) in cursor.fetchall())


def viewer(
    principal: int, *, ceiling: Iterable[int] | None = None, only: Collection[int] | None = None
) -> Viewer:
    """The viewer that this principal is now, holding `only` what is named, if so. One that is unknown or suspended sees
    nothing at all."""
    rows = [row for row in holdings_of(principal) if only is None or row[0] in only]
    if not rows:
        return Viewer(principal=NOBODY)
    holds = frozenset(held for held, _, _ in rows)
    return Viewer(
        principal=principal,
        holds=holds,
        audiences=audiences_admitting(holds),
        ceiling=None if ceiling is None else frozenset(ceiling),
        epoch=rows[0][1],
        until=min((until for _, _, until in rows if until is not None), default=None),
    )


def anonymous() -> Viewer:
    """Whoever is not signed in."""
    return viewer(ANONYMOUS)


def crawler() -> Viewer:
    """A search engine: it holds only what is open to crawlers."""
    return viewer(CRAWLER)


def open_networks() -> Viewer:
    """Other servers of open networks."""
    return viewer(OPEN_NETWORKS)


def terms_of(audience: Audience) -> Terms:
    """The terms of an audience, from its key."""
    return rules.terms_of(audience.key)


def terms_by_id(audiences: Iterable[int]) -> dict[int, Terms]:
    """The terms of several audiences, by id."""
    rows = Audience.objects.filter(pk__in=list(audiences)).values_list("pk", "key")
    return {pk: rules.terms_of(key) for pk, key in rows}


def open_tiers(viewer: Viewer) -> set[str]:
    """The tiers, beside the restricted one, of the audiences that admit the viewer."""
    rows = Audience.objects.filter(pk__in=viewer.audiences).exclude(tier=Tier.RESTRICTED)
    return set(rows.values_list("tier", flat=True))


def epochs(principals: Iterable[int]) -> dict[int, int]:
    """The present epoch of each principal that is still active."""
    return dict(Principal.objects.filter(pk__in=list(principals), active=True).values_list("pk", "epoch"))
