"""Every write of places."""

from colonnade.places.actions.making import (
    add_account,
    add_source,
    make_widget,
    open_space,
    renew_credentials,
)
from colonnade.places.actions.membership import join, leave
from colonnade.places.actions.polling import note_failed_poll, note_moved, note_poll, note_queued, poll_now
from colonnade.places.actions.scopes import (
    default_scope,
    hints_renewed,
    note_scope,
    scope_apart,
    scope_in,
    set_audience,
)

__all__ = [
    "add_account",
    "add_source",
    "default_scope",
    "hints_renewed",
    "join",
    "leave",
    "make_widget",
    "note_failed_poll",
    "note_moved",
    "note_poll",
    "note_queued",
    "note_scope",
    "open_space",
    "poll_now",
    "renew_credentials",
    "scope_apart",
    "scope_in",
    "set_audience",
]
