"""What an answer must not carry out: words and numbers that stand where only staff read."""

from __future__ import annotations

from colonnade.access import rules as access_rules
from colonnade.access.types import Viewer
from colonnade.conversations import queries as conversations
from colonnade.conversations.rules import is_note
from colonnade.inbox import rules
from colonnade.inbox.rules import Carried, at_the_desk
from colonnade.places.queries import scopes_seen
from colonnade.primitives.text import words
from colonnade.publishing import types as publishing

NEWEST = 400


def carried_out(viewer: Viewer, conversation: int, text: str) -> Carried | None:
    """The first words of `text` that stand in a note for staff only, or a long number that stands anywhere only staff
    read, among the newest that the viewer may see. What its readers have read in the conversation already is no secret.
    """
    scopes = {
        scope: is_note(access_rules.terms_of(open_to))
        for scope, audience, open_to in scopes_seen(viewer).values_list(
            "pk", "audience__key", "place__audience__key"
        )
        if is_note(access_rules.terms_of(audience))
    }
    if not scopes:
        return None
    seen = conversations.visible_to(at_the_desk(viewer))
    inside = seen.filter(scope__in=list(scopes)).order_by("-pk")
    rows = list(inside.values_list("pk", "scope_id", "place__name", "said__text")[:NEWEST])
    found = [
        (pk, place, shared)
        for pk, scope, place, note in rows
        if (shared := rules.shared(text, note, words_too=not scopes[scope]))
    ]
    if not found:
        return None
    known = (
        seen.filter(conversation=conversation)
        .exclude(scope__in=list(scopes))
        .values_list("said__text", flat=True)
    )
    told = list(known)
    for pk, place, shared in found:
        if not any(rules.shared(shared, one, least=max(1, len(words(shared)))) for one in told):
            return Carried(pk, place, shared)
    return None


def carried_by_draft(viewer: Viewer, text: str) -> publishing.Carried | None:
    """The same for what is written to go out, which no conversation has told anybody yet."""
    found = carried_out(viewer, 0, text)
    return None if found is None else publishing.Carried(found.post, found.place, found.words)
