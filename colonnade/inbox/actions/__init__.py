"""Every write of the inbox."""

from colonnade.inbox.actions.asking import Asked, ask, ask_more, renew_way_back, revoke_way_back
from colonnade.inbox.actions.desk import (
    assign,
    hand_to_team,
    note,
    open_case,
    reopen,
    set_priority,
    solve,
    tag,
    take,
    wait,
)
from colonnade.inbox.actions.hearing import follow_joined, hear, hear_mentions, note_delivery
from colonnade.inbox.actions.letters import Letter, begin_letter, letter_failed, letter_taken, write_to_me
from colonnade.inbox.actions.looking import forget_looks, later, look, quieten
from colonnade.inbox.actions.many import Before, Many, assign_many, put_back, solve_many, tag_many
from colonnade.inbox.actions.replying import Reply, hold_back, reply, take_back

__all__ = [
    "Asked",
    "Before",
    "Letter",
    "Many",
    "Reply",
    "ask",
    "ask_more",
    "assign",
    "assign_many",
    "begin_letter",
    "follow_joined",
    "forget_looks",
    "hand_to_team",
    "hear",
    "hear_mentions",
    "hold_back",
    "later",
    "letter_failed",
    "letter_taken",
    "look",
    "note",
    "note_delivery",
    "open_case",
    "put_back",
    "quieten",
    "renew_way_back",
    "reopen",
    "reply",
    "revoke_way_back",
    "set_priority",
    "solve",
    "solve_many",
    "tag",
    "tag_many",
    "take",
    "take_back",
    "wait",
    "write_to_me",
]
