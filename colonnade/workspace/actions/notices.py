"""What people are told, once each; and that they have read it."""

from __future__ import annotations

from collections.abc import Iterable

from colonnade.access import actions as access
from colonnade.conversations import queries as conversations
from colonnade.core.db import action
from colonnade.core.events import Hint, announce
from colonnade.deliveries.models import Delivery
from colonnade.inbox.models import Case
from colonnade.insight import queries as insight
from colonnade.insight.models import Alert
from colonnade.people import queries as people
from colonnade.people.models import Person
from colonnade.places.models import PlaceKind
from colonnade.primitives import clock
from colonnade.publishing import queries as publishing
from colonnade.workspace import queries
from colonnade.workspace.events import NoticeMade
from colonnade.workspace.models import Notice, NoticeKind


@action
def tell_of_case(person: int, case: int, version: int) -> None:
    """Tell somebody that a case was given to them. Once for each version of the case."""
    if Case.objects.filter(pk=case).exists():
        _tell(person, NoticeKind.CASE_ASSIGNED, f"case:{case}:{version}", case=case)


@action
def tell_of_delivery(delivery: int, kind: NoticeKind) -> None:
    """Tell whoever wrote it what became of a delivery, again only when it was tried again since."""
    row = Delivery.objects.filter(pk=delivery).values_list("dispatch__by", "tries").first()
    if row is not None and row[0] is not None:
        _tell(row[0], kind, f"{kind}:{delivery}:{row[1]}", delivery=delivery)


@action
def tell_of_draft(persons: Iterable[int], kind: NoticeKind, draft: int, occasion: int) -> None:
    """Tell these persons what became of a draft, each occasion (a version of it, a review) once; nobody who may not see
    it."""
    for person in Person.objects.filter(pk__in=list(persons), sign_in__isnull=False).order_by("pk"):
        if publishing.seen(people.viewer_for(person)).filter(pk=draft).exists():
            _tell(person.pk, kind, f"{kind}:{draft}:{occasion}", draft=draft)


@action
def tell_of_posts(posts: Iterable[int]) -> None:
    """Tell those who want to hear of new words in our spaces: whoever is named or answered, whoever follows the
    conversation, members of a space where a new one begins. Nobody is told of what they may not see, or said."""
    for said in conversations.said_of(posts):
        if said.place_kind == PlaceKind.SPACE:
            for person, kind in queries.to_be_told(said):
                if conversations.post_for(people.viewer_for(person), said.id) is not None:
                    _tell(person.pk, kind, f"post:{said.id}", post=said.id)


@action
def tell_of_alert(alert: int, step: int) -> None:
    """Tell whoever wants to hear of it that a watch catches unusually much, each loud step once: at once, or without
    ringing where they chose the letter."""
    row = Alert.objects.select_related("watch", "run__scenario").filter(pk=alert).first()
    if row is None:
        return
    practising = insight.practising(row.run) if row.run is not None else ()
    for person, how in insight.to_be_told(row.watch, practising=practising):
        _tell(person.pk, NoticeKind.ALERT, f"alert:{alert}:{step}", alert=alert, rings=how == "at_once")


def _tell(
    person: int,
    kind: NoticeKind,
    key: str,
    *,
    case: int | None = None,
    delivery: int | None = None,
    post: int | None = None,
    draft: int | None = None,
    alert: int | None = None,
    rings: bool = True,
) -> None:
    about = {"case_id": case, "delivery_id": delivery, "post_id": post, "draft_id": draft, "alert_id": alert}
    notice, made = Notice.objects.get_or_create(
        person_id=person, key=key, defaults={"kind": kind, "made_at": clock.now(), **about}
    )
    if made:
        announce(
            NoticeMade(notice=notice.pk, person=person, rings=rings),
            subject=f"person:{person}",
            hints=[Hint(_ear_of(person))],
        )


def _ear_of(person: int) -> int:
    """The audience of one person alone: only their own pages look again."""
    principal = Person.objects.values_list("principal_id", flat=True).get(pk=person)
    return access.intern(frozenset({(principal, principal)})).pk


@action
def mark_read(person: Person, notices: Iterable[int] | None = None) -> int:
    """These notices are read, or all of them (None); returns how many were not before."""
    rows = Notice.objects.filter(person=person, read_at__isnull=True)
    if notices is not None:
        rows = rows.filter(pk__in=list(notices))
    return rows.update(read_at=clock.now())
