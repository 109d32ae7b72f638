"""Places that the caller may see."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Router

from colonnade.api.callers import caller
from colonnade.api.paging import FIFTY, IdText, Limit, id_in_field, id_in_path, link_next
from colonnade.api.problems import ERRORS, Problem, absent
from colonnade.api.shapes.posts import PlaceList, PlaceOut, place_out
from colonnade.extensions.types import READ
from colonnade.places import queries

router = Router(tags=["places"])


@router.get("", response={200: PlaceList, ERRORS: Problem}, summary="List places")
def places(
    request: HttpRequest, response: HttpResponse, after: IdText | None = None, limit: Limit = FIFTY
) -> PlaceList:
    """Places that you may see, oldest first."""
    rows = queries.places_for(caller(request, READ).viewer).order_by("pk")
    at = id_in_field("after", after)
    shown = list((rows if at is None else rows.filter(pk__gt=at))[:limit])
    link_next(request, response, [place.pk for place in shown], limit, "after")
    return PlaceList(places=[place_out(place) for place in shown])


@router.get("/{place}", response={200: PlaceOut, ERRORS: Problem}, summary="One place")
def place(request: HttpRequest, place: IdText) -> PlaceOut:
    """A place that you may see."""
    found = queries.place_for(caller(request, READ).viewer, id_in_path(place))
    if found is None:
        raise absent()
    return place_out(found)
