"""What people do here: open a conversation, say something in it, let somebody in, read."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied

from colonnade.access import actions as access
from colonnade.access import queries as access_queries
from colonnade.access.models import Kind
from colonnade.access.types import STAFF
from colonnade.conversations import rules
from colonnade.conversations.actions.once import keep_key, said_with
from colonnade.conversations.actions.receive import receive
from colonnade.conversations.events import ConversationStarted
from colonnade.conversations.intake import title_of
from colonnade.conversations.models import Conversation, Participant, Post, Reader, TitleWord
from colonnade.conversations.queries import audience_of_reply, conversation_by_id, current_conversation
from colonnade.core.db import action
from colonnade.core.events import Hint, announce
from colonnade.core.words import bear
from colonnade.networks import base
from colonnade.people.models import Identity, Person
from colonnade.places import actions as places
from colonnade.places.models import Place, Scope


@action
def start(
    place: Place,
    *,
    by: Identity,
    text: str,
    title: str = "",
    kind: str = "talk",
    scope: Scope | None = None,
    private: bool = False,
    key: str = "",
) -> tuple[Conversation, Post]:
    """Open a conversation with its first post. `private`: only those let in, and staff, read it. The same `key` again
    opens nothing more.

    Raises ValueError with a sentence when there is nothing to say.
    """
    before = said_with(key, sender=f"identity:{by.pk}")
    if before is not None:
        return conversation_by_id(before.conversation_id), before
    conversation = Conversation.objects.create(
        place=place, scope=scope or places.default_scope(place), kind=kind, title=title_of(title)
    )
    bear(TitleWord, [(conversation.pk, (conversation.title,))])
    if private:
        narrow(conversation)
        admit(conversation, by)
    post = say(conversation, text, by=by, title=title, scope=conversation.scope, key=key)
    announce(
        ConversationStarted(conversation=conversation.pk, place=place.pk),
        subject=f"place:{place.pk}",
        hints=[Hint(audience=conversation.scope.audience_id, place=place.pk, conversation=conversation.pk)],
    )
    return conversation, post


@action
def narrow(conversation: Conversation) -> None:
    """From now on only those who are let in, and staff, read what is said here by default. It is never widened again."""
    if conversation.principal_id is None:
        conversation.principal = access.make_principal(Kind.CONVERSATION)
    own = conversation.principal_id
    assert own is not None
    conversation.scope = places.scope_apart(conversation.place, frozenset({(own, own), (STAFF, STAFF)}))
    conversation.save(update_fields=["principal", "scope"])
    for one in Participant.objects.filter(conversation=conversation).select_related("identity__person"):
        if one.identity.person is not None:  # who already takes part goes on reading
            access.hold(one.identity.person.principal_id, own, until=one.expires_at)


@action
def admit(
    conversation: Conversation,
    identity: Identity,
    *,
    role: str = "participant",
    until: datetime | None = None,
) -> Participant:
    """Let somebody take part, for good or until a moment; where the conversation is narrowed, they may now read it."""
    row, _ = Participant.objects.update_or_create(
        conversation=conversation, identity=identity, defaults={"role": role, "expires_at": until}
    )
    if conversation.principal_id is not None and identity.person is not None:
        access.hold(identity.person.principal_id, conversation.principal_id, until=until)
    return row


@action
def say(
    conversation: Conversation,
    text: str,
    *,
    by: Identity,
    title: str = "",
    scope: Scope | None = None,
    reply_to: Post | None = None,
    key: str = "",
) -> Post:
    """Say something here, as one of ours or a guest. Committed before the answer. The same `key` again says nothing more.

    Without `scope` it goes to the narrowest audience along what it answers, else to the conversation's own.
    Raises WideningRefused, ValueError with a sentence.
    """
    before = said_with(key, sender=f"identity:{by.pk}")
    if before is not None:
        return before
    onward = current_conversation(conversation.pk)
    conversation = conversation if onward == conversation.pk else conversation_by_id(onward)
    if reply_to is not None and not Post.objects.filter(pk=reply_to.pk, conversation=conversation).exists():
        raise ValueError("What is answered stands in another conversation.")
    answered = audience_of_reply(reply_to) if reply_to is not None else None
    if scope is None:
        scope = conversation.scope
        if reply_to is not None and answered is not None:
            scope = places.scope_in(conversation.place, answered, like=reply_to.scope)
    elif answered is not None and rules.widens(access_queries.terms_of(scope.audience), answered):
        raise rules.WideningRefused("More people would read this answer than what it answers.")
    elif conversation.principal_id is not None and rules.widens(
        access_queries.terms_of(scope.audience), access_queries.terms_of(conversation.scope.audience)
    ):
        raise rules.WideningRefused("More people would read this than the conversation.")
    said = base.Post(
        uri="",
        author=base.Author(network=by.network, address=by.address, name=by.name, proof="signed"),
        text=text,
        title=title,
        reply_to=reply_to.said.uri if reply_to is not None else "",
    )
    item = base.Item(raw=b"", read=(said,))
    done = receive(conversation.place, [item], scope=scope, conversation=conversation)
    if not done.posts:
        raise ValueError("There is nothing to say: write at least one word.")
    post = Post.objects.select_related("scope", "said").get(pk=done.posts[0])
    keep_key(key, post, sender=f"identity:{by.pk}")
    return post


@action
def note(conversation: Conversation, text: str, *, by: Identity, person: Person, key: str = "") -> Post:
    """A note that only staff among the readers see. The same `key` again says nothing more. Raises PermissionDenied."""
    if not rules.can_write_notes(person):
        raise PermissionDenied("Only staff leave notes.")
    scope = places.note_scope(conversation.place, conversation.scope)
    return say(conversation, text, by=by, scope=scope, key=key)


@action
def read_up_to(conversation: Conversation, identity: Identity, post_id: int) -> None:
    """Remember how far somebody has read; never backwards."""
    row, made = Reader.objects.select_for_update().get_or_create(
        conversation=conversation, identity=identity, defaults={"last_read": post_id}
    )
    if not made and (post_id > row.last_read or row.mentioned):
        row.last_read, row.mentioned = max(post_id, row.last_read), False
        row.save(update_fields=["last_read", "mentioned"])
