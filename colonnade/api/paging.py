"""Ids as they are written in JSON, and pages by them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query
from pydantic import StringConstraints

from colonnade.api.problems import absent, invalid
from colonnade.primitives import ids

IdText = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,19}$")]
"""An id, as a string: JavaScript loses digits above 2**53."""

Limit = Annotated[int, Query(ge=1, le=100)]
FIFTY = 50


def id_in_path(text: str) -> int:
    """The id in an address. Raises Wrong (404) for what cannot be one."""
    found = ids.parse(text)
    if found is None:
        raise absent()
    return found


def id_in_field(where: str, text: str | None) -> int | None:
    """The id in a field or parameter, None if it is left out. Raises Wrong (422)."""
    if text is None:
        return None
    found = ids.parse(text)
    if found is None:
        raise invalid(where, "This is no id.")
    return found


def link_next(
    request: HttpRequest, response: HttpResponse, shown: Sequence[int], limit: int, word: str = "before"
) -> None:
    """Say where the next page is, when this one is full."""
    if shown and len(shown) >= limit:
        link_onward(request, response, shown[-1], limit, word)


def link_onward(
    request: HttpRequest, response: HttpResponse, last: int, limit: int, word: str = "before"
) -> None:
    """Say where it goes on behind the row with this id."""
    query = request.GET.copy()
    query[word] = str(last)
    query["limit"] = str(limit)
    response["Link"] = f'<{request.path}?{query.urlencode()}>; rel="next"'
