"""What goes out: how it stands, take it back, say what became of it. All of it needs the permission for cases."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Router

from colonnade.api.callers import Caller, caller
from colonnade.api.paging import FIFTY, IdText, Limit, id_in_field, id_in_path, link_next
from colonnade.api.problems import ERRORS, Problem, absent
from colonnade.api.shapes import deliveries as shapes
from colonnade.api.shapes.deliveries import delivery_out, history_out
from colonnade.deliveries import actions, queries
from colonnade.deliveries.models import Delivery
from colonnade.extensions.types import CASES
from colonnade.primitives import text

router = Router(tags=["deliveries"])
_WHOLE = {200: shapes.DeliveryWhole, ERRORS: Problem}


def _whole(who: Caller, delivery: int) -> shapes.DeliveryWhole:
    found = queries.delivery_for(who.viewer, delivery)
    if found is None:
        raise absent()
    return history_out(found)


def _row(who: Caller, delivery: str) -> Delivery:
    found = queries.to_act_on(who.viewer, id_in_path(delivery))
    if found is None:
        raise absent()
    return found


@router.get("", response={200: shapes.DeliveryList, ERRORS: Problem}, summary="List deliveries")
def deliveries(
    request: HttpRequest,
    response: HttpResponse,
    state: shapes.State | None = None,
    before: IdText | None = None,
    limit: Limit = FIFTY,
) -> shapes.DeliveryList:
    """What goes out or went, newest first."""
    who = caller(request, CASES)
    lines = queries.deliveries_for(
        who.viewer, states=[state] if state else (), before=id_in_field("before", before), limit=limit
    )
    link_next(request, response, [line.id for line in lines], limit)
    return shapes.DeliveryList(deliveries=[delivery_out(line) for line in lines])


@router.get("/{delivery}", response=_WHOLE, summary="One delivery")
def delivery(request: HttpRequest, delivery: IdText) -> shapes.DeliveryWhole:
    """A delivery with every attempt."""
    return _whole(caller(request, CASES), id_in_path(delivery))


@router.post("/{delivery}/undo", response=_WHOLE, summary="Do not send it")
def undo(request: HttpRequest, delivery: IdText) -> shapes.DeliveryWhole:
    """Take the whole dispatch back before it has gone; too late is 409."""
    who = caller(request, CASES)
    row = _row(who, delivery)
    actions.undo(row.dispatch, who.person)
    return _whole(who, row.pk)


@router.post("/{delivery}/settle", response=_WHOLE, summary="Say what became of it")
def settle(request: HttpRequest, delivery: IdText, body: shapes.SettleIn) -> shapes.DeliveryWhole:
    """For one of which nobody knows whether it arrived. The attempt says that a person said so."""
    who = caller(request, CASES)
    row = _row(who, delivery)
    actions.settle(row, body.said, by=who.person, uri=text.normalise(body.uri))
    return _whole(who, row.pk)


@router.post("/{delivery}/retry", response=_WHOLE, summary="Send it once more")
def retry(request: HttpRequest, delivery: IdText) -> shapes.DeliveryWhole:
    """For one that has failed."""
    who = caller(request, CASES)
    row = _row(who, delivery)
    actions.try_again(row, by=who.person)
    return _whole(who, row.pk)


@router.post("/{delivery}/recall", response=_WHOLE, summary="Delete it there")
def recall(request: HttpRequest, delivery: IdText) -> shapes.DeliveryWhole:
    """Take back what has gone, where the network lets us."""
    who = caller(request, CASES)
    row = _row(who, delivery)
    actions.recall(row, who.person)
    return _whole(who, row.pk)
