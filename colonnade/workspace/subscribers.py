"""Reactions to facts from below: what its person must be told."""

from __future__ import annotations

from colonnade.conversations.events import PostsReceived
from colonnade.core.events import subscriber
from colonnade.deliveries.events import DeliveryFailed, DeliveryUncertain
from colonnade.inbox.events import CaseAssigned
from colonnade.insight.events import AlertRaised
from colonnade.publishing.events import ApprovalMissed, ReviewAsked, ReviewGiven
from colonnade.workspace import actions, work
from colonnade.workspace.events import NoticeMade
from colonnade.workspace.models import NoticeKind


@subscriber(CaseAssigned)
def on_case_assigned(event: CaseAssigned) -> None:
    """Whoever was given a case by somebody else is told."""
    if event.to is not None and event.to != event.by:
        actions.tell_of_case(event.to, event.case, event.version)


@subscriber(NoticeMade)
def on_notice_made(event: NoticeMade) -> None:
    """A notice rings on the devices of its person, where they asked for that."""
    if event.rings:
        work.queue_push(event.notice, event.person)


@subscriber(PostsReceived)
def on_posts_received(event: PostsReceived) -> None:
    """New words in a space of ours may concern somebody."""
    actions.tell_of_posts(event.posts)


@subscriber(DeliveryFailed, DeliveryUncertain)
def on_delivery_in_doubt(event: DeliveryFailed | DeliveryUncertain) -> None:
    """Whoever wrote it is told when it did not go out, or nobody knows."""
    failed = isinstance(event, DeliveryFailed)
    actions.tell_of_delivery(event.delivery, NoticeKind.NOT_SENT if failed else NoticeKind.NOT_SURE)


@subscriber(ReviewAsked)
def on_review_asked(event: ReviewAsked) -> None:
    """Those who answer for the account are told that something waits for them."""
    actions.tell_of_draft(event.to, NoticeKind.TO_APPROVE, event.draft, event.review)


@subscriber(ReviewGiven)
def on_review_given(event: ReviewGiven) -> None:
    """Whoever wrote it is told what a second person said."""
    approved = event.verdict == "approved"
    kind = NoticeKind.APPROVED if approved else NoticeKind.CHANGES_ASKED
    actions.tell_of_draft(event.to, kind, event.draft, event.review)


@subscriber(ApprovalMissed)
def on_approval_missed(event: ApprovalMissed) -> None:
    """What did not go out at its time is told to its people, and to whoever had approved it once."""
    actions.tell_of_draft(event.to, NoticeKind.NOT_APPROVED, event.draft, event.version)


@subscriber(AlertRaised)
def on_alert_raised(event: AlertRaised) -> None:
    """Whoever wants to hear of it is told that something is unusual."""
    actions.tell_of_alert(event.alert, event.step)
