"""What is uncertain is settled by word: of the network, which shows us our own post, or of a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from colonnade.conversations import queries as conversations
from colonnade.core import audit
from colonnade.core.db import action
from colonnade.deliveries import queries, rules
from colonnade.deliveries.actions.arriving import arrive, keep, settle_open_writes
from colonnade.deliveries.actions.attempts import add_attempt
from colonnade.deliveries.actions.leases import release
from colonnade.deliveries.actions.turning import locked, turn, turn_dispatch
from colonnade.deliveries.models import Attempt, AttemptKind, Delivery, Outcome, Settler
from colonnade.deliveries.types import Said
from colonnade.networks import registry
from colonnade.networks.base import Receipt
from colonnade.people.models import Person
from colonnade.primitives import clock
from colonnade.primitives.states import NotAllowed


@action
def settle(delivery: Delivery, as_: Said, *, by: Person, uri: str = "") -> Delivery:
    """A person says how an uncertain delivery stands: "confirmed" (it is there, by the name `uri` if they know it),
    "not_there" (it certainly is not: send it again) or "failed" (leave it). The attempt row says who.

    Raises PermissionDenied, NotAllowed where it is not uncertain (any more).
    """
    rules.require(by)
    row = locked(delivery.pk)
    _require_state(row, "uncertain", _STATE_OF[as_])
    outcome = {"confirmed": Outcome.THERE, "not_there": Outcome.NOT_THERE, "failed": Outcome.CANNOT_TELL}[as_]
    settle_open_writes(row, outcome, Settler.PERSON)
    add_attempt(
        row, AttemptKind.WORD, outcome=outcome, settled_by=Settler.PERSON, by=by, finished_at=clock.now()
    )
    release(row)
    row.due_at = clock.now() if as_ == "not_there" else None
    if as_ == "confirmed":
        row.sent_at = row.sent_at or clock.now()
        _stands_here_too(row, uri)
    turn(row, _STATE_OF[as_])
    row.save()
    turn_dispatch(row.dispatch)
    audit.record(
        "delivery settled", by=by.principal_id, subject=f"delivery:{row.pk}", details={"as": as_, "uri": uri}
    )
    return row


def _stands_here_too(row: Delivery, uri: str) -> None:
    """Our post by the name that the person knows. Without one: where nothing is ever read back it gets a name of ours;
    elsewhere it comes with the next pull."""
    if uri or not registry.capabilities_of(row.account.connector).can_pull:
        arrive(row, Receipt(key=row.key, uri=uri or f"urn:colonnade:delivery:{row.key}"))


def _require_state(row: Delivery, wanted: str, after: str) -> None:
    """The graph also lets the machine take this step from other states; a person may take it from this one alone."""
    if row.state != wanted:
        raise NotAllowed(
            f"It is “{row.state}” by now, so there is nothing to say about it.", before=row.state, after=after
        )


_STATE_OF = {"confirmed": "confirmed", "not_there": "waiting", "failed": "failed"}


@action
def try_again(delivery: Delivery, *, by: Person) -> Delivery:
    """Send what has failed once more. Raises PermissionDenied, NotAllowed."""
    rules.require(by)
    row = locked(delivery.pk)
    _require_state(row, "failed", "waiting")
    row.tries, row.due_at, row.last_error = 0, clock.now(), ""
    turn(row, "waiting")
    row.save()
    turn_dispatch(row.dispatch)
    audit.record("delivery tried again", by=by.principal_id, subject=f"delivery:{row.pk}", details={})
    return row


@action
def see_again(place: int, ours: Mapping[str, int]) -> list[Delivery]:
    """The network showed us, in one of our places, what stands under keys of ours (key -> post): those deliveries are
    confirmed.

    Only a post by the account itself, shown in the account's own place, counts. Safe to run twice.
    """
    seen = []
    posts = {said.id: said for said in conversations.said_of(ours.values())}
    for key, delivery in sorted(queries.by_key(ours).items(), key=lambda pair: pair[1]):
        row, said = locked(delivery), posts.get(ours[key])
        is_ours = said is not None and (place, said.author) == (row.account.place_id, row.account.identity_id)
        if is_ours and _confirm(row, ours[key]):
            seen.append(row)
    return seen


@action
def see_posts_again(place: int, posts: Iterable[int]) -> list[Delivery]:
    """An account's own network showed us posts that stand here already: deliveries of ours that became one of them are
    confirmed, also where the network gives no key back. Safe to run twice."""
    seen = []
    for delivery, post in queries.sent_as(place, posts):
        row = locked(delivery)
        if _confirm(row, post):
            seen.append(row)
    return seen


def _confirm(row: Delivery, post: int) -> bool:
    attempts = Attempt.objects.filter(delivery=row, kind=AttemptKind.WRITE)
    if row.state in ("confirmed", "recalled") or not attempts.exists():
        return False
    settle_open_writes(row, Outcome.THERE, Settler.NETWORK)
    row.post_id = row.post_id or post
    if row.post is not None:
        keep(row, Receipt(key=row.key, uri=row.post.said.uri, url=row.post.said.url))
    row.sent_at, row.due_at, row.last_error = row.sent_at or clock.now(), None, ""
    turn(row, "confirmed")
    row.save()
    turn_dispatch(row.dispatch)
    return True
