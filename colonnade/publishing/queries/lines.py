"""Drafts as lists show them: what became of each target, and why one waits for a person."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext

from colonnade.access.models import Tier
from colonnade.access.types import Viewer
from colonnade.deliveries import queries as deliveries
from colonnade.deliveries.types import DeliveryLine
from colonnade.people.models import Person
from colonnade.publishing.models import Draft, DraftTarget, Review, Why
from colonnade.publishing.queries.reach import capabilities
from colonnade.publishing.queries.reviews import SecondLook
from colonnade.publishing.types import DraftLine, ReviewLine, TargetLine


def lines_of(viewer: Viewer, rows: QuerySet[Draft]) -> list[DraftLine]:
    with_place = ("place__account", "place__audience", "place__four_eyes", "post")
    targets = DraftTarget.objects.select_related(*with_place).order_by("pk")
    reviews = Review.objects.select_related("by").order_by("number")
    wanted = (Prefetch("targets", targets), Prefetch("reviews", reviews))
    drafts = list(rows.select_related("by").prefetch_related(*wanted))
    sent = {one.dispatch_id for draft in drafts for one in draft.targets.all() if one.dispatch_id}
    went: dict[int, DeliveryLine] = {}
    if sent:
        went = {line.dispatch: line for line in deliveries.of_dispatches(viewer, sent)}
    look = SecondLook(viewer, drafts)
    return [_line(draft, went, look.of(draft)) for draft in drafts]


def _line(draft: Draft, went: dict[int, DeliveryLine], review: ReviewLine | None) -> DraftLine:
    targets = [_target(draft, one, went) for one in draft.targets.all()]
    return DraftLine(
        id=draft.pk,
        text=draft.text,
        title=draft.title,
        state=draft.state,
        words=in_words(draft),
        why=why_paused(draft),
        why_code=draft.why,
        version=draft.version,
        by=name_of(draft.by),
        goes_at=draft.goes_at,
        goes_at_local=draft.goes_at_local,
        zone=draft.zone,
        changed_at=draft.changed_at,
        went_at=draft.went_at,
        undo_until=draft.undo_until,
        public=any(one.place.audience.tier == Tier.EVERYONE for one in draft.targets.all()),
        needs_person=draft.state == "paused",
        targets=targets,
        review=review,
    )


def _target(draft: Draft, one: DraftTarget, went: dict[int, DeliveryLine]) -> TargetLine:
    can = capabilities(one.place)
    line = went.get(one.dispatch_id or 0)
    state, words, tone = _standing(one, line)
    return TargetLine(
        id=one.pk,
        place=one.place_id,
        place_name=one.place.name,
        kind=one.place.kind,
        network=can.network if can else "",
        text=one.text or draft.text,
        own_text=bool(one.text),
        state=state,
        words=words,
        tone=tone,
        url=line.url if line else "",
        delivery=line.id if line else None,
        post=one.post_id if one.post and not one.post.deleted else (line.post if line else None),
        conversation=one.post.conversation_id if one.post and not one.post.deleted else None,
        can_take_down=state == "here" or (state in ("sent", "confirmed") and bool(can and can.can_recall)),
    )


TONES = {"sent": "ok", "confirmed": "ok", "uncertain": "clock", "failed": "late"}


def _standing(one: DraftTarget, line: DeliveryLine | None) -> tuple[str, str, str]:
    if one.post is not None and one.dispatch_id is None:
        if one.post.deleted:
            return "recalled", gettext("Taken back"), ""
        return "here", gettext("Stands here"), "ok"
    if line is not None:
        return line.state, line.words, TONES.get(line.state, "")
    return "", "", ""


def in_words(draft: Draft) -> str:
    """How a draft stands, as staff read it."""
    return {
        "draft": gettext("Draft"),
        "waiting": gettext("Planned"),
        "paused": gettext("Paused"),
        "going": gettext("On its way"),
        "done": gettext("Went out"),
        "withdrawn": gettext("Withdrawn"),
    }[draft.state]


def why_paused(draft: Draft) -> str:
    """Why a draft waits for a person, in a sentence; "" where it does not."""
    if draft.state != "paused":
        return ""
    said = {
        Why.LATE: gettext("The server was off when it was due. Choose another time, or publish it now."),
        Why.HELD: gettext(
            "Its time passed while everything was paused. Choose another time, or publish it now."
        ),
        Why.WIDER: gettext(
            "More people would read it than when its places were chosen. Look who, then plan it again."
        ),
        Why.NOBODY: gettext("Whoever planned it may no longer publish there. Somebody else must."),
        Why.REVIEW: gettext(
            "It did not go out at its time: nobody had approved it as it is. Choose another time and ask again."
        ),
        Why.UNFIT: draft.note,
        Why.PERSON: draft.note or gettext("Somebody paused it."),
    }
    return said.get(Why(draft.why), draft.note) if draft.why else draft.note


def name_of(person: Person | None) -> str:
    return str(person) if person else ""
