"""Every write of deliveries."""

from colonnade.deliveries.actions.attempts import begin_attempt, leave_to_person, put_off
from colonnade.deliveries.actions.dispatching import dispatch, undo
from colonnade.deliveries.actions.lanes import ask_patience, letter_to, pause, resume, target_for
from colonnade.deliveries.actions.leases import claim, claim_errands, reclaim, seconds_left
from colonnade.deliveries.actions.looking import finish_find
from colonnade.deliveries.actions.recalling import finish_recall, recall
from colonnade.deliveries.actions.settling import see_again, see_posts_again, settle, try_again
from colonnade.deliveries.actions.watching import shout
from colonnade.deliveries.actions.writing import finish_write

__all__ = [
    "ask_patience",
    "begin_attempt",
    "claim",
    "claim_errands",
    "dispatch",
    "finish_find",
    "finish_recall",
    "finish_write",
    "leave_to_person",
    "letter_to",
    "pause",
    "put_off",
    "recall",
    "reclaim",
    "resume",
    "seconds_left",
    "see_again",
    "see_posts_again",
    "settle",
    "shout",
    "target_for",
    "try_again",
    "undo",
]
