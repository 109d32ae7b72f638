"""Every read of the inbox that others use; the viewer comes first. Cases are staff's, and follow their conversation."""

from colonnade.inbox.queries.answering import (
    answered,
    audience_for_reply,
    earlier,
    may_be_answered,
    newer_than,
    words_for_reply,
)
from colonnade.inbox.queries.desk import (
    WRITING_LASTS_S,
    case_for,
    case_of_conversation,
    cases_called,
    cases_for,
    cases_in,
    counts,
    history,
    left_to,
    line_of,
    looking_at,
    real,
    seen,
)
from colonnade.inbox.queries.guarding import carried_by_draft, carried_out
from colonnade.inbox.queries.today import answered_since, needs, unusual
from colonnade.inbox.queries.trust import usual_wait
from colonnade.inbox.queries.visitors import (
    Visitor,
    askers_way,
    guest_viewer,
    letter_in_doubt,
    may_be_taken_back_until,
    visitor_by_token,
    way_back_token,
    written_to,
)
from colonnade.inbox.queries.wall import desk_now, first_answers

__all__ = [
    "WRITING_LASTS_S",
    "Visitor",
    "answered",
    "answered_since",
    "askers_way",
    "audience_for_reply",
    "carried_by_draft",
    "carried_out",
    "case_for",
    "case_of_conversation",
    "cases_called",
    "cases_for",
    "cases_in",
    "counts",
    "desk_now",
    "earlier",
    "first_answers",
    "guest_viewer",
    "history",
    "left_to",
    "letter_in_doubt",
    "line_of",
    "looking_at",
    "may_be_answered",
    "may_be_taken_back_until",
    "needs",
    "newer_than",
    "real",
    "seen",
    "unusual",
    "usual_wait",
    "visitor_by_token",
    "way_back_token",
    "words_for_reply",
    "written_to",
]
