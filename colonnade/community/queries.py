"""Reads of the community room."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db.models import Q

from colonnade.access import queries as access
from colonnade.community.models import FollowByMail
from colonnade.community.rules import MOST_POSTS
from colonnade.conversations import queries as conversations
from colonnade.conversations.types import PostLine
from colonnade.places import queries as places
from colonnade.places.models import PlaceKind

DUMMY = "django.core.mail.backends.dummy.EmailBackend"


def letters_go_out() -> bool:
    """Whether this server can send mail at all."""
    return bool(settings.EMAIL_BACKEND != DUMMY)


def follow_by_id(pk: int) -> FollowByMail | None:
    """A follower, for the machine itself and for whoever holds a signed link."""
    return FollowByMail.objects.select_related("place").filter(pk=pk).first()


def due(day: date, limit: int) -> list[int]:
    """Confirmed followers for whom no letter of this day was begun."""
    rows = FollowByMail.objects.filter(Q(period=None) | Q(period__lt=day), confirmed_at__isnull=False)
    return list(rows.order_by("pk").values_list("pk", flat=True)[:limit])


def news_for(follow: FollowByMail) -> list[PostLine]:
    """What came since the last letter, newest first, as somebody sees it at this moment who is not signed in."""
    anybody = access.anonymous()
    open_now = places.places_for(anybody).filter(kind=PlaceKind.SPACE)
    if follow.place_id is not None:
        open_now = open_now.filter(pk=follow.place_id)
    where = list(open_now.values_list("pk", flat=True))
    newest = conversations.newest(anybody, places=where, limit=MOST_POSTS) if where else []
    return conversations.lines(anybody, [post for post in newest if post > follow.told_up_to])
