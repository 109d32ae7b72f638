"""Every write of people."""

from colonnade.people.actions.identities import claim, meet_identities, reverse
from colonnade.people.actions.members import (
    give_sign_in,
    make_member,
    make_owner,
    meet,
    restore,
    set_role,
    suspend,
)
from colonnade.people.actions.teams import join_team, leave_team, make_team
from colonnade.people.actions.turning import block, follow, mute, unblock, unfollow, unmute

__all__ = [
    "block",
    "claim",
    "follow",
    "give_sign_in",
    "join_team",
    "leave_team",
    "make_member",
    "make_owner",
    "make_team",
    "meet",
    "meet_identities",
    "mute",
    "restore",
    "reverse",
    "set_role",
    "suspend",
    "unblock",
    "unfollow",
    "unmute",
]
