"""Answering a case: held when its writer has not seen everything, never wider than what is answered, taken back in time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext

from colonnade.access import queries as access
from colonnade.access.types import Terms, Viewer
from colonnade.conversations import actions as conversations
from colonnade.conversations import rules as conversation_rules
from colonnade.conversations.models import Post
from colonnade.core import audit
from colonnade.core.db import action
from colonnade.deliveries import actions as deliveries
from colonnade.deliveries import queries as delivery_queries
from colonnade.deliveries.models import Dispatch, Target
from colonnade.deliveries.rules import TooLate, Unfit
from colonnade.inbox import queries, rules
from colonnade.inbox.actions import turning
from colonnade.inbox.events import CaseAnswered
from colonnade.inbox.models import Case, CaseEntry, EntryKind
from colonnade.networks import registry
from colonnade.networks.base import Outgoing
from colonnade.people import queries as people
from colonnade.people.models import Person
from colonnade.places import actions as places
from colonnade.places import queries as place_queries
from colonnade.places.models import PlaceKind, Scope
from colonnade.primitives import clock
from colonnade.primitives import text as texts

UNDO_S, LONGEST_UNDO_S = 10.0, 600.0


@dataclass(frozen=True, slots=True)
class Reply:
    """What became of an answer: a post here, or a dispatch on its way. `take_back` undoes it until `undo_until`."""

    case: Case
    post: Post | None
    dispatch: Dispatch | None
    undo_until: datetime


@action
def reply(
    case: Case,
    text: str,
    *,
    by: Person,
    seen_post: int | None = None,
    scope: Scope | None = None,
    reply_to: Post | None = None,
    force: bool = False,
    undo_s: float = UNDO_S,
    said_anyway: bool = False,
    key: str = "",
) -> Reply:
    """Answer a case, in a space of ours at once, at an account of ours by a dispatch that can be taken back.

    Held (StaleReply, nothing lost) when something came after `seen_post`, the newest post its writer saw, unless
    `force`; None means that its writer vouches for it. Goes to the narrowest audience along what is answered
    (`reply_to`, else the newest word of the other side); a wider `scope` raises WideningRefused. Whoever answers a case
    that is nobody's has it. Held as well (HeldBack) when it carries words that only staff read, unless `said_anyway`.
    The same words again under the same `key` send nothing more; other words under it are held (StaleReply).
    Raises also CannotAnswer, Unfit, PermissionDenied.
    """
    row = turning.for_work(case, by)
    text = texts.normalise(text)
    if texts.is_blank(text):
        raise rules.CannotAnswer(gettext("Write at least one word."))
    before = _sent_before(row, by, text, key, force=force)
    if before is not None:
        return before
    viewer = people.viewer_for(by)
    if seen_post is not None and not force:
        _hold_if_stale(viewer, row, text, seen_post)
    if reply_to is not None and not queries.may_be_answered(viewer, row, reply_to):
        raise rules.CannotAnswer(gettext("There is no such post in this conversation."))
    answered = reply_to or queries.answered(viewer, row)
    audience = queries.audience_for_reply(row, answered)
    scope = _scope(row, audience, scope, like=answered.scope if answered else row.conversation.scope)
    hold_back(by, row.conversation_id, text, access.terms_of(scope.audience), said_anyway=said_anyway)
    undo_s = min(max(undo_s, 0.0), LONGEST_UNDO_S)
    if row.conversation.place.kind == PlaceKind.SPACE:
        done = _say(row, text, by, scope, answered, undo_s)
    else:
        done = _send(row, text, by, scope, answered, undo_s)
    return _answered(done, by, **_kept(key, text))


def _sent_before(case: Case, by: Person, text: str, key: str, *, force: bool) -> Reply | None:
    """What became of these words the first time: a connection may break after they have arrived."""
    if not conversations.is_key(key):
        return None
    told = CaseEntry.objects.filter(case=case, by=by, kind=EntryKind.REPLIED).select_related(
        "post", "dispatch"
    )
    entry = told.filter(details__once=_kept(key, text)["once"]).order_by("-pk").first()
    if entry is None:
        return None
    if entry.details.get("words") == _kept(key, text)["words"]:
        undo_until = datetime.fromisoformat(str(entry.details["undo_until"]))
        return Reply(case, entry.post, entry.dispatch, undo_until)
    if force:
        return None
    sentence = gettext("What you sent before the connection broke has arrived. Send this as well?")
    newer = (entry.post_id,) if entry.post_id is not None else ()
    raise rules.StaleReply(sentence, text=text, newer=newer, on_its_way=())


def _kept(key: str, text: str) -> dict[str, str]:
    """What is kept of an answer, to know it when it comes again."""
    if not conversations.is_key(key):
        return {}
    return {"once": sha256(key.encode()).hexdigest(), "words": sha256(text.encode()).hexdigest()}


def _hold_if_stale(viewer: Viewer, case: Case, text: str, seen_post: int) -> None:
    newer = queries.newer_than(viewer, case, seen_post)
    lines = delivery_queries.of_conversation(viewer, case.conversation_id)
    going = [one.id for one in lines if one.state in ("waiting", "sending") and one.by != viewer.person]
    if not newer and not going:
        return
    if newer:
        sentence = gettext("Something came in while you were writing. Read it, then send this again.")
    else:
        sentence = gettext("A colleague's answer is already on its way. Send this one as well?")
    raise rules.StaleReply(sentence, text=text, newer=tuple(newer), on_its_way=tuple(going))


def hold_back(
    by: Person | None, conversation: int, text: str, audience: Terms, *, said_anyway: bool = False
) -> None:
    """Refuse to carry words out that only staff read, whichever door they go by; for people of staff. Sent all the same
    (`said_anyway`) it stands in the audit log. Raises HeldBack.
    """
    if by is None or not rules.can_work_on_cases(by) or conversation_rules.is_note(audience):
        return
    carried = queries.carried_out(people.viewer_for(by), conversation, text)
    if carried is None:
        return
    if said_anyway:
        audit.record(
            "inbox.sent_although_for_staff", by=by.principal_id, subject=f"post:{carried.post}", details={}
        )
        return
    sentence = gettext(
        "These words stand in a note to staff only, in %(place)s: “%(words)s”. Nothing was sent."
    )
    raise rules.HeldBack(
        sentence % {"place": carried.place, "words": carried.words}, text=text, carried=carried
    )


def _scope(case: Case, audience: Terms, wanted: Scope | None, *, like: Scope) -> Scope:
    place = case.conversation.place
    if wanted is None:
        return places.scope_in(place, audience, like=like)
    if wanted.place_id != place.pk:
        raise PermissionDenied(gettext("The audience belongs to another place."))
    if conversation_rules.widens(access.terms_of(wanted.audience), audience):
        raise conversation_rules.WideningRefused(
            gettext("“%(wider)s” would read this answer, but what it answers is for “%(narrower)s”.")
            % {
                "wider": place_queries.audience_in_words(wanted).text,
                "narrower": place_queries.terms_in_words(audience, place).text,
            }
        )
    return wanted


def _say(case: Case, text: str, by: Person, scope: Scope, answered: Post | None, undo_s: float) -> Reply:
    identity = people.identity_here(by)
    assert identity is not None
    post = conversations.say(case.conversation, text, by=identity, scope=scope, reply_to=answered)
    return Reply(case, post, None, clock.now() + timedelta(seconds=undo_s))


def _send(case: Case, text: str, by: Person, scope: Scope, answered: Post | None, undo_s: float) -> Reply:
    place = case.conversation.place
    if place.kind != PlaceKind.ACCOUNT:
        raise rules.CannotAnswer(
            gettext("%(place)s is only read here: it cannot be answered there.") % {"place": place}
        )
    if answered is None:
        raise rules.CannotAnswer(gettext("There is nothing here that could be answered."))
    outgoing, target = _addressed(case, text, scope, answered)
    dispatch = deliveries.dispatch(
        outgoing,
        place=place,
        scope=scope,
        targets=[target],
        conversation=case.conversation,
        reply_to=answered,
        by=by,
        undo_s=undo_s,
    )
    return Reply(case, None, dispatch, dispatch.undo_until)


def _addressed(case: Case, text: str, scope: Scope, answered: Post) -> tuple[Outgoing, Target]:
    """The answer as the network takes it: below the post answered, or to its author alone."""
    account = case.conversation.place.account
    can = registry.capabilities_of(account.connector)
    outgoing = Outgoing(text=text, reply_to=answered.said.uri if can.can_reply else "")
    if rules.goes_by_letter(can):
        title = answered.said.title or case.conversation.title
        subject = title if title.lower().startswith("re:") or not title else f"Re: {title}"
        letter = Outgoing(text=text, title=subject, reply_to=outgoing.reply_to)
        return letter, deliveries.letter_to(account, answered.author.address)
    open_to = access.terms_of(case.conversation.place.audience)
    if rules.answers_in_private(access.terms_of(scope.audience), open_to):
        if not can.can_direct:
            raise Unfit(gettext("One cannot answer in private there."))
        outgoing = Outgoing(text=text, reply_to=outgoing.reply_to, to=answered.author.address)
    return outgoing, deliveries.target_for(account)


def _answered(done: Reply, by: Person, **kept: str) -> Reply:
    case = done.case
    waited = case.waiting_since.isoformat() if case.waiting_since else ""
    change = turning.Change(case, by)
    if case.owner_id is None:
        change.give(by)
    change.turn("waiting")
    change.answered()
    post, dispatch = done.post.pk if done.post else None, done.dispatch.pk if done.dispatch else None
    if done.dispatch is not None:
        case.dispatch = done.dispatch
    turning.enter(
        case,
        EntryKind.REPLIED,
        by=by,
        post=post,
        dispatch=dispatch,
        undo_until=done.undo_until.isoformat(),
        waited=waited,
        **kept,
    )
    change.write(CaseAnswered(case=case.pk, by=by.pk, post=post, dispatch=dispatch))
    return done


@action
def take_back(case: Case, *, by: Person) -> Case:
    """Undo one's own last answer while there is time: it is not sent, or gone with a tombstone. The case is ours again.

    Raises TooLate with a sentence, PermissionDenied.
    """
    row = turning.for_work(case, by)
    done = CaseEntry.objects.filter(
        case=row, by=by, kind__in=(EntryKind.REPLIED, EntryKind.TAKEN_BACK)
    ).select_related("dispatch")
    entry = done.order_by("-pk").first()
    if entry is None or entry.kind != EntryKind.REPLIED:
        raise TooLate(gettext("There is no answer of yours to take back."))
    if clock.now() >= datetime.fromisoformat(str(entry.details["undo_until"])):
        raise TooLate(gettext("The time to take it back is over."))
    if entry.dispatch is not None:
        deliveries.undo(entry.dispatch, by)
    elif entry.post_id is not None:
        conversations.delete(entry.post_id, by=by)
    turning.enter(row, EntryKind.TAKEN_BACK, by=by, post=entry.post_id, dispatch=entry.dispatch_id)
    return unanswered(row, entry)


def unanswered(case: Case, answer: CaseEntry) -> Case:
    """An answer to a locked case did not go out after all: whoever waited before it waits still."""
    change = turning.Change(case)
    waited = str(answer.details.get("waited") or "")
    if waited and case.waiting_since is None:
        case.waiting_since = case.queue_at = datetime.fromisoformat(waited)
    if case.state in ("waiting", "solved"):
        change.turn("assigned" if case.owner_id else "open")
    return change.write()
