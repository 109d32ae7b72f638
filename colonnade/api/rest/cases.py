"""Cases: list, assign, note, answer, solve. All of it needs the permission for cases."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Status

from colonnade.api.callers import Caller, caller
from colonnade.api.paging import FIFTY, IdText, Limit, id_in_field, id_in_path, link_next
from colonnade.api.problems import ERRORS, Problem, absent, invalid
from colonnade.api.shapes import cases as shapes
from colonnade.api.shapes.cases import case_out, entry_out, looking_out
from colonnade.api.shapes.posts import PostOut, post_out
from colonnade.conversations import queries as conversations
from colonnade.deliveries import queries as deliveries
from colonnade.extensions.types import CASES
from colonnade.inbox import actions, queries
from colonnade.inbox.models import Case
from colonnade.people import queries as people
from colonnade.people.models import Person
from colonnade.primitives import text

router = Router(tags=["cases"])
_CASE = {200: shapes.CaseOut, ERRORS: Problem}


def _found(who: Caller, case: str) -> Case:
    found = queries.case_for(who.viewer, id_in_path(case))
    if found is None:
        raise absent()
    return found


def _shown(who: Caller, case: Case) -> shapes.CaseOut:
    return case_out(queries.line_of(who.viewer, case))


@router.get("", response={200: shapes.CaseList, ERRORS: Problem}, summary="List cases")
def cases(
    request: HttpRequest,
    response: HttpResponse,
    state: shapes.State | None = None,
    owner: IdText | None = None,
    place: IdText | None = None,
    after: IdText | None = None,
    limit: Limit = FIFTY,
) -> shapes.CaseList:
    """What needs an answer. Without `state` everything that is not solved; solved ones come newest first."""
    who = caller(request, CASES)
    lines = queries.cases_for(
        who.viewer,
        state=state,
        owner=id_in_field("owner", owner),
        place=id_in_field("place", place),
        after=id_in_field("after", after),
        limit=limit,
    )
    link_next(request, response, [line.id for line in lines], limit, "after")
    return shapes.CaseList(cases=[case_out(line) for line in lines])


@router.post("", response={201: shapes.CaseOut, ERRORS: Problem}, summary="Open a case")
def open_case(request: HttpRequest, body: shapes.CaseIn) -> Status[Any]:
    """Say that a conversation needs an answer; one that has a case already keeps it."""
    who = caller(request, CASES)
    talk = conversations.conversation_for(who.desk, id_in_field("conversation", body.conversation) or 0)
    if talk is None:
        raise absent()
    made = actions.open_case(talk, by=who.person, why=" ".join(text.normalise(body.why).split()))
    return Status(201, _shown(who, _found(who, str(made.pk))))


@router.get("/{case}", response={200: shapes.CaseWhole, ERRORS: Problem}, summary="One case")
def case(request: HttpRequest, case: IdText) -> shapes.CaseWhole:
    """A case with its history. Its talk is at /rest/conversations."""
    who = caller(request, CASES)
    found = _found(who, case)
    return shapes.CaseWhole(
        case=_shown(who, found),
        history=[entry_out(line) for line in queries.history(who.viewer, found)],
        looking=[looking_out(one) for one in queries.looking_at(found, besides=who.person.pk)],
        answer_is_for=queries.words_for_reply(who.viewer, found).text,
    )


@router.post("/{case}/assign", response=_CASE, summary="Give a case to somebody")
def assign(request: HttpRequest, case: IdText, body: shapes.AssignIn) -> shapes.CaseOut:
    """To somebody of staff who may see it, to yourself ("me"), or to nobody (null)."""
    who = caller(request, CASES)
    found = _found(who, case)
    to = _colleague(who, body.to)
    try:
        changed = actions.assign(found, to=to, by=who.person, seen_version=body.version)
    except ValueError as error:
        raise invalid("to", str(error)) from None
    return _shown(who, changed)


def _colleague(who: Caller, to: str | None) -> Person | None:
    if to is None or to == "me":
        return who.person if to else None
    person = people.staff().filter(pk=id_in_field("to", to) or 0).first()
    if person is None:
        raise invalid("to", "There is no such colleague.")
    return person


@router.post("/{case}/note", response={201: PostOut, ERRORS: Problem}, summary="Leave a note")
def note(request: HttpRequest, case: IdText, body: shapes.NoteIn) -> Status[Any]:
    """A note beside a case that only staff read."""
    who = caller(request, CASES)
    found = _found(who, case)
    if text.is_blank(text.normalise(body.text)):
        raise invalid("text", "Write at least one word.")
    made = actions.note(found, body.text, by=who.person)
    (line,) = conversations.lines(who.desk, [made.pk])
    return Status(201, post_out(line))


@router.post("/{case}/reply", response={201: shapes.ReplyOut, ERRORS: Problem}, summary="Answer a case")
def reply(request: HttpRequest, case: IdText, body: shapes.ReplyIn) -> Status[Any]:
    """Answer whoever wrote last, as narrowly as they wrote. Held (409, "stale-reply") when something came after
    `seen_post`, unless `force`; what was written comes back with the problem."""
    who = caller(request, CASES)
    done = actions.reply(
        _found(who, case),
        body.text,
        by=who.person,
        seen_post=id_in_field("seen_post", body.seen_post),
        force=body.force,
        undo_s=body.undo_s,
    )
    lines = conversations.lines(who.desk, [done.post.pk]) if done.post else []
    going = deliveries.of_dispatch(who.viewer, done.dispatch.pk) if done.dispatch else []
    return Status(
        201,
        shapes.ReplyOut(
            case=_shown(who, done.case),
            post=post_out(lines[0]) if lines else None,
            deliveries=[str(one.id) for one in going],
            undo_until=done.undo_until,
        ),
    )


@router.post("/{case}/undo", response=_CASE, summary="Take your last answer back")
def undo(request: HttpRequest, case: IdText) -> shapes.CaseOut:
    """While there is time (`undo_until`); later it is 409."""
    who = caller(request, CASES)
    return _shown(who, actions.take_back(_found(who, case), by=who.person))


@router.post("/{case}/wait", response=_CASE, summary="Nothing to do until they write")
def wait(request: HttpRequest, case: IdText, body: shapes.ChangeIn) -> shapes.CaseOut:
    """The case is ours again with the next word of the other side."""
    who = caller(request, CASES)
    return _shown(who, actions.wait(_found(who, case), by=who.person, seen_version=body.version))


@router.post("/{case}/solve", response=_CASE, summary="It is done")
def solve(request: HttpRequest, case: IdText, body: shapes.SolveIn) -> shapes.CaseOut:
    """Solve a case; a second time changes nothing."""
    who = caller(request, CASES)
    outcome = text.normalise(body.outcome)
    return _shown(
        who, actions.solve(_found(who, case), by=who.person, outcome=outcome, seen_version=body.version)
    )


@router.post("/{case}/reopen", response=_CASE, summary="It is not done after all")
def reopen(request: HttpRequest, case: IdText, body: shapes.ChangeIn) -> shapes.CaseOut:
    """Open a solved case again; any other is left as it is."""
    who = caller(request, CASES)
    return _shown(who, actions.reopen(_found(who, case), by=who.person, seen_version=body.version))


@router.put("/{case}/tags", response=_CASE, summary="Set its tags")
def tag(request: HttpRequest, case: IdText, body: shapes.TagsIn) -> shapes.CaseOut:
    """Put these tags in place of those that it had."""
    who = caller(request, CASES)
    return _shown(who, actions.tag(_found(who, case), body.tags, by=who.person, seen_version=body.version))
