"""Pages elsewhere that somebody keeps by hand: posts of a source of their own, which pass the watches like any other."""

from __future__ import annotations

import msgspec
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext

from colonnade.conversations import actions as conversations
from colonnade.core import audit
from colonnade.core.db import action
from colonnade.listening import rules
from colonnade.listening.actions.mentions import mention_by_hand
from colonnade.listening.models import Kept, Watch
from colonnade.networks.base import Item
from colonnade.networks.kept.connector import Page, post_of
from colonnade.people.models import Person
from colonnade.places import actions as places
from colonnade.places.models import Place
from colonnade.places.rules import STAFF_ONLY
from colonnade.primitives import clock, text

KEPT, BY_HAND = "kept", "kept:by-hand"


def kept_place() -> Place:
    """The source of what is kept by hand, for staff alone; made when it is first needed."""
    return places.add_source(KEPT, BY_HAND, name=gettext("Kept by hand"), audience=STAFF_ONLY)


@action
def keep_by_hand(page: Page, *, by: Person, note: str = "", watch: Watch | None = None) -> tuple[int, bool]:
    """Keep a page, or words on it, as a post; with `watch` also as a mention of that. Gives the post's id and whether it is
    new: the same words of the same page are kept once, by whoever was first.

    Raises PermissionDenied; ValueError for what is no web address.
    """
    if not rules.can_listen(by):
        raise PermissionDenied("Only staff keep pages.")
    item = Item(raw=msgspec.json.encode(page), read=(post_of(page),))
    done = conversations.receive(kept_place(), [item])
    if not (done.posts or done.known):
        raise ValueError("There is nothing in it that could be kept.")
    post = (done.posts or done.known)[0]
    if done.posts:
        Kept.objects.create(post_id=post, person=by, note=_line(note), at=clock.now())
        audit.record(
            "listening.kept_by_hand", by=by.principal_id, subject=f"post:{post}", details={"url": page.url}
        )
    if watch is not None:
        mention_by_hand(watch, post)
    return post, bool(done.posts)


def _line(note: str) -> str:
    return " ".join(text.normalise(note).split())[:500]
