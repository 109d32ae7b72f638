"""What changes a post that is here: edits, deletions, marks, from here or from its network."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied

from colonnade.conversations import rules
from colonnade.conversations.actions import counting, store
from colonnade.conversations.events import PostDeleted, PostEdited, PostMarked
from colonnade.conversations.intake import Prepared, known_author, prepare, uri_hash
from colonnade.conversations.models import (
    Attachment,
    Buried,
    Conversation,
    Mark,
    Origin,
    PendingReply,
    Post,
    PostText,
    Raw,
    Revision,
    TitleWord,
)
from colonnade.conversations.search import index
from colonnade.conversations.types import Received
from colonnade.core import audit, db
from colonnade.core.db import action
from colonnade.core.events import Hint, announce
from colonnade.core.words import bear_anew
from colonnade.networks import base
from colonnade.people import actions as people
from colonnade.people.models import Identity, Person
from colonnade.places import queries as places
from colonnade.places.models import Place, PlaceKind
from colonnade.primitives import clock
from colonnade.primitives.text import normalise


def apply_remote(place: Place, incoming: base.Incoming, done: Received) -> None:
    """Do what a network says about a post. Only the place that brought a post may change it."""
    match incoming:
        case base.Edit():
            _edit_remote(place, incoming, done)
        case base.Deletion():
            _delete_remote(place, incoming, done)
        case base.Mark():
            _mark_remote(place, incoming)
        case base.Follow() | base.Block():
            _turn_remote(incoming)
        case base.Profile():
            _present(place, known_author(incoming.author))
        case _:
            pass  # moves, reports and receipts belong to rooms above, which read them from the raw form


def _present(place: Place, author: base.Author) -> None:
    """Somebody presents themselves anew. What one of our accounts is called we hear from that account alone: what others
    pass on under its name may be made up."""
    own = {place.account.identity_id} if place.kind == PlaceKind.ACCOUNT else set()
    people.meet_identities([author], keep=lambda faces: places.our_faces(faces) - own)


def _locked(place: Place, uri: str) -> Post | None:
    return (
        Post.objects.select_for_update()
        .filter(uri_hash=uri_hash(uri.strip()), place=place, deleted=False)
        .first()
    )


def _edit_remote(place: Place, incoming: base.Edit, done: Received) -> None:
    post = _locked(place, incoming.post.uri)
    if post is None:
        return
    try:
        ready = prepare(incoming.post, b"")
    except ValueError:
        return
    if _rewrite(post, ready):
        done.edited.append(post.pk)


def _delete_remote(place: Place, incoming: base.Deletion, done: Received) -> None:
    if not incoming.uri.strip():
        return
    post = _locked(place, incoming.uri)
    if post is None:
        burial, made = Buried.objects.get_or_create(
            uri_hash=uri_hash(incoming.uri.strip()), place=place, defaults={"at": clock.now()}
        )
        if made:
            done.buried.append(burial.pk)
        return
    bury(post)
    done.deleted.append(post.pk)


def _mark_remote(place: Place, incoming: base.Mark) -> None:
    post = _locked(place, incoming.uri)
    if post is None:
        return
    identity = _known(incoming.author)
    kind, value = normalise(incoming.kind), normalise(incoming.value)
    if incoming.undo:
        unmark(post, kind, by=identity, value=value)
    else:
        mark(post, kind, by=identity, value=value)


def _known(author: base.Author) -> Identity:
    known = known_author(author)
    met = people.meet_identities([known], keep=places.our_faces)
    return Identity.objects.get(pk=met[(known.network, known.address)])


def _turn_remote(incoming: base.Follow | base.Block) -> None:
    author = known_author(incoming.author)
    target = Identity.objects.filter(network=author.network, address=normalise(incoming.target)).first()
    if target is None:
        return
    source = _known(author)
    turn = {
        (base.Follow, False): people.follow,
        (base.Follow, True): people.unfollow,
        (base.Block, False): people.block,
        (base.Block, True): people.unblock,
    }[type(incoming), incoming.undo]
    turn(source, target=target)


@action
def edit(post_id: int, text: str, *, by: Person) -> Post:
    """Change what one's own post here says; what it said before is kept. Raises PermissionDenied, ValueError."""
    post = Post.objects.select_for_update(of=("self",)).select_related("author", "said").get(pk=post_id)
    if not rules.can_edit(by, post.author, post):
        raise PermissionDenied("Only its author may edit a post, and only one that was written here.")
    author = base.Author(network=post.author.network, address=post.author.address)
    ready = prepare(base.Post(uri=post.said.uri, author=author, text=text, title=post.said.title), b"")
    _rewrite(post, ready)
    return post


def _rewrite(post: Post, ready: Prepared) -> bool:
    """Put new words into a post; False when they are the old ones."""
    said = PostText.objects.get(pk=post.pk)
    if (said.text, said.html, said.title) == (ready.text, ready.html, ready.title):
        return False
    Revision.objects.create(
        post=post, text=said.text, html=said.html, title=said.title, replaced_at=clock.now()
    )
    before = (post.pk, said.title, said.text, said.hint)
    said.title, said.text, said.html = ready.title, ready.text, ready.html
    said.save(update_fields=["title", "text", "html"])
    _rename(post, before[1], said.title)
    reindex(post.pk, before, (post.pk, said.title, said.text, said.hint))
    post.edited_ms = clock.now_ms()
    post.save(update_fields=["edited_ms"])
    announce(
        PostEdited(post=post.pk, conversation=post.conversation_id, place=post.place_id),
        subject=f"place:{post.place_id}",
        hints=[hint_of(post)],
    )
    return True


def _rename(post: Post, old: str, new: str) -> None:
    """A conversation that bears its post's title bears the new one."""
    if not old or old == new:
        return
    if Conversation.objects.filter(pk=post.conversation_id, title=old).update(title=new):
        bear_anew(TitleWord, [(post.conversation_id, (new,))])


def reindex(post_id: int, before: tuple[int, str, str, str], after: tuple[int, str, str, str] | None) -> None:
    """Bring the full-text index up to date; `after` None takes the post out."""
    if db.is_postgres():
        words, pairs = index.postgres_row(*after) if after else ("", "{}")
        store.index_for_postgres(post_id, words, pairs)
        return
    store.unindex_for_sqlite([before])
    if after:
        store.index_for_sqlite([after])


def hint_of(post: Post) -> Hint:
    """Where a push about one post must go."""
    return Hint(audience=post.scope.audience_id, place=post.place_id, conversation=post.conversation_id)


@action
def delete(post_id: int, *, by: Person) -> None:
    """Remove a post: its words, raw form, revisions and files go, a tombstone stays. Raises PermissionDenied."""
    post = Post.objects.select_for_update(of=("self",)).select_related("author").get(pk=post_id)
    if not rules.can_delete(by, post.author):
        raise PermissionDenied("Only its author or an admin may delete a post.")
    if not post.deleted:
        bury(post)
        audit.record("post deleted", by=by.principal_id, subject=f"post:{post.pk}", details={})


def bury(post: Post) -> None:
    """Take away all of a locked post but its tombstone, and announce it."""
    said = PostText.objects.get(pk=post.pk)
    reindex(post.pk, (post.pk, said.title, said.text, said.hint), None)
    PostText.objects.filter(pk=post.pk).update(text="", html="", title="", url="")
    _rename(post, said.title, "")
    for part in (Revision, Attachment, Origin, Raw, Mark, PendingReply):
        part._default_manager.filter(post_id=post.pk).delete()
    post.tags.clear()
    post.deleted = True
    post.save(update_fields=["deleted"])
    counting.uncount(post.conversation_id, post.scope_id)
    announce(
        PostDeleted(post=post.pk, conversation=post.conversation_id, place=post.place_id),
        subject=f"place:{post.place_id}",
        hints=[hint_of(post)],
    )


@action
def mark(post: Post, kind: str, *, by: Identity, value: str = "") -> None:
    """Set a reaction; a second time changes nothing."""
    _, made = Mark.objects.get_or_create(
        identity=by, post=post, kind=kind[:12], value=value[:64], defaults={"at": clock.now()}
    )
    if made:
        announce(
            PostMarked(post=post.pk, identity=by.pk, kind=kind[:12]),
            subject=f"place:{post.place_id}",
            hints=[hint_of(post)],
        )


@action
def unmark(post: Post, kind: str, *, by: Identity, value: str = "") -> None:
    """Take a reaction back."""
    gone, _ = Mark.objects.filter(identity=by, post=post, kind=kind[:12], value=value[:64]).delete()
    if gone:
        announce(
            PostMarked(post=post.pk, identity=by.pk, kind=kind[:12], undone=True),
            subject=f"place:{post.place_id}",
            hints=[hint_of(post)],
        )
