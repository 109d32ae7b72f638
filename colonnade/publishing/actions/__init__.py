"""Every write of publishing."""

from colonnade.publishing.actions.braking import pause_all, resume_all
from colonnade.publishing.actions.guarding import guarded_by
from colonnade.publishing.actions.planning import (
    keep_time,
    pause,
    plan_back,
    resume,
    schedule,
    withdraw,
)
from colonnade.publishing.actions.reviewing import (
    approve,
    ask_changes,
    ask_for_approval,
    ask_review,
    let_fall,
    read_again,
    take_back_approval,
)
from colonnade.publishing.actions.sending import note_delivery, publish_now, send, take_back, take_down
from colonnade.publishing.actions.writing import change, choose_targets, remove, write

__all__ = [
    "approve",
    "ask_changes",
    "ask_for_approval",
    "ask_review",
    "change",
    "choose_targets",
    "guarded_by",
    "keep_time",
    "let_fall",
    "note_delivery",
    "pause",
    "pause_all",
    "plan_back",
    "publish_now",
    "read_again",
    "remove",
    "resume",
    "resume_all",
    "schedule",
    "send",
    "take_back",
    "take_back_approval",
    "take_down",
    "withdraw",
    "write",
]
