"""Places elsewhere: what we hold there, when they are read next, and how others push to us."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet
from django.utils.crypto import salted_hmac

from colonnade.access.types import Viewer
from colonnade.networks import registry
from colonnade.networks.base import Connector
from colonnade.networks.http import Client
from colonnade.places.models import Account, Place, PlaceKind, Polling, Source
from colonnade.places.queries.seeing import places_for
from colonnade.places.types import Push


def our_faces(identities: Iterable[int]) -> frozenset[int]:
    """Which of these identities are those of our own accounts."""
    rows = Account.objects.filter(identity__in=set(identities))
    return frozenset(rows.values_list("identity_id", flat=True))


def known_addresses(viewer: Viewer, connector: str, addresses: Iterable[str]) -> set[str]:
    """Which of these addresses are read already through this connector, as far as the viewer may know."""
    rows = places_for(viewer).filter(source__connector=connector, source__address__in=set(addresses))
    return set(rows.values_list("source__address", flat=True))


def due_for_polling(now: datetime, limit: int) -> list[int]:
    """Ids of places elsewhere that should be looked at now, the longest waiting first; those that stream are apart."""
    rows = _due(now).exclude(place__source__connector__in=registry.STREAMS)
    return list(rows.order_by("due_at").values_list("place_id", flat=True)[:limit])


def streams_due(now: datetime, limit: int) -> list[int]:
    """Ids of sources that stream and that nobody reads at present."""
    rows = _due(now).filter(place__source__connector__in=registry.STREAMS)
    return list(rows.order_by("due_at").values_list("place_id", flat=True)[:limit])


def reads_by(connector: str) -> bool:
    """Whether any source is read by this connector at present."""
    return Source.objects.filter(connector=connector, place__archived_at__isnull=True).exists()


def _due(now: datetime) -> QuerySet[Polling]:
    return Polling.objects.filter(due_at__lte=now, place__archived_at__isnull=True)


def our_addresses() -> frozenset[tuple[str, str]]:
    """Network and address of every identity that one of our accounts speaks through."""
    return frozenset(Account.objects.values_list("identity__network", "identity__address"))


def connection(place: Place) -> Connector:
    """A connector to an account or source, with its credentials decrypted. Raises UnknownConnector."""
    http = Client(allowed_private_hosts=settings.COLONNADE_ALLOW_PRIVATE_HOSTS)
    account = getattr(place, "account", None)
    if account is not None:
        return registry.connect(account.connector, account.address, account.credentials, http)
    return registry.connect(place.source.connector, place.source.address, {}, http)


def hook_token(place: int, purpose: str) -> str:
    """The word in an address of ours that only who was told can know: "websub" for a hub, "in" for any other sender."""
    return salted_hmac(f"colonnade.hooks.{purpose}", str(place), algorithm="sha256").hexdigest()[:40]


def hook_address(place: int, purpose: str) -> str:
    """The address of ours at which others push what belongs to a place. Whoever knows it can push."""
    return f"{settings.COLONNADE_PUBLIC_URL.rstrip('/')}/hooks/{purpose}/{place}/{hook_token(place, purpose)}"


def push_to(place: int) -> Push | None:
    """How a hub pushes a feed to us; None where none of our places has a hub."""
    polling = Polling.objects.select_related("place__source").filter(place=place).first()
    hub = str(polling.cursor.get("hub") or "") if polling else ""
    source = getattr(polling.place, "source", None) if polling else None
    if polling is None or source is None or not hub:
        return None
    return Push(
        place=place,
        hub=hub,
        topic=str(polling.cursor.get("topic") or source.address),
        callback=hook_address(place, "websub"),
        secret=hook_token(place, "websub-secret"),
        wanted=polling.place.archived_at is None and polling.health != "gone",
    )


def with_hubs() -> list[int]:
    """Ids of the places whose feeds name a hub."""
    rows = Polling.objects.filter(place__kind=PlaceKind.SOURCE, place__archived_at__isnull=True)
    return [place for place, cursor in rows.values_list("place", "cursor").iterator() if cursor.get("hub")]
