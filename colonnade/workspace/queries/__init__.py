"""Every read of the workspace; the viewer comes first, and sees what is theirs alone."""

from colonnade.workspace.queries.audit import audit_for
from colonnade.workspace.queries.columns import column_for, columns_for, is_heard_of, searches_that_name_lists
from colonnade.workspace.queries.notices import (
    as_it_rings,
    notices_for,
    notices_seen,
    unread_between,
    unread_notices,
)
from colonnade.workspace.queries.preferences import (
    may_ring,
    preference_of,
    push_key,
    quiet_hours,
    told_before,
)
from colonnade.workspace.queries.telling import to_be_told

__all__ = [
    "as_it_rings",
    "audit_for",
    "column_for",
    "columns_for",
    "is_heard_of",
    "may_ring",
    "notices_for",
    "notices_seen",
    "preference_of",
    "push_key",
    "quiet_hours",
    "searches_that_name_lists",
    "to_be_told",
    "told_before",
    "unread_between",
    "unread_notices",
]
