"""Every read of publishing that others use."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import gettext

from colonnade.access import queries as access
from colonnade.access.models import Tier
from colonnade.access.types import Viewer
from colonnade.deliveries import queries as deliveries
from colonnade.deliveries.types import DeliveryLine
from colonnade.networks import registry
from colonnade.networks.base import Capabilities
from colonnade.people.models import Person
from colonnade.people.rules import can_administer
from colonnade.places import queries as places
from colonnade.places.models import Membership, Place, PlaceKind
from colonnade.places.types import AudienceWords
from colonnade.primitives import clock
from colonnade.publishing import rules
from colonnade.publishing.models import Brake, Draft, DraftTarget, Why
from colonnade.publishing.types import BrakeLine, Choice, DraftLine, Fit, TargetLine

OPEN, PLANNED, GONE = ("draft", "withdrawn"), ("waiting", "paused"), ("going", "done")
MOST = 200

# --- for people of staff ------------------------------------------------------------------------------------------


def agenda(viewer: Viewer, *, until: datetime | None = None, limit: int = MOST) -> list[DraftLine]:
    """What is planned, the next first; with `until` only what is due before that moment. Nothing but for staff."""
    rows = seen(viewer).filter(state__in=PLANNED)
    if until is not None:
        rows = rows.filter(goes_at__lt=until)
    return _lines(viewer, rows.order_by(F("goes_at").asc(nulls_last=True), "pk")[:limit])


def goes_out(viewer: Viewer, until: datetime) -> list[DraftLine]:
    """What is planned to go out before a moment, the next first, for Today. Nothing but for staff."""
    return agenda(viewer, until=until, limit=20)


def drafts_for(viewer: Viewer, *, limit: int = MOST) -> list[DraftLine]:
    """Drafts that are not planned, the last changed first. Nothing but for staff."""
    return _lines(viewer, seen(viewer).filter(state__in=OPEN).order_by("-changed_at", "-pk")[:limit])


def went_out(viewer: Viewer, *, before: int | None = None, limit: int = 30) -> list[DraftLine]:
    """What has gone out, newest first; `before` goes on after the draft with that id. Nothing but for staff."""
    rows = seen(viewer).filter(state__in=GONE)
    if before is not None:
        last = rows.filter(pk=before).values_list("went_at", flat=True).first()
        if last is None:
            return []
        rows = rows.filter(Q(went_at__lt=last) | Q(went_at=last, pk__lt=before))
    return _lines(viewer, rows.order_by("-went_at", "-pk")[:limit])


def draft_for(viewer: Viewer, pk: int) -> DraftLine | None:
    """One draft; None when it is hidden and when there is none."""
    found = _lines(viewer, seen(viewer).filter(pk=pk))
    return found[0] if found else None


def to_act_on(viewer: Viewer, pk: int) -> Draft | None:
    """The draft itself, for an action by the viewer; None when it is hidden and when there is none."""
    return seen(viewer).filter(pk=pk).first()


def seen(viewer: Viewer) -> QuerySet[Draft]:
    """Drafts that the viewer may see: those whose every target they may read; one without a target only its writer."""
    if not viewer.is_staff:
        return Draft.objects.none()
    targets = DraftTarget.objects.filter(draft=OuterRef("pk"))
    hidden = targets.exclude(place__audience__in=viewer.audiences)
    if viewer.ceiling is not None:
        hidden = targets.exclude(place__audience__in=viewer.audiences, place__in=viewer.ceiling)
    return Draft.objects.filter(~Exists(hidden), Exists(targets) | Q(by=viewer.person))


def brake(viewer: Viewer) -> BrakeLine | None:
    """Whether everything is paused, why and by whom; None when it is not, and for anybody but staff."""
    if not viewer.is_staff:
        return None
    row = Brake.objects.select_related("by").filter(since__isnull=False).first()
    if row is None or row.since is None:
        return None
    waiting = seen(viewer).filter(state="waiting").count()
    return BrakeLine(since=row.since, reason=row.reason, by=_name(row.by), waiting=waiting)


# --- where it can go ----------------------------------------------------------------------------------------------


def publishable(viewer: Viewer, person: Person) -> list[Place]:
    """Where somebody may publish: accounts that can be written to, then spaces, by name. Nothing but for staff.

    Accounts that have members are for those and for admins.
    """
    if not viewer.is_staff:
        return []
    rows = (
        places.places_for(viewer)
        .filter(kind__in=(PlaceKind.ACCOUNT, PlaceKind.SPACE))
        .select_related("account", "audience")
        .order_by("kind", "name", "pk")
    )
    members = Membership.objects.filter(place=OuterRef("pk"), state="member")
    if not can_administer(person):
        rows = rows.filter(Q(kind=PlaceKind.SPACE) | ~Exists(members) | Exists(members.filter(person=person)))
    return [place for place in rows if _is_written_to(place)]


def _is_written_to(place: Place) -> bool:
    can = capabilities(place)
    return can is None or (can.can_write and "public" in can.audiences)


def capabilities(place: Place) -> Capabilities | None:
    """What the connector of an account can do; None for a space of ours."""
    if place.kind != PlaceKind.ACCOUNT:
        return None
    return registry.capabilities_of(place.account.connector)


def fit(place: Place, text: str, title: str = "") -> Fit:
    """How a text stands to one place."""
    can = capabilities(place)
    return rules.fit_here(text) if can is None else rules.fit(text, can, title)


def choice_of(place: Place) -> Choice:
    """The place as a composer shows it."""
    tier = place.audience.tier
    reads = {
        Tier.EVERYONE: gettext("everyone on the web"),
        Tier.SIGNED_IN: gettext("everyone who is signed in"),
        Tier.STAFF: gettext("staff only"),
    }.get(Tier(tier), gettext("its members"))
    can = capabilities(place)
    return Choice(
        place=place.pk,
        name=place.name,
        kind=place.kind,
        network=can.network if can else "",
        reads=reads,
        public=tier == Tier.EVERYONE,
    )


def audience_in_words(chosen: Sequence[Place]) -> AudienceWords | None:
    """Who will see what stands in all of these places together, for the composer's first line; None for no place."""
    by_tier = {Tier(place.audience.tier): place for place in chosen}
    for tier in (Tier.EVERYONE, Tier.SIGNED_IN):
        if place := by_tier.get(tier):
            return places.terms_in_words(access.terms_of(place.audience), place)
    audiences = {place.audience_id: place for place in chosen}
    if len(audiences) > 2:
        return AudienceWords(gettext("Only those who read %(count)d places") % {"count": len(chosen)}, False)
    words = [places.terms_in_words(access.terms_of(one.audience), one).text for one in audiences.values()]
    if not words:
        return None
    if len(words) == 1:
        return AudienceWords(words[0], False)
    return AudienceWords(gettext("%(one)s and %(other)s") % {"one": words[0], "other": words[1]}, False)


# --- lines --------------------------------------------------------------------------------------------------------


def _lines(viewer: Viewer, rows: QuerySet[Draft]) -> list[DraftLine]:
    targets = DraftTarget.objects.select_related("place__account", "place__audience", "post").order_by("pk")
    drafts = list(rows.select_related("by").prefetch_related(Prefetch("targets", targets)))
    sent = {one.dispatch_id for draft in drafts for one in draft.targets.all() if one.dispatch_id}
    went: dict[int, DeliveryLine] = {}
    if sent:
        went = {line.dispatch: line for line in deliveries.of_dispatches(viewer, sent)}
    return [_line(draft, went) for draft in drafts]


def _line(draft: Draft, went: dict[int, DeliveryLine]) -> DraftLine:
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
        by=_name(draft.by),
        goes_at=draft.goes_at,
        goes_at_local=draft.goes_at_local,
        zone=draft.zone,
        changed_at=draft.changed_at,
        went_at=draft.went_at,
        undo_until=draft.undo_until,
        public=any(one.place.audience.tier == Tier.EVERYONE for one in draft.targets.all()),
        needs_person=draft.state == "paused",
        targets=targets,
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
        Why.UNFIT: draft.note,
        Why.PERSON: draft.note or gettext("Somebody paused it."),
    }
    return said.get(Why(draft.why), draft.note) if draft.why else draft.note


def _name(person: Person | None) -> str:
    return str(person) if person else ""


# --- for the machine itself ---------------------------------------------------------------------------------------


def due(limit: int = 100) -> list[int]:
    """Ids of the drafts that should have gone out by now, the longest waiting first."""
    rows = Draft.objects.filter(state="waiting", goes_at__lte=clock.now())
    return list(rows.order_by("goes_at", "pk").values_list("pk", flat=True)[:limit])


def planned() -> list[int]:
    """Ids of all drafts that are planned."""
    return list(Draft.objects.filter(state="waiting").order_by("pk").values_list("pk", flat=True))


def braked() -> bool:
    """Whether everything is paused."""
    return Brake.objects.filter(since__isnull=False).exists()


def of_dispatch(dispatch: int) -> int | None:
    """The draft that went out by this dispatch; None for any other dispatch."""
    rows = DraftTarget.objects.filter(dispatch=dispatch)
    return rows.values_list("draft_id", flat=True).first()


def members_of(accounts: Iterable[int]) -> dict[int, frozenset[int]]:
    """Persons who are members, by place; only places that have any."""
    found: dict[int, set[int]] = {}
    for place, person in Membership.objects.filter(place__in=set(accounts), state="member").values_list(
        "place_id", "person_id"
    ):
        found.setdefault(place, set()).add(person)
    return {place: frozenset(persons) for place, persons in found.items()}
