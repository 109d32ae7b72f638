"""Conversations with their posts."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Router

from colonnade.api.callers import caller
from colonnade.api.paging import IdText, Limit, id_in_field, id_in_path, link_next
from colonnade.api.problems import ERRORS, Problem, absent
from colonnade.api.shapes.posts import ConversationOut, conversation_out
from colonnade.conversations import queries
from colonnade.extensions.types import READ

router = Router(tags=["conversations"])


@router.get("/{conversation}", response={200: ConversationOut, ERRORS: Problem}, summary="One conversation")
def conversation(
    request: HttpRequest,
    response: HttpResponse,
    conversation: IdText,
    after: IdText | None = None,
    limit: Limit = 100,
) -> ConversationOut:
    """A conversation with its posts, oldest first. Those that were deleted keep their place and have no words."""
    viewer = caller(request, READ).viewer
    at = id_in_field("after", after) or 0
    talk = queries.conversation_for(viewer, id_in_path(conversation))
    if talk is None:
        raise absent()
    lines = queries.thread(viewer, talk.pk, after=at, limit=limit)
    link_next(request, response, [line.id for line in lines], limit, "after")
    return conversation_out(talk, lines)
