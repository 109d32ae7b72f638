"""Who may see, say and change what: pure functions. `visible` is the one visibility function of the house."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from colonnade.access import rules as access
from colonnade.access.types import STAFF, Terms, Viewer
from colonnade.conversations.models import Conversation, Post
from colonnade.people.models import HERE, Identity, Person
from colonnade.people.rules import can_administer, is_staff
from colonnade.places.models import Place, PlaceKind


class WideningRefused(ValueError):
    """An answer would be read by more people than what it answers. The message names both audiences."""


@dataclass(frozen=True, slots=True)
class Thing:
    """What of a post decides who sees it."""

    audience: Terms
    place: int
    author: int
    author_domain: str
    deleted: bool = False


def visible(viewer: Viewer, thing: Thing) -> bool:
    """Whether the viewer may see a post; `queries.visible_to` says the same in SQL.

    In this order: the grant's ceiling, the audience, tombstones, blocks and mutes (which do not bind the desk).
    """
    if not access.within_ceiling(viewer, thing.place) or not access.admits(viewer, thing.audience):
        return False
    if thing.deleted:
        return False
    if viewer.desk:
        return True
    return thing.author not in viewer.hidden_authors and thing.author_domain not in viewer.hidden_domains


def is_note(audience: Terms) -> bool:
    """Whether only staff are ever let in: a staff note, where others read the rest of the conversation."""
    return bool(audience) and all(STAFF in term for term in audience)


def narrowest(chain: Sequence[Terms]) -> Terms:
    """The narrowest audience along the posts being answered, the one answered first. Staff notes are no link of that
    chain, except when a note itself is answered. Where two can't be compared, those who are in both.

    Raises access.Unexpressible where that cannot be said, ValueError when the chain is empty.
    """
    if not chain:
        raise ValueError("There is nothing that is answered.")
    least = chain[0]
    for audience in chain[1:]:
        if is_note(audience):
            continue
        if access.is_within(audience, least):
            least = audience
        elif not access.is_within(least, audience):
            least = access.joined(least, audience)
    return least


def widens(audience: Terms, answered: Terms) -> bool:
    """Whether somebody could read the answer who could not read what it answers; also where that is not sure."""
    return not access.is_within(audience, answered)


def can_write(viewer: Viewer, conversation: Conversation) -> bool:
    """Whether the viewer may say something there by default: an open conversation in a space of ours that is not put
    away, whose next post they would themselves read. What stands elsewhere is answered from the desk."""
    place = conversation.place
    ours = place.kind == PlaceKind.SPACE and place.archived_at is None and conversation.state == "open"
    return ours and conversation.scope.audience_id in viewer.audiences


def can_start(viewer: Viewer, place: Place) -> bool:
    """Whether the viewer may open a conversation: in a space of ours which they themselves read."""
    ours = place.kind == PlaceKind.SPACE and place.archived_at is None
    return ours and access.within_ceiling(viewer, place.pk) and place.audience_id in viewer.audiences


def can_edit(person: Person, author: Identity, post: Post) -> bool:
    """Only its author, only what was written here, and only while it is there."""
    return author.network == HERE and author.person_id == person.pk and not post.deleted


def can_delete(person: Person, author: Identity) -> bool:
    """Its author, or an admin."""
    return author.person_id == person.pk or can_administer(person)


def can_write_notes(person: Person) -> bool:
    """Whether somebody may leave a note that only staff read."""
    return is_staff(person)


def web_address(address: str) -> str:
    """The address if it may stand in a link (http or https), else "": what a network calls one may be a script."""
    return address if address.lower().startswith(("http://", "https://")) else ""
