"""Every read of the workspace; the viewer comes first, and sees what is theirs alone."""

from colonnade.workspace.queries.audit import audit_for
from colonnade.workspace.queries.columns import column_for, columns_for, is_heard_of
from colonnade.workspace.queries.notices import notices_for, unread_notices

__all__ = ["audit_for", "column_for", "columns_for", "is_heard_of", "notices_for", "unread_notices"]
