"""Every write of places."""

from colonnade.places.actions.aims import change_aim, drop_aim, serve, set_aim
from colonnade.places.actions.keeping import archive, describe, open_again
from colonnade.places.actions.making import (
    add_account,
    add_letterbox,
    add_source,
    make_widget,
    open_space,
    renew_credentials,
)
from colonnade.places.actions.membership import (
    accept,
    ask_to_join,
    come_in,
    go,
    invite,
    join,
    leave,
    send_away,
    set_member_role,
    set_notices,
)
from colonnade.places.actions.polling import (
    note_failed_poll,
    note_moved,
    note_poll,
    note_pushed,
    note_queued,
    poll_now,
)
from colonnade.places.actions.scopes import (
    default_scope,
    hints_renewed,
    note_scope,
    scope_apart,
    scope_in,
    set_audience,
)

__all__ = [
    "accept",
    "add_account",
    "add_letterbox",
    "add_source",
    "archive",
    "ask_to_join",
    "change_aim",
    "come_in",
    "default_scope",
    "describe",
    "drop_aim",
    "go",
    "hints_renewed",
    "invite",
    "join",
    "leave",
    "make_widget",
    "note_failed_poll",
    "note_moved",
    "note_poll",
    "note_pushed",
    "note_queued",
    "note_scope",
    "open_again",
    "open_space",
    "poll_now",
    "renew_credentials",
    "scope_apart",
    "scope_in",
    "send_away",
    "serve",
    "set_aim",
    "set_audience",
    "set_member_role",
    "set_notices",
]
