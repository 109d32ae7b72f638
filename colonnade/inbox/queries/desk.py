"""The desk: which cases there are, what happened to one, who is looking at it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Count, F, Q, QuerySet

from colonnade.access.types import Viewer
from colonnade.conversations import queries as conversations
from colonnade.conversations.types import PostLine
from colonnade.inbox import rules
from colonnade.inbox.models import Case, CaseEntry, CaseLook
from colonnade.inbox.queries.tally import Tally, tallies
from colonnade.inbox.types import CaseCounts, CaseLine, EntryLine, Looking
from colonnade.people.models import Team
from colonnade.primitives import clock

LOOKS_LAST_S, WRITING_LASTS_S = 60, 20
_UNSOLVED_FIRST = (F("solved_at").desc(nulls_first=True), F("id").desc())
PRESSING = ("-priority", "queue_at", "pk")
OURS = ("open", "assigned")
WITH = ("conversation__place", "conversation__scope__audience", "owner", "team")
WITH_LINES = ("conversation__place", "conversation__scope", "owner", "team")


def seen(viewer: Viewer) -> QuerySet[Case]:
    """The cases in whose conversation the viewer sees anything at all; none for anybody but staff."""
    rows = Case.objects.all()
    if not rules.can_see_cases(viewer):
        return rows.none()
    return rows.filter(conversations.HoldsSeen("conversation", viewer))


def real(viewer: Viewer) -> QuerySet[Case]:
    """Those of them that no drill has brought about: what figures are made of."""
    return seen(viewer).exclude(why=rules.DRILL)


def case_for(viewer: Viewer, pk: int) -> Case | None:
    """The case with this id; None when it is hidden and when there is none."""
    return _as_seen(viewer, seen(viewer).select_related(*WITH).filter(pk=pk).first())


def _as_seen(viewer: Viewer, case: Case | None) -> Case | None:
    """A case bears its conversation's title for those who read the conversation itself, as everywhere."""
    if case is not None and case.conversation.scope.audience_id not in viewer.audiences:
        case.conversation.title = ""
    return case


def case_of_conversation(viewer: Viewer, conversation: int) -> Case | None:
    """The case of a conversation, the unsolved one first; None when it is hidden and when there is none."""
    rows = seen(viewer).select_related(*WITH).filter(conversation=conversation)
    return _as_seen(viewer, rows.order_by(*_UNSOLVED_FIRST).first())


def cases_for(
    viewer: Viewer,
    *,
    state: str | None = None,
    owner: int | None = None,
    place: int | None = None,
    after: int | None = None,
    limit: int = 50,
) -> list[CaseLine]:
    """Cases as the desk shows them: the most pressing first, then who has waited longest. `state` None means all that
    are not solved, what waits for us before what waits for them; solved ones come newest first. `after` is the id of the
    last case of the page before.
    """
    rows = seen(viewer).filter(solved_at__isnull=state != "solved")
    if owner is not None:
        rows = rows.filter(owner=owner)
    if place is not None:
        rows = rows.filter(conversation__place=place)
    at = None
    if after is not None and (at := seen(viewer).filter(pk=after).first()) is None:
        return []  # behind a case that is hidden or not there stands nothing
    if state is None:
        return lines_of(viewer, _ours_first(rows, at, limit))
    if state != "solved":
        rows = rows.filter(state=state)
    if at is not None:
        rows = _after(rows, at, solved=state == "solved")
    order = ("-solved_at", "-pk") if state == "solved" else PRESSING
    return lines_of(viewer, first_of(rows.order_by(*order), limit))


def first_of(rows: QuerySet[Case], limit: int) -> list[Case]:
    """The first so many of ordered cases, with all that a line shows. Which these are is found apart: with it joined to
    them, a SQLite that does not know yet how few cases there are begins with all conversations."""
    found = rows.values("pk")[:limit]
    return list(Case.objects.filter(pk__in=found).select_related(*WITH_LINES).order_by(*rows.query.order_by))


def _ours_first(rows: QuerySet[Case], at: Case | None, limit: int) -> list[Case]:
    """Unsolved cases that wait for us, then, where there is room, those that wait for them."""
    found: list[Case] = []
    theirs = rows.filter(state="waiting")
    if at is not None and at.state == "waiting":
        theirs = _after(theirs, at, solved=False)
    else:
        ours = rows.filter(state__in=OURS)
        found = first_of((_after(ours, at, solved=False) if at else ours).order_by(*PRESSING), limit)
    if len(found) < limit:
        found += first_of(theirs.order_by(*PRESSING), limit - len(found))
    return found


def _after(rows: QuerySet[Case], at: Case, *, solved: bool) -> QuerySet[Case]:
    """What stands behind a case in the order of the list."""
    if solved:
        if at.solved_at is None:
            return rows.none()
        return rows.filter(Q(solved_at__lt=at.solved_at) | Q(solved_at=at.solved_at, pk__lt=at.pk))
    same = Q(priority=at.priority)
    later = same & (Q(queue_at__gt=at.queue_at) | Q(queue_at=at.queue_at, pk__gt=at.pk))
    return rows.filter(Q(priority__lt=at.priority) | later)


MOST_CALLED = 200
"""Conversations with such a title of which is asked whether they have a case and who may see it."""


def cases_called(viewer: Viewer, words: str, *, limit: int = 5) -> list[CaseLine]:
    """Cases of whose title, as far as it is for the viewer, some words begin with these, the newest first."""
    titled = conversations.titled(words, MOST_CALLED)
    if not titled:
        return []
    rows = seen(viewer).filter(conversation__in=titled, conversation__scope__audience__in=viewer.audiences)
    return lines_of(viewer, rows.select_related(*WITH_LINES).order_by("-pk")[:limit])


def line_of(viewer: Viewer, case: Case) -> CaseLine:
    """One case as a list shows it."""
    return lines_of(viewer, [case])[0]


def lines_of(viewer: Viewer, rows: Iterable[Case]) -> list[CaseLine]:
    """Cases as a list shows them, in the given order. For rows of `seen`."""
    cases = [case for case in rows if _as_seen(viewer, case)]
    words = {case.pk: case.last_heard_id or case.opened_by_post_id for case in cases}
    heard = conversations.lines(rules.at_the_desk(viewer), [post for post in words.values() if post])
    by_post = {line.id: line for line in heard}
    return [_line(case, by_post.get(words[case.pk] or 0)) for case in cases]


def left_to(viewer: Viewer, teams: Iterable[int]) -> dict[int, int]:
    """How many unsolved cases are left to each of these teams with nobody's name on them, as far as the viewer sees them."""
    rows = seen(viewer).filter(team__in=list(teams), owner__isnull=True, solved_at__isnull=True)
    return dict(rows.order_by().values_list("team").annotate(cases=Count("pk")))


def _standing(team: Team | None) -> Team | None:
    """The team, unless it was taken away: what was left to it is nobody's."""
    return team if team is not None and team.removed_at is None else None


def _line(case: Case, heard: PostLine | None) -> CaseLine:
    talk, team = case.conversation, _standing(case.team)
    return CaseLine(
        id=case.pk,
        version=case.version,
        conversation=talk.pk,
        place=talk.place_id,
        place_name=talk.place.name,
        place_kind=talk.place.kind,
        title=talk.title,
        state=case.state,
        why=case.why,
        priority=case.priority,
        owner=case.owner_id,
        owner_name=str(case.owner) if case.owner else "",
        team=team.pk if team else None,
        team_name=str(team) if team else "",
        opened_at=case.opened_at,
        due_at=case.due_at,
        waiting_since=case.waiting_since,
        solved_at=case.solved_at,
        outcome=case.outcome,
        tags=tuple(case.tags),
        heard=heard,
    )


def history(viewer: Viewer, case: Case, *, limit: int = 200) -> list[EntryLine]:
    """What happened to a case, oldest first; the newest `limit` of it."""
    rows = list(CaseEntry.objects.filter(case=case).select_related("by").order_by("-pk")[:limit])
    about = {row.post_id for row in rows if row.post_id}
    seen_posts = set(
        conversations.visible_to(rules.at_the_desk(viewer)).filter(pk__in=about).values_list("pk", flat=True)
    )
    return [
        EntryLine(
            kind=row.kind,
            at=row.at,
            by=row.by_id,
            by_name=str(row.by) if row.by else "",
            post=row.post_id if row.post_id in seen_posts else None,
            dispatch=row.dispatch_id,
            details=row.details,
        )
        for row in reversed(rows)
    ]


def looking_at(case: Case, *, besides: int | None = None) -> list[Looking]:
    """Who has the case before them, by name; `besides` leaves one person out. For viewers who may see the case."""
    now = clock.now()
    since, writes = now - timedelta(seconds=LOOKS_LAST_S), now - timedelta(seconds=WRITING_LASTS_S)
    rows = CaseLook.objects.filter(case=case, at__gt=since).exclude(person=besides)
    rows = rows.select_related("person").order_by("person__name", "person")
    return [
        Looking(row.person_id, str(row.person), row.at, bool(row.writing_at and row.writing_at > writes))
        for row in rows
    ]


def counts(viewer: Viewer, *, owner: int | None = None, drills: bool = True) -> CaseCounts:
    """How many unsolved cases the viewer may see, in one statement; `all` and `waiting` those of one `owner`. Without
    `drills` those that are real."""
    found = tallies(viewer, drills=drills)
    whose = [one for one in found if owner is None or one.owner == owner]
    return CaseCounts(
        all=_cases(whose),
        open=_cases(one for one in found if one.state == "open"),
        assigned=_cases(one for one in found if one.state == "assigned"),
        waiting=_cases(one for one in whose if one.state == "waiting"),
        mine=_cases(
            one for one in found if one.state == "assigned" and one.owner == viewer.person is not None
        ),
        oldest=min((one.unanswered_since for one in found if one.unanswered_since), default=None),
    )


def _cases(found: Iterable[Tally]) -> int:
    return sum(one.cases for one in found)


# --- for the machine itself ---------------------------------------------------------------------------------------


def cases_in(conversations: Iterable[int]) -> dict[int, Case]:
    """The case of each conversation that has one, the unsolved one before others."""
    found: dict[int, Case] = {}
    for case in Case.objects.filter(conversation__in=list(conversations)).order_by(*_UNSOLVED_FIRST):
        found.setdefault(case.conversation_id, case)
    return found
