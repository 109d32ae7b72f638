"""Every write of people."""

from colonnade.people.actions.identities import claim, meet_identities, reverse
from colonnade.people.actions.lists import bring_in
from colonnade.people.actions.members import (
    give_sign_in,
    invite,
    make_member,
    make_owner,
    meet,
    restore,
    set_role,
    suspend,
)
from colonnade.people.actions.notes import drop_note, keep_note
from colonnade.people.actions.oneself import (
    begin_session,
    end_sessions,
    forget_session,
    move_session,
    note_second_factor,
    set_password,
    set_profile,
)
from colonnade.people.actions.organisation import drop_logo, set_logo, set_organisation
from colonnade.people.actions.skills import add_skill, drop_skill
from colonnade.people.actions.teams import (
    join_team,
    leave_team,
    make_team,
    put_back_team,
    remove_team,
    set_team,
)
from colonnade.people.actions.ties import change_tie, tie, untie
from colonnade.people.actions.turning import block, follow, mute, unblock, unfollow, unmute

__all__ = [
    "add_skill",
    "begin_session",
    "block",
    "bring_in",
    "change_tie",
    "claim",
    "drop_logo",
    "drop_note",
    "drop_skill",
    "end_sessions",
    "follow",
    "forget_session",
    "give_sign_in",
    "invite",
    "join_team",
    "keep_note",
    "leave_team",
    "make_member",
    "make_owner",
    "make_team",
    "meet",
    "meet_identities",
    "move_session",
    "mute",
    "note_second_factor",
    "put_back_team",
    "remove_team",
    "restore",
    "reverse",
    "set_logo",
    "set_organisation",
    "set_password",
    "set_profile",
    "set_role",
    "set_team",
    "suspend",
    "tie",
    "unblock",
    "unfollow",
    "unmute",
    "untie",
]
