"""Before an answer: what is answered, who would read it, and what its writer has not seen."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Max, Q

from colonnade.access import queries as access
from colonnade.access.types import Terms, Viewer
from colonnade.conversations import queries as conversations
from colonnade.conversations.models import Post
from colonnade.inbox.models import Case
from colonnade.inbox.rules import at_the_desk
from colonnade.inbox.types import Earlier
from colonnade.people.models import STAFF_ROLES
from colonnade.places import queries as places
from colonnade.places.models import Account
from colonnade.places.types import AudienceWords


def answered(viewer: Viewer, case: Case) -> Post | None:
    """What an answer answers by default: the newest word of the other side that the viewer may see."""
    rows = conversations.visible_to(at_the_desk(viewer)).filter(conversation=case.conversation_id)
    theirs = rows.exclude(author__person__role__in=STAFF_ROLES)
    theirs = theirs.exclude(author__in=Account.objects.values("identity"))
    return theirs.select_related("said", "author", "scope__audience", "place").order_by("-pk").first()


def may_be_answered(viewer: Viewer, case: Case, post: Post) -> bool:
    """Whether a post stands in the case's conversation, where the viewer sees it."""
    rows = conversations.visible_to(at_the_desk(viewer))
    return rows.filter(pk=post.pk, conversation=case.conversation_id).exists()


def audience_for_reply(case: Case, post: Post | None) -> Terms:
    """Who reads an answer by default: the narrowest along what is answered; without that, whoever reads the talk."""
    if post is not None:
        return conversations.audience_of_reply(post)
    return access.terms_of(case.conversation.scope.audience)


def words_for_reply(viewer: Viewer, case: Case) -> AudienceWords:
    """The composer's first line: who will see an answer, in words."""
    terms = audience_for_reply(case, answered(viewer, case))
    return places.terms_in_words(terms, case.conversation.place)


def newer_than(viewer: Viewer, case: Case, seen_post: int, *, limit: int = 20) -> list[int]:
    """Posts that came after `seen_post` and are not the viewer's own, oldest first; all of them if it is not there.

    By arrival and by time of writing, since what was written earlier may arrive later. Staff notes count: somebody
    may have said there that they have it.
    """
    rows = conversations.visible_to(at_the_desk(viewer), with_tombstones=True)
    rows = rows.filter(conversation=case.conversation_id)
    arrived = rows.filter(pk=seen_post).values_list("arrived_ms", flat=True).first()
    rows = rows.filter(deleted=False)
    if arrived is not None:
        rows = rows.filter(Q(pk__gt=seen_post) | Q(arrived_ms__gt=arrived))
    rows = rows.exclude(author__person=viewer.person).exclude(deliveries__dispatch__by=viewer.person)
    return list(rows.order_by("pk").values_list("pk", flat=True)[:limit])


def earlier(viewer: Viewer, case: Case, identities: Iterable[int], *, limit: int = 5) -> list[Earlier]:
    """Other conversations in which any of these identities spoke, newest first, as far as the viewer may see them."""
    desk = at_the_desk(viewer)
    rows = conversations.visible_to(desk).filter(author__in=list(identities))
    rows = rows.exclude(conversation=case.conversation_id)
    newest = rows.values("conversation").annotate(newest=Max("pk")).order_by("-newest")[:limit]
    lines = conversations.lines(desk, [row["newest"] for row in newest])
    return [Earlier(line.conversation, line) for line in lines]
