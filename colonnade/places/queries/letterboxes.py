"""Places to which others push: which letterbox has which address. For the machine itself."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from colonnade.places.models import Place, PlaceKind
from colonnade.places.rules import NEWSLETTERS

_LETTERS = Q(kind=PlaceKind.SOURCE, source__connector=NEWSLETTERS)
_MAIL = Q(kind=PlaceKind.ACCOUNT, account__connector="mail")


def letterboxes(addresses: Iterable[str]) -> list[Place]:
    """The letterboxes and mail accounts of ours with these addresses, in whatever case they are written."""
    asked = {address.strip().lower() for address in addresses}
    rows = Place.objects.filter(_LETTERS & Q(source__address__in=asked) | _MAIL, archived_at__isnull=True)
    found = rows.select_related("source", "account").order_by("pk")
    return [
        place for place in found if place.kind == PlaceKind.SOURCE or place.account.address.lower() in asked
    ]


def takes_pushes(pk: int) -> Place | None:
    """The place with this id if others may push to it: one of our accounts, or a letterbox."""
    rows = Place.objects.filter(Q(kind=PlaceKind.ACCOUNT) | _LETTERS, archived_at__isnull=True)
    return rows.filter(pk=pk).first()
